import Accounts
import Core
import Diagnosis
import Hummingbird
import MIME
import Store

/// `…/verify`: tries out an app or an account, and says of each step how it went.
///
/// What is wrong with the app is an answer and no error: the status is 200.
struct VerificationRoutes: Sendable {
  let verifier: Verifier
  let bodyLimit: Int

  func add(to group: RouterGroup<WebContext>) {
    group.post("oauth2/:app/verify", use: verifyApp)
    group.post("account/:account/verify", use: verifyAccount)
  }

  private func verifyApp(_ request: Request, _ context: WebContext) async throws -> Response {
    let app = AppID(try context.pathText("app"))
    let body = try await request.optionalBody(AppVerifyRequest.self, limit: bodyLimit)
    let verification = try await verifier.verify(
      app: app, account: body?.account.map { AccountID($0) }, sendTo: body?.sendTo, in: context.workspace)
    return try reply(VerificationReply(verification))
  }

  private func verifyAccount(_ request: Request, _ context: WebContext) async throws -> Response {
    let account = AccountID(try context.pathText("account"))
    let body = try await request.optionalBody(AccountVerifyRequest.self, limit: bodyLimit)
    let verification = try await verifier.verify(
      account: account, sendTo: body?.sendTo, in: context.workspace)
    return try reply(VerificationReply(verification))
  }
}

/// The body of `POST /v1/oauth2/{app}/verify`.
struct AppVerifyRequest: RequestObject {
  let account: String?
  /// Who gets a real test message.
  let sendTo: EmailAddress?

  static let known: Set = ["account", "sendTo"]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    account = fields.text("account", limit: 256)
    sendTo = fields.address("sendTo")
    if sendTo != nil, account == nil { fields.fault("sendTo", "needs an account to send from") }
  }
}

/// The body of `POST /v1/account/{account}/verify`.
struct AccountVerifyRequest: RequestObject {
  let sendTo: EmailAddress?

  static let known: Set = ["sendTo"]

  init(from decoder: any Decoder) throws {
    sendTo = try Fields(decoder, of: Self.self).address("sendTo")
  }
}

extension Fields {
  fileprivate func address(_ name: String) -> EmailAddress? {
    guard let text = text(name, limit: 1024) else { return nil }
    do {
      return try EmailAddress(text)
    } catch {
      fault(name, error.summary)
      return nil
    }
  }
}

extension Request {
  /// `nil` when there is none: every field may be left out.
  fileprivate func optionalBody<Body: Decodable>(_ type: Body.Type, limit: Int) async throws -> Body? {
    if headers[.contentLength] ?? "0" == "0", headers[.transferEncoding] == nil { return nil }
    return try await body(type, limit: limit).value
  }
}

private struct VerificationReply: Encodable {
  let app, provider: String
  let account: String?
  let ok: Bool
  let steps: [Step]

  struct Step: Encodable {
    let id, label, status, message: String
    let hint, problem, remedy, actor, link: String?

    init(_ step: VerificationStep) {
      id = step.id.rawValue
      label = step.id.label
      status = step.status.rawValue
      message = step.message
      hint = step.hint
      problem = step.problem
      remedy = step.remedy
      actor = step.actor?.rawValue
      link = step.link
    }
  }

  init(_ verification: Verification) {
    app = verification.app.rawValue
    provider = verification.provider.rawValue
    account = verification.account?.rawValue
    ok = verification.isFine
    steps = verification.steps.map(Step.init)
  }
}
