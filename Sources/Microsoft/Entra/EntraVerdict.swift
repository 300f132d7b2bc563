import Core

/// What Entra's `error` (RFC 6749 section 5.2, RFC 8628 section 3.5, OpenID Connect Core section 3.1.2.6) and
/// `suberror` (Microsoft Learn, "Handle errors and exceptions in MSAL") mean where the catalogue knows no number.
struct EntraVerdict: Sendable {
  var names: Set<String> = []
  var suberrors: Set<String> = []
  let code: ProblemCode
  /// `nil` where waiting is all there is to do.
  var remedy: String?
  let actor: Responsible
  /// Whether it passes by itself.
  var passes = false

  func covers(_ name: String, _ suberror: String?) -> Bool {
    names.contains(name) || suberror.map(suberrors.contains) ?? false
  }

  static let throttled = EntraVerdict(code: .entraThrottled, actor: .nobody, passes: true)
  static let unavailable = EntraVerdict(
    names: ["temporarily_unavailable", "server_error"], code: .entraUnavailable, actor: .nobody, passes: true)

  private static let connectAgain = "Connect the account again."
  private static let checkRegistration = "Check the app's registration at Microsoft."

  /// The first that covers an error is its verdict.
  static let all: [EntraVerdict] = [
    unavailable,
    EntraVerdict(
      names: ["consent_required"], suberrors: ["consent_required"], code: .entraConsentRequired,
      remedy: connectAgain, actor: .user),
    EntraVerdict(
      names: ["interaction_required", "login_required"],
      suberrors: ["basic_action", "additional_action", "user_password_expired"],
      code: .entraInteractionRequired,
      remedy: connectAgain, actor: .user),
    EntraVerdict(
      suberrors: ["message_only", "protection_policy_required", "device_authentication_failed"],
      code: .entraAccessBlocked, remedy: connectAgain, actor: .user),
    EntraVerdict(suberrors: ["token_expired"], code: .entraGrantExpired, remedy: connectAgain, actor: .user),
    EntraVerdict(names: ["invalid_grant"], code: .entraGrantRevoked, remedy: connectAgain, actor: .user),
    EntraVerdict(names: ["access_denied"], code: .signInDeclined, remedy: checkRegistration, actor: .user),
    EntraVerdict(
      names: ["authorization_declined"], code: .signInDeclined, remedy: "Start again and accept.",
      actor: .user),
    EntraVerdict(
      names: ["expired_token", "code_expired", "bad_verification_code"], code: .signInDeviceCodeExpired,
      remedy: "Request a new code.", actor: .user),
    EntraVerdict(
      names: ["invalid_scope", "invalid_resource"], code: .entraScopeInvalid, remedy: checkRegistration,
      actor: .appOwner),
    EntraVerdict(
      names: ["invalid_client", "unauthorized_client", "invalid_request"], code: .entraRejected,
      remedy: checkRegistration, actor: .appOwner),
  ]

  static let other = EntraVerdict(code: .entraRejected, remedy: checkRegistration, actor: .user)
}
