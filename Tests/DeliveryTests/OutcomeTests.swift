import Backends
import Core
import Store
import StoreTesting
import Synchronization
import Testing

@testable import Delivery

/// What a message goes through when Microsoft says no, later, or nothing at all.
@Suite(.timeLimit(.minutes(10))) struct OutcomeTests {
  @Test(arguments: StoreEngine.allCases)
  func `a safe failure is tried again later, each time after a longer pause`(engine: StoreEngine) async throws
  {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .create && before < 4 ? .refuse(Failure.unavailable) : .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        for (attempt, pause) in [(1, 5.0), (2, 10), (3, 20), (4, 40)] {
          try await eventually {
            let entry = try await outbox.entry(id)
            return entry.state == .deferred && entry.attemptsMade == attempt
          }
          let entry = try await outbox.entry(id)
          let wait = try #require(entry.nextAttempt) - bench.time.now
          #expect((Duration.seconds(pause * 0.8)...Duration.seconds(pause * 1.2)).contains(wait))
          #expect(entry.problem?.code == "graph.unavailable")
          #expect(entry.status == .error)
          await bench.pass(wait + .seconds(1))
        }
        let entry = try await bench.until(outbox, id, .done)
        #expect(entry.history.map(\.verdict) == ["deferred", "deferred", "deferred", "deferred", "sent"])
        #expect(entry.problem == nil)
        #expect(mailbox.sent == [id.rawValue])
      }
      let kinds = try await bench.events().map(\.kind)
      let failures = Array(repeating: "messageDeliveryError", count: 4)
      #expect(kinds == ["messageQueued"] + failures + ["messageSent"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a draft that could not be sent yet is sent later, and no second one is made`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .send && before == 0 ? .refuse(Failure.unavailable) : .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        await bench.pass(.seconds(10))
        try await bench.until(outbox, id, .done)
      }
      #expect(mailbox.steps == [.create, .send, .send])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `Retry-After holds for every message of the mailbox, and for no other mailbox`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let busy = FakeMailbox { call, before in
        call.step == .create && before == 0 ? .refuse(Failure.throttled(.seconds(90))) : .act
      }
      let idle = FakeMailbox()
      let outbox = bench.outbox { _, account in account.rawValue == "anna" ? busy : idle }
      try await outbox.running {
        let throttled = try await outbox.submitSample()
        let entry = try await bench.until(outbox, throttled, .deferred)
        #expect(entry.nextAttempt == bench.time.now + .seconds(90))
        let next = try await outbox.submitSample()
        let other = try await outbox.submitSample(from: "bert")
        try await bench.until(outbox, other, .done)
        await bench.pass(.seconds(89))
        await bench.time.untilSleeping(4)
        #expect(try await outbox.entry(next).state == .ready)
        #expect(busy.calls.count == 1)
        await bench.pass(.seconds(2))
        try await bench.until(outbox, next, .done)
        try await bench.until(outbox, throttled, .done)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message that Microsoft will never take fails, and its draft is deleted`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, _ in call.step == .send ? .refuse(Failure.refused) : .act }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        let entry = try await bench.until(outbox, id, .failed)
        #expect(entry.problem?.code == "graph.recipientsInvalid")
        #expect(entry.problem?.peerCode == "ErrorTest")
        #expect(try await outbox.entries(PageRequest()).elements.map(\.state) == [.failed])
        #expect(mailbox.drafts.count == 1)
        await bench.pass(.seconds(61))
        try await eventually { mailbox.drafts.isEmpty }
        await bench.pass(.seconds(61))
        await bench.time.untilSleeping(4)
        #expect(mailbox.steps == [.create, .send, .delete])
      }
      let kinds = try await bench.events().map(\.kind)
      #expect(kinds == ["messageQueued", "messageDeliveryError", "messageFailed"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `poison stops neither its lane nor another`(engine: StoreEngine) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let poison = Atomic<Int>(0)
      let mailbox = FakeMailbox { call, before in
        guard call.step == .create, before < 8 else { return .act }
        poison.add(1, ordering: .relaxed)
        return before % 2 == 0 ? .refuse(Failure.unavailable) : .refuse(Failure.refused)
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        var poisoned: [QueueID] = []
        for _ in 0..<8 { poisoned.append(try await outbox.submitSample()) }
        try await eventually {
          // So many failures in a row make the lane rest for some seconds.
          if bench.time.wakings.count == 4 { bench.time.advance(by: .seconds(1)) }
          return poison.load(ordering: .relaxed) == 8
        }
        var good: [QueueID] = []
        for account in ["anna", "bert", "anna"] {
          good.append(try await outbox.submitSample(from: account))
        }
        for id in good {
          try await eventually {
            if bench.time.wakings.count == 4 { bench.time.advance(by: .seconds(1)) }
            return try await outbox.entry(id).state == .done
          }
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a mailbox in trouble is left alone for some seconds`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let trouble = Atomic(true)
      let mailbox = FakeMailbox { _, _ in
        trouble.load(ordering: .relaxed) ? .refuse(Failure.unavailable) : .act
      }
      let outbox = bench.outbox(mailbox)
      for _ in 0..<40 { try await outbox.submitSample() }
      try await outbox.running {
        try await eventually {
          try await outbox.entries(PageRequest(page: 1)).elements.last?.state == .deferred
        }
        for _ in 0..<3 {
          await bench.pass(.seconds(1))
          await bench.time.untilSleeping(4)
        }
        // Four in a row are needed to know, and three more may have begun by then.
        #expect((4...7).contains(mailbox.calls.count))
        trouble.store(false, ordering: .relaxed)
        try await eventually {
          await bench.pass(.seconds(1))
          return mailbox.sent.count == 40
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a draft that comes to light after it was made anew is deleted`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        switch (call.step, before) {
        case (.create, 0): .loseReply
        case (.lookUp, 0): .findNothing
        default: .act
        }
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        await bench.pass(.seconds(121))
        try await bench.until(outbox, id, .done)
        await bench.pass(.seconds(61))
        try await eventually { mailbox.drafts.isEmpty }
        #expect(mailbox.sent == [id.rawValue])
        #expect(mailbox.steps == [.create, .lookUp, .create, .send, .duplicates, .delete])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a lost reply is looked up after the wait`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in call.step == .send && before == 0 ? .loseReply : .act }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        let entry = try await bench.until(outbox, id, .deferred)
        #expect(entry.nextAttempt == bench.time.now + .seconds(120))
        await bench.pass(.seconds(121))
        try await bench.until(outbox, id, .done)
      }
      #expect(mailbox.steps == [.create, .send, .lookUp])
      #expect(mailbox.sent.count == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a lost request finds its draft again and sends that one`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step != .lookUp && before == 0 ? .loseRequest : .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        for attempt in 1...2 {
          try await eventually {
            let entry = try await outbox.entry(id)
            return entry.state == .deferred && entry.attemptsMade == attempt
          }
          await bench.pass(.seconds(121))
        }
        try await bench.until(outbox, id, .done)
      }
      #expect(mailbox.steps == [.create, .lookUp, .create, .send, .lookUp, .send])
      #expect(mailbox.sent.count == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a draft that is not there when it is to be sent is looked up, and no second one is made`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .send && before == 0 ? .refuse(Failure.noSuchItem) : .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        await bench.pass(.seconds(121))
        try await bench.until(outbox, id, .done)
      }
      #expect(mailbox.steps == [.create, .send, .lookUp, .send])
      #expect(mailbox.drafts.isEmpty)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message that cannot be found after it was sent is held, not sent again`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      // Exchange has it and does not show it.
      let hiding = FakeMailbox { call, _ in
        switch call.step {
        case .send: .loseReply
        default: .act
        }
      }
      let blind = FakeMailbox()
      let looking = Atomic(false)
      let outbox = bench.outbox { _, _ in looking.load(ordering: .relaxed) ? blind : hiding }
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        looking.store(true, ordering: .relaxed)
        await bench.pass(.seconds(121))
        let entry = try await bench.until(outbox, id, .held)
        #expect(entry.problem?.code == "delivery.unknownOutcome")
        #expect(entry.nextAttempt == nil)
        #expect(blind.steps == [.lookUp])
        #expect(try await outbox.cancel(id) == .cancelled)
        await bench.pass(.seconds(61))
        await bench.time.untilSleeping(4)
        #expect(blind.steps == [.lookUp], "a draft that may have been sent is not deleted")
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account that says resend gets the message again`(engine: StoreEngine) async throws {
    try await Bench.run(engine, unknownOutcome: .resend) { bench in
      let mailbox = FakeMailbox(abilities: .submission) { _, before in before == 0 ? .loseReply : .act }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        await bench.pass(.seconds(121))
        try await bench.until(outbox, id, .done)
      }
      #expect(mailbox.steps == [.submit, .submit])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `messages wait for their account and go when it is back`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let connected = Atomic(false)
      let mailbox = FakeMailbox { _, _ in
        connected.load(ordering: .relaxed) ? .act : .refuse(Failure.notConnected)
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let first = try await outbox.submitSample()
        let entry = try await bench.until(outbox, first, .deferred)
        #expect(try #require(entry.nextAttempt) >= bench.time.now + .seconds(300))
        let second = try await outbox.submitSample()
        connected.store(true, ordering: .relaxed)
        let now = bench.time.now
        try await bench.store.write { (tx: borrowing Transaction) in
          let anna = AccountID("anna")
          try tx.resume(anna, in: .default, now: now)
        }
        await bench.pass(.seconds(1))
        try await bench.until(outbox, first, .done)
        try await bench.until(outbox, second, .done)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `after five days a message has failed`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { _, _ in .refuse(Failure.unavailable) }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        await bench.pass(.seconds(5 * 86_400))
        let entry = try await bench.until(outbox, id, .failed)
        #expect(entry.problem?.code == "delivery.expired")
      }
      #expect(try await bench.events().last?.kind == "messageFailed")
    }
  }

  @Test(arguments: StoreEngine.allCases, [true, false])
  func `each step is on disk before its request leaves`(engine: StoreEngine, reads: Bool) async throws {
    try await Bench.run(engine) { bench in
      let seen = Mutex<[String]>([])
      let store = bench.store
      let mailbox = FakeMailbox(abilities: reads ? [.drafts, .submission, .lookup] : .submission) { call, _ in
        let row = try await store.read { (tx: borrowing Transaction) in
          try tx.queue(.mail, in: .default, offset: 0, limit: 1).first
        }
        let attempts = try await store.read { (tx: borrowing Transaction) in
          try row.map { try tx.attempts(.default, $0.id) } ?? []
        }
        seen.withLock { $0.append("\(call.step): \(row?.progress ?? "") \(attempts.map(\.step))") }
        return .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        for _ in 1...2 {
          let id = try await outbox.submitSample()
          try await bench.until(outbox, id, .done)
        }
      }
      let expected =
        reads
        ? [
          "create: creating [\"create\"]", "send: sending AAMk=1 [\"send\"]",
          "create: creating [\"create\"]", "send: sending AAMk=2 [\"send\"]",
        ] : ["submit: submitting [\"submit\"]", "submit: submitting [\"submit\"]"]
      #expect(seen.withLock { $0 } == expected)
    }
  }
}
