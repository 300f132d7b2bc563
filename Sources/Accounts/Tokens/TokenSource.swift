package import Core
import Microsoft
package import Store
package import Vault

/// Valid access tokens. At most one request for each is in flight, and none is used before it is saved.
package actor TokenSource {
  /// A token that is valid for no longer than this is replaced before it is used: a slow upload must not
  /// outlive it.
  package static let margin: Duration = .seconds(300)

  let store: Store
  let vault: Vault
  let endpoints: Endpoints
  let time: any Time
  private var flights: [TokenSubject: Task<Secret, any Error>] = [:]
  /// What Entra issued and the database could not store: if lost, it might be a refresh token without a successor.
  private var unsaved: [TokenSubject: RefreshedToken] = [:]

  package init(store: Store, vault: Vault, endpoints: Endpoints, time: any Time) {
    self.store = store
    self.vault = vault
    self.endpoints = endpoints
    self.time = time
  }

  /// A token that is valid for at least `margin`, unless Entra issued a shorter one.
  ///
  /// Throws `account.notConnected` when a person has to act first, and Entra's own `.safe` problem
  /// when nothing can be done but wait; that one is not recorded in the account.
  package func token(for account: AccountID, in workspace: WorkspaceID) async throws -> Secret {
    try await live(account, in: workspace, rejected: nil)
  }

  /// The token that `token(for:in:)` gives without asking Microsoft or changing the account; `nil` when it would
  /// have to, or would throw.
  package func tokenAtHand(for id: AccountID, in workspace: WorkspaceID) async throws -> Secret? {
    let account = try await account(id, in: workspace)
    guard let stored = account.stored, !account.details.account.paused, stored.app.enabled,
      isConnected(account.details.account, stored.app)
    else { return nil }
    return try usable(stored, nil)
  }

  /// A token other than `rejected`, which Graph did not accept: the one that has replaced it already, or a new
  /// one.
  package func replace(
    _ rejected: Secret, for account: AccountID, in workspace: WorkspaceID
  ) async throws -> Secret {
    try await live(account, in: workspace, rejected: rejected)
  }

  /// Requests a new token unless there is one, so that the grant does not expire unused. This includes paused
  /// accounts.
  func keepAlive(_ account: AccountID, in workspace: WorkspaceID) async throws {
    _ = try await live(account, in: workspace, rejected: nil, evenIfPaused: true)
  }

  private func live(
    _ id: AccountID, in workspace: WorkspaceID, rejected: Secret?, evenIfPaused: Bool = false
  ) async throws -> Secret {
    var account = try await self.account(id, in: workspace)
    guard !account.details.account.paused || evenIfPaused else { throw Problem.paused(id) }
    guard let stored = account.stored else {
      throw Problem.notConnected(id, because: account.details.account.lastError)
    }
    guard stored.app.enabled else { throw Problem.appDisabled(stored.app.name) }
    if let token = try await identifiedToken(stored, rejected) {
      return try await connect(account, with: token)
    }
    if let refusal = account.machine.refusalInForce(stored.app.lastError, at: time.now) {
      // A refusal of the app for another account applies to this one too.
      if refusal != account.details.account.lastError { try await markRefused(account, stored, refusal) }
      throw Problem.notConnected(id, because: refusal)
    }
    let unidentified = stored.isUnidentified ? try rejected ?? usable(stored, nil) : rejected
    let token = try await newToken(for: account, stored, rejected: unidentified)
    // Another node may have been refused with the token that this one has replaced.
    account = try await self.account(id, in: workspace)
    return try await connect(account, with: token)
  }

  /// The stored token, if it may be used. While it is unknown whose an imported grant is, that is asked first;
  /// where only an id_token can tell, it takes a new token.
  private func identifiedToken(_ stored: StoredToken, _ rejected: Secret?) async throws -> Secret? {
    guard let token = try usable(stored, rejected) else { return nil }
    guard stored.isUnidentified, let owner = stored.owner, !isConnected(owner, stored.app) else {
      return token
    }
    guard case .grant(let grant) = stored.kind, Scopes.grant(grant.scopes, includes: "User.Read") else {
      return nil
    }
    do {
      try await identify(token, grant.scopes, nil, stored)
    } catch let problem as Problem where problem.refusesToken {
      return nil
    }
    return token
  }

  private func isConnected(_ account: AccountRecord, _ app: OAuth2AppRecord) -> Bool {
    AccountMachine(account.status, baseScopes: app.baseScopes).isConnected
  }

  /// A refreshed token. A refusal is recorded, and thrown as `account.notConnected`.
  private func newToken(
    for account: TokenAccount, _ stored: StoredToken, rejected: Secret?
  ) async throws -> Secret {
    do {
      return try await refreshed(account.subject, rejected: rejected)
    } catch let problem as Problem where problem.refusesToken {
      let refusal = ProblemRecord(stored.explained(problem), at: time.now)
      // Another person's grant was refreshed before that was noticed.
      let isForeign = problem.code == .accountIdentityMismatch
      let refused = isForeign ? try await self.stored(account.subject) : stored
      try await markRefused(account, refused, refusal)
      throw Problem.notConnected(account.details.account.id, because: refusal)
    }
  }

  func usable(_ stored: StoredToken, _ rejected: Secret?) throws -> Secret? {
    let token = try stored.token(for: Self.margin, at: time.now, vault)
    return token == rejected ? nil : token
  }
}

