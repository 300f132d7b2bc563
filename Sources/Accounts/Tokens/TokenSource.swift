package import Core
import Events
import Microsoft
package import Store
package import Vault

/// Live access tokens. At most one request for each is in flight, and none is used before it is saved.
package actor TokenSource {
  /// A token that lives no longer than this is replaced before it is used: a slow upload must not outlive it.
  package static let margin: Duration = .seconds(300)

  let store: Store
  private let vault: Vault
  let endpoints: Endpoints
  private let time: any Time
  private var flights: [TokenSubject: Task<Secret, any Error>] = [:]
  /// What Entra gave and the database could not take: lost, it might be a refresh token that has no successor.
  private var unsaved: [TokenSubject: RefreshedToken] = [:]

  package init(store: Store, vault: Vault, endpoints: Endpoints, time: any Time) {
    self.store = store
    self.vault = vault
    self.endpoints = endpoints
    self.time = time
  }

  /// A token that lives for at least `margin`, unless Entra gave a shorter one.
  ///
  /// Throws `account.notConnected` when somebody has to do something first, and Entra's own `.safe` problem
  /// when waiting is all there is to do; that one leaves no trace in the account.
  package func token(for account: AccountID, in workspace: WorkspaceID) async throws -> Secret {
    try await live(account, in: workspace, rejected: nil)
  }

  /// The token that `token(for:in:)` gives without asking Microsoft or changing the account; `nil` when it would
  /// have to, or would throw.
  package func tokenAtHand(for id: AccountID, in workspace: WorkspaceID) async throws -> Secret? {
    let (account, _, found) = try await state(of: id, in: workspace)
    guard let found, !account.paused, found.app.enabled, account.state == found.app.baseScopes.stateWithToken
    else { return nil }
    return try usable(found, nil)
  }

  /// Another token than `rejected`, which Graph did not accept: the one that has replaced it already, or a new one.
  package func replace(
    _ rejected: Secret, for account: AccountID, in workspace: WorkspaceID
  ) async throws -> Secret {
    try await live(account, in: workspace, rejected: rejected)
  }

  /// Asks for a new token unless there is one, lest the grant die of idleness. A paused account's grant lives on.
  func keepAlive(_ account: AccountID, in workspace: WorkspaceID) async throws {
    _ = try await live(account, in: workspace, rejected: nil, evenIfPaused: true)
  }

  private func live(
    _ id: AccountID, in workspace: WorkspaceID, rejected: Secret?, evenIfPaused: Bool = false
  ) async throws -> Secret {
    let (account, subject, found) = try await state(of: id, in: workspace)
    guard !account.paused || evenIfPaused else { throw Problem.paused(id) }
    guard let found else { throw Problem.notConnected(id, because: account.lastError) }
    guard found.app.enabled else { throw Problem.appDisabled(found.app.name) }
    // Only what comes with a new token says whose it is.
    let rejected = try found.isUnidentified ? rejected ?? usable(found, nil) : rejected
    if let token = try usable(found, rejected) {
      try await connect(account, found.app, token)
      return token
    }
    if let refusal = Refusal.standing(account, found, at: time.now) {
      // What the app was refused for another account concerns this one too.
      if account.state != .authenticationError, Refusal.waiting(account, at: time.now) == nil {
        try await markRefused(account, found, refusal)
      }
      throw Problem.notConnected(id, because: refusal)
    }
    do {
      let token = try await refreshed(subject, rejected: rejected)
      // Another node may have been refused with the token that this one has replaced.
      try await connect(try await state(of: id, in: workspace).0, found.app, token)
      return token
    } catch let problem as Problem where Refusal.isRefusal(problem) {
      let refusal = ProblemRecord(Refusal.explained(problem, found), at: time.now)
      // Somebody else's grant has been refreshed before it was found to be so.
      let refused = problem.code == .accountIdentityMismatch ? try await holding(subject) : found
      try await markRefused(account, refused, refusal)
      throw Problem.notConnected(id, because: refusal)
    }
  }

  private func state(
    of id: AccountID, in workspace: WorkspaceID
  ) async throws -> (AccountRecord, TokenSubject, StoredToken?) {
    let found = try await store.read {
      (tx: borrowing Transaction) -> (AccountRecord, TokenSubject, StoredToken?)? in
      guard let details = try tx.account(id, in: workspace) else { return nil }
      let subject: TokenSubject =
        switch details.provider {
        case .outlook: .account(details.account.delegatedAccount ?? id, in: workspace)
        case .outlookService: .app(details.account.app, in: details.account.appWorkspace)
        }
      return (details.account, subject, try tx.holding(subject))
    }
    guard let found else { throw Problem.accountNotFound(id) }
    return found
  }

  private func usable(_ holding: StoredToken, _ rejected: Secret?) throws -> Secret? {
    let token = try holding.token(for: Self.margin, at: time.now, vault)
    return token == rejected ? nil : token
  }
}

// Refreshing
extension TokenSource {
  /// Joins the refresh that is in flight, or starts one.
  private func refreshed(_ subject: TokenSubject, rejected: Secret?) async throws -> Secret {
    if let flight = flights[subject] {
      let token = try await flight.value
      if token != rejected { return token }
    }
    return try await (flights[subject] ?? start(subject, rejected: rejected)).value
  }

  /// Not a child of its caller: when the one who asked first gives up, the others still wait for the answer, and
  /// what comes with it must be saved whoever waits.
  private func start(_ subject: TokenSubject, rejected: Secret?) -> Task<Secret, any Error> {
    let flight = Task {
      defer { flights[subject] = nil }
      return try await refresh(subject, rejected: rejected)
    }
    flights[subject] = flight
    return flight
  }

