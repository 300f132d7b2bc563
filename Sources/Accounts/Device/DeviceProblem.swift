package import Core
import Microsoft
import Store

/// Why a sign-in on another device did not connect an account, where we know more than Microsoft's answer says.
package struct DeviceProblem: Problem, Hashable {
  package let code: ProblemCode
  package let summary: String
  package let remedy: String?
  package let retry = Retry.futile
  package let origin: PeerError?
  package let actor: Responsible?
  package let link: String?

  private init(
    _ code: ProblemCode, _ summary: String, remedy: String, origin: PeerError? = nil,
    actor: Responsible? = nil, link: String? = nil
  ) {
    self.code = code
    self.summary = summary
    self.remedy = remedy
    self.origin = origin
    self.actor = actor
    self.link = link
  }

  static let unknown = DeviceProblem(
    .signInDeviceUnknown, "There is no such sign-in by device code, or it is long over.",
    remedy: "Start a new one.")

  static let expired = DeviceProblem(
    .signInDeviceCodeExpired, "Nobody entered the code in time.", remedy: "Start again and use the new code.",
    actor: .user)

  /// Entra says the same of a web client without its secret (AADSTS7000218), where the cure is another.
  static func publicClientOff(_ app: OAuth2AppRecord, _ cloud: Cloud, origin: PeerError?) -> DeviceProblem {
    DeviceProblem(
      .signInPublicClientOff,
      "The registration of “\(app.name)” does not allow public client flows, which a device code needs.",
      remedy: "Under Authentication set “Allow public client flows” to Yes, save, and start again.",
      origin: origin, actor: .appOwner, link: cloud.portalLink(.authentication, clientID: app.clientID))
  }
}
