package import Core

/// The place of one chunk: which segment, which part of it, counted from 0.
package struct ChunkKey: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var segment: SegmentID
  package var sequence: Int

  package init(_ workspace: WorkspaceID, _ segment: SegmentID, _ sequence: Int) {
    self.workspace = workspace
    self.segment = segment
    self.sequence = sequence
  }

  /// Of a message's own bytes.
  package init(_ workspace: WorkspaceID, _ message: QueueID, _ sequence: Int) {
    self.init(workspace, SegmentID(of: message), sequence)
  }

  /// Bytes in a chunk, at most. Larger ones delay other writers for longer and are stored no faster.
  package static var size: Int { 256 * 1024 }
}

extension Transaction {
  package func insertChunk(_ key: ChunkKey, _ data: [UInt8]) throws {
    try execute(Statement.insert, key.workspace, key.segment, key.sequence, data)
  }

  package func chunk(_ key: ChunkKey) throws -> [UInt8]? {
    try row(Statement.select, key.workspace, key.segment, key.sequence) { try $0.bytes("data") }
  }

  package func deleteChunk(_ key: ChunkKey) throws {
    try execute(Statement.delete, key.workspace, key.segment, key.sequence)
  }

  /// Chunks that belong to nothing, with identifiers created before `bound`: of messages that were never
  /// accepted, and of segments that are gone.
  package func unboundChunks(before bound: Instant, limit: Int) throws -> [ChunkKey] {
    // Identifiers sort by the time of their making behind their prefix.
    let own = try rows(
      Statement.ownUnbound, QueueKind.prefix, QueueID.make(at: bound), limit, as: ChunkKey.init(_:))
    let shared = try rows(
      Statement.sharedUnbound, SegmentKind.prefix, SegmentID.make(at: bound), limit, as: ChunkKey.init(_:))
    return own + shared
  }
}

extension ChunkKey {
  fileprivate init(_ row: Row) throws {
    self.init(
      try row.identifier("workspace"), try row.identifier("segment") as SegmentID,
      Int(try row.integer("sequence")))
  }
}

private enum Statement {
  static let insert = SQL.insert(into: "chunk", columns: "workspace, segment, sequence, data")
  static let select: SQL = "SELECT data FROM chunk WHERE \(isKey)"
  static let delete: SQL = "DELETE FROM chunk WHERE \(isKey)"
  private static let isKey: SQL = "workspace = $1 AND segment = $2 AND sequence = $3"

  static let ownUnbound: SQL = """
    \(old) AND NOT EXISTS
      (SELECT 1 FROM message WHERE message.workspace = chunk.workspace AND message.id = chunk.segment)
    LIMIT $3
    """
  static let sharedUnbound: SQL = """
    \(old) AND NOT EXISTS
      (SELECT 1 FROM segment WHERE segment.workspace = chunk.workspace AND segment.id = chunk.segment)
    LIMIT $3
    """
  private static let old: SQL = """
    SELECT workspace, segment, sequence FROM chunk WHERE segment > $1 AND segment < $2
    """
}
