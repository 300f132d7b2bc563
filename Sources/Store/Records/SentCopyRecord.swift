package import Core

/// A message that was sent as a draft, and whose copy in Sent Items is still to be looked at for its Message-ID.
package struct SentCopyRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var message: QueueID
  package var account: AccountID
  package var lane: LaneKey
  /// The draft that was sent, in the sender's own format.
  package var draft: String
  /// Of the message as we composed it, with its angle brackets.
  package var messageID: String
  /// When to look.
  package var due: Instant
  /// How often a look was begun.
  package var tries: Int
  /// When the message was settled.
  package var created: Instant

  package init(
    workspace: WorkspaceID, message: QueueID, account: AccountID, lane: LaneKey, draft: String,
    messageID: String, due: Instant, created: Instant
  ) {
    self.workspace = workspace
    self.message = message
    self.account = account
    self.lane = lane
    self.draft = draft
    self.messageID = messageID
    self.due = due
    tries = 0
    self.created = created
  }
}

extension SentCopyRecord {
  static let columns: SQL = "workspace, message, account, lane, draft, message_id, due, tries, created"

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    message = try row.identifier("message")
    account = try row.identifier("account")
    lane = LaneKey(.mail, try row.text("lane"))
    draft = try row.text("draft")
    messageID = try row.text("message_id")
    due = try row.instant("due")
    tries = Int(try row.integer("tries"))
    created = try row.instant("created")
  }
}

extension Transaction {
  /// Written by the transaction that settles the message. One that is known already, after a lost COMMIT,
  /// stays.
  package func insert(_ copy: SentCopyRecord) throws {
    try execute(
      Statement.insert, copy.workspace, copy.message, copy.account, copy.lane.id, copy.draft, copy.messageID,
      copy.due, copy.tries, copy.created)
  }

  /// Those due to be looked at, those first that have waited longest.
  package func sentCopies(due now: Instant, limit: Int) throws -> [SentCopyRecord] {
    try rows(Statement.due, now, limit, as: SentCopyRecord.init(_:))
  }

  /// Counts a look before it is made; the next one is due then. Returns whether nobody else has begun it.
  package func claim(_ copy: SentCopyRecord, next due: Instant) throws -> Bool {
    try execute(
      "UPDATE sent_copy SET due = $3, tries = tries + 1 WHERE workspace = $1 AND message = $2 AND tries = $4",
      copy.workspace, copy.message, due, copy.tries) == 1
  }

  package func deleteSentCopy(_ copy: SentCopyRecord) throws {
    try execute(
      "DELETE FROM sent_copy WHERE workspace = $1 AND message = $2", copy.workspace, copy.message)
  }

  package func deleteSentCopies(in lane: LaneKey) throws {
    try execute("DELETE FROM sent_copy WHERE lane = $1", lane.id)
  }
}

private enum Statement {
  static let insert: SQL = """
    \(SQL.insert(into: "sent_copy", columns: SentCopyRecord.columns))
    ON CONFLICT (workspace, message) DO NOTHING
    """
  static let due: SQL = """
    SELECT \(SentCopyRecord.columns) FROM sent_copy WHERE due <= $1 ORDER BY due LIMIT $2
    """
}
