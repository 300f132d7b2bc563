import Accounts
import Core
import Hummingbird
import Store

/// `/v1/account/{account}/pause`, `resume`, `reconnect` and `oauth-token`.
struct AccountActionRoutes: Sendable {
  let actions: AccountActions
  let bodyLimit: Int

  func add(to group: RouterGroup<WebContext>) {
    group.put("account/:account/pause", use: pause)
    group.put("account/:account/resume", use: resume)
    group.put("account/:account/reconnect", use: reconnect)
    group.get("account/:account/oauth-token", use: token)
  }

  private struct Paused: Encodable {
    let account: String
    let paused: Bool
  }

  private func pause(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AccountID(try context.pathText("account"))
    try await actions.pause(id, in: context.workspace)
    return try reply(Paused(account: id.rawValue, paused: true))
  }

  private func resume(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AccountID(try context.pathText("account"))
    try await actions.resume(id, in: context.workspace)
    return try reply(Paused(account: id.rawValue, paused: false))
  }

  private func reconnect(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AccountID(try context.pathText("account"))
    let body = try await request.body(ReconnectRequest.self, limit: bodyLimit).value
    if body.reconnect { try await actions.reconnect(id, in: context.workspace) }
    struct Reconnected: Encodable { let reconnect: Bool }
    return try reply(Reconnected(reconnect: body.reconnect))
  }

  private func token(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AccountID(try context.pathText("account"))
    return try reply(TokenReply(try await actions.accessToken(of: id, for: context.caller)))
  }
}

/// Microsoft's access token, in EmailEngine's words.
private struct TokenReply: Encodable {
  let account, user, accessToken, provider, app: String
  let registeredScopes: [String]?
  let expires: String?
  let cached: Bool

  init(_ token: ExposedToken) {
    account = token.account.rawValue
    user = token.user
    accessToken = token.token.reveal()
    provider = token.provider.rawValue
    app = token.app.rawValue
    registeredScopes = token.scopes
    expires = token.expires?.description
    cached = token.cached
  }
}
