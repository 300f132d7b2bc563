package import Core
import Events
package import Microsoft
package import Store

extension SignIn {
  /// Stores what a sign-in brought, however it went: the account is connected and the form used up, or nothing
  /// has changed and the outcome says why.
  ///
  /// - Parameters:
  ///   - asked: when the request for the tokens left; their life is counted from there.
  ///   - clientKind: how the app stood towards Entra in that request. A device code's is always native.
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
      try checkMaySend(reply, app)
      let person = try await whoSignedIn(token, reply, app)
      let delegated = try await delegatedMailbox(of: form)
      let connection = Connection(
        app: app, person: person, delegatedMailbox: delegated, reply: reply, refreshToken: refreshToken,
        clientKind: clientKind, asked: asked,
        verified: try await hasMailbox(reply, app, person, delegated: delegated))
      return try await keep(connection, form)
    } catch let problem as Problem {
      let now = try await store.read { (tx: borrowing Transaction) in try tx.form(form.id, in: form.workspace)
      }
      return refusal(problem, of: now ?? form)
    }
  }

  /// What a person is asked for through this form: for another mailbox than their own, more.
  package func requestedScopes(of app: OAuth2AppRecord, for form: HostedFormRecord) async throws -> [String] {
    try endpoints.requestedScopes(of: app, shared: try await delegatedMailbox(of: form) != nil)
  }

  /// The mailbox that somebody else signs in for; `nil` for a person's own.
  private func delegatedMailbox(of form: HostedFormRecord) async throws -> String? {
    if form.delegated { return form.email }
    guard let id = form.account else { return nil }
    let existing = try await store.read { (tx: borrowing Transaction) in
      try tx.account(id, in: form.workspace)?.account
    }
    return existing.flatMap { $0.delegated ? $0.mailbox : nil }
  }

  /// A grant that cannot send is of no use to anybody, unless the app asks for none that can.
  private func checkMaySend(_ reply: TokenReply, _ app: OAuth2AppRecord) throws {
    let permission = app.baseScopes == .api ? "Mail.Send" : "SMTP.Send"
    guard Scopes.grant(try endpoints.requestedScopes(of: app), includes: permission),
      !Scopes.grant(reply.scopes, includes: permission)
    else { return }
    throw Problem.mayNotSend(
      permission, clientID: app.clientID,
      link: try endpoints.cloud(of: app).portalLink(.permissions, clientID: app.clientID))
  }

  private func whoSignedIn(
    _ token: IDToken, _ reply: TokenReply, _ app: OAuth2AppRecord
  ) async throws -> SignedIn {
    if Scopes.grant(reply.scopes, includes: "User.Read") {
      let graph = try endpoints.graph(for: app, mailbox: .me, token: reply.accessToken)
      return SignedIn(token, user: try await graph.user())
    }
    guard let person = SignedIn(token) else { throw Problem.noIdentity }
    return person
  }

  /// Whether the mailbox is there, where the grant lets us look; a person without one, or without rights in that
  /// of somebody else, is told so at once.
  private func hasMailbox(
    _ reply: TokenReply, _ app: OAuth2AppRecord, _ person: SignedIn, delegated: String?
  ) async throws -> Bool {
    let permission = delegated == nil ? "Mail.ReadWrite" : "Mail.ReadWrite.Shared"
    guard Scopes.grant(reply.scopes, includes: permission) else { return false }
    let graph = try endpoints.graph(
      for: app, mailbox: delegated.map { .shared($0) } ?? .me, token: reply.accessToken)
    do {
      _ = try await graph.folderID(.drafts)
      return true
    } catch  where error.code == .graphMailboxUnavailable {
      throw error
    } catch  where error.code == .graphAccessDenied && delegated != nil {
      throw Problem.noDelegateAccess(
        to: delegated ?? "", signedIn: person.address, origin: error.origin)
    } catch {
      // Graph is not well just now; the first message will tell.
      return false
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
      try connection.person.check(form, existing: existing)
      guard try tx.useForm(form.id, in: workspace, at: now) else { throw Problem.formUsed }
      let account = connection.account(id, form, existing: existing, at: now)
      try tx.upsert(account)
      let replaced = try tx.grant(of: id, in: workspace)?.version
      let version = max(now.microseconds, (replaced ?? 0) + 1)
      _ = try tx.save(connection.grant(account, version: version, at: now, vault), replacing: replaced)
      try tx.setLastError(nil, ofApp: connection.app.id, in: connection.app.workspace)
      let origin: AccountOrigin = existing == nil ? .new : .existing
      if origin == .new { try tx.append(Event.accountAdded.record(id, in: workspace, at: now)) }
      if existing?.state != account.state {
        try tx.append(
          Event.authenticationSuccess(user: account.mailbox).record(id, in: workspace, at: now))
      }
      for waiting in [account, existing ?? account] { try tx.resumeMessages(of: waiting, at: now) }
      try tx.reviveAccounts(delegatedBy: account, as: account.state, at: now)
      return .connected(id, origin, redirect: form.redirect(to: id, origin))
    }
  }
}

extension HostedFormRecord {
  func redirect(to account: AccountID, _ origin: AccountOrigin) -> String {
    WebURL(redirectURL)?.adding([("account", account.rawValue), ("state", origin.rawValue)]) ?? redirectURL
  }
}
