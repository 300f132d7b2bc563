package import Core

/// What a person decides about a row that no attempt is running for. Each statement asks again whether the row is
/// as it was read, and returns whether it was.
extension Transaction {
  /// Puts a held, deferred or failed row back into the queue, due now and with a new age unless it is deferred.
  /// The lane it is in does not rest any longer.
  package func requeue(_ row: QueueRecord, progress: String, at now: Instant) throws -> Bool {
    let scheduled = row.state == .deferred ? row.scheduled : now
    let changed = try execute(
      Statement.requeue, row.workspace, row.id, now, scheduled, progress, row.attempts, row.state.rawValue)
    guard changed == 1 else { return false }
    try endRest(of: row.lane, at: now)
    return true
  }

  /// Moves a row that waits and has never been attempted to another time; now where that is over.
  package func reschedule(_ row: QueueRecord, for due: Instant, at now: Instant) throws -> Bool {
    let state: QueueState = due > now ? .deferred : .ready
    let due = max(due, now)
    guard try execute(Statement.reschedule, row.workspace, row.id, state.rawValue, due) == 1 else {
      return false
    }
    try wake(row.lane, due: due)
    return true
  }

  /// The lane has something due, and does not rest any longer. The last statements of a body.
  package func endRest(of lane: LaneKey, at now: Instant) throws {
    try wake(lane, due: now)
    try execute("UPDATE lane SET paused_until = 0 WHERE kind = $1 AND id = $2", lane.kind.rawValue, lane.id)
  }

  /// A person has found what a held row stands for done.
  package func settleAsDone(_ row: QueueRecord, progress: String, at now: Instant) throws -> Bool {
    try execute(Statement.settleAsDone, row.workspace, row.id, now, progress, row.attempts) == 1
  }

  /// Returns whether there was a draft that is still to be deleted; it is kept now.
  package func keepOrphanDraft(of message: QueueID, in workspace: WorkspaceID) throws -> Bool {
    try execute("DELETE FROM orphan_draft WHERE workspace = $1 AND message = $2", workspace, message) == 1
  }
}

private enum Statement {
  static let requeue: SQL = """
    UPDATE queue SET state = \(QueueState.ready), due = $3, scheduled = $4, progress = $5, last_problem = NULL,
      refusals = 0, parked = 0, settled = NULL
    WHERE workspace = $1 AND id = $2 AND attempts = $6 AND state = $7
      AND state IN (\(QueueState.held), \(QueueState.deferred), \(QueueState.failed))
    """

  static let reschedule: SQL = """
    UPDATE queue SET state = $3, due = $4, scheduled = $4
    WHERE workspace = $1 AND id = $2 AND attempts = 0
      AND state IN (\(QueueState.ready), \(QueueState.deferred))
    """

  static let settleAsDone: SQL = """
    UPDATE queue SET state = \(QueueState.done), due = $3, progress = $4, last_problem = NULL, parked = 0,
      settled = $3
    WHERE workspace = $1 AND id = $2 AND attempts = $5 AND state = \(QueueState.held)
    """
}
