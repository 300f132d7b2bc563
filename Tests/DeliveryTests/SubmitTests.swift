import Core
import MIME
import Store
import StoreTesting
import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(10))) struct SubmitTests {
  @Test(arguments: StoreEngine.allCases)
  func `a message is composed once, without Bcc, and marked`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var submission = try Submission.sample(to: ["bert@example.com", "Bert@Example.com"])
      submission.cc = [NamedAddress(address: try EmailAddress("carl@example.com"))]
      submission.bcc = [
        NamedAddress(address: try EmailAddress("dora@example.com")),
        NamedAddress(address: try EmailAddress("CARL@example.com")),
      ]
      let receipt = try await outbox.submit(submission)
      #expect(receipt.messageID == "<\(receipt.queueID)@example.com>")
      #expect(receipt.idempotency == nil)
      let entry = try await outbox.entry(receipt.queueID)
      #expect(entry.envelopeFrom == "anna@example.com")
      #expect(entry.envelopeTo == ["bert@example.com", "carl@example.com", "dora@example.com"])
      #expect(entry.state == .ready)
      #expect(entry.status == .queued)
      let mime = try await bench.content(of: receipt.queueID)
      let message = MIMEMessage(parsing: mime)
      #expect(message.field("X-Heliograph-Id")?.value == receipt.queueID.rawValue)
      #expect(message.field("Bcc") == nil)
      #expect(!String(decoding: mime, as: UTF8.self).contains("dora"))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what cannot be delivered is refused and leaves nothing behind`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let nobody = try Submission.sample(to: [])
      var strangers = try Submission.sample(to: ["bert@example.com", "carl@example.com"])
      strangers.envelopeTo = [try EmailAddress("BERT@example.com")]
      var marked = try Submission.sample()
      marked.headers = [("x-heliograph-id", "q_1")]
      var imitating = try Submission.sample()
      imitating.messageID = try MessageID("<q_06gzpt26rw3abrkj7j1zs7s2d4@example.com>")
      let unknown = try Submission.sample(from: "nobody")
      let cases: [(Submission, ProblemCode)] = [
        (nobody, .messageNoRecipient), (strangers, .envelopeMismatch), (marked, .messageInvalidHeader),
        (imitating, .messageInvalidHeader), (unknown, .accountNotFound),
      ]
      for (submission, code) in cases {
        let problem = await #expect(throws: Problem.self) { try await outbox.submit(submission) }
        #expect(problem?.code == code)
      }
      #expect(try await outbox.entries(PageRequest()).total == 0)
      #expect(try await bench.events().isEmpty)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what Graph would not take with its hidden recipients is refused`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      func people(_ count: Int, named name: String? = nil) throws -> [NamedAddress] {
        let domain = String(repeating: "long.", count: 10) + "example.com"
        return try (0..<count).map { NamedAddress(name: name, address: try EmailAddress("p\($0)@\(domain)")) }
      }
      let line = String(repeating: "x", count: 70) + "\r\n"
      let long = String(repeating: line, count: 2_970_000 / line.utf8.count)
      var hidden = try Submission.sample(text: long)
      _ = try await outbox.submit(hidden)
      hidden.bcc = try people(999)
      var verbose = try Submission.sample()
      verbose.to = try people(1000, named: String(repeating: "Bert ", count: 50))
      var crowd = try Submission.sample()
      crowd.bcc = try people(1000)
      let cases: [(Submission, String)] = [
        (hidden, "message.tooLarge"), (verbose, "message.malformed"), (crowd, "message.tooManyRecipients"),
      ]
      for (submission, code) in cases {
        let problem = await #expect(throws: (any Error).self) { try await outbox.submit(submission) }
        #expect((problem as? Problem)?.code.rawValue == code)
      }
      #expect(try await outbox.entries(PageRequest()).total == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message is from the account as it is now, whatever it was for the last one`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      try await outbox.submitSample()
      try await bench.store.write { (tx: borrowing Transaction) in
        var account = try #require(try tx.account(AccountID("anna"), in: .default)?.account)
        account.email = "anna@example.org"
        account.mailbox = "moved"
        try tx.upsert(account)
      }
      let id = try await outbox.submitSample()
      #expect(try await outbox.entry(id).envelopeFrom == "anna@example.org")
      let lane = try await bench.store.read { (tx: borrowing Transaction) in
        try tx.queueRecord(.default, id)?.lane
      }
      #expect(lane == LaneKey(clientID: "CLIENT", mailbox: "Moved"))
      try await bench.store.write { (tx: borrowing Transaction) in
        _ = try tx.deleteAccount(AccountID("anna"), in: .default)
      }
      let problem = await #expect(throws: Problem.self) { try await outbox.submitSample() }
      #expect(problem?.code == .accountNotFound)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the receipt names the header fields that Exchange removes`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var submission = try Submission.sample(key: IdempotencyKey(key: "k", bodyHash: [1]))
      submission.headers = [
        ("X-Campaign", "7"), ("AUTO-Submitted", "auto-generated"),
        ("List-Unsubscribe", "<https://x.example>"),
        ("X-MS-Exchange-Organization-SCL", "-1"),
      ]
      #expect(
        try await outbox.submit(submission).warnings == [
          "Exchange removes the header field AUTO-Submitted; recipients will not see it.",
          "Exchange removes the header field X-MS-Exchange-Organization-SCL; recipients will not see it.",
        ])
      #expect(try await outbox.submit(submission).warnings == [])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `receipt and entry say that the mailbox drops the field for one-click unsubscription`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let outbox = bench.outbox(FakeMailbox())
      func submit(_ account: String) async throws -> SubmissionReceipt {
        var submission = try Submission.sample(from: account)
        submission.headers = [
          ("List-Unsubscribe", "<https://x.example>"),
          ("list-unsubscribe-post", "List-Unsubscribe=One-Click"), ("Comments", "None"),
        ]
        return try await outbox.submit(submission)
      }
      func set(_ drops: Bool) async throws {
        try await bench.store.write { (tx: borrowing Transaction) in
          try tx.setDropsUnsubscribePost(drops, account: AccountID("anna"), in: .default)
        }
      }
      let removed = "Exchange removes the header field Comments; recipients will not see it."
      let dropped =
        "Exchange drops the header field list-unsubscribe-post from messages of this mailbox; recipients cannot "
        + "unsubscribe in one click."
      let first = try await submit("anna")
      #expect(first.warnings == [removed])
      #expect(try await outbox.entry(first.queueID).warnings == [removed])
      try await set(true)
      #expect(try await outbox.entry(first.queueID).warnings == [dropped, removed])
      #expect(try await submit("anna").warnings == [dropped, removed])
      #expect(try await submit("bert").warnings == [removed])
      #expect(try await outbox.submit(.sample()).warnings == [])
      try await set(false)
      #expect(try await submit("anna").warnings == [removed])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the envelope's sender is the one of the header, given or not`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var submission = try Submission.sample()
      submission.envelopeFrom = try EmailAddress("ANNA@example.com")
      _ = try await outbox.submit(submission)
      submission.envelopeFrom = try EmailAddress("other@example.com")
      let problem = await #expect(throws: Problem.self) { try await outbox.submit(submission) }
      #expect(problem?.code == .requestInvalidField)
      #expect(problem?.fields.map(\.key) == ["envelope.from"])
      submission.from = NamedAddress(address: try EmailAddress("other@example.com"))
      _ = try await outbox.submit(submission)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an envelope of its own may name more than the header does`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var submission = try Submission.sample()
      submission.envelopeTo = try ["bert@example.com", "dora@example.com"].map { try EmailAddress($0) }
      submission.messageID = try MessageID("<mine@example.org>")
      let receipt = try await outbox.submit(submission)
      #expect(receipt.messageID == "<mine@example.org>")
      #expect(try await outbox.entry(receipt.queueID).envelopeTo == ["bert@example.com", "dora@example.com"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a repeat gets the first receipt, another body is refused`(engine: StoreEngine) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let key = IdempotencyKey(key: "k", bodyHash: [1])
      let first = try await outbox.submit(.sample(key: key))
      let second = try await outbox.submit(.sample(key: key))
      #expect(first.idempotency == .miss)
      #expect(second.idempotency == .hit)
      #expect(second.queueID == first.queueID)
      #expect(second.messageID == first.messageID)
      let other = IdempotencyKey(key: "k", bodyHash: [2])
      let problem = await #expect(throws: Problem.self) {
        try await outbox.submit(.sample(key: other))
      }
      #expect(problem?.code == .idempotencyMismatch)
      // Keys are an account's own.
      #expect(try await outbox.submit(.sample(from: "bert", key: other)).idempotency == .miss)
      #expect(try await outbox.entries(PageRequest()).total == 2)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `of many at once with one key exactly one is taken`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let receipts = try await withThrowingTaskGroup { group in
        for _ in 0..<32 {
          group.addTask { try await outbox.submit(.sample(key: IdempotencyKey(key: "k", bodyHash: [1]))) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(receipts.map(\.queueID)).count == 1)
      #expect(receipts.count { $0.idempotency == .miss } == 1)
      #expect(try await outbox.entries(PageRequest()).total == 1)
      #expect(try await bench.events().map(\.kind) == ["messageQueued"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message of a megabyte is kept in parts and sent whole`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox)
      let text = String(repeating: "All work and no play makes Jack a dull boy.\r\n", count: 24_000)
      try await outbox.running {
        let id = try await outbox.submitSample(text: text)
        try await bench.until(outbox, id, .done)
        let content = try await bench.content(of: id)
        #expect(content.count > 1_000_000)
        #expect(mailbox.messages[id.rawValue] == content)
        #expect(MIMEMessage(parsing: content).text == text)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the outbox is listed in pages, newest first`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var ids: [QueueID] = []
      for _ in 0..<5 {
        ids.append(try await outbox.submitSample())
        bench.time.advance(by: .seconds(1))
      }
      let first = try await outbox.entries(PageRequest(page: 0, size: 2))
      #expect(first.total == 5)
      #expect(first.elements.map(\.queueID) == [ids[4], ids[3]])
      let last = try await outbox.entries(PageRequest(page: 2, size: 2))
      #expect(last.elements.map(\.queueID) == [ids[0]])
      #expect(try await outbox.entries(PageRequest(), in: WorkspaceID("other")).total == 0)
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct CancelTests {
  @Test(arguments: StoreEngine.allCases)
  func `a waiting message can be taken back, once`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox)
      let id = try await outbox.submitSample()
      #expect(try await outbox.cancel(id) == .cancelled)
      #expect(try await outbox.cancel(id) == .settled(.cancelled))
      #expect(try await outbox.entries(PageRequest()).total == 0)
      #expect(try await outbox.entry(id).state == .cancelled)
      let problem = await #expect(throws: Problem.self) { try await outbox.cancel(QueueID("q_none")) }
      #expect(problem?.code == .queueNotFound)
      try await outbox.running {
        let next = try await outbox.submitSample()
        try await bench.until(outbox, next, .done)
        #expect(mailbox.sent == [next.rawValue])
        #expect(try await outbox.cancel(next) == .settled(.done))
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a draft whose creation got no reply is found and deleted`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, _ in call.step == .create ? .loseReply : .act }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        #expect(try await outbox.cancel(id) == .cancelled)
        #expect(mailbox.drafts.count == 1)
        await bench.pass(.seconds(61))
        await bench.time.untilSleeping(4)
        #expect(mailbox.drafts.isEmpty)
        #expect(mailbox.steps == [.create, .lookUp, .delete])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `one in flight cannot, and a waiting draft goes too`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let mailbox = FakeMailbox { call, _ in
        guard call.step == .send else { return .act }
        for await _ in gate { break }
        return .refuse(Failure.unavailable)
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await eventually { mailbox.steps.last == .send }
        let problem = await #expect(throws: Problem.self) { try await outbox.cancel(id) }
        #expect(problem?.code == .queueInFlight)
        open.yield()
        try await bench.until(outbox, id, .deferred)
        #expect(try await outbox.cancel(id) == .cancelled)
        await bench.pass(.seconds(61))
        try await eventually { mailbox.drafts.isEmpty }
        #expect(mailbox.steps == [.create, .send, .delete])
      }
    }
  }
}
