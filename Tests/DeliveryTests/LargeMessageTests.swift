import Backends
import Core
import MIME
import Store
import StoreTesting
import Testing

@testable import Delivery
@testable import Queue

/// Messages that are too large for one request: a draft of what remains, then the files one by one.
@Suite(.timeLimit(.minutes(10))) struct LargeMessageTests {
  /// Of pseudo-random bytes, which no encoding shortens.
  private static func bytes(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
  }

  /// A small one, one of two whole ranges and a bit, one that is uploaded in one range, and one with the name of the
  /// first.
  static let files = [
    FakeMailbox.File(name: "a.bin", content: bytes(3_000, seed: 1)),
    FakeMailbox.File(name: "b.bin", content: bytes(20_100, seed: 2)),
    FakeMailbox.File(name: "c.bin", content: bytes(10_000, seed: 3)),
    FakeMailbox.File(name: "a.bin", content: bytes(500, seed: 4)),
  ]

  private static func outbox(_ bench: Bench, _ mailbox: FakeMailbox, node: String = "one") -> Outbox {
    bench.outbox(mailbox, node: node) {
      $0.limits.message = 4_000
      $0.limits.file = 8_000
      $0.limits.range = 10_000
    }
  }

  private static func submission(files: [FakeMailbox.File] = files) throws -> Submission {
    var submission = try Submission.sample(text: "The files.")
    submission.attachments = files.map { MIME.Attachment(name: $0.name, content: $0.content) }
    return submission
  }

  /// In one message that one request would take, and nothing of a file.
  private static func expectDraft(_ mailbox: FakeMailbox, _ id: QueueID) throws {
    let draft = MIMEMessage(parsing: try #require(mailbox.messages[id.rawValue]))
    #expect(draft.bytes.count < 4_000)
    #expect(draft.text == "The files.")
    #expect(draft.attachments.isEmpty)
    #expect(draft.field("X-Heliograph-Id")?.value == id.rawValue)
  }

  @Test(arguments: StoreEngine.allCases)
  func `it goes as a draft, its files one by one, then it is sent`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = Self.outbox(bench, mailbox)
      let id = try await outbox.submit(Self.submission()).queueID
      _ = try await outbox.running { try await bench.until(outbox, id, .done) }
      #expect(
        mailbox.steps == [.create, .attach, .open, .upload, .upload, .upload, .open, .upload, .attach, .send])
      #expect(
        mailbox.calls.filter { $0.step == .upload }.map(\.subject) == [
          "b.bin 0", "b.bin 10000", "b.bin 20000", "c.bin 0",
        ])
      #expect(mailbox.sentFiles[id.rawValue] == Self.files)
      try Self.expectDraft(mailbox, id)
      // What is stored is the message as its author wrote it.
      let changes = try await outbox.entry(id).changes
      #expect(changes.count == 1 && changes.first?.contains("its 4 attachments are added") == true)
      #expect(try await bench.events().first?.data.contains(changes.first ?? "none") == true)
      // It is derived from the layout.
      let record = try await bench.store.read { (tx: borrowing Transaction) in try tx.message(.default, id) }
      var stored = try #require(record)
      let layout = try stored.messageLayout
      #expect(stored.changes == [] && stored.changes(with: layout) == changes)
      stored.changes = changes
      #expect(stored.changes(with: layout) == changes)
      let small = try await outbox.submit(Submission.sample()).queueID
      #expect(try await outbox.entry(small).changes.isEmpty)
      let mime = MIMEMessage(parsing: try await bench.content(of: id))
      #expect(mime.attachments.map(\.content) == Self.files.map(\.content))
    }
  }

  struct Crash: Sendable, CustomTestStringConvertible {
    var step: FakeMailbox.Step
    var before: Int
    /// Whether Microsoft did what was asked before we died.
    var acts: Bool
    var testDescription: String { "\(step.rawValue) \(before), \(acts ? "done" : "not done")" }
  }

  static let crashes = [
    (FakeMailbox.Step.create, 0), (.attach, 0), (.attach, 1), (.open, 0), (.upload, 0), (.upload, 1),
    (.upload, 2),
    (.upload, 3), (.send, 0),
  ].flatMap { step, before in [true, false].map { Crash(step: step, before: before, acts: $0) } }

  @Test(arguments: StoreEngine.allCases, crashes)
  func `after a crash it goes on where it was, and no file is there twice`(
    engine: StoreEngine, crash: Crash
  ) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == crash.step && before == crash.before ? .hang(acts: crash.acts) : .act
      }
      let first = Self.outbox(bench, mailbox)
      let id = try await first.running {
        let id = try await first.submit(Self.submission()).queueID
        try await eventually { mailbox.calls.count { $0.step == crash.step } > crash.before }
        return id
      }
      let second = Self.outbox(bench, mailbox)
      try await second.running {
        try await eventually { try await second.entry(id).state != .active }
        if try await second.entry(id).state != .done { await bench.pass(.seconds(121)) }
        try await bench.until(second, id, .done)
      }
      #expect(mailbox.sent == [id.rawValue])
      #expect(mailbox.sentFiles[id.rawValue] == Self.files)
      #expect(mailbox.drafts.isEmpty)
      #expect(mailbox.calls.count { $0.step == .create } == (crash.step == .create && !crash.acts ? 2 : 1))
    }
  }

  @Test(arguments: crashes.filter { $0.step != .create && $0.step != .send })
  func `after a lost reply it asks before it repeats`(crash: Crash) async throws {
    try await Bench.run(.sqlite) { bench in
      let mailbox = FakeMailbox { call, before in
        guard call.step == crash.step, before == crash.before else { return .act }
        return crash.acts ? .loseReply : .loseRequest
      }
      let outbox = Self.outbox(bench, mailbox)
      try await outbox.running {
        let id = try await outbox.submit(Self.submission()).queueID
        try await bench.until(outbox, id, .deferred)
        await bench.pass(.seconds(121))
        try await bench.until(outbox, id, .done)
        #expect(mailbox.sentFiles[id.rawValue] == Self.files)
        #expect(mailbox.calls.count { $0.step == .create } == 1)
      }
    }
  }

  @Test func `a session that has expired is opened anew, and the file begins again`() async throws {
    try await Bench.run(.sqlite) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .upload && before == 1 ? .findNothing : .act
      }
      let outbox = Self.outbox(bench, mailbox)
      try await outbox.running {
        let id = try await outbox.submit(Self.submission()).queueID
        try await bench.until(outbox, id, .deferred)
        #expect(mailbox.steps.suffix(4) == [.open, .upload, .upload, .list])
        await bench.pass(.seconds(20))
        try await bench.until(outbox, id, .done)
        #expect(mailbox.sentFiles[id.rawValue] == Self.files)
      }
    }
  }

  @Test func `a draft that someone has deleted is created anew`() async throws {
    try await Bench.run(.sqlite) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .open && before == 0 ? .refuse(Failure.noSuchItem) : .act
      }
      let outbox = Self.outbox(bench, mailbox)
      try await outbox.running {
        let id = try await outbox.submit(Self.submission()).queueID
        try await bench.until(outbox, id, .deferred)
        for draft in mailbox.drafts { try await mailbox.deleteDraft(DraftID(draft)) }
        await bench.pass(.seconds(20))
        try await bench.until(outbox, id, .done)
        #expect(mailbox.sentFiles[id.rawValue] == Self.files)
        #expect(mailbox.calls.count { $0.step == .create } == 2)
      }
    }
  }

  @Test func `a message that the mailbox may not send fails, and its draft is deleted`() async throws {
    try await Bench.run(.sqlite) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .upload && before == 2 ? .refuse(Failure.of(.graphMessageTooLarge, .futile)) : .act
      }
      let outbox = Self.outbox(bench, mailbox)
      try await outbox.running {
        let id = try await outbox.submit(Self.submission()).queueID
        let entry = try await bench.until(outbox, id, .failed)
        #expect(entry.problem?.code == "graph.messageTooLarge")
        await bench.pass(.seconds(60))
        try await eventually { mailbox.drafts.isEmpty }
      }
    }
  }

  @Test func `what Microsoft asks to wait for is waited for, and the upload goes on at its offset`()
    async throws
  {
    try await Bench.run(.sqlite) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == .upload && before == 2 ? .refuse(Failure.throttled(.seconds(30))) : .act
      }
      let outbox = Self.outbox(bench, mailbox)
      try await outbox.running {
        let id = try await outbox.submit(Self.submission()).queueID
        let waiting = try await bench.until(outbox, id, .deferred)
        #expect(waiting.nextAttempt == bench.time.now + .seconds(30))
        await bench.pass(.seconds(31))
        try await bench.until(outbox, id, .done)
        #expect(mailbox.steps.filter { $0 == .open }.count == 2)
        #expect(
          mailbox.calls.filter { $0.step == .upload }.map(\.subject) == [
            "b.bin 0", "b.bin 10000", "b.bin 20000", "b.bin 20000", "c.bin 0",
          ])
        #expect(mailbox.sentFiles[id.rawValue] == Self.files)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `content that was stored while it arrived, and raw messages, go the same way`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = Self.outbox(bench, mailbox)
      let long = FakeMailbox.File(name: "long.bin", content: Self.bytes(400_000, seed: 9))
      var files = outbox.incomingContent(of: AccountID("anna"), in: .default, key: nil)
      for (ordinal, file) in (Self.files + [long]).enumerated() {
        try await files.append(file.content, to: ordinal, isLast: true)
      }
      var submission = try Self.submission(files: [])
      submission.attachments = (Self.files + [long]).enumerated().map {
        MIME.Attachment(name: $1.name, body: files.body(of: $0))
      }
      submission.storedContent = files.stored
      let first = try await outbox.submit(submission).queueID
      let mime = try await bench.content(of: first)

      var whole = outbox.incomingContent(of: AccountID("anna"), in: .default, key: nil)
      // Sent again as another message.
      let text = String(decoding: mime, as: UTF8.self).replacing(first.rawValue, with: "other")
      for start in stride(from: 0, to: text.utf8.count, by: 10_000) {
        try await whole.append(
          Array(text.utf8.dropFirst(start).prefix(10_000)), to: 0, isLast: start + 10_000 >= text.utf8.count,
          as: .message)
      }
      var raw = Submission(account: AccountID("anna"))
      raw.raw = whole.message(of: 0)
      #expect(raw.raw != nil)
      let second = try await outbox.submit(raw).queueID
      try await outbox.running {
        for id in [first, second] {
          try await bench.until(outbox, id, .done)
          let sent = try #require(mailbox.sentFiles[id.rawValue])
          #expect(sent.map(\.name) == (Self.files + [long]).map(\.name))
          #expect(sent.map(\.content.count) == (Self.files + [long]).map(\.content.count))
          #expect(sent == Self.files + [long])
          try Self.expectDraft(mailbox, id)
        }
      }
    }
  }
}

