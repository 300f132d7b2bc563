import Core
import Microsoft
import Store
import Vault

extension SignIn {
  /// Microsoft has sent the browser back to the callback.
  ///
  /// Throws only what is no answer to the person, such as cancellation.
  package func complete(_ query: [String: String], cookies: [String: String]) async throws -> SignInOutcome {
    guard let state = query["state"], !state.isEmpty else {
      return .refused(AccountProblem.signInExpired, tryAgain: nil, back: nil)
    }
    let stateHash = Digest.sha256(Secret(state))
    let cookie = cookies[BrowserCookie.name(stateHash: stateHash)] ?? ""
    let browserHash = Digest.sha256(Secret(cookie))
    let taking = try await store.write { (tx: borrowing Transaction) in
      try tx.takeSignIn(stateHash: stateHash, browserHash: browserHash)
    }
    switch taking {
    case .unknown: return .refused(AccountProblem.signInExpired, tryAgain: nil, back: nil)
    // The sign-in is still under way elsewhere: whoever asked must not read of its end.
    case .otherBrowser: return .refused(AccountProblem.browserMismatch, tryAgain: nil, back: nil)
    case .taken(let signIn):
      do {
        return try await finish(signIn, query)
      } catch let problem as any Problem {
        return try await refusal(problem, of: signIn)
      }
    }
  }

  private func refusal(_ problem: any Problem, of signIn: SignInRecord) async throws -> SignInOutcome {
    let form = try await store.read { (tx: borrowing Transaction) in
      try tx.form(signIn.form, in: signIn.workspace)
    }
    guard let form else { return .refused(problem, tryAgain: nil, back: nil) }
    let works = form.used == nil && time.now < form.expires
    let link = HostedLink(form: form.id, workspace: form.workspace)
    return .refused(
      problem, tryAgain: works ? link.url(publicURL, vault) : nil, back: WayBack(form, after: problem))
  }

  private func finish(_ signIn: SignInRecord, _ query: [String: String]) async throws -> SignInOutcome {
    let asked = time.now
    guard asked < signIn.expires else { throw AccountProblem.signInExpired }
    if let error = query["error"] {
      throw EntraProblem(callbackError: error, description: query["error_description"])
    }
    guard let code = query["code"], !code.isEmpty else { throw AccountProblem.signInExpired }
    let app = try await store.read { (tx: borrowing Transaction) in
      try tx.signInApp(signIn.app, in: signIn.workspace)
    }
    let secrets = try signIn.secrets(vault)
    let entra = try endpoints.entra(for: app)
    let reply = try await entra.redeem(
      code: Secret(code), redirectURI: signIn.redirectURI, pkce: secrets.pkce,
      scopes: try endpoints.requestedScopes(of: app), client: try app.client(vault, at: time.now),
      tenant: app.authority)
    guard let token = reply.idToken else { throw AccountProblem.noIdentity }
    try token.validate(
      clientID: app.clientID, nonce: secrets.nonce.reveal(), tenant: app.authority, cloud: entra.cloud,
      now: time.now)
    guard let refreshToken = reply.refreshToken else { throw AccountProblem.noRefreshToken }
    let person = try await whoSignedIn(token, reply, app)
    let connection = Connection(
      signIn: signIn, app: app, person: person, reply: reply, refreshToken: refreshToken, asked: asked,
      verified: try await hasMailbox(reply, app))
    return try await keep(connection)
  }

  private func whoSignedIn(
    _ token: IDToken, _ reply: TokenReply, _ app: OAuth2AppRecord
  ) async throws -> SignedIn {
    if Scopes.grant(reply.scopes, includes: "User.Read") {
      return SignedIn(token, user: try await graph(reply, app).user())
    }
    guard let person = SignedIn(token) else { throw AccountProblem.noIdentity }
    return person
  }

