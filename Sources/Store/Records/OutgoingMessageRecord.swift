package import Core

/// A message as it was accepted; its content is in separate segments. It is kept longer than its content and
/// its place in the queue, because bounces and replies can arrive late.
package struct OutgoingMessageRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: QueueID
  package var account: AccountID
  /// `api`, `smtp`, ...
  package var source: String
  /// Ours, with its angle brackets.
  package var messageID: String
  /// The one that Exchange has put in its place; `nil` until that is known.
  package var exchangeMessageID: String?
  package var envelopeFrom: String
  /// As it was accepted. The outcome for each recipient is in separate rows; this copy saves every claim,
  /// list and event from reading them.
  package var envelopeTo: [String]
  package var subject: String?
  /// Of the composed bytes.
  package var size: Int
  /// How many chunks hold its own bytes; 0 when they have been deleted.
  package var chunks: Int
  /// How many runs of chunks make up the content; 0 when its own chunks are all there is.
  package var segments: Int
  /// How the message is taken apart when it is sent, as its author wrote it; `nil` for one that leaves in one request.
  package var layout: String?
  /// What was changed of it when it was accepted, in sentences.
  package var changes: [String] = []
  /// What its SMTP client asks of failure reports, as its author wrote it; `nil` when it asks for nothing.
  package var reportRequest: String?
  /// Whether its copy stays in Sent Items.
  package var keepsCopy = true
  package var idempotencyKey: String?
  package var created: Instant
  /// When it was sent, failed or was cancelled; `nil` while it has a row in the queue.
  package var settled: Instant?

  package init(
    workspace: WorkspaceID, id: QueueID, account: AccountID, source: String, messageID: String,
    envelopeFrom: String, envelopeTo: [String], subject: String?, size: Int, chunks: Int, segments: Int = 0,
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
    self.segments = segments
    self.idempotencyKey = idempotencyKey
    self.created = created
  }

  /// Whether one chunk holds all of its content.
  package var isShort: Bool { chunks == 1 && segments == 0 }
}

/// What a message needs to know of its account.
package struct SenderRecord: Sendable, Hashable {
  /// What the owner has decided about messages whose outcome cannot be found out.
  package var unknownOutcome: UnknownOutcome
  package var pacing: Pacing
  /// The tenant of the token, if it is known, and the one that the app names.
  package var tenants: [String]
}

extension OutgoingMessageRecord {
  static let columns: SQL = """
    workspace, id, account, source, message_id, exchange_message_id, envelope_from, envelope_to, subject, size,
    chunks, segments, layout, keep_copy, changes, report_request, idempotency_key, created, settled
    """

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    account = try row.identifier("account")
    source = try row.text("source")
    messageID = try row.text("message_id")
    exchangeMessageID = try row.optionalText("exchange_message_id")
    envelopeFrom = try row.text("envelope_from")
    envelopeTo = try row.text("envelope_to").split(separator: "\n").map(String.init)
    subject = try row.optionalText("subject")
    size = Int(try row.integer("size"))
    chunks = Int(try row.integer("chunks"))
    segments = Int(try row.integer("segments"))
    layout = try row.optionalText("layout")
    keepsCopy = try row.bool("keep_copy")
    changes = try row.optionalText("changes")?.split(separator: "\n").map(String.init) ?? []
    reportRequest = try row.optionalText("report_request")
    idempotencyKey = try row.optionalText("idempotency_key")
    created = try row.instant("created")
    settled = try row.optionalInstant("settled")
  }
}

extension Transaction {
  /// Binds the chunks that were stored under the message's identifier.
  package func insert(_ message: OutgoingMessageRecord) throws {
    try execute(
      Statement.insert, message.workspace, message.id, message.account, message.source, message.messageID,
      message.exchangeMessageID, message.envelopeFrom,
      // An address holds no line feed.
      message.envelopeTo.joined(separator: "\n"), message.subject, message.size, message.chunks,
      message.segments, message.layout, message.keepsCopy,
      message.changes.isEmpty ? nil : message.changes.joined(separator: "\n"), message.reportRequest,
      message.idempotencyKey, message.created, message.settled)
  }

