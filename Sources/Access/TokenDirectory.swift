package import Core
package import Store
import Synchronization
import Vault

/// The bearer tokens of our own API: made, listed, revoked, and found by their hash when a request arrives.
package final class TokenDirectory: Sendable {
  private let store: Store
  private let time: any Time
  private let preparedHash: [UInt8]?
  private let recent = Mutex<[[UInt8]: Entry]>([:])
  private let uses = Mutex(TokenUse())

  private struct Entry {
    let principal: Principal
    let validUntil: Instant
  }

  /// How long a token that another process has revoked may still pass; a lookup for each request would cost
  /// more than the request.
  private static let memory = Duration.seconds(1)
  /// Far more tokens than are in use at once; the memory is emptied when it is full.
  private static let memoryLimit = 10_000

  /// - Parameter prepared: an operator's token that is not in the database.
  package init(store: Store, time: any Time, prepared: Secret? = nil) {
    self.store = store
    self.time = time
    preparedHash = prepared.map(Digest.sha256)
  }

  /// `nil` for a token that is unknown, expired or revoked.
  package func principal(of token: Secret) async throws -> Principal? {
    // Hashes are compared, so how long it takes tells nothing about a token.
    let hash = Digest.sha256(token)
    if hash == preparedHash { return Principal(workspace: .default, scopes: [Principal.everything]) }
    let now = time.now
    if let entry = recent.withLock({ $0[hash] }), entry.validUntil > now { return entry.principal }
    let found = try await store.read { (tx: borrowing Transaction) in try tx.apiToken(hash: hash, at: now) }
    guard let found else { return nil }
    let principal = Principal(
      workspace: found.workspace, scopes: Set(found.scopes), account: found.account, expires: found.expires,
      token: found.id, restrictions: found.restrictions, permissions: found.permissions)
    let validUntil = min(now + Self.memory, found.expires ?? now + Self.memory)
    recent.withLock { recent in
      if recent.count >= Self.memoryLimit { recent.removeAll() }
      recent[hash] = Entry(principal: principal, validUntil: validUntil)
    }
    return principal
  }

  /// Counts one use of the caller's token, and records it.
  ///
  /// - Throws: `token.rateLimited`, with the time until it may be used again.
  package func use(_ principal: Principal, from address: IPAddress?) async throws {
    guard let token = principal.token else { return }
    let now = time.now
    let isNews = try uses.withLock { (uses) throws(Problem) in
      if let limit = principal.restrictions?.rateLimit { try uses.count(token, limit, at: now) }
      return uses.isNews(token, at: now)
    }
    guard isNews else { return }
    // A database that cannot be written refuses no one who only wants to read.
    _ = try? await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      try tx.recordUse(of: token, in: principal.home, from: address?.description, at: now)
    }
  }

  /// The same caller in another workspace, which only the operator may enter.
  ///
  /// - Throws: `workspace.notFound`, also for one that is there and not the caller's.
  package func principal(_ principal: Principal, in workspace: WorkspaceID) async throws -> Principal {
    guard workspace != principal.workspace else { return principal }
    let known = try await store.read { (tx: borrowing Transaction) in try tx.workspace(workspace) != nil }
    guard principal.isOperator, known else { throw Problem.workspaceNotFound(workspace) }
    var other = principal
    other.workspace = workspace
    return other
  }
}

// Making and revoking
extension TokenDirectory {
  /// Only its hash is stored: the token is returned once.
  ///
  /// - Throws: `workspace.notFound` or `account.notFound`.
  package func issue(_ new: NewToken, in workspace: WorkspaceID) async throws -> IssuedToken {
    let token = Digest.randomToken()
    let now = time.now
    var record = APITokenRecord(
      workspace: workspace, id: .make(at: now), hash: Digest.sha256(token), description: new.description,
      scopes: new.scopes, account: new.account, created: now, expires: new.expires)
    (record.restrictions, record.permissions) = (new.restrictions, new.permissions)
    try await store.write { [record] (tx: borrowing Transaction) in
      guard try tx.workspace(workspace) != nil else { throw Problem.workspaceNotFound(workspace) }
      if let account = new.account, try tx.account(account, in: workspace) == nil {
        throw Problem.accountNotFound(account)
      }
      try tx.insert(record)
    }
    return IssuedToken(id: record.id, token: token)
  }

  /// Like `issue`, for a caller who may not give away more than they have.
  ///
  /// - Throws: `token.scope`, `token.permission` for a caller who is limited, or `request.invalidField` for an end after
  ///   the caller's own.
  package func issue(_ new: NewToken, by principal: Principal) async throws -> IssuedToken {
    try new.validate(at: time.now)
    guard principal.restrictions == nil, principal.permissions == nil else { throw Problem.tokenLimited }
    for scope in new.scopes where !principal.mayGrant(scope) { throw Problem.tokenScope(scope) }
    var new = new
    if let end = principal.expires {
      guard new.expires.map({ $0 <= end }) ?? true else { throw Problem.tokenOutlives(end) }
      new.expires = new.expires ?? end
    }
    return try await issue(new, in: principal.workspace)
  }

  /// Oldest first, expired ones too; those of all workspaces for `nil`.
  package func tokens(
    _ request: PageRequest, account: AccountID? = nil, in workspace: WorkspaceID?
  ) async throws -> Page<APITokenRecord> {
    try await store.read { (tx: borrowing Transaction) in
      try tx.apiTokens(request, account: account, in: workspace)
    }
  }

  /// On other nodes, and in other processes, it may pass for a second more.
  ///
  /// - Throws: `token.notFound`, or `token.scope` for one with more rights than the caller's own.
  package func revoke(_ id: TokenID, by principal: Principal) async throws {
    try await store.write { (tx: borrowing Transaction) in
      guard let token = try tx.apiToken(id, in: principal.workspace) else {
        throw Problem.tokenNotFound(id)
      }
      for scope in token.scopes where !principal.mayGrant(scope) { throw Problem.tokenScope(scope) }
      guard !token.declared else { throw Problem.tokenDeclared(id) }
      _ = try tx.deleteAPIToken(id, in: principal.workspace)
    }
    forgetTokens()
  }

  /// In whatever workspace it is. Returns whether there was one. Throws `configuration.declared`.
  package func revoke(_ id: TokenID) async throws -> Bool {
    let found = try await store.write { (tx: borrowing Transaction) in
      if try tx.apiToken(id)?.declared == true { throw Problem.tokenDeclared(id) }
      return try tx.deleteAPIToken(id)
    }
    forgetTokens()
    return found
  }

  /// Looks every token up again.
  package func forgetTokens() {
    recent.withLock { $0.removeAll() }
  }
}
