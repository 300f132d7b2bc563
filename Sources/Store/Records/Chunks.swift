package import Core

/// The place of one chunk: which message, which part of it, counted from 0.
package struct ChunkKey: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var message: QueueID
  package var sequence: Int

  package init(_ workspace: WorkspaceID, _ message: QueueID, _ sequence: Int) {
    self.workspace = workspace
    self.message = message
    self.sequence = sequence
  }

  /// Bytes in each chunk but the last. Larger ones hold up the other writers for longer and store no faster.
  package static var size: Int { 256 * 1024 }
}

extension Transaction {
  package func insertChunk(_ key: ChunkKey, _ data: [UInt8]) throws {
    try execute(
      "INSERT INTO chunk (workspace, message, sequence, data) VALUES ($1, $2, $3, $4)",
      key.workspace, key.message, key.sequence, data)
  }

  package func chunk(_ key: ChunkKey) throws -> [UInt8]? {
    try row(
      "SELECT data FROM chunk WHERE workspace = $1 AND message = $2 AND sequence = $3",
      key.workspace, key.message, key.sequence
    ) { try $0.bytes("data") }
  }

  package func deleteChunk(_ key: ChunkKey) throws {
    try execute(
      "DELETE FROM chunk WHERE workspace = $1 AND message = $2 AND sequence = $3",
      key.workspace, key.message, key.sequence)
  }

  /// Chunks whose message was never accepted, of identifiers that sort before `bound`, and so were made before
  /// it.
  package func unboundChunks(before bound: QueueID, limit: Int) throws -> [ChunkKey] {
    try rows(
      """
      SELECT workspace, message, sequence FROM chunk
      WHERE message < $1 AND NOT EXISTS
        (SELECT 1 FROM message WHERE message.workspace = chunk.workspace AND message.id = chunk.message)
      LIMIT $2
      """, bound, limit
    ) {
      ChunkKey(
        try $0.identifier("workspace"), try $0.identifier("message"), Int(try $0.integer("sequence")))
    }
  }
}
