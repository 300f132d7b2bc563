import Core
import Logging
import ServiceLifecycle
import Store
import StoreTesting
import Synchronization
import Testing

@testable import Delivery

/// How the queue finds its work, and how it stops.
@Suite(.timeLimit(.minutes(10))) struct EngineTests {
  @Test(arguments: StoreEngine.allCases)
  func `a message is not kept waiting by a slow one in its lane`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .create && before == 0 ? .hang(acts: false) : .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        try await outbox.submitSample()
        try await eventually { mailbox.steps == [.create] }
        let quick = try await outbox.submitSample()
        try await bench.until(outbox, quick, .done)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message that another node took is found by polling`(engine: StoreEngine) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .create && before == 0 ? .hang(acts: false) : .act
      }
      let idle = bench.outbox(mailbox, node: "accepts only")
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        // One lane is busy, the other sleeps; either has to be looked at again.
        try await outbox.submitSample()
        try await eventually { mailbox.steps == [.create] }
        let ids = [try await idle.submitSample(), try await idle.submitSample(from: "bert")]
        await bench.pass(.seconds(1))
        for id in ids { try await bench.until(outbox, id, .done) }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `no more than four attempts are in flight in a lane`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let mailbox = FakeMailbox { call, _ in
        if call.step == .create { for await _ in gate { break } }
        return .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        var ids: [QueueID] = []
        for _ in 0..<12 { ids.append(try await outbox.submitSample()) }
        try await eventually { mailbox.calls.count == 4 }
        for _ in 0..<3 {
          await bench.pass(.seconds(1))
          await bench.time.untilSleeping(4)
        }
        #expect(mailbox.calls.count == 4)
        open.finish()
        for id in ids { try await bench.until(outbox, id, .done) }
        #expect(mailbox.mostInFlight == 4)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a graceful shutdown finishes what is in flight and starts nothing`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let mailbox = FakeMailbox { call, _ in
        if call.step == .send { for await _ in gate { break } }
        return .act
      }
      let outbox = bench.outbox(mailbox)
      let group = ServiceGroup(
        services: [outbox], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      let running = Task { try await group.run() }
      var ids: [QueueID] = []
      for _ in 0..<6 { ids.append(try await outbox.submitSample()) }
      try await eventually { mailbox.steps.count { $0 == .send } == 4 }
      await group.triggerGracefulShutdown()
      // The stop has reached the queue when its patience has begun.
      await bench.time.untilSleeping(5)
      open.finish()
      try await running.value
      #expect(mailbox.sent.count == 4)
      #expect(mailbox.drafts.isEmpty)
      let states = try await outbox.entries(PageRequest()).elements.map(\.state)
      #expect(states == [.ready, .ready])
      // The lane is free: another node need not wait for the lease.
      let other = bench.outbox(FakeMailbox(), node: "two")
      try await other.running { for id in ids { try await bench.until(other, id, .done) } }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a shutdown does not wait for a reply that never comes`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, _ in call.step == .send ? .hang(acts: true) : .act }
      let outbox = bench.outbox(mailbox)
      let group = ServiceGroup(
        services: [outbox], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
      let running = Task { try await group.run() }
      let id = try await outbox.submitSample()
      try await eventually { mailbox.steps.last == .send }
      await group.triggerGracefulShutdown()
      await bench.time.untilSleeping(5)
      bench.time.advance(by: .seconds(20))
      try await running.value
      // Its fate is open, so the next one looks.
      let next = bench.outbox(mailbox)
      try await next.running {
        try await bench.until(next, id, .deferred)
        await bench.pass(.seconds(121))
        try await bench.until(next, id, .done)
      }
      #expect(mailbox.sent == [id.rawValue])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account that goes away takes its messages along`(engine: StoreEngine) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let mailbox = FakeMailbox { call, _ in
        if call.step == .send { for await _ in gate { break } }
        return .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let flying = try await outbox.submitSample()
        try await eventually { mailbox.steps.last == .send }
        let now = bench.time.now
        try await bench.store.write { (tx: borrowing Transaction) in
          try tx.cancelMessages(of: AccountID("anna"), in: .default, at: now)
          _ = try tx.deleteAccount(AccountID("anna"), in: .default)
        }
        open.finish()
        try await bench.until(outbox, flying, .done)
        let other = try await outbox.submitSample(from: "bert")
        try await bench.until(outbox, other, .done)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases, [true, false])
  func `a message does not leave from a mailbox that got its account's id later`(
    engine: StoreEngine, remade: Bool
  ) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox)
      let id = try await outbox.submitSample()
      bench.time.advance(by: .seconds(1))
      let (anna, now) = (AccountID("anna"), bench.time.now)
      try await bench.store.write { (tx: borrowing Transaction) in
        guard var account = try tx.account(anna, in: .default)?.account else { return }
        account.mailbox = "carl@example.com"
        account.created = now
        // As after an attempt that was running when the account was deleted. An account that is only changed
        // keeps its messages.
        if remade { _ = try tx.deleteAccount(anna, in: .default) }
        try tx.upsert(account)
      }
      try await outbox.running {
        try await eventually { try await outbox.entry(id).settled != nil }
        let entry = try await outbox.entry(id)
        #expect(entry.state == (remade ? .failed : .done))
        #expect(entry.problem?.code == (remade ? "account.notFound" : nil))
        #expect(mailbox.sent == (remade ? [] : [id.rawValue]))
      }
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct OutageTests {
  /// What Microsoft did while the database was away is written down when it is back.
  @Test func `an outage of PostgreSQL costs time and no message`() async throws {
    let server = try await PostgresServer()
    let name = try await server.createDatabase()
    let store = try await Store(.postgres(url: Secret(server.url(of: name))))
    let bench = try await Bench.on(store, accounts: ["anna"])
    let (gate, open) = AsyncStream.makeStream(of: Void.self)
    let mailbox = FakeMailbox { call, _ in
      if call.step == .create { for await _ in gate { break } }
      return .act
    }
    let outbox = bench.outbox(mailbox)
    try await outbox.running {
      let ids = [try await outbox.submitSample(), try await outbox.submitSample()]
      try await eventually { mailbox.steps == [.create, .create] }
      try await server.stop()
      await #expect(throws: Problem.self) { try await outbox.submitSample() }
      open.finish()
      try await eventually { mailbox.drafts.count == 2 }
      // Both wait to record that they will send, and none has.
      await bench.time.untilSleeping(6)
      #expect(mailbox.steps == [.create, .create])
      try await server.start()
      try await eventually {
        bench.time.advance(by: .seconds(1))
        return mailbox.sent.count == 2
      }
      for id in ids { try await bench.until(outbox, id, .done) }
      #expect(mailbox.steps.count == 4)
    }
    await store.close()
    try await server.remove()
  }
}