  package func message(_ workspace: WorkspaceID, _ id: QueueID) throws -> OutgoingMessageRecord? {
    try row(Statement.select, workspace, id, as: OutgoingMessageRecord.init(_:))
  }

  /// Messages that have this Message-ID, ours or Exchange's, with its angle brackets: of more than one only
  /// where a client has chosen it twice.
  package func messages(
    _ workspace: WorkspaceID, messageID: String
  ) throws -> [OutgoingMessageRecord] {
    try rows(Statement.byMessageID, workspace, messageID, as: OutgoingMessageRecord.init(_:))
  }

  /// Exchange has replaced the Message-ID.
  package func setExchangeMessageID(_ messageID: String, of id: QueueID, in workspace: WorkspaceID) throws {
    try execute(
      "UPDATE message SET exchange_message_id = $3 WHERE workspace = $1 AND id = $2", workspace, id, messageID
    )
  }

  /// The account of a queued message; `nil` when it is gone. One of another mailbox or client that got its id
  /// only after the message was accepted is another account; one that has changed since is not.
  package func sender(of queue: QueueRecord) throws -> SenderRecord? {
    try row(Statement.sender, queue.workspace, queue.account) { (row: Row) -> SenderRecord? in
      if try LaneKey(ofAccount: row) != queue.lane, try row.instant("created") > queue.created { return nil }
      return SenderRecord(
        unknownOutcome: try row.value("unknown_outcome"), pacing: try row.pacing(),
        tenants: [try row.optionalText("tenant_id"), try row.text("authority")].compactMap(\.self))
    } ?? nil
  }
}

// Forgetting
extension Transaction {
  /// Deletes the content of a settled message with its attempts and its place in the queue. The message
  /// itself stays, with its Message-IDs and its recipients. Chunks after the first are to be deleted before.
  package func deleteContent(of id: QueueID, in workspace: WorkspaceID) throws {
    try execute(Statement.outlive, workspace, id)
    try execute(
      "DELETE FROM queue WHERE workspace = $1 AND id = $2 AND state >= \(QueueState.done)", workspace, id)
    try execute("DELETE FROM attempt WHERE workspace = $1 AND queue = $2", workspace, id)
    try execute("DELETE FROM message_segment WHERE workspace = $1 AND message = $2", workspace, id)
    try execute("DELETE FROM chunk WHERE workspace = $1 AND segment = $2", workspace, id)
  }

  /// Forgets up to `limit` messages that were settled before `bound` and have no content any more, and what
  /// became of their recipients; returns how many.
  package func deleteOutcomes(before bound: Instant, limit: Int) throws -> Int {
    let messages = try rows(
      "SELECT workspace, id FROM message WHERE settled < $1 ORDER BY settled LIMIT $2", bound, limit
    ) { (workspace: try $0.identifier("workspace") as WorkspaceID, id: try $0.identifier("id") as QueueID) }
    for message in messages {
      try execute(
        "DELETE FROM recipient WHERE workspace = $1 AND message = $2", message.workspace, message.id)
      try execute("DELETE FROM message WHERE workspace = $1 AND id = $2", message.workspace, message.id)
    }
    return messages.count
  }
}

private enum Statement {
  static let insert = SQL.insert(into: "message", columns: OutgoingMessageRecord.columns)
  static let select: SQL = """
    SELECT \(OutgoingMessageRecord.columns) FROM message WHERE workspace = $1 AND id = $2
    """
  static let byMessageID: SQL = """
    SELECT \(OutgoingMessageRecord.columns) FROM message WHERE workspace = $1 AND message_id = $2
    UNION
    SELECT \(OutgoingMessageRecord.columns) FROM message WHERE workspace = $1 AND exchange_message_id = $2
    ORDER BY created
    """
  static let sender: SQL = """
    SELECT mailbox, client_id, account.created, unknown_outcome, tenant_id, authority, pacing FROM account
    JOIN oauth2_app ON oauth2_app.workspace = app_workspace AND oauth2_app.id = app
    WHERE account.workspace = $1 AND account.id = $2
    """
  static let outlive: SQL = """
    UPDATE message SET chunks = 0, segments = 0, layout = NULL, settled =
      (SELECT settled FROM queue WHERE queue.workspace = $1 AND queue.id = $2)
    WHERE workspace = $1 AND id = $2
    """
}
