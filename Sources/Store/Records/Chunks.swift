package import Core

/// The place of one chunk: which letter, which part of it, counted from 0.
package struct ChunkKey: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var letter: QueueID
  package var sequence: Int

  package init(_ workspace: WorkspaceID, _ letter: QueueID, _ sequence: Int) {
    self.workspace = workspace
    self.letter = letter
    self.sequence = sequence
  }

  /// Bytes in each chunk but the last. Larger ones hold up the other writers for longer and store no faster.
  package static var size: Int { 256 * 1024 }
}

extension Transaction {
  package func insertChunk(_ key: ChunkKey, _ data: [UInt8]) throws {
    try execute(
      "INSERT INTO chunk (workspace, letter, sequence, data) VALUES ($1, $2, $3, $4)",
      key.workspace, key.letter, key.sequence, data)
  }

  package func chunk(_ key: ChunkKey) throws -> [UInt8]? {
    try row(
      "SELECT data FROM chunk WHERE workspace = $1 AND letter = $2 AND sequence = $3",
      key.workspace, key.letter, key.sequence
    ) { try $0.bytes("data") }
  }

  package func deleteChunk(_ key: ChunkKey) throws {
    try execute(
      "DELETE FROM chunk WHERE workspace = $1 AND letter = $2 AND sequence = $3",
      key.workspace, key.letter, key.sequence)
  }

  /// Chunks whose letter was never accepted, of identifiers that sort before `bound`, and so were made before
  /// it.
  package func unboundChunks(before bound: QueueID, limit: Int) throws -> [ChunkKey] {
    try rows(
      """
      SELECT workspace, letter, sequence FROM chunk
      WHERE letter < $1 AND NOT EXISTS
        (SELECT 1 FROM letter WHERE letter.workspace = chunk.workspace AND letter.id = chunk.letter)
      LIMIT $2
      """, bound, limit
    ) {
      ChunkKey(
        try $0.identifier("workspace"), try $0.identifier("letter"), Int(try $0.integer("sequence")))
    }
  }
}
