import Core
import MIME
import StoreTesting
import Testing

@testable import Delivery
@testable import Store

/// Messages that share content, and what is left when content goes.
@Suite(.timeLimit(.minutes(10))) struct ContentTests {
  private static let size = ChunkKey.size * 2 + 10

  @Test(arguments: StoreEngine.allCases)
  func `two messages send one attachment that is stored once`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox)
      let attachment = (0..<Self.size).map { UInt8(truncatingIfNeeded: $0 / 7) }
      var writer = outbox.contentWriter(.attachment)
      for start in stride(from: 0, to: attachment.count, by: 100_000) {
        try await writer.write(Array(attachment[start..<min(start + 100_000, attachment.count)]))
      }
      let segment = try await writer.finish()
      #expect(segment.size == attachment.count)
      #expect(segment.chunks == 3)
      var ids: [QueueID] = []
      for text in ["one", "two"] {
        let content = MessageContent(pieces: [
          .own(Array(text.utf8)), .stored(segment), .own(Array("end".utf8)),
        ])
        ids.append(try await outbox.accept(content, bench))
      }
      #expect(try await bench.store.count("chunk") == 3 + 4)
      try await outbox.running { for id in ids { try await bench.until(outbox, id, .done) } }
      for (id, text) in zip(ids, ["one", "two"]) {
        #expect(mailbox.messages[id.rawValue] == Array(text.utf8) + attachment + Array("end".utf8))
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `content goes after a week, what became of the message after ninety days`(engine: StoreEngine)
    async throws
  {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var writer = outbox.contentWriter(.attachment)
      try await writer.write([UInt8](repeating: 1, count: Self.size))
      let segment = try await writer.finish()
      let id = try await outbox.accept(MessageContent(pieces: [.own([1]), .stored(segment)]), bench)
      try await outbox.running { _ = try await bench.until(outbox, id, .done) }
      let day = Duration.seconds(86_400)
      bench.time.advance(by: day * 6)
      try await outbox.sweepOnce()
      #expect(try await bench.store.count("chunk") == 4)
      bench.time.advance(by: day * 2)
      try await outbox.sweepOnce()
      for table: SQL in ["chunk", "segment", "message_segment", "queue", "attempt"] {
        #expect(try await bench.store.count(table) == 0, "\(table.text)")
      }
      bench.time.advance(by: day * 80)
      try await outbox.sweepOnce()
      let (message, recipients) = try await bench.store.read { (tx: borrowing Transaction) in
        (
          try tx.messages(.default, messageID: "<\(id)@example.com>").first,
          try tx.recipients(of: id, in: .default)
        )
      }
      #expect(message?.id == id)
      #expect(message?.settled != nil)
      #expect(recipients.map(\.state) == [.sent])
      bench.time.advance(by: day * 3)
      try await outbox.sweepOnce()
      #expect(try await bench.store.count("message") == 0)
      #expect(try await bench.store.count("recipient") == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what streams in and is not used goes after a day`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var finished = outbox.contentWriter(.upload)
      try await finished.write([UInt8](repeating: 1, count: Self.size))
      _ = try await finished.finish()
      var broken = outbox.contentWriter(.upload)
      try await broken.write([UInt8](repeating: 1, count: Self.size))
      bench.time.advance(by: .seconds(86_000))
      try await outbox.sweepOnce()
      #expect(try await bench.store.count("chunk") == 5)
      bench.time.advance(by: .seconds(1000))
      try await outbox.sweepOnce()
      #expect(try await bench.store.count("segment") == 0)
      #expect(try await bench.store.count("chunk") == 0)
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct RecipientTests {
  @Test(arguments: StoreEngine.allCases)
  func `each recipient has a role, and what has become of it`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .create && before == 1 ? .refuse(Failure.refused) : .act
      }
      let outbox = bench.outbox(mailbox)
      var submission = try Submission.sample(to: ["bert@example.com"])
      submission.cc = [NamedAddress(address: try EmailAddress("carl@example.com"))]
      submission.bcc = try ["dora@example.com", "BERT@example.com"].map {
        NamedAddress(address: try EmailAddress($0))
      }
      submission.envelopeTo = try ["dora", "bert", "carl", "emil"].map {
        try EmailAddress("\($0)@example.com")
      }
      let id = try await outbox.submit(submission).queueID
      #expect(
        try await bench.recipients(of: id) == [
          "dora@example.com bcc queued", "bert@example.com to queued", "carl@example.com cc queued",
          "emil@example.com envelope queued",
        ])
      try await outbox.running {
        try await bench.until(outbox, id, .done)
        #expect(try await bench.recipients(of: id).allSatisfy { $0.hasSuffix(" sent") })
        let failing = try await outbox.submitSample()
        try await bench.until(outbox, failing, .failed)
        #expect(
          try await bench.recipients(of: failing) == ["bert@example.com to failed graph.recipientsInvalid"])
      }
      let waiting = try await outbox.submitSample()
      _ = try await outbox.cancel(waiting)
      #expect(try await bench.recipients(of: waiting) == ["bert@example.com to cancelled"])
      let doomed = try await outbox.submitSample()
      let now = bench.time.now
      try await bench.store.write { (tx: borrowing Transaction) in
        try tx.cancelMessages(of: AccountID("anna"), in: .default, at: now)
      }
      #expect(try await bench.recipients(of: doomed) == ["bert@example.com to cancelled"])
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct ScheduleTests {
  @Test(arguments: StoreEngine.allCases)
  func `a message is as old as the time since it was due first`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { _, before in before < 2 ? .refuse(Failure.unavailable) : .act }
      let outbox = bench.outbox(mailbox)
      let id = try await outbox.submitSample()
      let due = bench.time.now + .seconds(6 * 86_400)
      try await bench.store.write { (tx: borrowing Transaction) in
        try tx.execute(
          "UPDATE queue SET state = \(QueueState.deferred), due = $1, scheduled = $1 WHERE id = $2", due, id)
      }
      bench.time.advance(by: .seconds(6 * 86_400))
      try await outbox.running {
        // Six days after it was accepted, and the first time that it is tried.
        let entry = try await bench.until(outbox, id, .deferred)
        #expect(entry.scheduled == due)
        try await eventually {
          await bench.pass(.seconds(30))
          return try await outbox.entry(id).state == .done
        }
      }
    }
  }
}

