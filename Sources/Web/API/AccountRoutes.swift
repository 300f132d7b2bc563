import Accounts
import Core
import Hummingbird
import Store

/// `/v1/account`, `/v1/accounts` and `/v1/authentication/form`.
struct AccountRoutes: Sendable {
  let directory: AccountDirectory
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
    let state = try request.query("state").map(Self.state)
    let query = request.query("query")
    let page = try await directory.accounts(paging, state: state, query: query, in: context.workspace)
    return try reply(
      AccountPage(
        head: PageHead(paging, total: page.total), query: query, state: state?.rawValue,
        accounts: page.elements.map(AccountReply.init)))
  }

  private func create(_ request: Request, _ context: WebContext) async throws -> Response {
    let body = try await request.body(AccountRequest.self, limit: bodyLimit).value
    guard let oauth2 = body.oauth2, let user = oauth2.user else {
      throw RequestProblem.fields(
        [FieldFault(message: "is required", key: "oauth2.auth.user")], code: .requestInvalidField)
    }
    let result = try await directory.create(
      NewAccount(
        id: body.account.map { AccountID($0) }, name: body.name, email: body.email ?? user,
        app: AppID(oauth2.provider), mailbox: user,
        unknownOutcome: try Self.unknownOutcome(body.unknownOutcome)),
      in: context.workspace)
    struct Created: Encodable { let account, state: String }
    return try reply(Created(account: result.id.rawValue, state: result.origin.rawValue))
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
        expectedEmail: body.expectedEmail, app: body.type.map { AppID($0) }, redirectURL: body.redirectUrl,
        unknownOutcome: try Self.unknownOutcome(body.unknownOutcome)),
      in: context.workspace)
    struct Form: Encodable { let url: String }
    return try reply(Form(url: url))
  }

  private static func state(_ text: String) throws -> AccountState {
    guard let state = AccountState(rawValue: text) else {
      let message = "\(text) is not one of \(AccountState.allCases.map(\.rawValue).joined(separator: ", "))"
      throw RequestProblem.fields([FieldFault(message: message, key: "state")], code: .requestInvalidField)
    }
    return state
  }

  private static func unknownOutcome(_ text: String?) throws -> UnknownOutcome {
    guard let text else { return .hold }
    guard let outcome = UnknownOutcome(rawValue: text) else {
      let fault = FieldFault(message: "\(text) is not hold or resend", key: "unknownOutcome")
      throw RequestProblem.fields([fault], code: .requestInvalidField)
    }
    return outcome
  }
}

private struct AccountPage: Encodable {
  let total, page, pages: Int
  let query, state: String?
  let accounts: [AccountReply]

  init(head: PageHead, query: String?, state: String?, accounts: [AccountReply]) {
    total = head.total
    page = head.page
    pages = head.pages
    self.query = query
    self.state = state
    self.accounts = accounts
  }
}

private struct AccountReply: Encodable {
  let account, name, email, type, app, state, unknownOutcome, created, updated: String
  let verified, sendOnly: Bool
  let oauth2: OAuth2
  let lastError: ProblemReply?

  struct OAuth2: Encodable {
    let provider: String
    let auth: Auth
    let scope: [String]?

    struct Auth: Encodable { let user: String }
  }

  init(_ account: Account) {
    self.account = account.id.rawValue
    name = account.name
    email = account.email
    type = account.type.rawValue
    app = account.app.rawValue
    state = account.state.rawValue
    verified = account.verified
    sendOnly = account.sendOnly
    unknownOutcome = account.unknownOutcome.rawValue
    oauth2 = OAuth2(
      provider: account.app.rawValue, auth: .init(user: account.mailbox), scope: account.scopes)
    lastError = account.lastError.map(ProblemReply.init)
    created = account.created.description
    updated = account.updated.description
  }
}
