import Core
import Store
import StoreTesting
import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(10))) struct SweepTests {
  @Test(arguments: StoreEngine.allCases)
  func `what was sent is forgotten after a week, what waits is not`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(
        FakeMailbox { call, before in
          call.step == .create && before == 2 ? .refuse(Failure.refused) : .act
        })
      let long = String(repeating: "x", count: 700_000)
      let key = IdempotencyKey(key: "k", bodyHash: [1])
      let settled = try await outbox.running {
        var settled: [QueueID] = []
        for text in ["short", long, "refused"] {
          let id = try await outbox.submitSample(text: text, key: text == "short" ? key : nil)
          try await bench.until(outbox, id, text == "refused" ? .failed : .done)
          settled.append(id)
        }
        return settled
      }
      bench.time.advance(by: .seconds(7 * 86_400 - 3600))
      let waiting = try await outbox.submitSample()
      try await outbox.sweepOnce()
      for id in settled { _ = try await outbox.entry(id) }
      bench.time.advance(by: .seconds(7200))
      try await outbox.sweepOnce()
      for id in settled {
        await #expect(throws: Problem.self) { try await outbox.entry(id) }
        let parts = try await bench.store.read { (tx: borrowing Transaction) in
          try (0..<3).compactMap { try tx.chunk(ChunkKey(.default, id, $0)) }.count
        }
        #expect(parts == 0)
        let attempts = try await bench.store.read { (tx: borrowing Transaction) in
          try tx.attempts(.default, id).count
        }
        #expect(attempts == 0)
      }
      #expect(try await outbox.entry(waiting).state == .ready)
      #expect(try await !bench.content(of: waiting).isEmpty)
      // Its message is gone, and so is the key.
      #expect(try await outbox.submit(.sample(key: key)).idempotency == .miss)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `events go after a month, except an account's last, whose number is not given again`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let outbox = bench.outbox(FakeMailbox())
      for account in ["anna", "anna", "bert", "bert"] { try await outbox.submitSample(from: account) }
      bench.time.advance(by: .seconds(29 * 86_400))
      try await outbox.submitSample()
      try await outbox.sweepOnce()
      #expect(try await bench.events().count == 3)
      bench.time.advance(by: .seconds(2 * 86_400))
      try await outbox.sweepOnce()
      let left = try await bench.store.read { (tx: borrowing Transaction) in
        try ["anna", "bert"].map { try tx.events(.default, AccountID($0), limit: 10).map(\.sequence) }
      }
      #expect(left == [[3], [2]])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a draft that cannot be deleted keeps no other from it, and is tried ever more seldom`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let stuck = FakeMailbox { call, _ in
        switch call.step {
        case .send: .refuse(Failure.refused)
        case .delete: .refuse(Failure.unavailable)
        default: .act
        }
      }
      let other = FakeMailbox { call, _ in call.step == .send ? .refuse(Failure.refused) : .act }
      let outbox = bench.outbox(configure: { $0.errandLimit = 1 }) { _, account in
        account.rawValue == "anna" ? stuck : other
      }
      try await outbox.running {
        for account in ["anna", "bert"] {
          let id = try await outbox.submitSample(from: account)
          try await bench.until(outbox, id, .failed)
          await bench.pass(.seconds(1))
        }
        for _ in 0..<2 { await bench.pass(.seconds(60)) }
        await bench.time.untilSleeping(4)
        #expect(other.drafts.isEmpty)
        let tried = stuck.steps.count { $0 == .delete }
        #expect(tried > 0)
        await bench.pass(.seconds(86_400))
        for _ in 0..<10 { await bench.pass(.seconds(60)) }
        await bench.time.untilSleeping(4)
        #expect(stuck.steps.count { $0 == .delete } == tried + 1)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `parts of a message that was never accepted go after a day`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let kept = try await outbox.submitSample(text: String(repeating: "x", count: 700_000))
      let lost = QueueID.make(at: bench.time.now)
      bench.time.advance(by: .seconds(82_800))
      let young = QueueID.make(at: bench.time.now)
      try await bench.store.write { (tx: borrowing Transaction) in
        for id in [lost, young] { try tx.insertChunk(ChunkKey(.default, id, 0), [1, 2, 3]) }
      }
      bench.time.advance(by: .seconds(7200))
      try await outbox.sweepOnce()
      let left = try await bench.store.read { (tx: borrowing Transaction) in
        try [lost, young, kept].map { try tx.chunk(ChunkKey(.default, $0, 0)) != nil }
      }
      #expect(left == [false, true, true])
    }
  }
}