extension Outbox {
  /// Accepts ready-made content as a message of Anna's.
  fileprivate func accept(_ content: MessageContent, _ bench: Bench) async throws -> QueueID {
    let (id, now) = (QueueID.make(at: bench.time.now), bench.time.now)
    let sender = try await store.read { (tx: borrowing Transaction) in
      try tx.senderIdentity(AccountID("anna"), in: .default)
    }
    let message = OutgoingMessageRecord(
      workspace: .default, id: id, account: AccountID("anna"), source: "api",
      messageID: "<\(id)@example.com>", envelopeFrom: "anna@example.com", envelopeTo: ["bert@example.com"],
      subject: nil, size: content.size, chunks: content.ownChunks.count,
      segments: content.runs(of: id).count, idempotencyKey: nil, created: now)
    let accepted = AcceptedMessage(
      message: message, content: content,
      recipients: [RecipientRecord(address: "bert@example.com", role: .to, updated: now)],
      row: QueueRecord(
        workspace: .default, id: id, lane: try #require(sender).lane, account: message.account,
        progress: "fresh", created: now),
      sender: try #require(sender))
    _ = try #require(try await accept(accepted, nil))
    return id
  }
}

extension Bench {
  fileprivate func recipients(of id: QueueID) async throws -> [String] {
    try await store.read { (tx: borrowing Transaction) in
      try tx.recipients(of: id, in: .default).map {
        "\($0.address) \($0.role.rawValue) \($0.state.rawValue)" + ($0.problem.map { " \($0.code)" } ?? "")
      }
    }
  }
}
