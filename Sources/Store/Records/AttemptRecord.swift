package import Core

/// One try to bring a queued thing on its way: how far it got, and what came of it.
package struct AttemptRecord: Sendable, Hashable {
  /// Counted from 1.
  package var number: Int
  /// The step that was recorded last.
  package var step: String
  package var node: NodeID
  package var started: Instant
  /// `nil` while it runs, and after a crash until the next owner has seen it.
  package var ended: Instant?
  package var verdict: String?
  package var problem: ProblemRecord?
}

extension Transaction {
  package func insertAttempt(
    _ workspace: WorkspaceID, _ queue: QueueID, number: Int, step: String, node: NodeID, started: Instant
  ) throws {
    try execute(
      """
      INSERT INTO attempt (workspace, queue, number, step, node, started) VALUES ($1, $2, $3, $4, $5, $6)
      """, workspace, queue, number, step, node, started)
  }

  package func advanceAttempt(
    _ workspace: WorkspaceID, _ queue: QueueID, number: Int, step: String
  ) throws {
    try execute(
      "UPDATE attempt SET step = $4 WHERE workspace = $1 AND queue = $2 AND number = $3",
      workspace, queue, number, step)
  }

  package func endAttempt(
    _ workspace: WorkspaceID, _ queue: QueueID, number: Int, verdict: String, problem: ProblemRecord?,
    at now: Instant
  ) throws {
    try execute(
      """
      UPDATE attempt SET ended = $4, verdict = $5, problem = $6
      WHERE workspace = $1 AND queue = $2 AND number = $3
      """, workspace, queue, number, now, verdict, problem)
  }

  /// All attempts, in order.
  package func attempts(_ workspace: WorkspaceID, _ queue: QueueID) throws -> [AttemptRecord] {
    try rows(
      """
      SELECT number, step, node, started, ended, verdict, problem FROM attempt
      WHERE workspace = $1 AND queue = $2 ORDER BY number
      """, workspace, queue
    ) {
      AttemptRecord(
        number: Int(try $0.integer("number")), step: try $0.text("step"), node: try $0.identifier("node"),
        started: try $0.instant("started"), ended: try $0.optionalInstant("ended"),
        verdict: try $0.optionalText("verdict"), problem: try $0.optionalProblem("problem"))
    }
  }
}