  private func refresh(_ subject: TokenSubject, rejected: Secret?) async throws -> Secret {
    let holding = try await holding(subject)
    // Somebody may have been here since the caller looked.
    if let token = try usable(holding, rejected) { return token }
    if let earlier = unsaved[subject], earlier.follows(holding) {
      return try await keep(earlier, holding, subject, rejected)
    }
    let asked = time.now
    let reply: TokenReply
    do {
      reply = try await ask(holding)
    } catch let problem as Problem where problem.retry == .futile {
      // Another node may have used this refresh token first, and ours died with that.
      let now = try await self.holding(subject)
      if now.version != holding.version, let token = try usable(now, rejected) { return token }
      throw problem
    }
    let idToken = try identity(in: reply, of: holding.app)
    let refreshed = RefreshedToken(reply, idToken, to: holding, asked: asked, vault: vault)
    return try await keep(refreshed, holding, subject, rejected)
  }

  /// Saved before anything else is asked: its successor might not come again.
  private func keep(
    _ refreshed: RefreshedToken, _ holding: StoredToken, _ subject: TokenSubject, _ rejected: Secret?
  ) async throws -> Secret {
    let token = try await save(refreshed, subject, rejected)
    try await identify(refreshed, holding)
    return token
  }

  private func ask(_ holding: StoredToken) async throws -> TokenReply {
    let client = try holding.client(vault, at: time.now)
    let entra = try endpoints.entra(for: holding.app)
    switch holding.kind {
    case .grant(let grant):
      return try await entra.refresh(
        try vault.openSecret(grant.refreshToken, for: .refreshToken(grant.account, in: grant.workspace)),
        scopes: try endpoints.scopes(toRefresh: grant, of: holding.app), client: client,
        tenant: holding.app.authority)
    case .service:
      return try await entra.clientCredentials(
        scope: Scopes(cloud: entra.cloud, base: holding.app.baseScopes).appOnly, client: client,
        tenant: holding.app.authority)
    }
  }

  private func save(
    _ refreshed: RefreshedToken, _ subject: TokenSubject, _ rejected: Secret?
  ) async throws -> Secret {
    unsaved[subject] = refreshed
    // The first statement is guarded, and the others depend on it alone.
    let saved = try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      try refreshed.save(tx)
    }
    unsaved[subject] = nil
    if saved { return refreshed.accessToken }
    guard let token = try usable(try await holding(subject), rejected) else {
      throw Problem.changedMeanwhile
    }
    return token
  }

  private func holding(_ subject: TokenSubject) async throws -> StoredToken {
    let holding = try await store.read { (tx: borrowing Transaction) in try tx.holding(subject) }
    guard let holding else { throw Problem.changedMeanwhile }
    return holding
  }
}

// What a refresh means for the account
extension TokenSource {
  private func connect(_ account: AccountRecord, _ app: OAuth2AppRecord, _ token: Secret) async throws {
    guard account.state != app.baseScopes.stateWithToken else { return }
    var found = false
    if account.state != .authenticationError {
      do {
        found = try await findsMailbox(of: account, with: token)
      } catch let problem as Problem {
        let refusal = ProblemRecord(problem, at: time.now)
        try await store.write { (tx: borrowing Transaction) in try tx.failConnecting(account, refusal) }
        throw Problem.notConnected(account.id, because: refusal)
      }
    }
    try await markConnected(account, app, verified: found)
  }

  private func markConnected(
    _ account: AccountRecord, _ app: OAuth2AppRecord, verified: Bool
  ) async throws {
    let (id, workspace, now) = (account.id, account.workspace, time.now)
    // Each statement says itself when it applies, and a hundred accounts of one app come here at once.
    try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      if verified { try tx.markVerified(id, in: workspace) }
      if app.lastError != nil { try tx.setLastError(nil, ofApp: app.id, in: app.workspace) }
      guard try tx.markConnected(id, as: app.baseScopes.stateWithToken, in: workspace, at: now) else {
        return
      }
      try tx.append(
        Event.authenticationSuccess(user: account.mailbox).record(id, in: workspace, at: now))
      try tx.resumeMessages(of: account, at: now)
      try tx.reviveAccounts(delegatedBy: account, as: app.baseScopes.stateWithToken, at: now)
    }
  }

  private func markRefused(
    _ account: AccountRecord, _ holding: StoredToken, _ refusal: ProblemRecord
  ) async throws {
    let (id, workspace) = (account.id, account.workspace)
    let concernsApp = Refusal.concernsApp(holding, refusal)
    try await store.write { (tx: borrowing Transaction) in
      if concernsApp { try tx.setLastError(refusal, ofApp: holding.app.id, in: holding.app.workspace) }
      // Near its end, or refused by Graph: it must not pass for a sign that the account is well again.
      try holding.expireToken(tx)
      var refused = [id]
      if let owner = holding.owner?.id {
        refused = [owner] + (try tx.accounts(delegatedBy: owner, in: workspace))
      }
      for id in refused {
        let isNews = try tx.markAuthenticationError(
          refusal, account: id, grantVersion: holding.grantVersion, in: workspace)
        guard isNews else { continue }
        try tx.append(Event.authenticationError(refusal).record(id, in: workspace, at: refusal.occurred))
      }
    }
  }
}

extension Problem {
  fileprivate static let changedMeanwhile = Problem(
    .accountNotConnected, "The account was changed while its token was refreshed.", remedy: nil,
    retry: .safe(after: nil))
}
