import API
import Access
import Accounts
import Core
import Store

/// `PUT /v1/account/{account}`: what is given changes. A change of how the mailbox is reached is what `POST` would do
/// with the complete settings.
struct AccountUpdate: Sendable {
  let creation: AccountCreation

  func update(_ id: AccountID, _ body: AccountUpdateRequest) async throws {
    let account = try await creation.directory.account(id, in: creation.workspace)
    var change = AccountChange(name: body.name, email: body.email, unknownOutcome: body.unknownOutcome)
    change.pacing = body.pacing.map {
      Pacing(
        messagesPerMinute: $0.messagesPerMinute, recipientsPerDay: $0.recipientsPerDay,
        recipientsPerMessage: $0.recipientsPerMessage)
    }
    if let smtp = body.smtp { return try await update(account, smtp, body, change) }
    guard let oauth2 = try body.oauth2?.settings(of: account) else {
      return try await creation.directory.update(id, change, in: creation.workspace)
    }
    var request = AccountRequest(account, body)
    request.oauth2 = oauth2
    _ = try await creation.create(request)
    guard body.pacing != nil else { return }
    try await creation.directory.update(id, change, in: creation.workspace)
  }

  /// With a masked token only how it was entered changes.
  private func update(
    _ account: Account, _ smtp: SMTPUpdateField, _ body: AccountUpdateRequest, _ change: AccountChange
  ) async throws {
    let known = account.smtp
    guard let host = smtp.host ?? known?.host, let user = smtp.auth?.user ?? known?.user else {
      throw Problem.invalidField(
        "smtp", "leaves out host or auth.user, which the account does not have yet", remedy: "Give both.")
    }
    let form = SMTPForm(
      host: host, port: smtp.port ?? (smtp.partial ? known?.port : nil) ?? 587,
      secure: smtp.secure ?? (smtp.partial ? known?.secure : nil) ?? false, user: user)
    guard let token = smtp.auth?.pass else {
      guard let known, known.user.lowercased() == user.lowercased() else {
        throw Problem.tokenNeeded("smtp.auth.pass", "another client")
      }
      _ = try creation.directory.client(of: form)
      var change = change
      change.smtp = form
      return try await creation.directory.update(account.id, change, in: creation.workspace)
    }
    var request = AccountRequest(account, body)
    var field = SMTPField()
    (field.host, field.port, field.secure) = (form.host, form.port, form.secure)
    (field.auth.user, field.auth.pass) = (form.user, token)
    request.smtp = field
    _ = try await creation.create(request)
    guard body.pacing != nil else { return }
    try await creation.directory.update(account.id, change, in: creation.workspace)
  }
}

extension AccountRequest {
  /// All but how the mailbox is reached.
  fileprivate init(_ account: Account, _ body: AccountUpdateRequest) {
    self.init()
    self.account = account.id
    name = body.name ?? account.name
    email = body.email ?? account.email
    unknownOutcome = body.unknownOutcome
  }
}

extension OAuth2UpdateField {
  /// The complete settings; `nil` where they are those that the account has.
  fileprivate func settings(of account: Account) throws(Problem) -> OAuth2Field? {
    var field = OAuth2Field()
    field.clientID = clientID
    (field.tenant, field.cloud) = (tenant, cloud)
    (field.clientSecret, field.clientCertificate) = (clientSecret, clientCertificate)
    field.auth = auth
    field.refreshToken = refreshToken
    if account.delegatedAccount != nil || auth?.delegatedAccount != nil {
      return delegation(of: account, field)
    }
    field.provider = clientID == nil ? provider ?? account.app : nil
    let mailbox = auth?.user ?? auth?.delegatedUser
    field.auth?.user = mailbox ?? account.mailbox
    if field.auth == nil {
      var auth = AuthField()
      auth.user = account.mailbox
      field.auth = auth
    }
    let isSame =
      field.provider == account.app
      && (mailbox.map { $0.lowercased() == account.mailbox.lowercased() } ?? true)
    if isSame, refreshToken == nil { return nil }
    guard account.type == .outlookService || refreshToken != nil else {
      throw .tokenNeeded("oauth2.refreshToken", "another app or mailbox")
    }
    return field
  }

  private func delegation(of account: Account, _ settings: OAuth2Field) -> OAuth2Field? {
    var auth = AuthField()
    auth.delegatedAccount = self.auth?.delegatedAccount ?? account.delegatedAccount
    auth.delegatedUser = self.auth?.delegatedUser ?? account.mailbox
    let isSame =
      auth.delegatedAccount == account.delegatedAccount
      && auth.delegatedUser?.lowercased() == account.mailbox.lowercased()
    if isSame { return nil }
    var field = settings
    field.auth = auth
    return field
  }
}

extension Problem {
  fileprivate static func tokenNeeded(_ field: String, _ change: String) -> Problem {
    .invalidField(
      field, "is needed with \(change): the one that is stored belongs to the present one",
      remedy:
        "Give the refresh token that was issued to that client, or have the owner sign in through a link.")
  }
}
