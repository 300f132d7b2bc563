import Access
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
    let new = try await request.body(AppRequest.self, limit: bodyLimit).value.app
    guard try !new.shared || context.caller.isOperator else { throw Problem.operatorOnly }
    let id = try await apps.create(new, in: context.workspace)
    let app = try await apps.app(id, in: context.workspace)
    struct Created: Encodable {
      let id: String
      let created: Bool
      let warnings: [WarningReply]?
    }
    return try reply(Created(id: id.rawValue, created: true, warnings: WarningReply.list(app)))
  }

  private func get(_ request: Request, _ context: WebContext) async throws -> Response {
    try reply(
      AppReply(try await apps.app(AppID(try context.pathText("app")), in: context.workspace)))
  }

  private func update(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AppID(try context.pathText("app"))
    let change = try await request.body(AppUpdateRequest.self, limit: bodyLimit).value.change
    try await apps.update(id, change, in: context.workspace, byOperator: context.caller.isOperator)
    let app = try await apps.app(id, in: context.workspace)
    struct Updated: Encodable {
      let id: String
      let updated: Bool
      let warnings: [WarningReply]?
    }
    return try reply(Updated(id: id.rawValue, updated: true, warnings: WarningReply.list(app)))
  }

  private func delete(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AppID(try context.pathText("app"))
    try await apps.delete(id, in: context.workspace, byOperator: context.caller.isOperator)
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
  let title, description, clientSecret, secretExpires, redirectUrl: String?
  let clientCertificate: Certificate?
  let enabled, includeInListing, sendOnly, shared: Bool
  let extraScopes, skipScopes: [String]
  let accounts: Int
  let warnings: [WarningReply]?
  let lastError: ProblemReply?

  struct Certificate: Encodable {
    let thumbprint: String
    let expires: String?
  }

  init(_ app: OAuth2App) {
    id = app.id.rawValue
    name = app.name
    provider = app.provider.rawValue
    authority = app.authority
    clientId = app.clientID
    clientSecret = app.hasSecret ? "******" : nil
    secretExpires = app.secretExpires?.description
    clientCertificate = app.certificateThumbprint.map {
      Certificate(thumbprint: $0, expires: app.secretExpires?.description)
    }
    title = app.title
    description = app.description
    redirectUrl = app.redirectURL
    enabled = app.enabled
    includeInListing = app.enabled && app.provider == .outlook
    extraScopes = app.extraScopes
    skipScopes = app.skipScopes
    baseScopes = app.baseScopes.rawValue
    cloud = app.cloud
    sendOnly = app.sendOnly
    shared = app.shared
    accounts = app.accounts
    warnings = WarningReply.list(app)
    lastError = app.lastError.map(ProblemReply.init)
    created = app.created.description
    updated = app.updated.description
  }
}

struct WarningReply: Encodable {
  let code, message, remedy: String
  let commands: [String]?

  init(_ warning: AppWarning) {
    code = warning.code.rawValue
    message = warning.message
    remedy = warning.remedy
    commands = warning.commands.isEmpty ? nil : warning.commands
  }

  /// `nil` when there is nothing to warn of.
  static func list(_ app: OAuth2App) -> [WarningReply]? {
    app.warnings.isEmpty ? nil : app.warnings.map(WarningReply.init)
  }
}
