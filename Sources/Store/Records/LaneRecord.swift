package import Core

/// One (app, mailbox) queue.
package struct LaneKey: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: String

  package init(_ workspace: WorkspaceID, _ id: String) {
    self.workspace = workspace
    self.id = id
  }

  /// Exchange ignores the case of addresses, and two lanes for one mailbox would double its share.
  package init(_ workspace: WorkspaceID, app: AppID, mailbox: String) {
    self.init(workspace, "\(app)/\(mailbox.lowercased())")
  }
}

/// That a lane belongs to a node for a while. The epoch grows with every owner.
package struct LaneLease: Sendable, Hashable {
  package var lane: LaneKey
  package var owner: NodeID
  package var epoch: Int64
}

/// The lane belongs to another owner now: whatever this one holds of it is no longer its business.
package struct LeaseLost: Error {
  package init() {}
}

extension Transaction {
  /// Lets whoever leases lanes know that one has something due. The last statement of a body.
  ///
  /// Locks the lane's row even when it changes nothing, so that an owner who is about to let the lane sleep
  /// waits for this commit and sees what came with it.
  package func wake(_ lane: LaneKey, due: Instant) throws {
    try execute(
      """
      INSERT INTO lane (workspace, id, owner, epoch, lease_until, next_due, paused_until)
      VALUES ($1, $2, NULL, 0, 0, $3, 0)
      ON CONFLICT (workspace, id) DO UPDATE SET next_due =
        CASE WHEN lane.next_due IS NULL OR lane.next_due > $3 THEN $3 ELSE lane.next_due END
      """, lane.workspace, lane.id, due)
  }

  /// Takes up to `limit` lanes that have something due and no owner who still cares, those that have waited
  /// longest first. Its own are not among them: it works on those already.
  package func leaseLanes(
    owner: NodeID, now: Instant, length: Duration, limit: Int
  ) throws -> [LaneLease] {
    try rows(
      engine == .postgres ? LaneStatement.leasePostgres : LaneStatement.leaseSQLite,
      owner, length.microseconds, now, limit
    ) {
      LaneLease(
        lane: LaneKey(try $0.identifier("workspace"), try $0.text("id")), owner: owner,
        epoch: try $0.integer("epoch"))
    }
  }

  /// Frees the lanes that this node held when it stopped, without waiting for their leases to run out.
  package func reclaimLanes(of owner: NodeID) throws {
    try execute(
      "UPDATE lane SET owner = NULL, epoch = epoch + 1, lease_until = 0 WHERE owner = $1", owner)
  }

  package func renewLeases(of owner: NodeID, length: Duration) throws {
    try execute(
      engine == .postgres ? LaneStatement.renewPostgres : LaneStatement.renewSQLite, owner,
      length.microseconds)
  }

  /// Locks the lane's row and renews its lease.
  ///
  /// - Throws: `LeaseLost` when somebody else has taken the lane.
  package func hold(_ lease: LaneLease, length: Duration) throws {
    let held = try execute(
      engine == .postgres ? LaneStatement.holdPostgres : LaneStatement.holdSQLite,
      lease.lane.workspace, lease.lane.id, lease.owner, lease.epoch, length.microseconds)
    guard held == 1 else { throw LeaseLost() }
  }

  /// Lets the lane go and sleep until its next row is due, but not while it is paused.
  ///
  /// - Parameter evenIfDue: Whether to let it go to the end of the line although something is due.
  /// - Returns: `false`, and the lane is kept, when something has become due meanwhile.
  package func release(
    _ lease: LaneLease, now: Instant, length: Duration, pausedUntil: Instant?, evenIfDue: Bool
  ) throws -> Bool {
    // Waits for submissions that are about to commit; the statements after it see their rows.
    try hold(lease, length: length)
    let next = try nextDue(lease.lane, now: now)
    let paused = pausedUntil.map { $0 > now } ?? false
    if let next, next <= now, !paused, !evenIfDue { return false }
    try execute(
      """
      UPDATE lane SET owner = NULL, lease_until = 0, next_due = $3, paused_until = $4
      WHERE workspace = $1 AND id = $2
      """, lease.lane.workspace, lease.lane.id, next, pausedUntil ?? Instant(microseconds: 0))
    return true
  }

