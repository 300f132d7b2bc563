package import Core
import HTTP
import NIOHTTP1

// What went wrong between us and Entra, at the token endpoint or at the callback.
extension Problem {
  /// What Entra sent to the callback instead of a code.
  package init(
    callbackError error: String, description: String?, values: ErrorValues = ErrorValues()
  ) {
    self.init(
      EntraError(error: error, description: description), status: nil, retryAfter: nil, values: values)
  }

  /// The error on a page that Entra shows instead of redirecting.
  init(page number: Int, values: ErrorValues) {
    self.init(
      callbackError: "invalid_request", description: "AADSTS\(number): This page was shown.", values: values)
  }

  /// The key was checked when it was stored, so this is a fault on this machine.
  static var certificateUnsigned: Problem {
    Problem(
      .appCertificateInvalid, "The app's certificate could not be used for signing.",
      remedy: "Store the certificate with its key again.", retry: .futile, actor: .appOwner)
  }

  /// No reply. Asking for a token again harms nothing, so a failing token endpoint is a delay, whatever was sent.
  init(_ failure: HTTPFailure, host: String) {
    self.init(
      .entraUnreachable, "\(host) could not be reached: \(failure.reason.rawValue).",
      remedy: failure.wasSent ? nil : failure.remedy, retry: .safe(after: nil))
  }

  /// A reply other than 200. `secrets` are those of the request, should the reply quote one.
  init(_ reply: HTTPReply, hiding secrets: [String], values: ErrorValues) {
    guard var error = try? reply.read({ (json) throws(ReplyFault) in try EntraError(json) }) else {
      self.init(unreadable: reply)
      return
    }
    for secret in secrets where !secret.isEmpty {
      error.description = error.description?.replacing(secret, with: Secret(secret).description)
    }
    self.init(error, status: reply.status, retryAfter: reply.headers.retryAfter, values: values)
  }

  /// A reply that Entra would not write: a proxy's page, or half of one.
  init(unreadable reply: HTTPReply, fault: ReplyFault? = nil) {
    let retryAfter = reply.headers.retryAfter
    let origin = PeerError(status: reply.status, requestID: reply.headers.first(name: "x-ms-request-id"))
    switch reply.status {
    case 429:
      self.init(
        .entraThrottled, "Entra is receiving too many requests.", remedy: nil,
        retry: .safe(after: retryAfter), origin: origin, actor: .nobody)
    case 500...:
      self.init(
        .entraUnavailable, "Entra cannot answer at the moment (HTTP \(reply.status)).",
        remedy: nil, retry: .safe(after: retryAfter), origin: origin, actor: .nobody)
    default:
      self.init(
        .entraUnexpectedReply,
        "The token endpoint answered HTTP \(reply.status) with something that Entra does not send."
          + (fault.map { " " + $0.flaw } ?? ""),
        remedy: "Check the Microsoft URL, and that no proxy replies in Entra's place.",
        retry: .safe(after: retryAfter), origin: origin)
    }
  }

  /// `error`, `suberror` and the status decide whether to retry. The number only selects an explanation, and only
  /// one with the same verdict, because Entra changes its numbers.
  init(_ error: EntraError, status: Int?, retryAfter: Duration?, values: ErrorValues) {
    let retry = Self.retry(error, status: status, retryAfter: retryAfter)
    let verdict = error.verdict(status: status)
    let entry = ErrorCatalogue.refined(error.entry, values).flatMap {
      ($0.verdict == .futile) == (retry == .futile) ? $0 : nil
    }
    let mark = error.number.map { " (AADSTS\($0))" } ?? ""
    self.init(
      entry?.code ?? verdict.code,
      (entry.map { values.fill($0.meaning) } ?? error.words) + mark,
      remedy: entry.map { $0.remedy.map(values.fill) } ?? verdict.remedy, retry: retry, scope: entry?.scope,
      origin: PeerError(
        status: status, code: error.number.map { "AADSTS\($0)" } ?? error.plainName, requestID: error.traceID,
        word: error.name),
      actor: entry?.actor ?? verdict.actor, link: values.link(entry?.link))
  }

  /// Entra throttles loops for minutes without saying how many.
  static let loopPause: Duration = .seconds(600)

  private static func retry(_ error: EntraError, status: Int?, retryAfter: Duration?) -> Retry {
    if error.number == ErrorCatalogue.loop { return .safe(after: max(retryAfter ?? .zero, loopPause)) }
    return error.verdict(status: status).passes ? .safe(after: retryAfter) : .futile
  }
}
