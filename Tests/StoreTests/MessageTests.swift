import Core
import StoreTesting
import Testing

@testable import Store

/// A message with its recipients, its content and its Message-IDs.
@Suite struct MessageTests {
  private static let now = Instant(microseconds: 1_000_000)

  private static func message(_ id: String, segments: Int = 0, chunks: Int = 1) -> OutgoingMessageRecord {
    OutgoingMessageRecord(
      workspace: .default, id: QueueID(id), account: AccountID("a"), source: "api",
      messageID: "<\(id)@x.example>", envelopeFrom: "a@x.example", envelopeTo: [], subject: nil, size: 1,
      chunks: chunks, segments: segments, idempotencyKey: nil, created: now)
  }

  @Test(arguments: StoreEngine.allCases, [0, 1, 2, 3, 7, 64, 129, 1000])
  func `recipients keep their order, however many`(engine: StoreEngine, count: Int) async throws {
    let now = Self.now
    let recipients = (0..<count).map {
      RecipientRecord(
        address: "r\($0)@x.example", role: RecipientRole.allCases[$0 % 4], updated: now)
    }
    try await withStore(engine) { store in
      let (stored, settled) = try await store.write { (tx: borrowing Transaction) in
        try tx.insert(recipients, of: QueueID("m"), in: .default, at: now)
        try tx.insert(recipients.prefix(1) + [], of: QueueID("other"), in: .default, at: now)
        let stored = try tx.recipients(of: QueueID("m"), in: .default)
        try tx.settleRecipients(of: QueueID("m"), in: .default, as: .sent, at: now + .seconds(1))
        return (stored, try tx.recipients(of: QueueID("m"), in: .default))
      }
      #expect(stored == recipients)
      #expect(settled.allSatisfy { $0.state == .sent && $0.updated == now + .seconds(1) })
      #expect(settled.count == count)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message is found by our Message-ID and by Exchange's`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let found = try await store.write { (tx: borrowing Transaction) in
        for id in ["one", "two"] { try tx.insert(Self.message(id)) }
        try tx.setExchangeMessageID("<DB9P@exchange.example>", of: QueueID("one"), in: .default)
        return try ["<one@x.example>", "<DB9P@exchange.example>", "<two@x.example>", "<three@x.example>"].map
        {
          try tx.messages(.default, messageID: $0).map(\.id.rawValue)
        }
      }
      #expect(found == [["one"], ["one"], ["two"], []])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the content of a message is its segments in order`(engine: StoreEngine) async throws {
    let (now, shared) = (Self.now, SegmentID("seg_1"))
    try await withStore(engine) { store in
      let keys = try await store.write { (tx: borrowing Transaction) in
        try tx.insert(SegmentRecord(workspace: .default, id: shared, kind: .attachment, created: now))
        #expect(try tx.complete(shared, in: .default, size: 9, chunks: 2, at: now))
        for sequence in 0..<2 { try tx.insertChunk(ChunkKey(.default, shared, sequence), [1, 2, 3]) }
        return try ["one", "two"].map { id in
          let own = SegmentID(of: QueueID(id))
          for sequence in 0..<3 {
            try tx.insertChunk(ChunkKey(.default, own, sequence), Array(repeating: 0, count: sequence))
          }
          let message = Self.message(id, segments: 3, chunks: 3)
          try tx.insert(message)
          try tx.insert(
            [
              SegmentRun(own, chunks: 1), SegmentRun(shared, chunks: 2),
              SegmentRun(own, firstChunk: 1, chunks: 2),
            ], of: message.id, in: .default, at: now)
          return try tx.contentExtents(of: message).map { "\($0.key.segment) \($0.key.sequence) \($0.size)" }
        }
      }
      #expect(
        keys == ["one", "two"].map { ["\($0) 0 0", "seg_1 0 3", "seg_1 1 3", "\($0) 1 1", "\($0) 2 2"] })
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message is not bound to content that is not all there`(engine: StoreEngine) async throws {
    let (now, segment) = (Self.now, SegmentID("seg_1"))
    try await withStore(engine) { store in
      try await store.write { (tx: borrowing Transaction) in
        try tx.insert(SegmentRecord(workspace: .default, id: segment, kind: .upload, created: now))
      }
      for id in [segment, SegmentID("seg_2")] {
        let problem = await #expect(throws: Problem.self) {
          try await store.write { (tx: borrowing Transaction) in
            try tx.insert([SegmentRun(id, chunks: 1)], of: QueueID("m"), in: .default, at: now)
          }
        }
        #expect(problem?.code == .storeFailed)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a segment goes when no message has it any more, and not before`(engine: StoreEngine) async throws {
    let (now, segment) = (Self.now, SegmentID("seg_1"))
    let day = Duration.seconds(86_400)
    try await withStore(engine) { store in
      try await store.write { (tx: borrowing Transaction) in
        try tx.insert(SegmentRecord(workspace: .default, id: segment, kind: .attachment, created: now))
        _ = try tx.complete(segment, in: .default, size: 1, chunks: 1, at: now)
        try tx.insertChunk(ChunkKey(.default, segment, 0), [1])
        try tx.insert(Self.message("m", segments: 1, chunks: 0))
        try tx.insert(
          [SegmentRun(segment, chunks: 1)], of: QueueID("m"), in: .default, at: now + .seconds(7200))
      }
      let deleted = try await store.write { (tx: borrowing Transaction) in
        let bound = try tx.deleteSegments(before: now + day * 9, limit: 10)
        try tx.deleteContent(of: QueueID("m"), in: .default)
        // Used two hours after it was made.
        let used = try tx.deleteSegments(before: now + .seconds(7200), limit: 10)
        let left = try tx.deleteSegments(before: now + .seconds(7201), limit: 10)
        return [bound, used, left]
      }
      #expect(deleted == [0, 0, 1])
    }
  }
}