  /// Gives the lane back with rows still in flight; nothing happens when it has another owner by now.
  package func abandon(_ lease: LaneLease, until pausedUntil: Instant) throws {
    try execute(
      """
      UPDATE lane SET owner = NULL, lease_until = 0, paused_until = $5
      WHERE workspace = $1 AND id = $2 AND owner = $3 AND epoch = $4
      """, lease.lane.workspace, lease.lane.id, lease.owner, lease.epoch, pausedUntil)
  }

  /// Sends what waited for its account on its way again, now that the account is connected.
  package func resume(_ lane: LaneKey, account: AccountID, now: Instant) throws {
    try execute(
      """
      UPDATE queue SET due = $4, parked = 0
      WHERE workspace = $1 AND lane = $2 AND account = $3 AND state = 3 AND parked = 1
      """, lane.workspace, lane.id, account, now)
    try execute(
      """
      UPDATE lane SET paused_until = 0, next_due = $3
      WHERE workspace = $1 AND id = $2 AND next_due IS NOT NULL
      """, lane.workspace, lane.id, now)
  }

  /// `now` when something is ready, else when the first deferred row is due.
  private func nextDue(_ lane: LaneKey, now: Instant) throws -> Instant? {
    // The order keeps PostgreSQL to the index: it may otherwise look for the first one among all that are over.
    let ready = try row(
      """
      SELECT id FROM queue WHERE workspace = $1 AND lane = $2 AND state = 0
      ORDER BY priority, due, id LIMIT 1
      """, lane.workspace, lane.id
    ) { _ in now }
    if let ready { return ready }
    return try row(
      "SELECT due FROM queue WHERE workspace = $1 AND lane = $2 AND state = 3 ORDER BY due LIMIT 1",
      lane.workspace, lane.id
    ) { try $0.instant("due") }
  }
}

/// The statements that read the database's clock. Leases are by it alone, so that nodes whose clocks differ
/// agree on when one has run out.
private enum LaneStatement {
  static let leaseSQLite = lease(clock: sqliteClock, locking: "")
  static let leasePostgres = lease(clock: postgresClock, locking: " FOR UPDATE SKIP LOCKED")
  static let holdSQLite = hold(clock: sqliteClock)
  static let holdPostgres = hold(clock: postgresClock)
  static let renewSQLite = renew(clock: sqliteClock)
  static let renewPostgres = renew(clock: postgresClock)

  /// Microseconds since 1970. Debian 12's SQLite has no `unixepoch('subsec')` yet.
  private static let sqliteClock: SQL = "CAST((julianday('now') - 2440587.5) * 86400000000 AS INTEGER)"
  private static let postgresClock: SQL =
    "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"

  /// Materialized, because PostgreSQL may otherwise run the inner query more than once and exceed its limit.
  private static func lease(clock: SQL, locking: SQL) -> SQL {
    "WITH due AS MATERIALIZED (SELECT workspace, id FROM lane"
      + " WHERE next_due <= $3 AND paused_until <= $3 AND (owner IS NULL OR owner <> $1)"
      + " AND lease_until <= " + clock
      + " ORDER BY next_due LIMIT $4" + locking + ")"
      + " UPDATE lane SET owner = $1, epoch = epoch + 1, lease_until = $2 + " + clock
      + " WHERE (workspace, id) IN (SELECT workspace, id FROM due) RETURNING workspace, id, epoch"
  }

  private static func hold(clock: SQL) -> SQL {
    "UPDATE lane SET lease_until = $5 + " + clock
      + " WHERE workspace = $1 AND id = $2 AND owner = $3 AND epoch = $4"
  }

  private static func renew(clock: SQL) -> SQL {
    "UPDATE lane SET lease_until = $2 + " + clock + " WHERE owner = $1"
  }
}
