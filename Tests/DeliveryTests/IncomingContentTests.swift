import Backends
import Core
import MIME
import StoreTesting
import Testing

@testable import Delivery
@testable import Store

/// Attachments that are stored while their request is still arriving.
@Suite(.timeLimit(.minutes(10))) struct IncomingContentTests {
  private static let anna = AccountID("anna")
  private static let long = (0..<IncomingContent.memoryLimit * 3 + 100).map {
    UInt8(truncatingIfNeeded: $0 / 7)
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message is the same whether its attachments were stored early or not`(engine: StoreEngine)
    async throws
  {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox)
      let contents = [Array("small".utf8), Self.long, [], Array("last".utf8)]
      var files = outbox.incomingContent(of: Self.anna, in: .default, key: nil)
      for (ordinal, content) in contents.enumerated() { try await files.take(content, ordinal) }
      #expect(files.held == 9)
      #expect(files.stored.keys.sorted() == [1])
      #expect(files.stored[1]?.chunks == Self.long.count / 3 * 78 / 19 / ChunkKey.size + 1)
      let attachments = contents.indices.map { MIME.Attachment(name: "\($0)", body: files.body(of: $0)) }
      let id = try await outbox.submit(.sample(attachments, files)).queueID
      try await outbox.running { _ = try await bench.until(outbox, id, .done) }
      let sent = MIMEMessage(parsing: try #require(mailbox.messages[id.rawValue]))
      #expect(sent.text == "Hello")
      #expect(sent.attachments.map(\.content) == contents)
      #expect(sent.attachments.map(\.name) == ["0", "1", "2", "3"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message among the attachments travels as it is`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox)
      let inner = Array(("Subject: x\r\n\r\n" + String(repeating: "A line of it.\r\n", count: 40_000)).utf8)
      var files = outbox.incomingContent(of: Self.anna, in: .default, key: nil)
      try await files.take(inner, 0)
      #expect(files.body(of: 0) == .encoded(0))
      let attachment = MIME.Attachment(name: "x.eml", contentType: "message/rfc822", body: files.body(of: 0))
      let id = try await outbox.submit(.sample([attachment], files)).queueID
      try await outbox.running { _ = try await bench.until(outbox, id, .done) }
      let sent = MIMEMessage(parsing: try #require(mailbox.messages[id.rawValue]))
      #expect(sent.attachments.map(\.contentType) == ["message/rfc822"])
      #expect(sent.attachments.map(\.content) == [inner])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a repeat stores nothing, and one at the same time is refused`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var first = outbox.incomingContent(of: Self.anna, in: .default, key: "k")
      try await first.take(Self.long, 0)
      var second = outbox.incomingContent(of: Self.anna, in: .default, key: "k")
      let problem = await #expect(throws: Problem.self) { try await second.take(Self.long, 0) }
      #expect(problem?.code == .idempotencyInProgress)
      let submission = try Submission.sample(
        [MIME.Attachment(name: "a", body: first.body(of: 0))], first, key: "k")
      let receipt = try await outbox.submit(submission, reservation: first.reservation)
      #expect(receipt.idempotency == .miss)
      let chunks = try await bench.store.count("chunk")
      var third = outbox.incomingContent(of: Self.anna, in: .default, key: "k")
      try await third.take(Self.long, 0)
      #expect(third.held == 0)
      #expect(try third.earlier?.receipt(for: [1]).queueID == receipt.queueID)
      try await third.discard()
      // What the message has stays, even if its request is told to have failed.
      try await first.discard()
      #expect(try await bench.store.count("chunk") == chunks)
      #expect(try await bench.store.count("segment") == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `nothing is left of a request that fails, and its key is free`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox()) { $0.contentLimit = Self.long.count * 4 }
      var files = outbox.incomingContent(of: Self.anna, in: .default, key: "k")
      try await files.take(Self.long, 0)
      try await files.append(Self.long, to: 1, isLast: false)
      #expect(try await bench.store.count("segment") == 2)
      try await files.discard()
      for table: SQL in ["segment", "chunk", "idempotency"] {
        #expect(try await bench.store.count(table) == 0, "\(table.text)")
      }

      var large = outbox.incomingContent(of: Self.anna, in: .default, key: "k")
      for ordinal in 0..<5 { try await large.take(Self.long, ordinal) }
      #expect(try await bench.store.count("chunk") == 0)
      #expect(large.held == 0)
      let problem = #expect(throws: Problem.self) { try large.check() }
      #expect(problem?.code == .messageTooLarge)
      #expect(problem?.summary.contains("\(Self.long.count * 5) bytes") == true)
    }
  }
}

extension IncomingContent {
  /// All of one attachment, as it arrives from a network.
  fileprivate mutating func take(_ content: [UInt8], _ ordinal: Int) async throws {
    for start in stride(from: 0, to: content.count, by: 60_001) {
      let end = min(start + 60_001, content.count)
      try await append(Array(content[start..<end]), to: ordinal, isLast: false)
    }
    try await append([], to: ordinal, isLast: true)
  }
}

extension Submission {
  fileprivate static func sample(
    _ attachments: [MIME.Attachment], _ files: IncomingContent, key: String? = nil
  ) throws -> Submission {
    var submission = try sample(key: key.map { IdempotencyKey(key: $0, bodyHash: [1]) })
    submission.attachments = attachments
    submission.storedContent = files.stored
    return submission
  }
}
