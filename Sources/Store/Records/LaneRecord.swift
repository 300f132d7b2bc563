package import Core

/// What a queued thing is. Engines of one kind never see the rows and lanes of another. Stored by its name.
package enum WorkKind: String, Sendable, CaseIterable {
  case mail
  case webhook
}

/// One queue of work of one kind.
package struct LaneKey: Sendable, Hashable {
  package var kind: WorkKind
  package var id: String

  package init(_ kind: WorkKind, _ id: String) {
    self.kind = kind
    self.id = id
  }

  /// Mail through one client of Microsoft's for one mailbox, whichever workspaces and app records share them:
  /// that is what Microsoft limits. It ignores the case of both, and two lanes would double the mailbox's
  /// share.
  package init(_ kind: WorkKind = .mail, clientID: String, mailbox: String) {
    self.init(kind, "\(clientID.lowercased())/\(mailbox.lowercased())")
  }
}

extension LaneKey {
  init(_ row: Row) throws {
    self.init(try row.value("kind"), try row.text("lane"))
  }

  /// From columns that are read with an account and its app.
  init(ofAccount row: Row) throws {
    self.init(clientID: try row.text("client_id"), mailbox: try row.text("mailbox"))
  }
}

/// That a lane belongs to a node for a while. The epoch grows with every owner.
package struct LaneLease: Sendable, Hashable {
  package var lane: LaneKey
  package var owner: NodeID
  package var epoch: Int64
}

/// The lane has another owner now: this one must not touch its rows any more.
package struct LeaseLost: Error {
  package init() {}
}

/// The row of an attempt has been deleted, with its workspace; the lane still belongs to the caller.
package struct RowDeleted: Error {
  package init() {}
}

extension Transaction {
  /// Notifies the engines that a lane has something due. The last statement of a body.
  ///
  /// Locks the lane's row even when it changes nothing, so that an owner who is about to let the lane sleep
  /// waits for this commit and sees what came with it.
  package func wake(_ lane: LaneKey, due: Instant) throws {
    try execute(Statement.wake, lane.kind.rawValue, lane.id, due)
  }

  /// Takes up to `limit` lanes of a kind that have something due and no live owner, those that
  /// have waited longest first. Its own are not among them: it works on those already.
  package func leaseLanes(
    _ kind: WorkKind, owner: NodeID, now: Instant, length: Duration, limit: Int
  ) throws -> [LaneLease] {
    try rows(Statement.lease[engine], owner, length.microseconds, now, limit, kind.rawValue) {
      LaneLease(lane: LaneKey(kind, try $0.text("id")), owner: owner, epoch: try $0.integer("epoch"))
    }
  }

  /// Frees the lanes of a kind that this node held when it stopped, without waiting for their leases to run
  /// out.
  package func reclaimLanes(_ kind: WorkKind, of owner: NodeID) throws {
    try execute(
      """
      UPDATE lane SET owner = NULL, epoch = epoch + 1, lease_until = 0 WHERE kind = $1 AND owner = $2
      """, kind.rawValue, owner)
  }

  package func renewLeases(_ kind: WorkKind, of owner: NodeID, length: Duration) throws {
    try execute(Statement.renew[engine], kind.rawValue, length.microseconds, owner)
  }

  /// Locks the lane's row and renews its lease.
  ///
  /// - Throws: `LeaseLost` when another node has taken the lane.
  package func hold(_ lease: LaneLease, length: Duration) throws {
    let held = try execute(
      Statement.hold[engine], lease.lane.kind.rawValue, lease.lane.id, lease.owner, lease.epoch,
      length.microseconds)
    guard held == 1 else { throw LeaseLost() }
  }

  /// Releases the lane, which sleeps until its next row is due, but not while it is paused.
  ///
  /// - Parameters:
  ///   - isPaused: Whether it rests, which `pause` has said.
  ///   - evenIfDue: Whether to move it to the end of the line although something is due.
  /// - Returns: `false`, and the lane is kept, when something has become due meanwhile.
  package func release(
    _ lease: LaneLease, now: Instant, length: Duration, isPaused: Bool, evenIfDue: Bool
  ) throws -> Bool {
    // Waits for submissions that are about to commit; the statements after it see their rows.
    try hold(lease, length: length)
    let next = try nextDue(lease.lane, now: now)
    if let next, next <= now, !isPaused, !evenIfDue { return false }
    try execute(Statement.release, lease.lane.kind.rawValue, lease.lane.id, next)
    return true
  }

  /// Lets the lane rest until then, unless it rests longer anyway.
  package func pause(_ lease: LaneLease, until: Instant) throws {
    try execute(
      Statement.pause, lease.lane.kind.rawValue, lease.lane.id, lease.owner, lease.epoch, until)
  }

  /// Releases the lane with rows still in flight; nothing happens when it has another owner by now.
  package func abandon(_ lease: LaneLease, until pausedUntil: Instant) throws {
    try execute(
      """
      UPDATE lane SET owner = NULL, lease_until = 0, paused_until = $5
      WHERE kind = $1 AND id = $2 AND owner = $3 AND epoch = $4
      """, lease.lane.kind.rawValue, lease.lane.id, lease.owner, lease.epoch, pausedUntil)
  }

