import Store

/// Writes down the steps of one attempt.
package struct StepRecorder: Sendable {
  let attempt: QueueAttempt
  let persistence: Persistence

  /// Returns when the step is on disk; only then may its request leave.
  ///
  /// - Throws: `LeaseLost` when the attempt belongs to another node now: its request must not leave;
  ///   `RowDeleted` when its workspace is gone.
  package func record(_ progress: String, step: String) async throws {
    let attempt = attempt
    // Guarded by the row's state, its attempt number and the lease's epoch, so READ COMMITTED is enough. A
    // takeover first changes the lane and then, in another transaction, the row: whichever of the two commits
    // last at the row sees the other. Repeating it changes nothing, so a lost COMMIT may be repeated too.
    try await persistence.write { (tx: borrowing Transaction) in
      let row = attempt.row
      try tx.record(progress, of: row, under: attempt.lease)
      try tx.advanceAttempt(row.workspace, row.id, number: row.attempts, step: step)
    }
  }
}
