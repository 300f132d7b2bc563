import Access
import Accounts
import Core
import Hummingbird
import Store

/// `/v1/tokens`: the API tokens of a workspace.
struct TokenRoutes: Sendable {
  let tokens: TokenDirectory
  let bodyLimit: Int

  func add(to group: RouterGroup<WebContext>) {
    group.get("tokens", use: list)
    group.post("tokens", use: create)
    group.delete("tokens/:token", use: delete)
  }

  private func list(_ request: Request, _ context: WebContext) async throws -> Response {
    let paging = try request.pageRequest
    let account = request.query("account")
    let page = try await tokens.tokens(
      paging, account: account.map { AccountID($0) }, in: context.workspace)
    let head = PageHead(paging, total: page.total)
    return try reply(
      TokenPage(
        account: account, total: head.total, page: head.page, pages: head.pages,
        tokens: page.elements.map(TokenReply.init)))
  }

  private func create(_ request: Request, _ context: WebContext) async throws -> Response {
    let body = try await request.body(TokenRequest.self, limit: bodyLimit).value
    let issued = try await tokens.issue(
      NewToken(
        description: body.description, scopes: body.scopes, account: body.account.map { AccountID($0) },
        expires: body.expires),
      by: context.caller)
    struct Created: Encodable { let token, id: String }
    return try reply(Created(token: issued.token.reveal(), id: issued.id.rawValue))
  }

  private func delete(_ request: Request, _ context: WebContext) async throws -> Response {
    try await tokens.revoke(TokenID(try context.pathText("token")), by: context.caller)
    struct Deleted: Encodable { let deleted: Bool }
    return try reply(Deleted(deleted: true))
  }
}

private struct TokenPage: Encodable {
  let account: String?
  let total, page, pages: Int
  let tokens: [TokenReply]
}

private struct TokenReply: Encodable {
  let id, description, created: String
  let scopes: [String]
  let account, expires: String?

  init(_ record: APITokenRecord) {
    id = record.id.rawValue
    description = record.description
    scopes = record.scopes
    account = record.account?.rawValue
    created = record.created.description
    expires = record.expires?.description
  }
}
