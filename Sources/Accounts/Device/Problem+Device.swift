import Core
import Microsoft
import Store

// Why a sign-in on another device did not connect an account, where we know more than Microsoft's answer says.
extension Problem {
  static let deviceSignInUnknown = Problem(
    .signInDeviceUnknown, "There is no such sign-in by device code, or it is long over.",
    remedy: "Start a new one.")

  static let deviceCodeExpired = Problem(
    .signInDeviceCodeExpired, "Nobody entered the code in time.", remedy: "Start again and use the new code.",
    actor: .user)

  static func tooManyDeviceCodes(_ limit: Int) -> Problem {
    Problem(
      .signInTooManyCodes, "This link has already given \(limit) codes within 15 minutes.",
      remedy: "Wait 15 minutes, then request a new code.", retry: .safe(after: SignIn.stateLife))
  }

  /// Entra says the same of a web client without its secret (AADSTS7000218), where the cure is another.
  static func publicClientOff(_ app: OAuth2AppRecord, _ cloud: Cloud, origin: PeerError?) -> Problem {
    Problem(
      .signInPublicClientOff,
      "The registration of “\(app.name)” does not allow public client flows, which a device code needs.",
      remedy: "Under Authentication set “Allow public client flows” to Yes, save, and start again.",
      origin: origin, actor: .appOwner, link: cloud.portalLink(.authentication, clientID: app.clientID))
  }
}
