package import Core

/// A message as it was accepted; its bytes are in chunks beside it. Never changed afterwards.
package struct OutgoingMessageRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: QueueID
  package var account: AccountID
  /// `api`, `smtp`, ...
  package var source: String
  /// With its angle brackets.
  package var messageID: String
  package var envelopeFrom: String
  package var envelopeTo: [String]
  package var subject: String?
  /// Of the composed bytes.
  package var size: Int
  /// How many rows hold them.
  package var chunks: Int
  package var idempotencyKey: String?
  package var created: Instant

  package init(
    workspace: WorkspaceID, id: QueueID, account: AccountID, source: String, messageID: String,
    envelopeFrom: String, envelopeTo: [String], subject: String?, size: Int, chunks: Int,
    idempotencyKey: String?, created: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.account = account
    self.source = source
    self.messageID = messageID
    self.envelopeFrom = envelopeFrom
    self.envelopeTo = envelopeTo
    self.subject = subject
    self.size = size
    self.chunks = chunks
    self.idempotencyKey = idempotencyKey
    self.created = created
  }
}

/// What a message needs to know of its account.
package struct SenderRecord: Sendable, Hashable {
  /// What the owner has decided about messages whose fate nobody can find out.
  package var unknownOutcome: UnknownOutcome
}

extension OutgoingMessageRecord {
  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    account = try row.identifier("account")
    source = try row.text("source")
    messageID = try row.text("message_id")
    envelopeFrom = try row.text("envelope_from")
    envelopeTo = try row.text("envelope_to").split(separator: "\n").map(String.init)
    subject = try row.optionalText("subject")
    size = Int(try row.integer("size"))
    chunks = Int(try row.integer("chunks"))
    idempotencyKey = try row.optionalText("idempotency_key")
    created = try row.instant("created")
  }
}

extension Transaction {
  /// Binds the chunks that were stored under the message's identifier.
  package func insert(_ message: OutgoingMessageRecord) throws {
    try execute(
      """
      INSERT INTO message (workspace, id, account, source, message_id, envelope_from, envelope_to, subject,
        size, chunks, idempotency_key, created)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      """,
      message.workspace, message.id, message.account, message.source, message.messageID, message.envelopeFrom,
      // An address holds no line feed.
      message.envelopeTo.joined(separator: "\n"), message.subject, message.size, message.chunks,
      message.idempotencyKey, message.created)
  }

  package func message(_ workspace: WorkspaceID, _ id: QueueID) throws -> OutgoingMessageRecord? {
    try row(
      """
      SELECT workspace, id, account, source, message_id, envelope_from, envelope_to, subject, size, chunks,
        idempotency_key, created
      FROM message WHERE workspace = $1 AND id = $2
      """, workspace, id, as: OutgoingMessageRecord.init)
  }

  /// The account of a queued message; `nil` when it is gone. One of another mailbox or app that got its id only
  /// after the message was accepted is another account; one that has changed since is not.
  package func sender(of queue: QueueRecord) throws -> SenderRecord? {
    try row(
      "SELECT app, mailbox, created, unknown_outcome FROM account WHERE workspace = $1 AND id = $2",
      queue.workspace, queue.account
    ) { (row: Row) -> SenderRecord? in
      let lane = LaneKey(
        queue.workspace, app: try row.identifier("app"), mailbox: try row.text("mailbox"))
      if lane.id != queue.lane, try row.instant("created") > queue.created { return nil }
      return SenderRecord(unknownOutcome: try row.value("unknown_outcome"))
    } ?? nil
  }

  /// Forgets a settled message altogether: row, bytes, attempts and place in the queue.
  package func deleteMessage(_ workspace: WorkspaceID, _ id: QueueID) throws {
    try execute("DELETE FROM queue WHERE workspace = $1 AND id = $2 AND state > 3", workspace, id)
    try execute("DELETE FROM attempt WHERE workspace = $1 AND queue = $2", workspace, id)
    try execute("DELETE FROM chunk WHERE workspace = $1 AND message = $2", workspace, id)
    try execute("DELETE FROM message WHERE workspace = $1 AND id = $2", workspace, id)
  }
}
