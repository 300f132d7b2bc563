package import Core

/// An orphaned draft at Microsoft that is still to be deleted.
package struct OrphanDraftRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var message: QueueID
  package var account: AccountID
  /// Which draft, in the sender's own format.
  package var draft: String
  /// Of the message, with its angle brackets.
  package var messageID: String
  /// When to try to delete it.
  package var due: Instant
  /// How often that has failed.
  package var tries: Int
  /// When the message was settled.
  package var created: Instant

  package init(
    workspace: WorkspaceID, message: QueueID, account: AccountID, draft: String, messageID: String,
    created: Instant
  ) {
    self.workspace = workspace
    self.message = message
    self.account = account
    self.draft = draft
    self.messageID = messageID
    due = created
    tries = 0
    self.created = created
  }
}

extension OrphanDraftRecord {
  static let columns: SQL = "workspace, message, account, draft, message_id, due, tries, created"

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    message = try row.identifier("message")
    account = try row.identifier("account")
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
  package func insert(_ orphan: OrphanDraftRecord) throws {
    try execute(
      Statement.insert, orphan.workspace, orphan.message, orphan.account, orphan.draft, orphan.messageID,
      orphan.due, orphan.tries, orphan.created)
  }

  /// Those due to be deleted, those first that have waited longest.
  package func orphanDrafts(due now: Instant, limit: Int) throws -> [OrphanDraftRecord] {
    try rows(Statement.due, now, limit, as: OrphanDraftRecord.init(_:))
  }

  package func deferOrphanDraft(_ orphan: OrphanDraftRecord, until due: Instant) throws {
    try execute(
      "UPDATE orphan_draft SET due = $3, tries = tries + 1 WHERE workspace = $1 AND message = $2",
      orphan.workspace, orphan.message, due)
  }

  package func deleteOrphanDraft(_ orphan: OrphanDraftRecord) throws {
    try execute(
      "DELETE FROM orphan_draft WHERE workspace = $1 AND message = $2", orphan.workspace, orphan.message)
  }
}

private enum Statement {
  static let insert: SQL = """
    \(SQL.insert(into: "orphan_draft", columns: OrphanDraftRecord.columns))
    ON CONFLICT (workspace, message) DO NOTHING
    """
  static let due: SQL = """
    SELECT \(OrphanDraftRecord.columns) FROM orphan_draft WHERE due <= $1 ORDER BY due LIMIT $2
    """
}