/// An account, and whose token it uses.
private struct TokenAccount: Sendable {
  var details: AccountDetails
  var subject: TokenSubject
  /// `nil` when there is nothing to request a token with.
  var stored: StoredToken?

  var machine: AccountMachine { AccountMachine(details) }
}

// Refreshing
extension TokenSource {
  /// Joins the refresh that is in flight, or starts one.
  func refreshed(_ subject: TokenSubject, rejected: Secret?) async throws -> Secret {
    if let flight = flights[subject] {
      let token = try await flight.value
      if token != rejected { return token }
    }
    return try await (flights[subject] ?? start(subject, rejected: rejected)).value
  }

  /// Not a child of its caller: when the first caller gives up, the others still wait for the reply, and
  /// its result must be saved even if no caller waits any more.
  private func start(_ subject: TokenSubject, rejected: Secret?) -> Task<Secret, any Error> {
    let flight = Task {
      defer { flights[subject] = nil }
      return try await refresh(subject, rejected: rejected)
    }
    flights[subject] = flight
    return flight
  }

  private func refresh(_ subject: TokenSubject, rejected: Secret?) async throws -> Secret {
    let stored = try await stored(subject)
    // Another caller may have refreshed it meanwhile.
    if let token = try usable(stored, rejected) { return token }
    if let earlier = unsaved[subject], earlier.follows(stored) {
      return try await keep(earlier, stored, subject, rejected)
    }
    let asked = time.now
    let reply: TokenReply
    do {
      reply = try await ask(stored)
    } catch let problem as Problem where problem.retry == .futile {
      // Another node may have used this refresh token first, and that invalidated ours.
      let now = try await self.stored(subject)
      if now.version != stored.version, let token = try usable(now, rejected) { return token }
      throw problem
    }
    let idToken = try identity(in: reply, of: stored.app)
    let refreshed = RefreshedToken(reply, idToken, replacing: stored, asked: asked, vault: vault)
    return try await keep(refreshed, stored, subject, rejected)
  }

  /// Saved before any other request: the new refresh token might not be issued again.
  private func keep(
    _ refreshed: RefreshedToken, _ stored: StoredToken, _ subject: TokenSubject, _ rejected: Secret?
  ) async throws -> Secret {
    let token = try await save(refreshed, subject, rejected)
    if case .pending = stored.kind {
      try await adopt(refreshed, stored, subject)
    } else {
      try await identify(refreshed.accessToken, refreshed.scopes, refreshed.idToken, stored)
    }
    return token
  }