/// What is refused when it is submitted.
@Suite(.timeLimit(.minutes(10))) struct LargeMessageRefusalTests {
  private static func problem(
    _ bench: Bench, sendOnly: Bool = false, _ submission: Submission
  ) async throws -> Problem? {
    let outbox = bench.outbox(FakeMailbox()) { $0.limits.message = 4_000 }
    if sendOnly {
      try await bench.store.write { (tx: borrowing Transaction) in
        try tx.setSendOnly(true, account: AccountID("anna"), in: .default)
      }
    }
    return await #expect(throws: Problem.self) { try await outbox.submit(submission) }
  }

  @Test func `one that cannot be taken apart is refused with the reason`() async throws {
    try await Bench.run(.sqlite) { bench in
      let long = String(repeating: "0123456789\r\n", count: 500)
      var text = try Submission.sample(text: long)
      text.attachments = [MIME.Attachment(name: "a", content: Array("small".utf8))]
      let tooLong = try #require(try await Self.problem(bench, text))
      #expect(tooLong.code == .messageTooLarge)
      #expect(tooLong.summary.contains("without its attachments"))

      var signed = Submission(account: AccountID("anna"))
      signed.raw = RawMessage(
        header: RawHeader(
          Array(
            """
            From: anna@example.com\r
            To: bert@example.com\r
            Content-Type: multipart/signed; boundary=b; micalg=sha-256; protocol="application/pkcs7-signature"\r
            \r\n
            """.utf8)),
        body: .bytes(
          Array(
            "--b\r\nContent-Type: text/plain\r\n\r\n\(long)\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\nx\r\n--b--\r\n"
              .utf8)))
      let sealed = try #require(try await Self.problem(bench, signed))
      #expect(sealed.code == .messageTooLarge)
      #expect(sealed.summary.contains("multipart/signed"))

      var file = try Submission.sample()
      file.attachments = [MIME.Attachment(name: "a", content: Array(long.utf8))]
      let sendOnly = try #require(try await Self.problem(bench, sendOnly: true, file))
      #expect(sendOnly.code == .messageTooLarge)
      #expect(sendOnly.remedy?.contains("Mail.ReadWrite") == true)
      #expect(try await bench.store.count("queue") == 0)
    }
  }
}