  /// Whether the mailbox is there, where the grant lets us look; a person without one is told so at once.
  private func hasMailbox(_ reply: TokenReply, _ app: OAuth2AppRecord) async throws -> Bool {
    guard Scopes.grant(reply.scopes, includes: "Mail.ReadWrite") else { return false }
    do {
      _ = try await graph(reply, app).folderID(.drafts)
      return true
    } catch let error as GraphProblem where error.code == .graphMailboxUnavailable {
      throw error
    } catch {
      // Graph is not well just now; the first letter will tell.
      return false
    }
  }

  private func graph(_ reply: TokenReply, _ app: OAuth2AppRecord) throws -> Graph {
    try endpoints.graph(for: app, mailbox: .me, token: reply.accessToken)
  }
}

/// All that is known once Microsoft has answered.
private struct Connection: Sendable {
  let signIn: SignInRecord
  let app: OAuth2AppRecord
  let person: SignedIn
  let reply: TokenReply
  let refreshToken: Secret
  let asked: Instant
  let verified: Bool
}

// Storing
extension SignIn {
  /// One transaction: the link is used up, account and grant are there; or nothing is.
  private func keep(_ connection: Connection) async throws -> SignInOutcome {
    let now = time.now
    let newID = AccountID.make(at: now)
    let (workspace, formID) = (connection.signIn.workspace, connection.signIn.form)
    return try await store.write { [vault] (tx: borrowing Transaction) -> SignInOutcome in
      guard let form = try tx.form(formID, in: workspace) else { throw AccountProblem.formExpired }
      let id = form.account ?? newID
      let existing = try tx.personsAccount(id, in: workspace)
      try connection.person.check(form, existing: existing)
      guard try tx.useForm(formID, in: workspace, at: now) else { throw AccountProblem.formUsed }
      let account = connection.account(id, form, existing: existing, at: now)
      try tx.upsert(account)
      let replaced = try tx.grant(of: id, in: workspace)?.version
      let version = max(now.microseconds, (replaced ?? 0) + 1)
      _ = try tx.save(connection.grant(id, version: version, at: now, vault), replacing: replaced)
      try tx.setLastError(nil, ofApp: connection.app.id, in: connection.app.workspace)
      let origin: AccountOrigin = existing == nil ? .new : .existing
      if origin == .new { try tx.append(AccountEvent.added.record(id, in: workspace, at: now)) }
      if existing?.state != .connected {
        try tx.append(
          AccountEvent.authenticated(mailbox: account.mailbox).record(id, in: workspace, at: now))
      }
      for waiting in [account, existing ?? account] { try tx.resumeLetters(of: waiting, at: now) }
      return .connected(id, origin, redirect: form.redirect(to: id, origin))
    }
  }
}

extension Connection {
  func account(
    _ id: AccountID, _ form: HostedFormRecord, existing: AccountRecord?, at now: Instant
  ) -> AccountRecord {
    let known = existing?.verified == true && existing?.objectID == person.objectID
    return AccountRecord(
      workspace: signIn.workspace, id: id,
      name: form.name ?? existing?.name ?? person.name ?? person.address, email: person.address,
      appWorkspace: app.workspace, app: app.id,
      mailbox: person.address, state: app.baseScopes.stateWithToken,
      verified: verified || known,
      unknownOutcome: form.unknownOutcome, tenantID: person.tenantID, objectID: person.objectID, created: now)
  }

  func grant(_ id: AccountID, version: Int64, at now: Instant, _ vault: Vault) -> OAuth2GrantRecord {
    OAuth2GrantRecord(
      workspace: signIn.workspace, account: id, version: version,
      refreshToken: vault.seal(refreshToken, for: .refreshToken(id, in: signIn.workspace)),
      accessToken: vault.seal(reply.accessToken, for: .accessToken(id, in: signIn.workspace)),
      expires: asked + reply.expiresIn, scopes: reply.scopes,
      clientKind: app.isConfidential ? .web : .native,
      keepAlive: KeepAlive.next(after: now), updated: now)
  }
}

extension HostedFormRecord {
  fileprivate func redirect(to account: AccountID, _ origin: AccountOrigin) -> String {
    WebURL(redirectURL)?.adding([("account", account.rawValue), ("state", origin.rawValue)]) ?? redirectURL
  }
}
