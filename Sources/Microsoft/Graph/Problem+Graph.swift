import Core
import HTTP
import JSON
import NIOHTTP1

// What went wrong between us and Graph. The summary is ours or the catalogue's: Graph's own message may quote the
// message and is not kept.
extension Problem {
  /// No reply: the one place where the hard rule is applied.
  init(_ failure: HTTPFailure, host: String, effect: Effect) {
    guard failure.wasSent else {
      self.init(
        .graphUnreachable, "\(host) could not be reached: \(failure.reason.rawValue).",
        remedy: failure.remedy, retry: .safe(after: nil), origin: nil)
      return
    }
    self.init(
      .graphLostReply, "The reply of \(host) was lost: \(failure.reason.rawValue).",
      remedy: nil, retry: effect == .acts ? .unsafe : .safe(after: nil), origin: nil, actor: .nobody)
  }

  /// A reply with a status other than the one that means success.
  init(_ reply: HTTPReply, effect: Effect, values: ErrorValues = ErrorValues()) {
    let name = reply.status < 400 ? nil : (try? reply.json()).flatMap(GraphError.code(in:))
    guard
      let entry = name.flatMap({ ErrorCatalogue.entry(.graph, $0) })
        ?? Self.entry(status: reply.status, name: name)
    else {
      self.init(unexpected: reply, effect: effect)
      return
    }
    let mark = name.map { "HTTP \(reply.status), \($0)" } ?? "HTTP \(reply.status)"
    self.init(
      entry.code, "\(values.fill(entry.meaning)) (\(mark))",
      remedy: entry.remedy.map(values.fill),
      retry: Self.retry(reply, verdict: entry.verdict, effect: effect), scope: entry.scope,
      origin: Self.origin(reply, name: name), actor: entry.actor, link: values.link(entry.link))
  }

  /// For a code that is not in the catalogue, and for a reply without one where the front door in front of
  /// Graph answers without a body; `nil` where such a reply is not Graph's.
  private static func entry(status: Int, name: String?) -> ErrorEntry? {
    let isGraphs = name != nil
    let like: String? =
      switch status {
      case 401: "InvalidAuthenticationToken"
      case 403: isGraphs ? "ErrorAccessDenied" : nil
      case 413: "RequestEntityTooLarge"
      case 429: "TooManyRequests"
      case 507: "ErrorQuotaExceeded"
      case 408, 500...: "UnknownError"
      case 400..<500: isGraphs ? "BadRequest" : nil
      default: nil
      }
    return like.flatMap { ErrorCatalogue.entry(.graph, $0) }
  }

  /// A reply that Graph does not document for this request: another success, a proxy's page, or half a reply.
  init(unexpected reply: HTTPReply, effect: Effect, fault: ReplyFault? = nil) {
    // A 4xx means that the request was refused; from a success that is not the documented one nothing follows.
    let refused = (400..<500).contains(reply.status)
    let whole = reply.cut == nil
    self.init(
      .graphUnexpectedReply,
      reply.cut.map { "Graph's reply (HTTP \(reply.status)) ended early: \($0.rawValue)." }
        ?? "Graph answered HTTP \(reply.status), which does not match its documentation."
        + (fault.map { " " + $0.flaw } ?? ""),
      remedy: whole ? "Check the Microsoft URL, and that no proxy replies in Graph's place." : nil,
      retry: effect == .acts && !refused ? .unsafe : .safe(after: reply.headers.retryAfter),
      origin: Self.origin(reply, name: nil))
  }

  private static func retry(
    _ reply: HTTPReply, verdict: ErrorEntry.Verdict, effect: Effect
  ) -> Retry {
    let asked = reply.headers.retryAfter
    // 507, and 503 that asks to come again, say that nothing was done. With the others a gateway or a worker gave up,
    // and what was behind it may have gone on: messages have been seen to be sent in spite of such a reply.
    let saysNothingDone = reply.status == 507 || (reply.status == 503 && asked != nil)
    let mayHaveActed = reply.status == 408 || (reply.status >= 500 && !saysNothingDone)
    if mayHaveActed, effect == .acts { return .unsafe }
    switch verdict {
    case .futile: return .futile
    case .later(let pause): return .safe(after: [asked, pause].compactMap(\.self).max())
    }
  }

  private static func origin(_ reply: HTTPReply, name: String?) -> PeerError {
    PeerError(status: reply.status, code: name, requestID: reply.headers.first(name: "request-id"))
  }
}

/// `{"error": {"code", "message", "innerError": {"code", ...}}}`; Graph also spells it `innererror`.
enum GraphError {
  /// The outermost code that the catalogue knows, else the outermost: an inner one says more about less. `nil` if
  /// there is none.
  static func code(in json: JSONValue) -> String? {
    var codes: [String] = []
    var level = json["error"]
    while let error = level {
      if let code = error["code"]?.string, isCode(code) { codes.append(code) }
      level = error["innerError"] ?? error["innererror"]
    }
    return codes.first { ErrorCatalogue.entry(.graph, $0) != nil } ?? codes.first
  }

  /// What a proxy writes there is not quoted.
  private static func isCode(_ text: String) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
  }
}
