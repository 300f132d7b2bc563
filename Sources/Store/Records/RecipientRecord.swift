package import Core

/// One recipient of a message, and the outcome of the message for them.
package struct RecipientRecord: Sendable, Hashable {
  package var address: String
  package var role: RecipientRole
  package var state: RecipientState
  package var problem: ProblemRecord?
  /// When the state changed last.
  package var updated: Instant

  package init(address: String, role: RecipientRole, updated: Instant) {
    self.address = address
    self.role = role
    state = .queued
    self.updated = updated
  }
}

/// The state of the recipient; stored by its name.
package enum RecipientRole: String, Sendable, CaseIterable {
  case to
  case cc
  case bcc
  /// In the envelope alone.
  case envelope
}

/// The outcome of a message for one recipient; stored by its name.
package enum RecipientState: String, Sendable, CaseIterable {
  /// Not settled yet.
  case queued
  /// Microsoft has accepted the message.
  case sent
  case failed
  case cancelled
}

extension RecipientRecord {
  static let columns: SQL = "address, role, state, problem, updated"

  init(_ row: Row) throws {
    address = try row.text("address")
    role = try row.value("role")
    state = try row.value("state")
    problem = try row.optionalProblem("problem")
    updated = try row.instant("updated")
  }
}

extension Transaction {
  /// Stores the recipients of a new message, all `queued`, in the order of its envelope: one statement for
  /// one, two or four of them, ten for a thousand.
  package func insert(
    _ recipients: [RecipientRecord], of message: QueueID, in workspace: WorkspaceID, at now: Instant
  ) throws {
    var position = 0
    while position < recipients.count {
      let batch = Statement.largest(upTo: recipients.count - position)
      var arguments: [any SQLEncodable] = [workspace, message, RecipientState.queued.rawValue, now]
      for recipient in recipients[position..<position + batch.count] {
        arguments += [position, recipient.address, recipient.role.rawValue] as [any SQLEncodable]
        position += 1
      }
      try execute(batch.sql, arguments)
    }
  }

  /// In the order of the envelope.
  package func recipients(of message: QueueID, in workspace: WorkspaceID) throws -> [RecipientRecord] {
    try rows(Statement.select, workspace, message, as: RecipientRecord.init(_:))
  }

  /// The message has been settled for all of its recipients.
  package func settleRecipients(
    of message: QueueID, in workspace: WorkspaceID, as state: RecipientState, problem: ProblemRecord? = nil,
    at now: Instant
  ) throws {
    try execute(Statement.settle, workspace, message, state.rawValue, problem, now)
  }
}

private enum Statement {
  static let select: SQL = """
    SELECT \(RecipientRecord.columns) FROM recipient WHERE workspace = $1 AND message = $2 ORDER BY position
    """
  static let settle: SQL = """
    UPDATE recipient SET state = $3, problem = $4, updated = $5 WHERE workspace = $1 AND message = $2
    """

  /// For 128, 64, ... 1 rows: so few texts that each is prepared once.
  private static let inserts = (0...7).reversed().map { exponent in
    let count = 1 << exponent
    let rows = (0..<count).map { "($1, $2, $3, $4, $\($0 * 3 + 5), $\($0 * 3 + 6), $\($0 * 3 + 7))" }
    let sql: SQL = """
      INSERT INTO recipient (workspace, message, state, updated, position, address, role)
      VALUES \(SQL(trusted: rows.joined(separator: ", ")))
      """
    return (count: count, sql: sql)
  }

  static func largest(upTo limit: Int) -> (count: Int, sql: SQL) {
    inserts.first { $0.count <= limit } ?? inserts[inserts.count - 1]
  }
}