  private func ask(_ stored: StoredToken) async throws -> TokenReply {
    let client = try stored.client(vault, at: time.now)
    let entra = try endpoints.entra(for: stored.app)
    switch stored.kind {
    case .grant(let grant):
      return try await entra.refresh(
        try vault.openSecret(grant.refreshToken, for: .refreshToken(grant.account, in: grant.workspace)),
        scopes: try endpoints.scopes(toRefresh: grant, of: stored.app), client: client,
        tenant: stored.app.authority)
    case .pending(let pending):
      let grant = pending.grant
      return try await entra.refresh(
        try vault.openSecret(
          grant.refreshToken, for: .pendingRefreshToken(grant.account, in: grant.workspace)),
        scopes: try endpoints.scopes(toRefresh: grant, of: stored.app), client: client,
        tenant: stored.app.authority)
    case .service:
      return try await entra.clientCredentials(
        scope: Scopes(cloud: entra.cloud, base: stored.app.baseScopes).appOnly, client: client,
        tenant: stored.app.authority)
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
    guard let token = try usable(try await stored(subject), rejected) else {
      throw Problem.changedMeanwhile
    }
    return token
  }

  func stored(_ subject: TokenSubject) async throws -> StoredToken {
    let stored = try await store.read { (tx: borrowing Transaction) in try tx.storedToken(subject) }
    guard let stored else { throw Problem.changedMeanwhile }
    return stored
  }
}

// What a token means for the account
extension TokenSource {
  private func account(_ id: AccountID, in workspace: WorkspaceID) async throws -> TokenAccount {
    let found = try await store.read { (tx: borrowing Transaction) -> TokenAccount? in
      guard let details = try tx.account(id, in: workspace) else { return nil }
      let subject: TokenSubject =
        switch details.provider {
        case .outlook: .account(details.account.delegatedAccount ?? id, in: workspace)
        case .outlookService: .app(details.account.app, in: details.account.appWorkspace)
        }
      return TokenAccount(details: details, subject: subject, stored: try tx.storedToken(subject))
    }
    guard let found else { throw Problem.accountNotFound(id) }
    return found
  }

  /// Connects the account, unless it is. Returns the token, or the one that has replaced it meanwhile.
  private func connect(_ account: TokenAccount, with first: Secret) async throws -> Secret {
    guard !account.machine.isConnected, let stored = account.stored else { return first }
    let (id, workspace) = (account.details.account.id, account.details.account.workspace)
    var (token, look) = (first, MailboxLook.unknown)
    if let problem = account.details.missingPermission(stored) {
      look = .unusable(problem)
    } else if account.machine.needsLook {
      look = try await self.look(into: account.details, stored.app, with: token)
      if case .tokenRejected = look {
        token = try await newToken(for: account, stored, rejected: token)
        look = try await self.look(into: account.details, stored.app, with: token)
      }
    }
    let (finding, now) = (look.finding(at: time.now), time.now)
    // A hundred accounts of one app arrive here at the same time, and a status that has changed is decided
    // about again.
    try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      try tx.apply(.tokenGained(finding), to: id, in: workspace, at: now)
    }
    if case .unusable(let problem) = finding { throw Problem.notConnected(id, because: problem) }
    return token
  }

  private func markRefused(
    _ account: TokenAccount, _ stored: StoredToken, _ refusal: ProblemRecord
  ) async throws {
    let (id, workspace) = (account.details.account.id, account.details.account.workspace)
    let input = AccountInput.tokenRefused(
      refusal, grantVersion: stored.grantVersion, blamesApp: stored.blamesApp(for: refusal))
    try await store.write { (tx: borrowing Transaction) in
      // Near its expiry, or refused by Graph: it does not show that the account works again. One that
      // has been replaced is ignored.
      guard try stored.expireToken(tx) else { return }
      try tx.apply(input, to: stored.owner?.id ?? id, in: workspace, at: refusal.occurred)
    }
  }
}

extension MailboxLook {
  fileprivate func finding(at now: Instant) -> MailboxFinding {
    switch self {
    case .found: .found
    case .unknown: .unknown
    case .closed(let problem): .closed(ProblemRecord(problem, at: now))
    case .unusable(let problem), .tokenRejected(let problem): .unusable(ProblemRecord(problem, at: now))
    }
  }
}

extension Problem {
  fileprivate static let changedMeanwhile = Problem(
    .accountNotConnected, "The account was changed while its token was refreshed.", remedy: nil,
    retry: .safe(after: nil))
}
