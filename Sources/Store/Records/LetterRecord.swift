package import Core

/// A letter as it was accepted; its bytes are in chunks beside it. Never changed afterwards.
package struct LetterRecord: Sendable, Hashable {
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

/// What a letter needs to know of its account.
package struct SenderRecord: Sendable, Hashable {
  /// What the owner has decided about letters whose fate nobody can find out.
  package var unknownOutcome: UnknownOutcome
}

extension LetterRecord {
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
  /// Binds the chunks that were stored under the letter's identifier.
  package func insert(_ letter: LetterRecord) throws {
    try execute(
      """
      INSERT INTO letter (workspace, id, account, source, message_id, envelope_from, envelope_to, subject,
        size, chunks, idempotency_key, created)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      """,
      letter.workspace, letter.id, letter.account, letter.source, letter.messageID, letter.envelopeFrom,
      // An address holds no line feed.
      letter.envelopeTo.joined(separator: "\n"), letter.subject, letter.size, letter.chunks,
      letter.idempotencyKey, letter.created)
  }

  package func letter(_ workspace: WorkspaceID, _ id: QueueID) throws -> LetterRecord? {
    try row(
      """
      SELECT workspace, id, account, source, message_id, envelope_from, envelope_to, subject, size, chunks,
        idempotency_key, created
      FROM letter WHERE workspace = $1 AND id = $2
      """, workspace, id, as: LetterRecord.init)
  }

  /// The account of a queued letter; `nil` when it is gone. One of another mailbox or app that got its id only
  /// after the letter was accepted is another account; one that has changed since is not.
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

  /// Forgets a settled letter altogether: row, bytes, attempts and place in the queue.
  package func deleteLetter(_ workspace: WorkspaceID, _ id: QueueID) throws {
    try execute("DELETE FROM queue WHERE workspace = $1 AND id = $2 AND state > 3", workspace, id)
    try execute("DELETE FROM attempt WHERE workspace = $1 AND queue = $2", workspace, id)
    try execute("DELETE FROM chunk WHERE workspace = $1 AND letter = $2", workspace, id)
    try execute("DELETE FROM letter WHERE workspace = $1 AND id = $2", workspace, id)
  }
}