  /// Until when the lane rests; `nil` when it does not.
  package func rest(of lane: LaneKey, at now: Instant) throws -> Instant? {
    try row(
      "SELECT paused_until FROM lane WHERE kind = $1 AND id = $2 AND paused_until > $3", lane.kind.rawValue,
      lane.id, now
    ) { try $0.instant("paused_until") }
  }

  /// Makes the account's rows due that wait for it, now that it is connected, and wakes the lanes they are
  /// in.
  package func resume(_ account: AccountID, in workspace: WorkspaceID, now: Instant) throws {
    var lanes = Set(try rows(Statement.unpark, workspace, account, now, as: LaneKey.init(_:)))
    // What is not parked may wait in a lane that was paused for the account's sake.
    if let lane = try lane(of: account, in: workspace) { lanes.insert(lane) }
    for lane in lanes.sorted(by: { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }) {
      try execute(Statement.unpause, lane.kind.rawValue, lane.id, now)
    }
  }

  /// Ends the lane's rest: something of it is due now.
  package func restart(_ lane: LaneKey, now: Instant) throws {
    try wake(lane, due: now)
    try execute(Statement.unpause, lane.kind.rawValue, lane.id, now)
  }

  /// In which lane the account's messages wait; `nil` when it is gone.
  private func lane(of account: AccountID, in workspace: WorkspaceID) throws -> LaneKey? {
    try row(
      """
      SELECT mailbox, client_id FROM account
      JOIN oauth2_app ON oauth2_app.workspace = app_workspace AND oauth2_app.id = app
      WHERE account.workspace = $1 AND account.id = $2
      """, workspace, account, as: LaneKey.init(ofAccount:))
  }

  /// `now` when something is ready, else when the first deferred row is due.
  private func nextDue(_ lane: LaneKey, now: Instant) throws -> Instant? {
    let ready = try row(Statement.firstReady, lane.kind.rawValue, lane.id) { _ in now }
    if let ready { return ready }
    return try row(Statement.firstDeferred, lane.kind.rawValue, lane.id) { try $0.instant("due") }
  }
}

private enum Statement {
  static let wake: SQL = """
    INSERT INTO lane (kind, id, owner, epoch, lease_until, next_due, paused_until)
    VALUES ($1, $2, NULL, 0, 0, $3, 0)
    ON CONFLICT (kind, id) DO UPDATE SET next_due =
      CASE WHEN lane.next_due IS NULL OR lane.next_due > $3 THEN $3 ELSE lane.next_due END
    """

  /// Materialized, because PostgreSQL may otherwise run the inner query more than once and exceed its limit.
  static let lease = EngineSQL { engine in
    let locking: SQL =
      switch engine {
      case .sqlite: ""
      case .postgres: "FOR UPDATE SKIP LOCKED"
      }
    return """
      WITH due AS MATERIALIZED (
        SELECT id FROM lane
        WHERE kind = $5 AND next_due <= $3 AND paused_until <= $3 AND (owner IS NULL OR owner <> $1)
          AND lease_until <= \(engine.clock)
        ORDER BY next_due LIMIT $4 \(locking))
      UPDATE lane SET owner = $1, epoch = epoch + 1, lease_until = $2 + \(engine.clock)
      WHERE kind = $5 AND id IN (SELECT id FROM due) RETURNING id, epoch
      """
  }

  static let hold = EngineSQL { engine in
    """
    UPDATE lane SET lease_until = $5 + \(engine.clock)
    WHERE kind = $1 AND id = $2 AND owner = $3 AND epoch = $4
    """
  }

  static let renew = EngineSQL { engine in
    "UPDATE lane SET lease_until = $2 + \(engine.clock) WHERE kind = $1 AND owner = $3"
  }

  static let release: SQL = """
    UPDATE lane SET owner = NULL, lease_until = 0, next_due = $3 WHERE kind = $1 AND id = $2
    """

  static let pause: SQL = """
    UPDATE lane SET paused_until = $5
    WHERE kind = $1 AND id = $2 AND owner = $3 AND epoch = $4 AND paused_until < $5
    """

  static let unpark: SQL = """
    UPDATE queue SET due = $3, parked = 0
    WHERE workspace = $1 AND account = $2 AND parked = 1 AND +state = \(QueueState.deferred)
    RETURNING kind, lane
    """

  static let unpause: SQL = """
    UPDATE lane SET paused_until = 0, next_due = $3 WHERE kind = $1 AND id = $2 AND next_due IS NOT NULL
    """

  /// The order keeps PostgreSQL to the index: it may otherwise look for the first one among all that are
  /// over.
  static let firstReady: SQL = """
    SELECT id FROM queue WHERE kind = $1 AND lane = $2 AND state = \(QueueState.ready)
    ORDER BY priority, due, id LIMIT 1
    """

  static let firstDeferred: SQL = """
    SELECT due FROM queue WHERE kind = $1 AND lane = $2 AND state = \(QueueState.deferred)
    ORDER BY due LIMIT 1
    """
}
