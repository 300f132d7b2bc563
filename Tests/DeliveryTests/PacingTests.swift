import Backends
import Core
import Store
import StoreTesting
import Synchronization
import Testing

@testable import Delivery

/// What a mailbox may send in a time: counted over restarts and nodes, and only for what was sent.
@Suite(.timeLimit(.minutes(10))) struct PacingTests {
  private static let anna = AccountID("anna")

  private static func limit(_ bench: Bench, _ pacing: Pacing, _ account: String = "anna") async throws {
    try await bench.store.write { (tx: borrowing Transaction) in
      try tx.setPacing(pacing, account: AccountID(account), in: .default)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `no more messages leave in a minute than the account may send, over a restart`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      try await Self.limit(bench, Pacing(messagesPerMinute: 5))
      let mailbox = FakeMailbox()
      let first = bench.outbox(mailbox)
      try await first.running {
        for _ in 0..<7 { try await first.submitSample() }
        try await eventually { mailbox.sent.count == 5 }
        // Another mailbox is not held up.
        let other = try await first.submitSample(from: "bert")
        try await bench.until(first, other, .done)
      }
      #expect(mailbox.sent.count == 6)
      let second = bench.outbox(mailbox)
      try await second.running {
        let late = try await second.submitSample()
        try await eventually {
          let waiting = try await second.entries(
            PageRequest(page: 0, size: 10), QueueSelection(account: Self.anna)
          ).elements
          return waiting.contains { $0.problem?.code == "delivery.paced" }
        }
        #expect(mailbox.sent.count == 6)
        await bench.pass(.seconds(71))
        try await bench.until(second, late, .done)
        try await eventually { mailbox.sent.count == 9 }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `recipients are counted for a day, and only of what was sent`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      try await Self.limit(bench, Pacing(recipientsPerDay: 5))
      let mailbox = FakeMailbox { call, before in
        call.step == .send && before == 0 ? .refuse(Failure.refused) : .act
      }
      let outbox = bench.outbox(mailbox)
      let two = ["b@example.com", "c@example.com"]
      try await outbox.running {
        let refused = try await outbox.submitSample(to: two)
        try await bench.until(outbox, refused, .failed)
        for _ in 0..<2 {
          let id = try await outbox.submitSample(to: two)
          try await bench.until(outbox, id, .done)
        }
        let third = try await outbox.submitSample(to: two)
        let waiting = try await bench.until(outbox, third, .deferred)
        #expect(waiting.problem?.code == "delivery.paced")
        #expect(waiting.problem?.summary.contains("4 of the 5 recipients") == true)
        let until = try #require(waiting.nextAttempt)
        #expect(until > bench.time.now + .seconds(86_000) && until <= bench.time.now + .seconds(87_600))
        let rest = try await bench.store.read { (tx: borrowing Transaction) in
          try tx.rest(of: #require(try tx.account(Self.anna, in: .default)).account.lane, at: bench.time.now)
        }
        #expect(rest == until)
        bench.time.advance(by: .seconds(87_600))
        try await bench.until(outbox, third, .done)
      }
    }
  }

  @Test func `a message with more recipients than the limit goes when nothing else has`() async throws {
    try await Bench.run(.sqlite) { bench in
      try await Self.limit(bench, Pacing(recipientsPerDay: 1))
      let outbox = bench.outbox(FakeMailbox())
      try await outbox.running {
        let id = try await outbox.submitSample(to: ["b@example.com", "c@example.com"])
        try await bench.until(outbox, id, .done)
      }
    }
  }

  @Test func `a message that is looked up is not counted again`() async throws {
    try await Bench.run(.sqlite) { bench in
      try await Self.limit(bench, Pacing(recipientsPerDay: 1))
      let mailbox = FakeMailbox { call, before in call.step == .send && before == 0 ? .loseReply : .act }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        await bench.pass(.seconds(121))
        try await bench.until(outbox, id, .done)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a limit is told once, by an event of its own`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      try await Self.limit(bench, Pacing(messagesPerMinute: 1))
      let outbox = bench.outbox(FakeMailbox())
      try await outbox.running {
        var last = try await outbox.submitSample()
        try await bench.until(outbox, last, .done)
        for _ in 0..<3 {
          last = try await outbox.submitSample()
          try await bench.until(outbox, last, .deferred)
          await bench.pass(.seconds(71))
          try await bench.until(outbox, last, .done)
        }
      }
      let events = try await bench.events()
      let told = events.filter { $0.kind == "sendingPaused" }
      #expect(told.count == 1)
      #expect(told.first?.account == Self.anna)
      #expect(told.first?.data.contains(#""limit":"messagesPerMinute""#) == true)
      #expect(!events.contains { $0.kind == "messageDeliveryError" })
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `external recipients of all mailboxes of a tenant are counted together`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      // The tenant that the app of these accounts names.
      let outbox = bench.outbox(FakeMailbox()) { $0.tenantLimits = ["common": 3] }
      try await outbox.running {
        let first = try await outbox.submitSample(to: ["b@elsewhere.example", "c@elsewhere.example"])
        try await bench.until(outbox, first, .done)
        let second = try await outbox.submitSample(
          from: "bert", to: ["b@elsewhere.example", "c@elsewhere.example"])
        let waiting = try await bench.until(outbox, second, .deferred)
        #expect(waiting.problem?.summary.contains("2 of the 3 external recipients") == true)
        // Nobody outside: it does not count.
        let third = try await outbox.submitSample(to: ["one@example.com", "two@Example.COM"])
        try await bench.until(outbox, third, .done)
      }
    }
  }

  @Test func `a message with more recipients than the account's own limit is refused`() async throws {
    try await Bench.run(.sqlite) { bench in
      try await Self.limit(bench, Pacing(recipientsPerMessage: 1))
      let outbox = bench.outbox(FakeMailbox())
      let error = await #expect(throws: Problem.self) {
        try await outbox.submitSample(to: ["b@example.com", "c@example.com"])
      }
      #expect(error?.code == .messageTooManyRecipients)
      #expect(error?.summary.contains("recipientsPerMessage is 1") == true)
    }
  }

  /// The last one's turn comes on the eighth day, and then Microsoft cannot be reached for a moment.
  @Test(arguments: StoreEngine.allCases)
  func `waiting for a limit makes no message too old`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      try await Self.limit(bench, Pacing(recipientsPerDay: 1))
      let sends = Mutex(0)
      let mailbox = FakeMailbox { call, _ in
        guard call.step == .send else { return .act }
        let number = sends.withLock { count in
          count += 1
          return count
        }
        return number == 8 ? .refuse(Failure.of(.graphUnreachable, .safe(after: nil))) : .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        for _ in 0..<8 { try await outbox.submitSample() }
        for number in 1...7 {
          try await eventually { mailbox.sent.count == number }
          await bench.pass(.seconds(87_600))
        }
        try await eventually { sends.withLock { $0 } == 8 }
        // At most three hours, the longest pause between two attempts.
        for _ in 0..<180 where mailbox.sent.count < 8 { await bench.pass(.seconds(60)) }
        try await eventually { mailbox.sent.count == 8 }
      }
      #expect(try await !bench.events().contains { $0.kind == "messageFailed" })
    }
  }
}
