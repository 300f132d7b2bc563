import Accounts
import Core
import Hummingbird
import Store

/// `/v1/authentication/device`: signing in on another device, for gateways that no browser reaches.
struct DeviceRoutes: Sendable {
  let devices: DeviceSignIn
  let bodyLimit: Int

  func add(to group: RouterGroup<WebContext>) {
    group.post("authentication/device", use: start)
    group.get("authentication/device/:device", use: status)
  }

  private func start(_ request: Request, _ context: WebContext) async throws -> Response {
    let body = try await request.body(DeviceRequest.self, limit: bodyLimit).value
    let journey = try await devices.start(
      NewForm(
        account: body.account.map { AccountID($0) }, name: body.name, email: body.email,
        expectedEmail: body.expectedEmail, delegated: body.delegated, redirectURL: "",
        unknownOutcome: body.unknownOutcome),
      app: AppID(body.provider), in: context.workspace)
    return try reply(DeviceReply(journey))
  }

  private func status(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = DeviceSignInID(try context.pathText("device"))
    return try reply(DeviceStatusReply(try await devices.status(id, in: context.workspace)))
  }
}

/// The body of `POST /v1/authentication/device`.
struct DeviceRequest: RequestObject {
  let account: String?
  let name: String?
  let email: String?
  let expectedEmail: String?
  /// Whether `email` is somebody else's mailbox, which whoever signs in may use.
  let delegated: Bool
  /// The id of an OAuth2 app.
  let provider: String
  let unknownOutcome: UnknownOutcome?

  static let known: Set = [
    "account", "name", "email", "expectedEmail", "delegated", "provider", "unknownOutcome",
  ]
  static let notSupported: Set = ["notifyFrom", "subconnections", "path", "redirectUrl"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    account = fields.text("account", limit: 256)
    name = fields.text("name", limit: 256)
    email = fields.text("email", limit: 1024)
    expectedEmail = fields.text("expectedEmail", limit: 1024)
    delegated = fields.optional("delegated") ?? false
    provider = fields.requiredText("provider", limit: 256) ?? ""
    let outcome = fields.text("unknownOutcome", limit: 16)
    unknownOutcome = outcome.flatMap(UnknownOutcome.init)
    if let outcome, UnknownOutcome(rawValue: outcome) == nil {
      fields.fault("unknownOutcome", "is not hold or resend")
    }
  }
}

private struct DeviceReply: Encodable {
  let id, userCode, verificationUri, message, url: String
  /// Seconds.
  let expiresIn, interval: Int64

  init(_ journey: PendingDeviceSignIn) {
    id = journey.id.rawValue
    userCode = journey.userCode
    verificationUri = journey.verificationURL
    expiresIn = journey.expiresIn.components.seconds
    interval = max(journey.interval.components.seconds, 1)
    message = journey.message
    url = journey.url
  }
}

private struct DeviceStatusReply: Encodable {
  let id, status: String
  let account: String?
  let error: ProblemReply?

  init(_ device: DeviceStatus) {
    id = device.id.rawValue
    status = device.state.rawValue
    account = device.account?.rawValue
    error = device.problem.map(ProblemReply.init)
  }
}
