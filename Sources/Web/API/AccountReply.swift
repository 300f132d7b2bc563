import Accounts
import Core
import Store

struct AccountPage: Encodable {
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

/// One account as it is shown: no secret is among what was read.
struct AccountReply: Encodable {
  let account, name, email, type, app, state, baseScopes, unknownOutcome, created, updated: String
  let verified, sendOnly, delegated: Bool
  let identity: String?
  let oauth2: OAuth2
  let smtp: SMTP?
  let lastError: ProblemReply?

  struct OAuth2: Encodable {
    let provider: String
    let auth: Auth
    let scope: [String]?

    struct Auth: Encodable { let user, delegatedUser, delegatedAccount: String? }
  }

  struct SMTP: Encodable {
    let host: String
    let port: Int
    let secure: Bool
    let auth: Auth

    struct Auth: Encodable { let user, pass: String }

    init(_ form: SMTPForm) {
      (host, port, secure) = (form.host, form.port, form.secure)
      auth = Auth(user: form.user, pass: "******")
    }
  }

  init(_ account: Account) {
    self.account = account.id.rawValue
    name = account.name
    email = account.email
    type = account.delegatedAccount == nil ? account.type.rawValue : "delegated"
    app = account.app.rawValue
    state = account.paused ? "paused" : account.state.rawValue
    baseScopes = account.baseScopes.rawValue
    verified = account.mailboxFound
    sendOnly = account.sendOnly
    delegated = account.delegated
    identity = account.identity?.rawValue
    unknownOutcome = account.unknownOutcome.rawValue
    oauth2 = OAuth2(
      provider: account.app.rawValue,
      auth: .init(
        user: account.delegated ? nil : account.mailbox,
        delegatedUser: account.delegated ? account.mailbox : nil,
        delegatedAccount: account.delegatedAccount?.rawValue),
      scope: account.scopes)
    smtp = account.smtp.map(SMTP.init)
    lastError = account.lastError.map(ProblemReply.init)
    created = account.created.description
    updated = account.updated.description
  }
}
