import Core
import HTTP
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

  /// A reply with another status than the one that means success.
  init(_ reply: HTTPReply, effect: Effect, values: ErrorValues = ErrorValues()) {
    let name = reply.status < 400 ? nil : reply.decode(GraphErrorBody.self)?.name
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
    let like: String? =
      switch status {
      case 401: "InvalidAuthenticationToken"
      case 413: "RequestEntityTooLarge"
      case 429: "TooManyRequests"
      case 507: "ErrorQuotaExceeded"
      case 408, 500...: "UnknownError"
      case 403 where name != nil: "ErrorAccessDenied"
      case 400..<500 where name != nil: "BadRequest"
      default: nil
      }
    return like.flatMap { ErrorCatalogue.entry(.graph, $0) }
  }

  /// A reply that Graph does not document for this request: another success, a proxy's page, or half a reply.
  init(unexpected reply: HTTPReply, effect: Effect) {
    // Whoever wrote a 4xx has refused the request; from a success that is not the documented one nothing follows.
    let refused = (400..<500).contains(reply.status)
    let whole = reply.cut == nil
    self.init(
      .graphUnexpectedReply,
      reply.cut.map { "Graph's reply (HTTP \(reply.status)) ended early: \($0.rawValue)." }
        ?? "Graph answered HTTP \(reply.status), which is not what it documents.",
      remedy: whole ? "Check the Microsoft URL, and that no proxy answers in Graph's place." : nil,
      retry: effect == .acts && !refused ? .unsafe : .safe(after: reply.headers.retryAfter),
      origin: Self.origin(reply, name: nil))
  }

  private static func retry(
    _ reply: HTTPReply, verdict: ErrorEntry.Verdict, effect: Effect
  ) -> Retry {
    let asked = reply.headers.retryAfter
    switch reply.status {
    // Refused before anything was done, or with a reason that we know.
    case 503, 507: break
    // A gateway or a worker gave up: what was behind it may have gone on.
    case 408, 500...: if effect == .acts { return .unsafe }
    default: break
    }
    switch verdict {
    case .futile: return .futile
    case .later(let pause): return .safe(after: [asked, pause].compactMap(\.self).max())
    }
  }

  private static func origin(_ reply: HTTPReply, name: String?) -> PeerError {
    PeerError(status: reply.status, code: name, requestID: reply.headers.first(name: "request-id"))
  }
}
