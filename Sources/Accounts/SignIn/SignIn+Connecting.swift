package import Core
import Events
package import Microsoft
package import Store
import Vault

extension SignIn {
  /// Stores the result of a sign-in: the account is connected and the form used up, or nothing
  /// has changed and the outcome says why.
  ///
  /// - Parameters:
  ///   - asked: when the tokens were requested; their lifetime is counted from there.
  ///   - clientKind: the kind of client that the app was in that request. A device code's is always native.
  ///   - nonce: what the id_token must repeat; `nil` where none was sent.
  package func connect(
    form: HostedFormRecord, app: OAuth2AppRecord, reply: TokenReply, asked: Instant, clientKind: ClientKind,
    nonce: Secret? = nil
  ) async throws -> SignInOutcome {
    do {
      guard let token = reply.idToken else { throw Problem.noIdentity }
      try token.validate(
        clientID: app.clientID, nonce: nonce?.reveal(), tenant: app.authority,
        cloud: try endpoints.cloud(of: app), now: time.now)
      guard let refreshToken = reply.refreshToken else { throw Problem.noRefreshToken }
      let person = try await whoSignedIn(token, reply, app, form)
      let delegated = try await delegatedMailbox(of: form)
      try checkMaySend(reply, app, person, delegated: delegated)
      let connection = Connection(
        app: app, person: person, delegatedMailbox: delegated, reply: reply, refreshToken: refreshToken,
        clientKind: clientKind, asked: asked,
        mailboxFound: try await findsMailbox(reply, app, person, delegated: delegated))
      return try await keep(connection, form)
    } catch let problem as Problem {
      return try await refusal(problem, of: form)
    }
  }

  /// What a person is asked for through this form: for another mailbox than their own, and where other accounts
  /// use their grant, more.
  package func requestedScopes(of app: OAuth2AppRecord, for form: HostedFormRecord) async throws -> [String] {
    let isOwner = try await store.read { (tx: borrowing Transaction) in
      try form.account.map { try !tx.accounts(delegatedBy: $0, in: form.workspace).isEmpty } ?? false
    }
    let isShared = try await delegatedMailbox(of: form) != nil
    return try endpoints.requestedScopes(of: app, shared: isOwner || isShared)
  }

  /// The mailbox for which another person signs in; `nil` for a person's own.
  private func delegatedMailbox(of form: HostedFormRecord) async throws -> String? {
    if form.delegated { return form.email }
    guard let id = form.account else { return nil }
    let existing = try await store.read { (tx: borrowing Transaction) in
      try tx.account(id, in: form.workspace)?.account
    }
    return existing.flatMap { $0.delegated ? $0.mailbox : nil }
  }

  /// A grant that cannot send is of no use, unless the app requests none that can; nor is one that does
  /// not reach the mailbox that it is for.
  private func checkMaySend(
    _ reply: TokenReply, _ app: OAuth2AppRecord, _ person: SignedIn, delegated: String?
  ) throws {
    if let delegated, let permission = Scopes.missing(in: reply.scopes, for: app) {
      throw Problem.mayNotSend(
        permission, as: delegated, signedIn: person.address, clientID: app.clientID,
        link: try endpoints.permissionsLink(of: app))
    }
    if let problem = try endpoints.sendingRefusal(reply.scopes, of: app) { throw problem }
  }

  private func whoSignedIn(
    _ token: IDToken, _ reply: TokenReply, _ app: OAuth2AppRecord, _ form: HostedFormRecord
  ) async throws -> SignedIn {
    let existing = try await store.read { (tx: borrowing Transaction) in
      try form.account.flatMap { try tx.account($0, in: form.workspace)?.account }
    }
    let person = try await endpoints.person(
      reply.accessToken, reply.scopes, token, app,
      judging: [form.wantedEmail, existing?.email, existing?.mailbox])
    guard let person else { throw Problem.noIdentity }
    return person
  }

  /// Whether the mailbox is there, where the grant lets us look; a person without one, or without rights in that
  /// of another person, gets that error immediately.
  private func findsMailbox(
    _ reply: TokenReply, _ app: OAuth2AppRecord, _ person: SignedIn, delegated: String?
  ) async throws -> Bool {
    let permission = delegated == nil ? "Mail.ReadWrite" : "Mail.ReadWrite.Shared"
    guard Scopes.grant(reply.scopes, includes: permission) else { return false }
    let graph = try endpoints.graph(
      for: app, mailbox: delegated.map { .shared($0) } ?? .me, token: reply.accessToken)
    let look =
      if let delegated {
        await graph.lookIntoMailbox { origin in
          .unusable(.noDelegateAccess(to: delegated, signedIn: person.address, origin: origin))
        }
      } else {
        await graph.lookIntoMailbox(noAccess: nil)
      }
    switch look {
    case .found: return true
    case .unknown, .closed: return false
    case .unusable(let problem), .tokenRejected(let problem): throw problem
    }
  }

