package import Core

/// What is written about a row when its attempt is over.
package struct QueueSettlement: Sendable, Hashable {
  package var state: QueueState
  package var due: Instant
  package var progress: String
  package var problem: ProblemRecord?
  /// Waits for its account rather than for its turn.
  package var parked: Bool
  /// A draft that is to be deleted.
  package var orphan: String?

  package init(
    state: QueueState, due: Instant, progress: String, problem: ProblemRecord? = nil, parked: Bool = false,
    orphan: String? = nil
  ) {
    self.state = state
    self.due = due
    self.progress = progress
    self.problem = problem
    self.parked = parked
    self.orphan = orphan
  }
}

/// What an owner does to the rows of its lane. Only an owner claims, so nothing is locked against other
/// claims; every statement names the lease, so that one who slept through its end changes nothing.
extension Transaction {
  /// The rows whose attempt was running when the lane's last owner went away.
  package func activeQueue(_ lane: LaneKey) throws -> [QueueRecord] {
    try rows(
      """
      SELECT workspace, id, lane, account, state, priority, due, attempts, progress, last_problem, created,
        settled
      FROM queue WHERE workspace = $1 AND lane = $2 AND state = 1
      """, lane.workspace, lane.id, as: QueueRecord.init)
  }

  /// Makes ready what is due of the deferred.
  package func promote(_ lane: LaneKey, now: Instant, limit: Int) throws {
    try execute(
      """
      UPDATE queue SET state = 0, parked = 0 WHERE workspace = $1 AND +state = 3 AND id IN
        (SELECT id FROM queue WHERE workspace = $1 AND lane = $2 AND state = 3 AND due <= $3
         ORDER BY due LIMIT $4)
      """, lane.workspace, lane.id, now, limit)
  }

  /// Takes up to `limit` ready rows into flight, in order of priority, due time and age.
  package func claim(_ lease: LaneLease, limit: Int) throws -> [QueueRecord] {
    // The outer state is asked again because PostgreSQL, having waited for a cancellation, looks only there.
    try rows(
      """
      UPDATE queue SET state = 1, attempts = attempts + 1
      WHERE workspace = $1 AND +state = 0 AND id IN
          (SELECT id FROM queue WHERE workspace = $1 AND lane = $2 AND state = 0
           ORDER BY priority, due, id LIMIT $3)
        AND EXISTS (SELECT 1 FROM lane WHERE workspace = $1 AND id = $2 AND owner = $4 AND epoch = $5)
      RETURNING workspace, id, lane, account, state, priority, due, attempts, progress, last_problem, created,
        settled
      """, lease.lane.workspace, lease.lane.id, limit, lease.owner, lease.epoch, as: QueueRecord.init
    ).sorted { ($0.priority, $0.due, $0.id.rawValue) < ($1.priority, $1.due, $1.id.rawValue) }
  }

  /// Records the step that is about to be requested, in the attempt that the caller is making.
  ///
  /// - Throws: `LeaseLost` when the attempt is no longer the caller's.
  package func record(_ progress: String, of row: QueueRecord, under lease: LaneLease) throws {
    let recorded = try execute(
      """
      UPDATE queue SET progress = $3
      WHERE workspace = $1 AND id = $2 AND state = 1 AND attempts = $4
        AND EXISTS (SELECT 1 FROM lane WHERE workspace = $1 AND id = $5 AND owner = $6 AND epoch = $7)
      """, row.workspace, row.id, progress, row.attempts, lease.lane.id, lease.owner, lease.epoch)
    guard recorded == 1 else { throw LeaseLost() }
  }

  /// Ends the attempt that the caller is making.
  ///
  /// - Throws: `LeaseLost` when the attempt is no longer the caller's.
  package func settle(
    _ row: QueueRecord, _ settlement: QueueSettlement, under lease: LaneLease, at now: Instant
  ) throws {
    let settled = try execute(
      """
      UPDATE queue SET state = $3, due = $4, progress = $5, last_problem = $6, parked = $7, orphan = $8,
        settled = $9
      WHERE workspace = $1 AND id = $2 AND state = 1 AND attempts = $10
        AND EXISTS (SELECT 1 FROM lane WHERE workspace = $1 AND id = $11 AND owner = $12 AND epoch = $13)
      """, row.workspace, row.id, settlement.state.rawValue, settlement.due, settlement.progress,
      settlement.problem, settlement.parked, settlement.orphan, settlement.state.isSettled ? now : nil,
      row.attempts, lease.lane.id, lease.owner, lease.epoch)
    guard settled == 1 else { throw LeaseLost() }
  }
}
