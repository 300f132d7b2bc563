import Core
import Foundation
import JSON

/// Entra's error object, or the same fields in a callback's query.
struct EntraError: Sendable {
  /// RFC 6749 section 5.2 and OpenID Connect Core section 3.1.2.6: `invalid_grant`, `login_required`, ...
  var name: String
  var description: String?
  var numbers: [Int]?
  var suberror: String?
  var traceID: String?

  init(error: String, description: String?) {
    name = error
    self.description = description
  }

  init(_ json: JSONValue) throws(ReplyFault) {
    name = try json.required("error", \.string)
    description = try json.optional("error_description", \.string)
    numbers = try json.optional("error_codes", \.integers)
    suberror = try json.optional("suberror", \.string)
    traceID = try json.optional("trace_id", \.string)
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

  var isTransient: Bool { meaning?.code == .entraUnavailable }

  /// On one line: anybody can write the query of a callback.
  var plainName: String { oneLine(name, limit: 60) }

  /// For a number that the catalogue does not know, and for an error without one.
  func code(status: Int?) -> ProblemCode {
    if status == 429 { return .entraThrottled }
    if let status, status >= 500 { return .entraUnavailable }
    if let meaning, meaning.outranksSuberror, isTransient || suberror != "consent_required" {
      return meaning.code
    }
    return suberror.flatMap { Self.suberrors[$0] } ?? meaning?.code ?? .entraRejected
  }

  /// The beginning of Entra's own description, for an error that the catalogue does not know. It names apps,
  /// tenants and scopes, but never a code or a token.
  var words: String {
    guard var text = description?[...], !text.isEmpty else {
      return "Entra refused the request with “\(plainName)”."
    }
    if text.hasPrefix("AADSTS"), let colon = text.firstIndex(of: ":") { text = text[colon...].dropFirst() }
    if let trace = text.range(of: "Trace ID:") { text = text[..<trace.lowerBound] }
    return "Entra refused the request: " + oneLine(text, limit: 300)
  }

  /// `nil` where the reader can do nothing but wait.
  var remedy: String? {
    guard let meaning else { return Meaning.checkRegistration }
    return meaning.remedy
  }

  /// For an error that the catalogue does not know.
  var actor: Responsible { meaning?.actor ?? .user }

  private var meaning: Meaning? { Self.meanings[name] }
}

// What Entra's words mean where no number says more.
extension EntraError {
  private struct Meaning: Sendable {
    var code: ProblemCode
    var remedy: String?
    var actor: Responsible
    var outranksSuberror = false

    static let checkRegistration = "Check the app's registration at Microsoft."
    static let connectAgain = "Connect the account again."
    static let newCode = "Ask for a new code."
  }

  /// By `error`.
  private static let meanings: [String: Meaning] = [
    "temporarily_unavailable": Meaning(code: .entraUnavailable, actor: .nobody, outranksSuberror: true),
    "server_error": Meaning(code: .entraUnavailable, actor: .nobody, outranksSuberror: true),
    "consent_required": Meaning(
      code: .entraConsentRequired, remedy: Meaning.connectAgain, actor: .user, outranksSuberror: true),
    "interaction_required": Meaning(
      code: .entraInteractionRequired, remedy: Meaning.connectAgain, actor: .user, outranksSuberror: true),
    "login_required": Meaning(
      code: .entraInteractionRequired, remedy: Meaning.connectAgain, actor: .user, outranksSuberror: true),
    "invalid_grant": Meaning(code: .entraGrantRevoked, remedy: Meaning.connectAgain, actor: .user),
    "access_denied": Meaning(code: .signInDeclined, remedy: Meaning.checkRegistration, actor: .user),
    "authorization_declined": Meaning(
      code: .signInDeclined, remedy: "Start again and accept.", actor: .user),
    "expired_token": Meaning(code: .signInDeviceCodeExpired, remedy: Meaning.newCode, actor: .user),
    "code_expired": Meaning(code: .signInDeviceCodeExpired, remedy: Meaning.newCode, actor: .user),
    "bad_verification_code": Meaning(code: .signInDeviceCodeExpired, remedy: Meaning.newCode, actor: .user),
    "invalid_scope": Meaning(code: .entraScopeInvalid, remedy: Meaning.checkRegistration, actor: .appOwner),
    "invalid_resource": Meaning(
      code: .entraScopeInvalid, remedy: Meaning.checkRegistration, actor: .appOwner),
    "invalid_client": Meaning(code: .entraRejected, remedy: Meaning.checkRegistration, actor: .appOwner),
    "unauthorized_client": Meaning(code: .entraRejected, remedy: Meaning.checkRegistration, actor: .appOwner),
    "invalid_request": Meaning(code: .entraRejected, remedy: Meaning.checkRegistration, actor: .appOwner),
  ]

  /// By `suberror` (MSAL's `InvalidGrantClassification`).
  private static let suberrors: [String: ProblemCode] = [
    "consent_required": .entraConsentRequired,
    "basic_action": .entraInteractionRequired,
    "additional_action": .entraInteractionRequired,
    "user_password_expired": .entraInteractionRequired,
    "message_only": .entraAccessBlocked,
    "protection_policy_required": .entraAccessBlocked,
    "device_authentication_failed": .entraAccessBlocked,
    "token_expired": .entraGrantExpired,
  ]
}

extension JSONValue {
  fileprivate var integers: [Int]? {
    guard let array else { return nil }
    let integers = array.compactMap { $0.int64.flatMap(Int.init(exactly:)) }
    return integers.count == array.count ? integers : nil
  }
}
