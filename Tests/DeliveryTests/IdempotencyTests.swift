import Core
import MIME
import StoreTesting
import Testing

@testable import Delivery
@testable import Store

/// A key is leased before content is stored, and stands for a message once that is accepted.
@Suite(.timeLimit(.minutes(10))) struct IdempotencyTests {
  private static let anna = AccountID("anna")

  @Test(arguments: StoreEngine.allCases)
  func `while a request is being received a repeat is told to come back`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let reservation = try await outbox.reserved("k")
      let attempts: [@Sendable () async throws -> Void] = [
        { _ = try await outbox.reserve("k", account: Self.anna) },
        { _ = try await outbox.submit(.sample(key: IdempotencyKey(key: "k", bodyHash: [1]))) },
      ]
      for attempt in attempts {
        let problem = await #expect(throws: Problem.self) { try await attempt() }
        #expect(problem?.code == .idempotencyInProgress)
        guard case .safe(let rest?) = problem?.retry else {
          Issue.record("\(String(describing: problem?.retry))")
          continue
        }
        #expect(rest > .seconds(30) && rest <= .seconds(60))
      }
      #expect(try await outbox.entries(PageRequest()).total == 0)
      // Other keys and other accounts' keys are free.
      _ = try await outbox.reserved("other")
      let key = IdempotencyKey(key: "k", bodyHash: [1])
      let receipt = try await outbox.submit(.sample(key: key), reservation: reservation)
      #expect(receipt.idempotency == .miss)
      #expect(try await outbox.submit(.sample(key: key)).queueID == receipt.queueID)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a repeat is recognised by its body's hash once that is known`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let receipt = try await outbox.submit(.sample(key: IdempotencyKey(key: "k", bodyHash: [1])))
      guard case .accepted(let earlier) = try await outbox.reserve("k", account: Self.anna) else {
        Issue.record("reserved again")
        return
      }
      #expect(try earlier.receipt(for: [1]).queueID == receipt.queueID)
      #expect(try earlier.receipt(for: [1]).idempotency == .hit)
      let problem = #expect(throws: Problem.self) { try earlier.receipt(for: [2]) }
      #expect(problem?.code == .idempotencyMismatch)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a key is free again when its request is given up, its node restarts or its time is over`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      try await outbox.release(try await outbox.reserved("k"))
      _ = try await outbox.reserved("k")
      // Another node's restart changes nothing.
      try await bench.outbox(FakeMailbox(), node: "two").running { await bench.time.untilSleeping(4) }
      await #expect(throws: Problem.self) { try await outbox.reserved("k") }
      try await bench.outbox(FakeMailbox(), node: "one").running { await bench.time.untilSleeping(4) }
      let slow = try await outbox.reserved("k")
      try await bench.store.expireLeases()
      let quick = try await outbox.reserved("k")
      // Whoever was too slow does not get the key back, nor frees it.
      try await outbox.release(slow)
      let key = IdempotencyKey(key: "k", bodyHash: [1])
      let problem = await #expect(throws: Problem.self) {
        try await outbox.submit(.sample(key: key), reservation: slow)
      }
      #expect(problem?.code == .idempotencyInProgress)
      let receipt = try await outbox.submit(.sample(key: key), reservation: quick)
      // It is a repeat now.
      #expect(try await outbox.submit(.sample(key: key), reservation: slow).queueID == receipt.queueID)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `one whose lease has run out keeps the key when nobody else has asked for it`(engine: StoreEngine)
    async throws
  {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let reservation = try await outbox.reserved("k")
      try await bench.store.expireLeases()
      let key = IdempotencyKey(key: "k", bodyHash: [1])
      #expect(try await outbox.submit(.sample(key: key), reservation: reservation).idempotency == .miss)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `repeats of a long message leave nothing behind`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let long = String(repeating: "x", count: 700_000)
      let key = IdempotencyKey(key: "k", bodyHash: [1])
      let first = try await outbox.submit(.sample(text: long, key: key))
      let chunks = try await bench.store.count("chunk")
      #expect(chunks > 1)
      #expect(try await outbox.submit(.sample(text: long, key: key)).queueID == first.queueID)
      await #expect(throws: Problem.self) {
        try await outbox.submit(.sample(text: long, key: IdempotencyKey(key: "k", bodyHash: [2])))
      }
      #expect(try await bench.store.count("chunk") == chunks)
      // One that comes to nothing frees its key.
      var unknown = try Submission.sample(text: long, key: IdempotencyKey(key: "new", bodyHash: [1]))
      unknown.bcc = try (0..<1001).map { NamedAddress(address: try EmailAddress("p\($0)@example.com")) }
      await #expect(throws: Problem.self) { try await outbox.submit(unknown) }
      _ = try await outbox.reserved("new")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `of many at once with one key and a long body exactly one is taken`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let long = String(repeating: "x", count: 300_000)
      let taken = try await withThrowingTaskGroup(of: QueueID?.self) { group in
        for _ in 0..<16 { group.addTask { try await outbox.submitOnce(long, key: "k") } }
        return try await group.reduce(into: Set<QueueID>()) { if let id = $1 { $0.insert(id) } }
      }
      #expect(taken.count == 1)
      #expect(try await outbox.entries(PageRequest()).total == 1)
      #expect(try await bench.store.count("chunk") == 2)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `content that streams in keeps its key, until another has taken it`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let reservation = try await outbox.reserved("k")
      var writer = outbox.contentWriter(.upload, reservation: reservation)
      try await bench.store.expireLeases()
      try await writer.write([UInt8](repeating: 1, count: ChunkKey.size))
      await #expect(throws: Problem.self) { try await outbox.reserved("k") }
      try await bench.store.expireLeases()
      _ = try await outbox.reserved("k")
      let problem = await #expect(throws: Problem.self) { _ = try await writer.finish() }
      #expect(problem?.code == .idempotencyInProgress)
    }
  }
}

extension Outbox {
  /// `nil` while another request has the key.
  fileprivate func submitOnce(_ text: String, key: String) async throws -> QueueID? {
    do {
      return try await submit(.sample(text: text, key: IdempotencyKey(key: key, bodyHash: [1]))).queueID
    } catch let problem as Problem where problem.code == .idempotencyInProgress {
      return nil
    }
  }

  @discardableResult
  fileprivate func reserved(_ key: String) async throws -> IdempotencyReservation {
    switch try await reserve(key, account: AccountID("anna")) {
    case .reserved(let reservation): return reservation
    case .accepted(let earlier): throw Problem.idempotencyMismatch(earlier.key)
    }
  }
}

extension Store {
  /// As if a minute had passed on the database's clock.
  fileprivate func expireLeases() async throws {
    try await write { (tx: borrowing Transaction) in try tx.execute("UPDATE idempotency SET lease_until = 0")
    }
  }

  func count(_ table: SQL) async throws -> Int {
    try await read { (tx: borrowing Transaction) in
      Int(try tx.row("SELECT count(*) AS total FROM \(table)") { try $0.integer("total") } ?? 0)
    }
  }
}
