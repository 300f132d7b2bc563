package import Core

/// What is written about a row when its attempt is over.
package struct QueueSettlement: Sendable, Hashable {
  package var state: QueueState
  package var due: Instant
  package var progress: String
  package var problem: ProblemRecord?
  /// Waits for its account rather than for its turn.
  package var parked: Bool
  /// The attempt was refused, and not asked to wait.
  package var isRefusal: Bool

  package init(
    state: QueueState, due: Instant, progress: String, problem: ProblemRecord? = nil, parked: Bool = false,
    isRefusal: Bool = false
  ) {
    self.state = state
    self.due = due
    self.progress = progress
    self.problem = problem
    self.parked = parked
    self.isRefusal = isRefusal
  }
}

/// What an owner does to the rows of its lane. Only an owner claims, so nothing is locked against other
/// claims; every statement names the lease, so that an owner that missed its end changes nothing.
extension Transaction {
  /// The rows whose attempt was running when the lane's last owner stopped.
  package func activeQueue(_ lane: LaneKey) throws -> [QueueRecord] {
    try rows(Statement.active, lane.kind.rawValue, lane.id, as: QueueRecord.init(_:))
  }

  /// Makes due deferred rows ready.
  package func promote(_ lane: LaneKey, now: Instant, limit: Int) throws {
    try execute(Statement.promote, lane.kind.rawValue, lane.id, now, limit)
  }

  /// Takes up to `limit` ready rows into flight, in order of priority, due time and age.
  package func claim(_ lease: LaneLease, limit: Int) throws -> [QueueRecord] {
    try rows(
      Statement.claim, lease.lane.kind.rawValue, lease.lane.id, limit, lease.owner, lease.epoch,
      as: QueueRecord.init(_:)
    ).sorted { ($0.priority, $0.due, $0.id.rawValue) < ($1.priority, $1.due, $1.id.rawValue) }
  }

  /// Records the step that is about to be requested, in the attempt that the caller is making.
  ///
  /// - Throws: `LeaseLost` when the attempt is no longer the caller's, `RowDeleted` when the row is gone.
  package func record(_ progress: String, of row: QueueRecord, under lease: LaneLease) throws {
    let recorded = try execute(
      Statement.record, row.workspace, row.id, progress, row.attempts, lease.lane.kind.rawValue,
      lease.lane.id, lease.owner, lease.epoch)
    if recorded == 1 { return }
    if try isDeleted(row, under: lease) { throw RowDeleted() }
    throw LeaseLost()
  }

  /// Ends the attempt that the caller is making. Returns `false` when the row has been deleted meanwhile.
  ///
  /// - Throws: `LeaseLost` when the attempt is no longer the caller's.
  @discardableResult
  package func settle(
    _ row: QueueRecord, _ settlement: QueueSettlement, under lease: LaneLease, at now: Instant
  ) throws -> Bool {
    let settled = try execute(
      Statement.settle, row.workspace, row.id, settlement.state.rawValue, settlement.due,
      settlement.progress, settlement.problem, settlement.parked, settlement.state.isSettled ? now : nil,
      row.attempts, lease.lane.kind.rawValue, lease.lane.id, lease.owner, lease.epoch,
      settlement.isRefusal ? 1 : 0)
    if settled == 1 { return true }
    guard try isDeleted(row, under: lease) else { throw LeaseLost() }
    return false
  }

  private func isDeleted(_ row: QueueRecord, under lease: LaneLease) throws -> Bool {
    let isHeld =
      try self.row(
        Statement.isHeld, lease.lane.kind.rawValue, lease.lane.id, lease.owner, lease.epoch
      ) { _ in true } ?? false
    return try isHeld && queueRecord(row.workspace, row.id) == nil
  }
}

private enum Statement {
  static let active: SQL = """
    SELECT \(QueueRecord.columns) FROM queue WHERE kind = $1 AND lane = $2 AND state = \(QueueState.active)
    """

  /// The plus keeps SQLite from reading all rows in that state: those are meant that the inner query names.
  static let promote: SQL = """
    UPDATE queue SET state = \(QueueState.ready), parked = 0
    WHERE +state = \(QueueState.deferred) AND (workspace, id) IN
      (SELECT workspace, id FROM queue
       WHERE kind = $1 AND lane = $2 AND state = \(QueueState.deferred) AND due <= $3
       ORDER BY due LIMIT $4)
    """

  /// The outer state is asked again because PostgreSQL, having waited for a cancellation, looks only there.
  static let claim: SQL = """
    UPDATE queue SET state = \(QueueState.active), attempts = attempts + 1
    WHERE +state = \(QueueState.ready) AND (workspace, id) IN
        (SELECT workspace, id FROM queue WHERE kind = $1 AND lane = $2 AND state = \(QueueState.ready)
         ORDER BY priority, due, id LIMIT $3)
      AND EXISTS (SELECT 1 FROM lane WHERE kind = $1 AND id = $2 AND owner = $4 AND epoch = $5)
    RETURNING \(QueueRecord.columns)
    """

  static let record: SQL = """
    UPDATE queue SET progress = $3
    WHERE workspace = $1 AND id = $2 AND state = \(QueueState.active) AND attempts = $4
      AND EXISTS (SELECT 1 FROM lane WHERE kind = $5 AND id = $6 AND owner = $7 AND epoch = $8)
    """

  static let settle: SQL = """
    UPDATE queue SET state = $3, due = $4, progress = $5, last_problem = $6, parked = $7, settled = $8,
      refusals = refusals + $14
    WHERE workspace = $1 AND id = $2 AND state = \(QueueState.active) AND attempts = $9
      AND EXISTS (SELECT 1 FROM lane WHERE kind = $10 AND id = $11 AND owner = $12 AND epoch = $13)
    """

  static let isHeld: SQL = """
    SELECT epoch FROM lane WHERE kind = $1 AND id = $2 AND owner = $3 AND epoch = $4
    """
}
