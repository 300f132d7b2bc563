import Core
import Foundation

/// Entra's error object, or the same fields in a callback's query.
struct EntraError: Decodable, Sendable {
  /// RFC 6749 section 5.2 and OpenID Connect Core section 3.1.2.6: `invalid_grant`, `login_required`, ...
  var name: String
  var description: String?
  var numbers: [Int]?
  var suberror: String?
  var traceID: String?

  enum CodingKeys: String, CodingKey {
    case name = "error"
    case description = "error_description"
    case numbers = "error_codes"
    case suberror
    case traceID = "trace_id"
  }

  init(error: String, description: String?) {
    name = error
    self.description = description
  }

  /// The AADSTS number: of several the first that we know, from the list or from the description's first word.
  var number: Int? {
    let listed = numbers ?? []
    if let known = listed.first(where: { ErrorCatalogue.entry(aadsts: $0) != nil }) { return known }
    if let first = listed.first { return first }
    guard let description, description.hasPrefix("AADSTS") else { return nil }
    return Int(description.dropFirst(6).prefix { $0.isASCII && $0.isNumber })
  }

  /// What the catalogue has for it. Personal accounts are refused in words, without a number.
  var entry: ErrorEntry? {
    if let number { return ErrorCatalogue.entry(aadsts: number) }
    return description.flatMap { ErrorCatalogue.entry(.entra, in: String($0.prefix(1000))) }
  }

  var isTransient: Bool { name == "temporarily_unavailable" || name == "server_error" }

  /// What came to the callback was written by whoever wrote the URL.
  var plainName: String { oneLine(name, limit: 60) }

  /// For a number that the catalogue does not know, and where there is none.
  func code(status: Int?) -> ProblemCode {
    if status == 429 { return .entraThrottled }
    if let status, status >= 500 { return .entraUnavailable }
    switch (name, suberror) {
    case _ where isTransient: return .entraUnavailable
    case ("consent_required", _), (_, "consent_required"): return .entraConsentRequired
    case ("interaction_required", _), ("login_required", _): return .entraInteractionRequired
    case (_, "basic_action"), (_, "additional_action"), (_, "user_password_expired"):
      return .entraInteractionRequired
    case (_, "message_only"), (_, "protection_policy_required"), (_, "device_authentication_failed"):
      return .entraAccessBlocked
    case (_, "token_expired"): return .entraGrantExpired
    case ("invalid_grant", _): return .entraGrantRevoked
    case ("access_denied", _), ("authorization_declined", _): return .signInDeclined
    case ("expired_token", _), ("code_expired", _), ("bad_verification_code", _):
      return .signInDeviceCodeExpired
    case ("invalid_scope", _), ("invalid_resource", _): return .entraScopeInvalid
    default: return .entraRejected
    }
  }

  /// Entra's own first sentences for what we have no words for. They name apps, tenants and scopes; a code or a
  /// token is never in them.
  var words: String {
    guard var text = description?[...], !text.isEmpty else {
      return "Entra refused the request with “\(plainName)”."
    }
    if text.hasPrefix("AADSTS"), let colon = text.firstIndex(of: ":") { text = text[colon...].dropFirst() }
    if let trace = text.range(of: "Trace ID:") { text = text[..<trace.lowerBound] }
    return "Entra refused the request: " + oneLine(text, limit: 300)
  }

  var remedy: String? {
    switch name {
    case _ where isTransient: nil
    case "authorization_declined": "Start again and accept."
    case "expired_token", "code_expired", "bad_verification_code": "Ask for a new code."
    case "invalid_grant", "interaction_required", "login_required", "consent_required":
      "Connect the account again."
    default: "Check the app's registration at Microsoft."
    }
  }

  /// For what the catalogue has no words for.
  var actor: Responsible {
    switch name {
    case _ where isTransient: .nobody
    case "invalid_client", "unauthorized_client", "invalid_scope", "invalid_resource", "invalid_request":
      .appOwner
    default: .user
    }
  }
}
