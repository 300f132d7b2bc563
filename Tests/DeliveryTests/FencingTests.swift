import Core
import Store
import StoreTesting
import Testing

@testable import Delivery
@testable import Queue

@Suite(.timeLimit(.minutes(10))) struct FencingTests {
  @Test(arguments: StoreEngine.allCases)
  func `an owner that slept through its lease can change nothing`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let id = try await outbox.submitSample()
      let now = bench.time.now
      let (lease, row) = try await bench.store.write { (tx: borrowing Transaction) in
        let lease = try #require(
          try tx.leaseLanes(.mail, owner: NodeID("one"), now: now, length: .zero, limit: 10).first)
        return (lease, try #require(try tx.claim(lease, limit: 4).first))
      }
      #expect(row.id == id)
      #expect(row.attempts == 1)
      let taken = try await bench.store.write { (tx: borrowing Transaction) in
        try tx.leaseLanes(.mail, owner: NodeID("two"), now: now, length: .seconds(60), limit: 10).first
      }
      #expect(taken?.epoch == lease.epoch + 1)
      let settlement = QueueSettlement(state: .done, due: now, progress: "fresh")
      await #expect(throws: LeaseLost.self) {
        try await bench.store.write { (tx: borrowing Transaction) in
          try tx.record("creating", of: row, under: lease)
        }
      }
      await #expect(throws: LeaseLost.self) {
        try await bench.store.write { (tx: borrowing Transaction) in
          try tx.settle(row, settlement, under: lease, at: now)
        }
      }
      await #expect(throws: LeaseLost.self) {
        try await bench.store.write { (tx: borrowing Transaction) in
          try tx.hold(lease, length: .seconds(60))
        }
      }
      let claimed = try await bench.store.write { (tx: borrowing Transaction) in
        try tx.claim(lease, limit: 4).count
      }
      #expect(claimed == 0)
      let stored = try await bench.store.read { (tx: borrowing Transaction) in
        try tx.queueRecord(.default, id)
      }
      #expect(stored?.progress == "fresh")
      #expect(stored?.state == .active)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a lane belongs to one node until its lease runs out or its node restarts`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      try await outbox.submitSample()
      let now = bench.time.now
      let lease = { @Sendable (node: String, length: Duration) in
        try await bench.store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
          try tx.leaseLanes(.mail, owner: NodeID(node), now: now, length: length, limit: 10)
        }
      }
      #expect(try await lease("one", .seconds(60)).count == 1)
      #expect(try await lease("two", .seconds(60)).isEmpty)
      #expect(try await lease("one", .seconds(60)).isEmpty)
      try await bench.store.write { (tx: borrowing Transaction) in
        try tx.reclaimLanes(.mail, of: NodeID("two"))
      }
      #expect(try await lease("two", .seconds(60)).isEmpty)
      try await bench.store.write { (tx: borrowing Transaction) in
        try tx.reclaimLanes(.mail, of: NodeID("one"))
      }
      #expect(try await lease("one", .seconds(60)).first?.epoch == 3)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a paused owner sends nothing after it was replaced`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let (gate, wake) = AsyncStream.makeStream(of: Void.self)
      let mailbox = FakeMailbox { call, before in
        // The first owner falls asleep while its draft is being made.
        if call.step == .create, before == 0 { for await _ in gate { break } }
        return .act
      }
      let first = bench.outbox(mailbox, node: "one") { $0.queue.lease = .microseconds(3) }
      let second = bench.outbox(mailbox, node: "two")
      try await first.running {
        let id = try await first.submitSample()
        try await eventually { mailbox.steps == [.create] }
        try await second.running {
          try await bench.until(second, id, .deferred)
          wake.yield()
          try await eventually { mailbox.drafts.count == 1 }
          await bench.pass(.seconds(121), nodes: 2)
          let entry = try await bench.until(second, id, .done)
          #expect(mailbox.steps == [.create, .lookUp, .send])
          #expect(mailbox.sent == [id.rawValue])
          #expect(entry.history.map(\.verdict) == ["interrupted", "sent"])
        }
      }
    }
  }
}
