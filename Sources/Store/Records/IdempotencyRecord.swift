package import Core

/// A caller's key, in one account.
package struct IdempotencyName: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var account: AccountID
  package var key: String

  package init(_ workspace: WorkspaceID, _ account: AccountID, _ key: String) {
    self.workspace = workspace
    self.account = account
    self.key = key
  }
}

/// That a request with this key is being received. The lease ends with its request, with its node, or by
/// itself.
package struct IdempotencyLease: Sendable, Hashable {
  package var name: IdempotencyName
  /// Distinguishes this lease from one that another request took after it had expired.
  package var token: String
  package var owner: NodeID

  package init(_ name: IdempotencyName, token: String, owner: NodeID) {
    self.name = name
    self.token = token
    self.owner = owner
  }
}

/// What is known of a key that is not free.
package enum IdempotencyState: Sendable, Hashable {
  /// A request with it was accepted as this message, with a body of this hash. Of several messages it is the first, and
  /// `receipt` says what the request was answered, as its author wrote it.
  case accepted(QueueID, bodyHash: [UInt8], receipt: String?)
  /// Another request with it is being received; its lease ends after this time.
  case leased(Duration)
}

extension Transaction {
  /// Leases the key, or returns why that cannot be. The caller's own lease is renewed.
  ///
  /// Of two transactions with one key the second waits for the first, and sees what it stored when the
  /// isolation is `.readCommitted`.
  package func lease(
    _ lease: IdempotencyLease, length: Duration, at now: Instant
  ) throws -> IdempotencyState? {
    let name = lease.name
    let taken = try execute(
      Statement.lease[engine], name.workspace, name.account, name.key, lease.token, lease.owner,
      length.microseconds, now)
    return taken > 0 ? nil : try idempotency(name)
  }

  /// Records which message the key belongs to, in the transaction that accepts it, or returns what it
  /// belongs to already. `lease` is the caller's, if it has one; without, the key must be free.
  ///
  /// Needs `.readCommitted`, as above.
  package func claim(
    _ name: IdempotencyName, under lease: IdempotencyLease?, for message: QueueID, bodyHash: [UInt8],
    receipt: String? = nil, at now: Instant
  ) throws -> IdempotencyState? {
    let taken = try execute(
      Statement.claim[engine], name.workspace, name.account, name.key, message, bodyHash,
      lease?.token ?? "", now, receipt)
    return taken > 0 ? nil : try idempotency(name)
  }

  /// Releases the key of a failed request. What was accepted stays.
  package func release(_ lease: IdempotencyLease) throws {
    let name = lease.name
    try execute(
      """
      DELETE FROM idempotency
      WHERE workspace = $1 AND account = $2 AND key = $3 AND message IS NULL AND token = $4
      """, name.workspace, name.account, name.key, lease.token)
  }

  /// Frees the keys whose requests this node was receiving when it stopped.
  package func reclaimIdempotency(of owner: NodeID) throws {
    try execute("DELETE FROM idempotency WHERE owner = $1 AND message IS NULL", owner)
  }

  @discardableResult
  package func deleteIdempotency(before bound: Instant) throws -> Int {
    try execute("DELETE FROM idempotency WHERE created < $1", bound)
  }

  /// What is known of the key; `nil` when it is free.
  package func idempotency(_ name: IdempotencyName) throws -> IdempotencyState? {
    try row(Statement.select[engine], name.workspace, name.account, name.key) {
      if let message: QueueID = try $0.optionalIdentifier("message") {
        return .accepted(
          message, bodyHash: try $0.bytes("body_hash"), receipt: try $0.optionalText("receipt"))
      }
      return .leased(.microseconds(max(0, try $0.integer("remaining"))))
    }
  }
}

private enum Statement {
  private static let columns: SQL =
    "workspace, account, key, message, body_hash, token, owner, lease_until, created, receipt"

  /// Another request's, or already gone.
  private static func isFree(_ token: SQL, _ engine: EngineKind) -> SQL {
    """
    idempotency.message IS NULL
      AND (idempotency.token = \(token) OR idempotency.lease_until <= \(engine.clock))
    """
  }

  static let lease = EngineSQL { engine in
    """
    INSERT INTO idempotency (\(columns))
    VALUES ($1, $2, $3, NULL, NULL, $4, $5, $6 + \(engine.clock), $7, NULL)
    ON CONFLICT (workspace, account, key) DO UPDATE SET \(columns.excluded(except: name))
    WHERE \(isFree("$4", engine))
    """
  }

  static let claim = EngineSQL { engine in
    """
    INSERT INTO idempotency (\(columns)) VALUES ($1, $2, $3, $4, $5, NULL, NULL, 0, $7, $8)
    ON CONFLICT (workspace, account, key) DO UPDATE SET \(columns.excluded(except: name))
    WHERE \(isFree("$6", engine))
    """
  }

  static let select = EngineSQL { engine in
    """
    SELECT message, body_hash, receipt, lease_until - \(engine.clock) AS remaining FROM idempotency
    WHERE workspace = $1 AND account = $2 AND key = $3
    """
  }

  private static let name: Set<String> = ["workspace", "account", "key"]
}
