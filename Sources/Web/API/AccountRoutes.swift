import Accounts
import Core
import Hummingbird
import Store

/// `/v1/account`, `/v1/accounts` and `/v1/authentication/form`.
struct AccountRoutes: Sendable {
  let directory: AccountDirectory
  let apps: AppRegistry
  let signIn: SignIn
  let bodyLimit: Int

  func add(to group: RouterGroup<WebContext>) {
    group.get("accounts", use: list)
    group.post("account", use: create)
    group.get("account/:account", use: get)
    group.delete("account/:account", use: delete)
    group.post("authentication/form", use: form)
  }

  private func list(_ request: Request, _ context: WebContext) async throws -> Response {
    let paging = try request.pageRequest
    let shown = request.query("state")
    let paused = shown == "paused"
    let state = try paused ? nil : shown.map(Self.state)
    let query = request.query("query")
    let page = try await directory.accounts(
      paging, state: state, paused: paused, query: query, in: context.workspace)
    return try reply(
      AccountPage(
        head: PageHead(paging, total: page.total), query: query, state: shown,
        accounts: page.elements.map(AccountReply.init)))
  }

  private func create(_ request: Request, _ context: WebContext) async throws -> Response {
    let body = try await request.body(AccountRequest.self, limit: bodyLimit).value
    let creation = AccountCreation(
      directory: directory, apps: apps, signIn: signIn, workspace: try context.workspace)
    return try reply(try await creation.create(body))
  }

  private func get(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AccountID(try context.pathText("account"))
    return try reply(AccountReply(try await directory.account(id, in: context.workspace)))
  }

  private func delete(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AccountID(try context.pathText("account"))
    try await directory.delete(id, in: context.workspace)
    struct Deleted: Encodable {
      let account: String
      let deleted: Bool
    }
    return try reply(Deleted(account: id.rawValue, deleted: true))
  }

  private func form(_ request: Request, _ context: WebContext) async throws -> Response {
    let body = try await request.body(FormRequest.self, limit: bodyLimit).value
    let url = try await signIn.form(
      NewForm(
        account: body.account.map { AccountID($0) }, name: body.name, email: body.email,
        expectedEmail: body.expectedEmail, delegated: body.delegated, app: body.type.map { AppID($0) },
        redirectURL: body.redirectUrl,
        unknownOutcome: try body.unknownOutcome.map { try UnknownOutcome(field: $0) }),
      in: context.workspace)
    struct Form: Encodable { let url: String }
    return try reply(Form(url: url))
  }

  private static func state(_ text: String) throws -> AccountState {
    guard let state = AccountState(rawValue: text) else {
      let known = (AccountState.allCases.map(\.rawValue) + ["paused"]).joined(separator: ", ")
      let message = "\(text) is not one of \(known)"
      throw Problem.fields([FieldFault(message: message, key: "state")], code: .requestInvalidField)
    }
    return state
  }
}
