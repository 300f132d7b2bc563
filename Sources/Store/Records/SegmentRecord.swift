package import Core

/// Content that many messages may share: an attachment as it travels, an upload. The bytes are in its chunks.
package struct SegmentRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: SegmentID
  package var kind: Kind
  /// In bytes.
  package var size: Int
  package var chunks: Int
  /// Whether all of its bytes are here; only then may a message be bound to it.
  package var isComplete: Bool
  package var created: Instant
  /// About when a message was bound to it last.
  package var used: Instant

  /// Stored by its name.
  package enum Kind: String, Sendable, CaseIterable {
    /// An attachment, encoded as it is in the message.
    case attachment
    /// The body of a message that was submitted as a whole.
    case message
    /// What a client has uploaded.
    case upload
  }

  package init(workspace: WorkspaceID, id: SegmentID, kind: Kind, created: Instant) {
    self.workspace = workspace
    self.id = id
    self.kind = kind
    size = 0
    chunks = 0
    isComplete = false
    self.created = created
    used = created
  }
}

/// A run of chunks of one segment, as part of a message's content.
package struct SegmentRun: Sendable, Hashable {
  package var segment: SegmentID
  package var firstChunk: Int
  package var chunks: Int

  package init(_ segment: SegmentID, firstChunk: Int = 0, chunks: Int) {
    self.segment = segment
    self.firstChunk = firstChunk
    self.chunks = chunks
  }
}

extension SegmentID {
  /// The segment of a message's own bytes. It has no row: it belongs to this message alone.
  package init(of message: QueueID) { self.init(message.rawValue) }
}

extension SegmentRecord {
  static let columns: SQL = "workspace, id, kind, size, chunks, complete, created, used"

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    kind = try row.value("kind")
    size = Int(try row.integer("size"))
    chunks = Int(try row.integer("chunks"))
    isComplete = try row.bool("complete")
    created = try row.instant("created")
    used = try row.instant("used")
  }
}

extension Transaction {
  package func insert(_ segment: SegmentRecord) throws {
    try execute(
      Statement.insert, segment.workspace, segment.id, segment.kind.rawValue, segment.size, segment.chunks,
      segment.isComplete, segment.created, segment.used)
  }

  package func segment(_ workspace: WorkspaceID, _ id: SegmentID) throws -> SegmentRecord? {
    try row(Statement.select, workspace, id, as: SegmentRecord.init(_:))
  }

  /// Marks it as complete. Returns `false` when it no longer exists.
  package func complete(
    _ id: SegmentID, in workspace: WorkspaceID, size: Int, chunks: Int, at now: Instant
  ) throws -> Bool {
    try execute(
      """
      UPDATE segment SET complete = 1, size = $3, chunks = $4, used = $5 WHERE workspace = $1 AND id = $2
      """, workspace, id, size, chunks, now) == 1
  }

  /// Records how much of it is there so far. Returns `false` when it no longer exists.
  package func extend(
    _ id: SegmentID, in workspace: WorkspaceID, size: Int, chunks: Int, at now: Instant
  ) throws -> Bool {
    try execute(
      "UPDATE segment SET size = $3, chunks = $4, used = $5 WHERE workspace = $1 AND id = $2", workspace, id,
      size,
      chunks, now) == 1
  }

  /// Composes the content of a new message from these runs, in order. A message without runs consists of its own
  /// chunks.
  ///
  /// - Throws: `store.failed` when a shared segment is not there.
  package func insert(
    _ runs: [SegmentRun], of message: QueueID, in workspace: WorkspaceID, at now: Instant
  ) throws {
    for run in runs where run.segment != SegmentID(of: message) {
      try use(run.segment, in: workspace, at: now)
    }
    try insertUsed(runs, of: message, in: workspace)
  }

  /// The same for runs of segments that this transaction has used already.
  package func insertUsed(_ runs: [SegmentRun], of message: QueueID, in workspace: WorkspaceID) throws {
    for (position, run) in runs.enumerated() {
      try execute(
        Statement.insertRun, workspace, message, position, run.segment, run.firstChunk, run.chunks)
    }
  }

