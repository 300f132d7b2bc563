import API
import Access
import Accounts
import Core
import Store

/// `POST /v1/account`: one mailbox in, by whichever way the body names.
struct AccountCreation: Sendable {
  let directory: AccountDirectory
  let apps: AppRegistry
  let signIn: SignIn
  let workspace: WorkspaceID

  func create(_ body: AccountRequest) async throws -> AccountCreated {
    if let smtp = body.smtp { return try await importGrant(smtp, body) }
    guard let oauth2 = body.oauth2 else { throw Problem.internalFailure }
    if let owner = oauth2.auth?.delegatedAccount { return try await delegate(to: owner, oauth2, body) }
    if oauth2.authorize { return try await prepare(oauth2, body) }
    if let token = oauth2.refreshToken { return try await importGrant(token, oauth2, body) }
    return try await add(oauth2, body)
  }

  /// An app acts for itself in the mailbox.
  private func add(_ oauth2: OAuth2Field, _ body: AccountRequest) async throws -> AccountCreated {
    let user = oauth2.auth?.user ?? ""
    let app: NewAccount.App =
      oauth2.clientID.map { clientID in
        .client(
          NewApp(
            name: "Client \(clientID)", provider: .outlookService, enabled: true, cloud: oauth2.cloud,
            clientID: clientID, clientSecret: oauth2.clientSecret,
            clientCertificate: oauth2.clientCertificate, authority: oauth2.tenant))
      } ?? .existing(oauth2.provider ?? AppID(""))
    let result = try await directory.create(
      NewAccount(
        id: body.account, name: body.name ?? user, email: body.email ?? user, app: app, mailbox: user,
        unknownOutcome: body.unknownOutcome), in: workspace)
    return try await withApp(AccountCreated(result), isNew: oauth2.clientID != nil)
  }

  private func importGrant(
    _ token: Secret, _ oauth2: OAuth2Field, _ body: AccountRequest
  ) async throws -> AccountCreated {
    let app: ImportedGrant.App =
      oauth2.clientID.map {
        .client(
          id: $0, tenant: oauth2.tenant, secret: oauth2.clientSecret, cloud: oauth2.cloud, base: .api)
      } ?? .existing(oauth2.provider ?? AppID(""))
    let result = try await directory.importGrant(
      ImportedGrant(
        account: body.account, name: body.name, email: body.email ?? oauth2.auth?.user ?? "", app: app,
        refreshToken: token, unknownOutcome: body.unknownOutcome), in: workspace)
    return try await withApp(AccountCreated(result), isNew: oauth2.clientID != nil)
  }

  private func importGrant(_ smtp: SMTPField, _ body: AccountRequest) async throws -> AccountCreated {
    let form = SMTPForm(host: smtp.host, port: smtp.port, secure: smtp.secure, user: smtp.auth.user)
    let result = try await directory.importGrant(
      ImportedGrant(
        account: body.account, name: body.name, email: body.email ?? "", app: try directory.client(of: form),
        refreshToken: smtp.auth.pass, unknownOutcome: body.unknownOutcome, smtp: form), in: workspace)
    return try await withApp(AccountCreated(result), isNew: true)
  }

  private func delegate(
    to owner: AccountID, _ oauth2: OAuth2Field, _ body: AccountRequest
  ) async throws -> AccountCreated {
    AccountCreated(
      try await directory.create(
        NewDelegate(
          id: body.account, name: body.name, email: body.email, mailbox: oauth2.auth?.delegatedUser ?? "",
          owner: owner, unknownOutcome: body.unknownOutcome), in: workspace))
  }

  /// There has been no sign-in yet: the link is for that.
  private func prepare(_ oauth2: OAuth2Field, _ body: AccountRequest) async throws -> AccountCreated {
    guard let mailbox = oauth2.auth?.delegatedUser ?? body.email ?? oauth2.auth?.user else {
      throw Problem.invalidField("email", "is required", remedy: "Name the mailbox.")
    }
    let app = oauth2.provider ?? AppID("")
    let delegated = oauth2.auth?.delegatedUser != nil
    let form = NewForm(
      account: body.account, name: body.name, email: mailbox,
      expectedEmail: delegated ? oauth2.auth?.user : nil, delegated: delegated, app: app,
      redirectURL: oauth2.redirectURL ?? signIn.publicURL + "/", unknownOutcome: body.unknownOutcome)
    // What is wrong with the link is said before there is an account.
    try await signIn.check(form, in: workspace)
    let result = try await directory.create(
      UnsetAccount(
        id: body.account, name: body.name, mailbox: mailbox, delegated: delegated, app: app,
        unknownOutcome: body.unknownOutcome), in: workspace)
    var created = AccountCreated(result)
    var link = form
    link.account = result.id
    created.redirect = try await signIn.form(link, in: workspace)
    return created
  }

  private func withApp(_ created: AccountCreated, isNew: Bool) async throws -> AccountCreated {
    let account = try await directory.account(created.account, in: workspace)
    guard isNew || account.type == .outlookService else { return created }
    var created = created
    created.app = account.app
    created.warnings = try await apps.app(account.app, in: workspace).warnings.map { WarningReply($0) }
    return created
  }
}

extension AccountCreated {
  fileprivate init(_ result: (id: AccountID, origin: AccountOrigin)) {
    self.init()
    account = result.id
    switch result.origin {
    case .new: state = Word(.new)
    case .existing: state = Word(.existing)
    }
  }
}
