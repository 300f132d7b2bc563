package import Core
package import Store

/// Streams content into the database before its message is accepted, a chunk at a time, so that memory does
/// not grow with its size. What no message uses is deleted after a day.
package struct ContentWriter: Sendable {
  private let store: Store
  private let time: any Time
  private let reservation: IdempotencyReservation?
  private var record: SegmentRecord
  private var buffer: [UInt8] = []
  private var isStored = false

  init(
    _ record: SegmentRecord, store: Store, time: any Time, reservation: IdempotencyReservation?
  ) {
    self.record = record
    self.store = store
    self.time = time
    self.reservation = reservation
  }

  var segment: SegmentID { record.id }

  /// Returns when no more than a chunk's worth of bytes is in memory only.
  ///
  /// - Throws: `idempotency.inProgress` when another request has taken the key meanwhile.
  package mutating func write(_ bytes: [UInt8]) async throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(ChunkKey.size - buffer.count)
      buffer += part
      rest = rest.dropFirst(part.count)
      if buffer.count == ChunkKey.size { try await flush(isLast: false) }
    }
  }

  /// Returns when all of it is on disk.
  package mutating func finish() async throws -> SegmentRecord {
    try await flush(isLast: true)
    return record
  }

  private mutating func flush(isLast: Bool) async throws {
    let (now, chunk, isNew, lease) = (time.now, buffer, !isStored, reservation?.lease)
    var next = record
    let key = ChunkKey(record.workspace, record.id, record.chunks)
    if !chunk.isEmpty { next.chunks += 1 }
    next.size += chunk.count
    next.isComplete = isLast
    let (before, after) = (record, next)
    // All rows are new or this writer's own.
    try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      if let lease, let state = try tx.lease(lease, length: IdempotencyReservation.length, at: now) {
        throw Problem.idempotencyTaken(lease.name.key, state)
      }
      if isNew { try tx.insert(before) }
      if !chunk.isEmpty { try tx.insertChunk(key, chunk) }
      if isLast {
        _ = try tx.complete(
          after.id, in: after.workspace, size: after.size, chunks: after.chunks, at: now)
      }
    }
    record = next
    isStored = true
    buffer.removeAll(keepingCapacity: true)
  }
}

extension Outbox {
  /// For an attachment, encoded as it is in its message, or for an upload. With a reservation, whose key
  /// stays with its request for as long as content comes.
  package func contentWriter(
    _ kind: SegmentRecord.Kind, reservation: IdempotencyReservation? = nil,
    in workspace: WorkspaceID = .default
  ) -> ContentWriter {
    let now = time.now
    return ContentWriter(
      SegmentRecord(workspace: workspace, id: .make(at: now), kind: kind, created: now), store: store,
      time: time, reservation: reservation)
  }
}
