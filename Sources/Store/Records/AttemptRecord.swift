package import Core

/// One attempt at a queued item: how far it got, and its result.
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

extension AttemptRecord {
  static let columns: SQL = "number, step, node, started, ended, verdict, problem"

  init(_ row: Row) throws {
    number = Int(try row.integer("number"))
    step = try row.text("step")
    node = try row.identifier("node")
    started = try row.instant("started")
    ended = try row.optionalInstant("ended")
    verdict = try row.optionalText("verdict")
    problem = try row.optionalProblem("problem")
  }
}

extension Transaction {
  package func insertAttempt(
    _ workspace: WorkspaceID, _ queue: QueueID, number: Int, step: String, node: NodeID, started: Instant
  ) throws {
    try execute(
      Statement.insert, workspace, queue, number, step, node, started)
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
      Statement.end, workspace, queue, number, now, verdict, problem)
  }

  /// All attempts, in order.
  package func attempts(_ workspace: WorkspaceID, _ queue: QueueID) throws -> [AttemptRecord] {
    try rows(Statement.select, workspace, queue, as: AttemptRecord.init(_:))
  }
}

private enum Statement {
  static let insert = SQL.insert(into: "attempt", columns: "workspace, queue, number, step, node, started")
  static let end: SQL = """
    UPDATE attempt SET ended = $4, verdict = $5, problem = $6
    WHERE workspace = $1 AND queue = $2 AND number = $3
    """
  static let select: SQL = """
    SELECT \(AttemptRecord.columns) FROM attempt WHERE workspace = $1 AND queue = $2 ORDER BY number
    """
}