  /// One transaction: the link is used up, account and grant are there; or nothing is.
  private func keep(_ connection: Connection, _ form: HostedFormRecord) async throws -> SignInOutcome {
    let now = time.now
    let newID = AccountID.make(at: now)
    let workspace = form.workspace
    return try await store.write { [vault] (tx: borrowing Transaction) -> SignInOutcome in
      guard let form = try tx.form(form.id, in: workspace) else { throw Problem.formExpired }
      let id = form.account ?? newID
      let existing = try tx.personsAccount(id, in: workspace)
      let identity = try connection.person.check(form, existing: existing)
      guard try tx.useForm(form.id, in: workspace, at: now) else { throw Problem.formUsed }
      let account = connection.account(id, form, existing: existing, identity, at: now)
      try tx.upsert(account)
      if existing == nil { try tx.append(Event.accountAdded.record(id, in: workspace, at: now)) }
      let replaced = try tx.grant(of: id, in: workspace)?.version
      let version = max(now.microseconds, (replaced ?? 0) + 1)
      _ = try tx.save(connection.grant(account, version: version, at: now, vault), replacing: replaced)
      // What was imported before and has not been tried is out of date now.
      try tx.deletePendingGrant(of: id, in: workspace)
      let found = connection.mailboxFound || connection.keepsMailbox(of: existing, as: account.mailbox)
      try tx.apply(
        .signedIn(mailboxFound: found), to: id, in: workspace, at: now)
      let origin: AccountOrigin = existing == nil ? .new : .existing
      return .connected(id, origin, redirect: form.redirect(to: account, origin))
    }
  }
}

extension HostedFormRecord {
  func redirect(to account: AccountRecord, _ origin: AccountOrigin) -> String {
    var items = [("account", account.id.rawValue), ("state", origin.rawValue)]
    if account.identity == .unverified { items.append(("identity", account.identity.rawValue)) }
    return WebURL(redirectURL)?.adding(items) ?? redirectURL
  }
}

/// All that is known once Microsoft has answered.
private struct Connection: Sendable {
  let app: OAuth2AppRecord
  let person: SignedIn
  /// The mailbox, if it is not the person's own.
  let delegatedMailbox: String?
  let reply: TokenReply
  let refreshToken: Secret
  let clientKind: ClientKind
  let asked: Instant
  let mailboxFound: Bool

  /// Whether it is known from before that the mailbox is there.
  func keepsMailbox(of existing: AccountRecord?, as mailbox: String) -> Bool {
    existing?.mailboxFound == true && existing?.objectID == person.objectID
      && existing?.mailbox.lowercased() == mailbox.lowercased()
  }

  func account(
    _ id: AccountID, _ form: HostedFormRecord, existing: AccountRecord?, _ identity: Identity, at now: Instant
  ) -> AccountRecord {
    let mailbox = delegatedMailbox ?? person.address(wanted: form.wantedEmail)
    return AccountRecord(
      workspace: form.workspace, id: id,
      name: form.name ?? existing?.name ?? (delegatedMailbox == nil ? person.name : nil) ?? mailbox,
      email: mailbox, appWorkspace: app.workspace, app: app.id, mailbox: mailbox,
      delegated: delegatedMailbox != nil, identity: identity, state: .initial, mailboxFound: false,
      unknownOutcome: form.unknownOutcome ?? existing?.unknownOutcome ?? .hold, tenantID: person.tenantID,
      objectID: person.objectID, created: now)
  }

  func grant(_ account: AccountRecord, version: Int64, at now: Instant, _ vault: Vault) -> OAuth2GrantRecord {
    let (id, workspace) = (account.id, account.workspace)
    return OAuth2GrantRecord(
      workspace: workspace, account: id, version: version,
      refreshToken: vault.seal(refreshToken, for: .refreshToken(id, in: workspace)),
      accessToken: vault.seal(reply.accessToken, for: .accessToken(id, in: workspace)),
      expires: asked + reply.expiresIn, scopes: reply.scopes, clientKind: clientKind,
      keepAlive: KeepAlive.next(after: now), updated: now)
  }
}
