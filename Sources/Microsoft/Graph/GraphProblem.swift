package import Core
import NIOHTTP1

/// What went wrong between us and Graph.
///
/// Its summary is ours or the catalogue's: Graph's own message may quote the letter and is not kept.
package struct GraphProblem: Problem, Hashable {
  package let code: ProblemCode
  package let summary: String
  package let remedy: String?
  package let retry: Retry
  package let origin: PeerError?

  private init(code: ProblemCode, summary: String, remedy: String?, retry: Retry, origin: PeerError?) {
    self.code = code
    self.summary = summary
    self.remedy = remedy
    self.retry = retry
    self.origin = origin
  }

  /// No reply: the one place where the hard rule is applied.
  init(_ failure: HTTPFailure, host: String, effect: Effect) {
    guard failure.wasSent else {
      self.init(
        code: .graphUnreachable, summary: "\(host) could not be reached: \(failure.reason.rawValue).",
        remedy: failure.remedy, retry: .safe(after: nil), origin: nil)
      return
    }
    self.init(
      code: .graphLostReply, summary: "The reply of \(host) was lost: \(failure.reason.rawValue).",
      remedy: nil, retry: effect == .acts ? .unsafe : .safe(after: nil), origin: nil)
  }

  /// A reply with another status than the one that means success.
  init(_ reply: HTTPReply, effect: Effect) {
    guard reply.status >= 400 else {
      self.init(unexpected: reply, effect: effect)
      return
    }
    let name = reply.decode(GraphErrorBody.self)?.name
    let entry = name.flatMap(GraphErrorEntry.entry)
    let meaning = entry?.meaning ?? Self.meaning(status: reply.status)
    let mark = name.map { "HTTP \(reply.status), \($0)" } ?? "HTTP \(reply.status)"
    self.init(
      code: entry?.code ?? Self.code(status: reply.status), summary: "\(meaning) (\(mark))",
      remedy: entry?.remedy, retry: Self.retry(reply, verdict: entry?.verdict, effect: effect),
      origin: Self.origin(reply, name: name))
  }

  /// A reply that does not say whether Graph has acted: another success than the documented one, or half of it.
  init(unexpected reply: HTTPReply, effect: Effect) {
    let whole = reply.cut == nil
    self.init(
      code: .graphUnexpectedReply,
      summary: reply.cut.map { "Graph's reply (HTTP \(reply.status)) ended early: \($0.rawValue)." }
        ?? "Graph answered HTTP \(reply.status), which is not what it documents.",
      remedy: whole ? "Check the Microsoft URL, and that no proxy answers in Graph's place." : nil,
      retry: effect == .acts ? .unsafe : .safe(after: nil), origin: Self.origin(reply, name: nil))
  }

  private static func retry(
    _ reply: HTTPReply, verdict: GraphErrorEntry.Verdict?, effect: Effect
  ) -> Retry {
    let asked = reply.headers.retryAfter
    switch (reply.status, verdict) {
    case (_, .later(let pause)): return .safe(after: [asked, pause].compactMap(\.self).max())
    // Refused before anything was done.
    case (429, nil), (503, nil): return .safe(after: asked)
    case (500..., .futile) where effect == .acts: return .unsafe
    case (_, .futile): return .futile
    // A gateway or a worker gave up: what was behind it may have gone on.
    case (408, nil), (500..., nil): return effect == .acts ? .unsafe : .safe(after: asked)
    default: return .futile
    }
  }

  private static func code(status: Int) -> ProblemCode {
    switch status {
    case 401: .graphTokenRejected
    case 403: .graphAccessDenied
    case 413: .graphMessageTooLarge
    case 429: .graphThrottled
    case 507: .graphMailboxFull
    case 500...: .graphUnavailable
    default: .graphRejected
    }
  }

  private static func meaning(status: Int) -> String {
    switch status {
    case 401: "Graph did not accept the access token."
    case 429: "Graph is receiving too many requests for this mailbox."
    case 500...: "Graph cannot serve this mailbox at the moment."
    default: "Graph refused the request."
    }
  }

  private static func origin(_ reply: HTTPReply, name: String?) -> PeerError {
    PeerError(status: reply.status, code: name, requestID: reply.headers.first(name: "request-id"))
  }
}

/// `{"error": {"code", "message", "innerError": {"code", ...}}}`.
struct GraphErrorBody: Decodable, Sendable {
  /// The outermost code that we know, else the outermost: an inner one says more about less.
  var name: String? {
    let names = error.names.filter { name in
      (1...64).contains(name.utf8.count)
        && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
    }
    return names.first { GraphErrorEntry.entry($0) != nil } ?? names.first
  }

  private var error: Level

  private indirect enum Level: Decodable, Sendable {
    case level(code: String?, inner: Level?)

    enum CodingKeys: String, CodingKey {
      case code
      case innerError
      case innererror
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: CodingKeys.self)
      self = .level(
        code: try? fields.decodeIfPresent(String.self, forKey: .code),
        inner: (try? fields.decodeIfPresent(Level.self, forKey: .innerError))
          ?? (try? fields.decodeIfPresent(Level.self, forKey: .innererror)))
    }

    var names: [String] {
      switch self {
      case .level(let code, let inner): (code.map { [$0] } ?? []) + (inner?.names ?? [])
      }
    }
  }
}
