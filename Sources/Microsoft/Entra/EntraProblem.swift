package import Core
import NIOHTTP1

/// What went wrong between us and Entra, at the token endpoint or at the callback.
package struct EntraProblem: Problem, Hashable {
  package let code: ProblemCode
  package let summary: String
  package let remedy: String?
  package let retry: Retry
  package let origin: PeerError?
  package let actor: Responsible?
  package let link: String?
  /// Entra's own word for it, as RFC 6749 and RFC 8628 define them.
  let errorName: String?

  init(
    code: ProblemCode, summary: String, remedy: String?, retry: Retry, origin: PeerError? = nil,
    actor: Responsible? = nil, link: String? = nil, errorName: String? = nil
  ) {
    self.code = code
    self.summary = summary
    self.remedy = remedy
    self.retry = retry
    self.origin = origin
    self.actor = actor
    self.link = link
    self.errorName = errorName
  }

  /// What Entra sent to the callback instead of a code.
  package init(
    callbackError error: String, description: String?, values: ErrorValues = ErrorValues()
  ) {
    self.init(
      EntraError(error: error, description: description), status: nil, retryAfter: nil, values: values)
  }

  /// What Entra's page says in place of an answer.
  init(page number: Int, values: ErrorValues) {
    self.init(
      callbackError: "invalid_request", description: "AADSTS\(number): This page was shown.", values: values)
  }

  /// The key is sound, so this is a fault of the machine.
  static var unsigned: EntraProblem {
    EntraProblem(
      code: .appCertificateInvalid, summary: "The app's certificate could not sign.",
      remedy: "Store the certificate with its key again.", retry: .futile, actor: .appOwner)
  }

  /// No reply. Asking for a token again harms nothing, so a failing token endpoint is a delay, whatever was sent.
  init(_ failure: HTTPFailure, host: String) {
    self.init(
      code: .entraUnreachable, summary: "\(host) could not be reached: \(failure.reason.rawValue).",
      remedy: failure.wasSent ? nil : failure.remedy, retry: .safe(after: nil))
  }

  /// A reply other than 200. `secrets` are those of the request, should the reply quote one.
  init(_ reply: HTTPReply, hiding secrets: [String], values: ErrorValues) {
    guard var error = reply.decode(EntraError.self) else {
      self.init(unreadable: reply)
      return
    }
    for secret in secrets where !secret.isEmpty {
      error.description = error.description?.replacing(secret, with: Secret(secret).description)
    }
    self.init(error, status: reply.status, retryAfter: reply.headers.retryAfter, values: values)
  }

  /// A reply that Entra would not write: a proxy's page, or half of one.
  init(unreadable reply: HTTPReply) {
    let retryAfter = reply.headers.retryAfter
    let origin = PeerError(status: reply.status, requestID: reply.headers.first(name: "x-ms-request-id"))
    switch reply.status {
    case 429:
      self.init(
        code: .entraThrottled, summary: "Entra is receiving too many requests.", remedy: nil,
        retry: .safe(after: retryAfter), origin: origin, actor: .nobody)
    case 500...:
      self.init(
        code: .entraUnavailable, summary: "Entra cannot answer at the moment (HTTP \(reply.status)).",
        remedy: nil, retry: .safe(after: retryAfter), origin: origin, actor: .nobody)
    default:
      self.init(
        code: .entraUnexpectedReply,
        summary: "The token endpoint answered HTTP \(reply.status) with something that Entra does not write.",
        remedy: "Check the Microsoft URL, and that no proxy answers in Entra's place.",
        retry: .safe(after: retryAfter), origin: origin)
    }
  }

  /// The verdict is Entra's `error`, its `suberror` and the status; a number only finds the words, and none that
  /// contradict the verdict: Entra changes its numbers.
  init(_ error: EntraError, status: Int?, retryAfter: Duration?, values: ErrorValues) {
    let retry = Self.retry(error, status: status, retryAfter: retryAfter)
    let entry = error.entry.flatMap { ($0.verdict == .futile) == (retry == .futile) ? $0 : nil }
    let mark = error.number.map { " (AADSTS\($0))" } ?? ""
    self.init(
      code: entry?.code ?? error.code(status: status),
      summary: (entry.map { values.fill($0.meaning) } ?? error.words) + mark,
      remedy: entry.map { $0.remedy.map(values.fill) } ?? error.remedy, retry: retry,
      origin: PeerError(
        status: status, code: error.number.map { "AADSTS\($0)" } ?? error.plainName, requestID: error.traceID),
      actor: entry?.actor ?? (retry == .futile ? error.actor : .nobody), link: values.link(entry?.link),
      errorName: error.name)
  }

  /// Entra throttles loops for minutes without saying how many.
  static let loopPause: Duration = .seconds(600)

  private static func retry(_ error: EntraError, status: Int?, retryAfter: Duration?) -> Retry {
    if error.number == ErrorCatalogue.loop { return .safe(after: max(retryAfter ?? .zero, loopPause)) }
    return error.isTransient || status == 429 || status ?? 0 >= 500 ? .safe(after: retryAfter) : .futile
  }
}
