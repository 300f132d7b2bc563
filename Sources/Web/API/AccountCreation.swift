import Accounts
import Core
import Store

/// `POST /v1/account`: one mailbox in, by whichever way the body names.
struct AccountCreation: Sendable {
  let directory: AccountDirectory
  let apps: AppRegistry
  let signIn: SignIn
  let workspace: WorkspaceID

  struct Created: Encodable {
    let account: String
    /// `new` or `existing`.
    let state: String
    /// Where somebody has to go to connect the account.
    var redirect: String?
    /// The app that was made or found for the client.
    var app: String?
    var warnings: [WarningReply]?

    init(_ result: (id: AccountID, origin: AccountOrigin)) {
      account = result.id.rawValue
      state = result.origin.rawValue
    }
  }

  func create(_ body: AccountRequest) async throws -> Created {
    if let smtp = body.smtp { return try await importGrant(smtp, body) }
    guard let oauth2 = body.oauth2 else { throw Problem.internalFailure }
    if let owner = oauth2.delegatedAccount { return try await delegate(to: owner, oauth2, body) }
    if oauth2.authorize { return try await prepare(oauth2, body) }
    if let token = oauth2.refreshToken { return try await importGrant(token, oauth2, body) }
    return try await add(oauth2, body)
  }

  /// An app acts in the mailbox by itself.
  private func add(_ oauth2: OAuth2Field, _ body: AccountRequest) async throws -> Created {
    let user = oauth2.user ?? ""
    let app: NewAccount.App =
      oauth2.client.map { client in
        .client(
          NewApp(
            name: "Client \(client.id)", provider: .outlookService, enabled: true, cloud: client.cloud,
            clientID: client.id, clientSecret: client.secret, clientCertificate: client.certificate,
            authority: client.tenant))
      } ?? .existing(AppID(oauth2.provider ?? ""))
    let result = try await directory.create(
      NewAccount(
        id: body.id, name: body.name ?? user, email: body.email ?? user, app: app, mailbox: user,
        unknownOutcome: try body.outcome), in: workspace)
    return try await withApp(Created(result), isNew: oauth2.client != nil)
  }

  private func importGrant(
    _ token: Secret, _ oauth2: OAuth2Field, _ body: AccountRequest
  ) async throws -> Created {
    let app: ImportedGrant.App =
      oauth2.client.map {
        .client(id: $0.id, tenant: $0.tenant, secret: $0.secret, cloud: $0.cloud, base: .api)
      } ?? .existing(AppID(oauth2.provider ?? ""))
    let result = try await directory.importGrant(
      ImportedGrant(
        account: body.id, name: body.name, email: body.email ?? oauth2.user ?? "", app: app,
        refreshToken: token, unknownOutcome: try body.outcome), in: workspace)
    return try await withApp(Created(result), isNew: oauth2.client != nil)
  }

  private func importGrant(_ smtp: SMTPField, _ body: AccountRequest) async throws -> Created {
    let result = try await directory.importGrant(
      ImportedGrant(
        account: body.id, name: body.name, email: body.email ?? "",
        app: try directory.client(of: smtp.form), refreshToken: smtp.refreshToken,
        unknownOutcome: try body.outcome, smtp: smtp.form), in: workspace)
    return try await withApp(Created(result), isNew: true)
  }

  private func delegate(
    to owner: String, _ oauth2: OAuth2Field, _ body: AccountRequest
  ) async throws -> Created {
    Created(
      try await directory.create(
        NewDelegate(
          id: body.id, name: body.name, email: body.email, mailbox: oauth2.delegatedUser ?? "",
          owner: AccountID(owner), unknownOutcome: try body.outcome), in: workspace))
  }

  /// Nobody has signed in yet: the link is where somebody will.
  private func prepare(_ oauth2: OAuth2Field, _ body: AccountRequest) async throws -> Created {
    guard let mailbox = oauth2.delegatedUser ?? body.email ?? oauth2.user else {
      throw Problem.fields(
        [FieldFault(message: "is required", key: "email")], code: .requestInvalidField)
    }
    let app = AppID(oauth2.provider ?? "")
    let delegated = oauth2.delegatedUser != nil
    let redirect = oauth2.redirectUrl ?? signIn.publicURL + "/"
    let form = NewForm(
      account: body.id, name: body.name, email: mailbox,
      expectedEmail: delegated ? oauth2.user : nil, delegated: delegated, app: app, redirectURL: redirect,
      unknownOutcome: try body.outcome)
    // What is wrong with the link is said before there is an account.
    try await signIn.check(form, in: workspace)
    let result = try await directory.create(
      UnsetAccount(
        id: body.id, name: body.name, mailbox: mailbox, delegated: delegated, app: app,
        unknownOutcome: try body.outcome), in: workspace)
    var created = Created(result)
    var link = form
    link.account = result.id
    created.redirect = try await signIn.form(link, in: workspace)
    return created
  }

  private func withApp(_ created: Created, isNew: Bool) async throws -> Created {
    let account = try await directory.account(AccountID(created.account), in: workspace)
    guard isNew || account.type == .outlookService else { return created }
    var created = created
    created.app = account.app.rawValue
    created.warnings = WarningReply.list(try await apps.app(account.app, in: workspace))
    return created
  }
}

extension AccountRequest {
  fileprivate var id: AccountID? { account.map { AccountID($0) } }
  fileprivate var outcome: UnknownOutcome? {
    get throws { try unknownOutcome.map { try UnknownOutcome(field: $0) } }
  }
}

extension UnknownOutcome {
  init(field text: String?) throws(Problem) {
    guard let outcome = text.map({ UnknownOutcome(rawValue: $0) }) ?? .hold else {
      let fault = FieldFault(message: "must be hold or resend", key: "unknownOutcome")
      throw Problem.fields([fault], code: .requestInvalidField)
    }
    self = outcome
  }
}
