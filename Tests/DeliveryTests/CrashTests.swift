import Backends
import Core
import Store
import StoreTesting
import Synchronization
import Testing

@testable import Delivery
@testable import Queue

/// The owner dies at every point; the next one finishes the work: nothing lost, nothing sent twice.
@Suite(.timeLimit(.minutes(10))) struct CrashTests {
  struct Crash: Sendable, CustomTestStringConvertible {
    var step: FakeMailbox.Step
    /// Whether Microsoft did what was asked before we died.
    var acts: Bool
    var testDescription: String { "\(step.rawValue), \(acts ? "done" : "not done")" }
  }

  static let crashes = [FakeMailbox.Step.create, .send].flatMap { step in
    [true, false].map { Crash(step: step, acts: $0) }
  }

  @Test(arguments: StoreEngine.allCases, crashes)
  func `a restarted node finishes what it was doing`(engine: StoreEngine, crash: Crash) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == crash.step && before == 0 ? .hang(acts: crash.acts) : .act
      }
      let first = bench.outbox(mailbox)
      let id = try await first.running {
        let id = try await first.submitSample()
        try await eventually { mailbox.steps.last == crash.step }
        return id
      }
      try await expectFinished(bench, mailbox, id, node: "one")
    }
  }

  @Test(arguments: StoreEngine.allCases, crashes)
  func `another node takes over when the lease has run out`(engine: StoreEngine, crash: Crash) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == crash.step && before == 0 ? .hang(acts: crash.acts) : .act
      }
      let first = bench.outbox(mailbox) { $0.queue.lease = .microseconds(3) }
      let id = try await first.running {
        let id = try await first.submitSample()
        try await eventually { mailbox.steps.last == crash.step }
        return id
      }
      try await expectFinished(bench, mailbox, id, node: "two")
    }
  }

  private func expectFinished(
    _ bench: Bench, _ mailbox: FakeMailbox, _ id: QueueID, node: String
  ) async throws {
    let second = bench.outbox(mailbox, node: node)
    try await second.running {
      let waiting = try await bench.until(second, id, .deferred)
      #expect(waiting.nextAttempt == bench.time.now + .seconds(120))
      let calls = mailbox.calls.count
      await bench.pass(.seconds(119))
      await bench.time.untilSleeping(4)
      #expect(mailbox.calls.count == calls, "it does not look before the wait is over")
      await bench.pass(.seconds(2))
      let entry = try await bench.until(second, id, .done)
      #expect(mailbox.sent == [id.rawValue])
      #expect(mailbox.drafts.isEmpty)
      #expect(entry.history.map(\.verdict) == ["interrupted", "sent"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a crash before anything was asked costs no wait`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let (asked, continuation) = AsyncStream.makeStream(of: Void.self)
      let first = bench.outbox { _, _ in
        continuation.yield()
        try await untilCancelled()
      }
      let id = try await first.running {
        let id = try await first.submitSample()
        for await _ in asked { break }
        return id
      }
      let second = bench.outbox(mailbox)
      try await second.running { _ = try await bench.until(second, id, .done) }
      #expect(mailbox.sent == [id.rawValue])
    }
  }

  @Test(arguments: StoreEngine.allCases, [FakeMailbox.Step.create, .send])
  func `a crash while a token is fetched or a place is waited for costs no wait and no look`(
    engine: StoreEngine, step: FakeMailbox.Step
  ) async throws {
    try await Bench.run(engine) { bench in
      let (fetching, continuation) = AsyncStream.makeStream(of: Void.self)
      let readiness = Readiness {
        continuation.yield()
        try await untilCancelled()
      }
      let mailbox = FakeMailbox(readiness: readiness) { call, before in
        if step == .send, call.step == .create, before == 1 {
          readiness.isReady.store(false, ordering: .relaxed)
        }
        return .act
      }
      let first = bench.outbox(mailbox)
      let (sent, waiting) = try await first.running {
        let sent = try await first.submitSample()
        // From now on a claim records the first step.
        try await bench.until(first, sent, .done)
        if step == .create { readiness.isReady.store(false, ordering: .relaxed) }
        let waiting = try await first.submitSample()
        for await _ in fetching { break }
        return (sent, waiting)
      }
      let row = try await bench.store.read { (tx: borrowing Transaction) in
        try tx.queueRecord(.default, waiting)
      }
      #expect(row?.progress == (step == .create ? "fresh" : "drafted AAMk=2"))
      readiness.isReady.store(true, ordering: .relaxed)
      let second = bench.outbox(mailbox)
      try await second.running { _ = try await bench.until(second, waiting, .done) }
      #expect(mailbox.steps == [.create, .send, .create, .send])
      #expect(mailbox.sent == [sent.rawValue, waiting.rawValue])
    }
  }

  @Test(arguments: StoreEngine.allCases, [true, false])
  func `without a look the message is held after a crash`(engine: StoreEngine, acts: Bool) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox(abilities: .submission) { _, before in
        before == 0 ? .hang(acts: acts) : .act
      }
      let first = bench.outbox(mailbox)
      let id = try await first.running {
        let id = try await first.submitSample()
        try await eventually { mailbox.steps == [.submit] }
        return id
      }
      let second = bench.outbox(mailbox)
      try await second.running {
        try await bench.until(second, id, .deferred)
        await bench.pass(.seconds(121))
        let entry = try await bench.until(second, id, .held)
        #expect(entry.problem?.code == "delivery.unknownOutcome")
        #expect(mailbox.steps == [.submit])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `many crashes in a row lose and double nothing`(engine: StoreEngine) async throws {
    let accounts = ["anna", "bert", "carl"]
    try await Bench.run(engine, accounts: accounts) { bench in
      let calm = Atomic(false)
      let mailbox = FakeMailbox { _, _ in
        switch calm.load(ordering: .relaxed) ? 9 : Int.random(in: 0..<10) {
        case 0: .hang(acts: true)
        case 1: .hang(acts: false)
        case 2: .loseReply
        case 3: .refuse(Failure.unavailable)
        default: .act
        }
      }
      var ids: [String] = []
      for _ in 0..<10 {
        let outbox = bench.outbox(mailbox)
        try await outbox.running {
          await bench.pass(.seconds(130))
          let before = mailbox.calls.count
          for account in accounts {
            for _ in 0..<4 { ids.append(try await outbox.submitSample(from: account).rawValue) }
          }
          // Each lane has four places and four messages; however many calls hang, so many come.
          try await eventually { mailbox.calls.count >= before + 12 }
        }
      }
      calm.store(true, ordering: .relaxed)
      let last = bench.outbox(mailbox)
      try await last.running {
        while try await last.entries(PageRequest()).total > 0 { await bench.pass(.seconds(10)) }
      }
      #expect(mailbox.sent.sorted() == ids.sorted())
      #expect(mailbox.drafts.isEmpty)
    }
  }
}
