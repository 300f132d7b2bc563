import Core
import Store
import StoreTesting
import Testing

@testable import Delivery

/// The Message-ID that Exchange has put in the place of ours, read from the sent copy.
@Suite(.timeLimit(.minutes(10))) struct SentCopyTests {
  private static let replaced: @Sendable (String, Int) -> String = { id, _ in "<exchange." + id.dropFirst() }

  @Test(arguments: StoreEngine.allCases)
  func `replaced Message-IDs are learnt, each by one look`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox(sentAs: Self.replaced)
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        var ids: [QueueID] = []
        for _ in 0..<5 { ids.append(try await bench.sent(through: outbox)) }
        for id in ids { #expect(try await outbox.entry(id).exchangeMessageID == nil) }
        #expect(mailbox.looks.isEmpty)
        await bench.letLook()
        for id in ids {
          let entry = try await outbox.entry(id)
          #expect(entry.exchangeMessageID == "<exchange." + entry.messageID.dropFirst())
          #expect(entry.state == .done && entry.history.count == 1)
          for messageID in [entry.messageID, try #require(entry.exchangeMessageID)] {
            let found = try await bench.store.read { (tx: borrowing Transaction) in
              try tx.messages(.default, messageID: messageID).map(\.id)
            }
            #expect(found == [id])
          }
        }
        #expect(mailbox.looks.sorted() == ids.map(\.rawValue).sorted())
        await bench.letLook()
        #expect(mailbox.looks.count == 5)
        #expect(try await bench.sentCopies().isEmpty)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a mailbox that keeps Message-IDs is looked into once a day`(engine: StoreEngine) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let (anna, bert) = (FakeMailbox(), FakeMailbox())
      let outbox = bench.outbox { _, account in account.rawValue == "anna" ? anna : bert }
      try await outbox.running {
        let first = try await bench.sent(through: outbox)
        for _ in 0..<4 { try await bench.sent(through: outbox) }
        try await bench.sent(from: "bert", through: outbox)
        #expect(try await bench.sentCopies().count == 6)
        await bench.letLook()
        #expect(anna.looks == [first.rawValue] && bert.looks.count == 1)
        #expect(try await bench.sentCopies().isEmpty)
        try await bench.sent(through: outbox)
        #expect(try await bench.sentCopies().isEmpty)
        await bench.pass(.seconds(86_400))
        let next = try await bench.sent(through: outbox)
        await bench.letLook()
        #expect(anna.looks == [first.rawValue, next.rawValue] && bert.looks.count == 1)
        #expect(try await outbox.entry(next).exchangeMessageID == nil)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a copy that is not there yet is looked for again`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox(sentAs: { id, before in before < 2 ? nil : Self.replaced(id, before) })
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await bench.sent(through: outbox)
        for looks in 1...3 {
          await bench.letLook()
          #expect(mailbox.looks.count == looks)
          await bench.pass(.seconds(1800))
        }
        #expect(try await outbox.entry(id).exchangeMessageID != nil)
      }
    }
  }

  enum Look: CaseIterable {
    case refused, unexplained, nothing

    func callAsFunction() throws -> String? {
      switch self {
      case .refused: throw Failure.of(.graphAccessDenied, .futile)
      case .unexplained: throw Unexplained()
      case .nothing: return nil
      }
    }

    private struct Unexplained: Error {}
  }

  @Test(arguments: StoreEngine.allCases, Look.allCases)
  func `looks that fail or find nothing change nothing, and end`(
    engine: StoreEngine, look: Look
  ) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox(sentAs: { _, _ in try look() })
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await bench.sent(through: outbox)
        let (entry, events) = (try await outbox.entry(id), try await bench.events())
        for _ in 0..<10 {
          await bench.letLook()
          await bench.pass(.seconds(3 * 3600))
        }
        #expect(mailbox.looks.count == 4)
        #expect(try await bench.sentCopies().isEmpty)
        let after = try await outbox.entry(id)
        #expect(after.state == .done && after.history == entry.history && after.exchangeMessageID == nil)
        #expect(try await bench.events() == events)
        #expect(mailbox.steps == [.create, .send] && mailbox.sent == [id.rawValue])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a look that is due survives a restart`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox(sentAs: Self.replaced)
      let first = bench.outbox(mailbox)
      let id = try await first.running { try await bench.sent(through: first) }
      let second = bench.outbox(mailbox)
      try await second.running {
        await bench.letLook()
        let entry = try await second.entry(id)
        #expect(entry.exchangeMessageID != nil)
      }
      #expect(mailbox.looks.count == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a copy that is found after a lost reply tells its Message-ID`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox(
        script: { call, _ in call.step == .send ? .loseReply : .act }, sentAs: Self.replaced)
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        await bench.pass(.seconds(121))
        let entry = try await bench.until(outbox, id, .done)
        #expect(entry.exchangeMessageID == "<exchange." + entry.messageID.dropFirst())
        #expect(mailbox.looks.isEmpty)
        #expect(try await bench.sentCopies().isEmpty)
      }
    }
  }

  @Test func `one replaced Message-ID outweighs those that are kept, for a day`() {
    let (memory, lane, now) = (MessageIDMemory(), LaneKey(.mail, "a"), Instant(microseconds: 0))
    #expect(memory.mustLook(in: lane, now: now))
    #expect(memory.saw(kept: true, in: lane, now: now))
    #expect(!memory.mustLook(in: lane, now: now + .seconds(86_399)))
    #expect(memory.mustLook(in: lane, now: now + .seconds(86_400)))
    #expect(memory.mustLook(in: LaneKey(.mail, "b"), now: now))
    #expect(!memory.saw(kept: false, in: lane, now: now))
    #expect(!memory.saw(kept: true, in: lane, now: now + .seconds(86_399)))
    #expect(memory.mustLook(in: lane, now: now + .seconds(86_399)))
    #expect(memory.saw(kept: true, in: lane, now: now + .seconds(86_400)))
  }
}

extension Bench {
  @discardableResult
  fileprivate func sent(from account: String = "anna", through outbox: Outbox) async throws -> QueueID {
    let id = try await outbox.submitSample(from: account)
    await pass(.seconds(1))
    try await until(outbox, id, .done)
    return id
  }

  /// Until what was due has been looked at.
  fileprivate func letLook() async {
    for _ in 0..<3 { await pass(.seconds(60)) }
    await time.untilSleeping(4)
  }

  fileprivate func sentCopies() async throws -> [SentCopyRecord] {
    try await store.read { (tx: borrowing Transaction) in
      try tx.sentCopies(due: Instant(microseconds: .max), limit: 1000)
    }
  }
}