  /// Where the content of a message is, in order, and how many bytes each chunk has; fewer chunks than there should
  /// be when some are missing.
  package func contentExtents(of message: OutgoingMessageRecord) throws -> [(key: ChunkKey, size: Int)] {
    let runs =
      message.segments == 0
      ? [SegmentRun(SegmentID(of: message.id), chunks: message.chunks)]
      : try rows(Statement.runs, message.workspace, message.id) {
        SegmentRun(
          try $0.identifier("segment"), firstChunk: Int(try $0.integer("first_chunk")),
          chunks: Int(try $0.integer("chunks")))
      }
    return try extents(of: runs, in: message.workspace)
  }

  package func extents(
    of runs: [SegmentRun], in workspace: WorkspaceID
  ) throws -> [(key: ChunkKey, size: Int)] {
    try runs.flatMap { run in
      try rows(Statement.extents, workspace, run.segment, run.firstChunk, run.firstChunk + run.chunks) {
        (ChunkKey(workspace, run.segment, Int(try $0.integer("sequence"))), Int(try $0.integer("size")))
      }
    }
  }

  /// Keeps the segment from being swept until the caller's message is committed and long after. Most do not
  /// write: a thousand messages with one attachment would wait for each other.
  ///
  /// - Throws: `store.failed` when it is not there.
  package func use(_ id: SegmentID, in workspace: WorkspaceID, at now: Instant) throws {
    try execute(Statement.use, workspace, id, now, now - .seconds(3600))
    guard try segment(workspace, id)?.isComplete == true else { throw Problem.segmentMissing(id) }
  }

  /// Deletes it with its chunks, unless a message has it.
  package func deleteUnusedSegment(_ workspace: WorkspaceID, _ id: SegmentID) throws {
    guard try execute(Statement.deleteOne, workspace, id) == 1 else { return }
    try execute(Statement.deleteChunks, workspace, id)
  }

  /// Deletes up to `limit` segments that no message has and that were used last before `bound`, which is at
  /// least two hours ago; returns how many. Their chunks are unbound then, and swept like others.
  package func deleteSegments(before bound: Instant, limit: Int) throws -> Int {
    try execute(Statement.deleteUnused, bound, limit)
  }
}

private enum Statement {
  static let insert = SQL.insert(into: "segment", columns: SegmentRecord.columns)
  static let select: SQL = "SELECT \(SegmentRecord.columns) FROM segment WHERE workspace = $1 AND id = $2"
  static let insertRun = SQL.insert(
    into: "message_segment", columns: "workspace, message, position, segment, first_chunk, chunks")
  static let runs: SQL = """
    SELECT segment, first_chunk, chunks FROM message_segment WHERE workspace = $1 AND message = $2
    ORDER BY position
    """
  /// Neither engine reads the bytes for their number.
  static let extents: SQL = """
    SELECT sequence, length(data) AS size FROM chunk
    WHERE workspace = $1 AND segment = $2 AND sequence >= $3 AND sequence < $4 ORDER BY sequence
    """
  static let use: SQL = "UPDATE segment SET used = $3 WHERE workspace = $1 AND id = $2 AND used < $4"

  static let deleteOne: SQL = """
    DELETE FROM segment WHERE workspace = $1 AND id = $2 AND NOT EXISTS
      (SELECT 1 FROM message_segment WHERE workspace = $1 AND segment = $2)
    """
  static let deleteChunks: SQL = "DELETE FROM chunk WHERE workspace = $1 AND segment = $2"

  /// The time is asked again outside because PostgreSQL, having waited for one who uses it, looks only there.
  static let deleteUnused: SQL = """
    DELETE FROM segment WHERE used < $1 AND (workspace, id) IN
      (SELECT workspace, id FROM segment WHERE used < $1 AND NOT EXISTS
        (SELECT 1 FROM message_segment WHERE message_segment.workspace = segment.workspace
         AND message_segment.segment = segment.id)
       ORDER BY used LIMIT $2)
    """
}
