import Accounts
import Core
import Hummingbird
import Store

/// `/v1/oauth2`: the registry of OAuth2 apps.
struct AppRoutes: Sendable {
  let apps: AppRegistry
  let bodyLimit: Int

  func add(to group: RouterGroup<WebContext>) {
    group.get("oauth2", use: list)
    group.post("oauth2", use: create)
    group.get("oauth2/:app", use: get)
    group.put("oauth2/:app", use: update)
    group.delete("oauth2/:app", use: delete)
  }

  private func list(_ request: Request, _ context: WebContext) async throws -> Response {
    let paging = try request.pageRequest
    let page = try await apps.apps(paging, in: context.workspace)
    return try reply(
      AppPage(head: PageHead(paging, total: page.total), apps: page.elements.map(AppReply.init)))
  }

  private func create(_ request: Request, _ context: WebContext) async throws -> Response {
    let body = try await request.body(AppRequest.self, limit: bodyLimit).value
    guard let provider = OAuth2Provider(rawValue: body.provider) else { throw RequestProblem.internalFailure }
    let id = try await apps.create(
      NewApp(
        name: body.name, title: body.title, description: body.description, provider: provider,
        enabled: body.enabled, clientID: body.clientId, clientSecret: body.clientSecret.map(Secret.init),
        authority: body.authority, redirectURL: body.redirectUrl, extraScopes: body.extraScopes,
        skipScopes: body.skipScopes),
      in: context.workspace)
    struct Created: Encodable {
      let id: String
      let created: Bool
    }
    return try reply(Created(id: id.rawValue, created: true))
  }

  private func get(_ request: Request, _ context: WebContext) async throws -> Response {
    try reply(
      AppReply(try await apps.app(AppID(try context.pathText("app")), in: context.workspace)))
  }

  private func update(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AppID(try context.pathText("app"))
    let body = try await request.body(AppUpdateRequest.self, limit: bodyLimit).value
    var change = AppChange()
    change.name = body.name
    change.title = body.title
    change.description = body.description
    change.enabled = body.enabled
    change.clientID = body.clientId
    change.clientSecret = body.clientSecret.map(Secret.init)
    change.authority = body.authority
    change.redirectURL = body.redirectUrl
    change.extraScopes = body.extraScopes
    change.skipScopes = body.skipScopes
    try await apps.update(id, change, in: context.workspace)
    struct Updated: Encodable {
      let id: String
      let updated: Bool
    }
    return try reply(Updated(id: id.rawValue, updated: true))
  }

  private func delete(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AppID(try context.pathText("app"))
    try await apps.delete(id, in: context.workspace)
    struct Deleted: Encodable {
      let id: String
      let deleted: Bool
    }
    return try reply(Deleted(id: id.rawValue, deleted: true))
  }
}

private struct AppPage: Encodable {
  let total, page, pages: Int
  let apps: [AppReply]

  init(head: PageHead, apps: [AppReply]) {
    total = head.total
    page = head.page
    pages = head.pages
    self.apps = apps
  }
}

private struct AppReply: Encodable {
  let id, name, provider, authority, clientId, created, updated, baseScopes, cloud: String
  let title, description, clientSecret, redirectUrl: String?
  let enabled, includeInListing: Bool
  let extraScopes, skipScopes: [String]
  let accounts: Int
  let lastError: ProblemReply?

  init(_ app: OAuth2App) {
    id = app.id.rawValue
    name = app.name
    provider = app.provider.rawValue
    authority = app.authority
    clientId = app.clientID
    clientSecret = app.hasSecret ? "******" : nil
    title = app.title
    description = app.description
    redirectUrl = app.redirectURL
    enabled = app.enabled
    includeInListing = app.enabled && app.provider == .outlook
    extraScopes = app.extraScopes
    skipScopes = app.skipScopes
    baseScopes = "api"
    cloud = "global"
    accounts = app.accounts
    lastError = app.lastError.map(ProblemReply.init)
    created = app.created.description
    updated = app.updated.description
  }
}
