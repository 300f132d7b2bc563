import Accounts
import Core
import MIME
import StoreTesting
import Testing

@testable import Delivery
@testable import Store

/// A message that came by SMTP and has failed is reported to its sender, once.
@Suite(.timeLimit(.minutes(10))) struct FailureReportTests {
  /// As it comes by SMTP.
  static func submission(_ header: String = "", to: [String] = ["bert@example.com"]) throws -> Submission {
    var submission = Submission(account: AccountID("anna"))
    submission.source = .smtp
    submission.envelopeFrom = try EmailAddress("anna@example.com")
    submission.envelopeTo = try to.map { try EmailAddress($0) }
    let text = "\(header)Subject: Scan\nTo: \(to[0])\nBcc: \(to[0])\n\n"
    submission.raw = RawMessage(
      header: RawHeader(Array(text.replacing("\n", with: "\r\n").utf8)),
      body: .bytes(Array("Page 1\r\n".utf8)))
    return submission
  }

  /// Refuses the first message, and whatever else `refuses` says.
  static func mailbox(
    refuses: @escaping @Sendable (Int) -> Bool = { $0 == 0 }, with problem: Problem = Failure.refused
  ) -> FakeMailbox {
    FakeMailbox { call, before in call.step == .create && refuses(before) ? .refuse(problem) : .act }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the report is written with the verdict, and is sent by the account to itself`(engine: StoreEngine)
    async throws
  {
    try await Bench.run(engine) { bench in
      let mailbox = Self.mailbox()
      let outbox = bench.outbox(mailbox) { $0.name = "mail.example.com" }
      let id = try await outbox.submit(Self.submission(to: ["bert@example.com", "дора@example.com"])).queueID
      let report = try await outbox.running {
        // At no moment is there one without the other.
        try await eventually {
          let (state, reports) = try await bench.failure(of: id)
          #expect((state == .failed) == (reports.count == 1))
          return state == .failed
        }
        let report = try #require(try await bench.failure(of: id).reports.first)
        try await bench.until(outbox, report.id, .done)
        return report
      }
      #expect(mailbox.sent == [report.id.rawValue])
      #expect(report.envelopeFrom == "anna@example.com" && report.envelopeTo == ["anna@example.com"])
      #expect(report.subject == "Not sent: Scan")
      let message = MIMEMessage(parsing: try #require(mailbox.messages[report.id.rawValue]))
      #expect(message.bytes == (try await bench.content(of: report.id)))
      #expect(message.field("X-Heliograph-Id")?.value == report.id.rawValue)
      #expect(message.field("Auto-Submitted")?.value == "auto-replied")
      #expect(message.field("To")?.value == "anna@example.com")
      #expect(message.root.contentType.name == "multipart/report")
      #expect(message.root.contentType["report-type"] == "delivery-status")
      #expect(
        message.root.parts.map(\.contentType.name) == [
          "text/plain", "message/delivery-status", "text/rfc822-headers",
        ])
      let text = message.root.parts[0].text
      #expect(
        text.contains("bert@example.com\r\n") && text.contains("Why: It failed with graph.recipientsInvalid.")
      )
      let status = ProblemCode.graphRecipientsInvalid.smtp
      let groups = message.root.parts[1].text.replacing("\r\n", with: "\n").components("\n\n")
      #expect(groups[0].hasPrefix("Reporting-MTA: dns; mail.example.com\nArrival-Date: "))
      #expect(
        groups[1...2] == [
          """
          Final-Recipient: rfc822; bert@example.com
          Action: failed
          Status: \(status.enhanced)
          Diagnostic-Code: smtp; \(status) It failed with graph.recipientsInvalid.
          """,
          """
          Final-Recipient: utf-8; \\x{434}\\x{43E}\\x{440}\\x{430}@example.com
          Action: failed
          Status: \(status.enhanced)
          Diagnostic-Code: smtp; \(status) It failed with graph.recipientsInvalid.
          """,
        ])
      let header = message.root.parts[2].text
      #expect(header.contains("Subject: Scan\r\n") && header.contains("X-Heliograph-Id: \(id)\r\n"))
      #expect(!header.contains("Bcc"))
      let events = try await bench.events().map(\.kind)
      #expect(
        events == ["messageQueued", "messageDeliveryError", "messageFailed", "messageQueued", "messageSent"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a crash around the verdict makes neither none nor two`(engine: StoreEngine) async throws {
    for step in [FakeMailbox.Step.create, .send] {
      try await Bench.run(engine) { bench in
        // Hangs in the message itself, or in the report's last step.
        let mailbox = FakeMailbox { call, before in
          if call.step == step, before == 0 { return .hang(acts: false) }
          return call.step == .create && before == (step == .create ? 1 : 0)
            ? .refuse(Failure.refused) : .act
        }
        let first = bench.outbox(mailbox)
        let id = try await first.running {
          let id = try await first.submit(Self.submission()).queueID
          try await eventually { mailbox.steps.last == step }
          return id
        }
        let second = bench.outbox(mailbox)
        try await second.running {
          try await eventually {
            try await second.entries(PageRequest()).elements.allSatisfy { $0.state != .active }
          }
          await bench.pass(.seconds(121))
          try await bench.until(second, id, .failed)
          try await eventually { mailbox.sent.count == 1 }
        }
        let reports = try await bench.failure(of: id).reports
        #expect(reports.map(\.id.rawValue) == mailbox.sent)
      }
    }
  }

  @Test func `a report that fails is not reported`() async throws {
    try await Bench.run(.sqlite) { bench in
      let outbox = bench.outbox(Self.mailbox(refuses: { _ in true }))
      let id = try await outbox.submit(Self.submission()).queueID
      try await outbox.running {
        try await bench.until(outbox, id, .failed)
        let report = try #require(try await bench.failure(of: id).reports.first)
        try await bench.until(outbox, report.id, .failed)
      }
      #expect(try await bench.failure(of: id).reports.count == 1)
    }
  }

  struct Silent: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var header = ""
    var change: @Sendable (inout Submission) -> Void = { _ in }
    var status = AccountStatus(state: .connected)
    var isSet = true
    var problem = Failure.refused
  }

  static let silent = [
    Silent(testDescription: "a report", header: "Content-Type: Multipart/Report; boundary=x\n"),
    Silent(testDescription: "an answer", header: "Auto-Submitted: auto-replied (vacation)\n"),
    Silent(testDescription: "a notice", header: "Auto-Submitted: auto-notified; x=y\n"),
    Silent(testDescription: "by the API") { $0.source = .api },
    Silent(testDescription: "NOTIFY=NEVER") {
      $0.reports.recipients["bert@example.com"] = ReportRequest.Recipient(wantsFailures: false, original: nil)
    },
    Silent(testDescription: "paused", status: AccountStatus(state: .connected, paused: true)),
    Silent(testDescription: "grant lost", status: AccountStatus(state: .authenticationError)),
    Silent(testDescription: "not found", status: AccountStatus(state: .connectError)),
    Silent(testDescription: "by setting", isSet: false),
    Silent(
      testDescription: "the account may not send", problem: Failure.of(.accountPermissionMissing, .futile)),
  ]

  @Test(arguments: StoreEngine.allCases, silent)
  func `nothing is reported but the event`(engine: StoreEngine, silent: Silent) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(Self.mailbox(refuses: { _ in true }, with: silent.problem)) {
        $0.reportsFailures = silent.isSet
        // What would wait is given up at once.
        $0.schedule.maximumAge = .zero
      }
      var submission = try Self.submission(silent.header)
      silent.change(&submission)
      let id = try await outbox.submit(submission).queueID
      try await bench.store.write { (tx: borrowing Transaction) in
        try tx.execute(
          "UPDATE account SET state = $1, paused = $2", silent.status.state.rawValue, silent.status.paused)
      }
      try await outbox.running { _ = try await bench.until(outbox, id, .failed) }
      #expect(try await bench.failure(of: id).reports.isEmpty)
      #expect(try await bench.events().last?.kind == "messageFailed")
    }
  }

  @Test func `only those who want to know are told, with what they gave`() async throws {
    try await Bench.run(.sqlite) { bench in
      let outbox = bench.outbox(Self.mailbox(refuses: { _ in true }))
      var submission = try Self.submission(
        "Auto-Submitted: no\n", to: ["bert@example.com", "carl@example.com", "dora@example.com"])
      submission.reports.returnsMessage = true
      submission.reports.envelopeID = "QQ 314"
      submission.reports.recipients = [
        "carl@example.com": ReportRequest.Recipient(wantsFailures: false, original: nil),
        "dora@example.com": ReportRequest.Recipient(wantsFailures: true, original: "rfc822;Dora@Example.com"),
      ]
      let id = try await outbox.submit(submission).queueID
      try await outbox.running { _ = try await bench.until(outbox, id, .failed) }
      let report = try #require(try await bench.failure(of: id).reports.first)
      let message = MIMEMessage(parsing: try await bench.content(of: report.id))
      let status = message.root.parts[1].text
      #expect(status.contains("Original-Envelope-Id: QQ 314\r\n"))
      #expect(status.contains("bert@") && !status.contains("carl@"))
      #expect(
        status.contains(
          "Original-Recipient: rfc822;Dora@Example.com\r\nFinal-Recipient: rfc822; dora@example.com"))
      #expect(message.root.parts[2].contentType.name == "message/rfc822")
      #expect(message.root.parts[2].content == (try await bench.content(of: id)))
    }
  }

  @Test func `a large header is cut at a line, and many recipients fit`() async throws {
    try await Bench.run(.sqlite) { bench in
      let outbox = bench.outbox(Self.mailbox(refuses: { _ in true }))
      let lines = (0..<1500).map { "X-Line-\($0): \(String(repeating: "x", count: 60))\n" }.joined()
      let many = (0..<1000).map { "\(String(repeating: "r", count: 40))\($0)@example.com" }
      let id = try await outbox.submit(Self.submission(lines, to: many)).queueID
      try await outbox.running { _ = try await bench.until(outbox, id, .failed) }
      let report = try #require(try await bench.failure(of: id).reports.first)
      #expect(report.size < 2_900_000)
      let message = MIMEMessage(parsing: try await bench.content(of: report.id))
      let header = message.root.parts[2].text
      #expect((60_000...65_536).contains(header.utf8.count) && header.hasSuffix("x\r\n"))
      #expect(message.root.parts[1].text.split(separator: "Final-Recipient: ").count == 1001)
    }
  }
}

extension Bench {
  /// The message's state and the reports that there are, at one moment.
  func failure(of id: QueueID) async throws -> (state: QueueState?, reports: [OutgoingMessageRecord]) {
    try await store.read { (tx: borrowing Transaction) in
      let reports = try tx.rows("SELECT id FROM message WHERE source = 'report'") {
        try $0.identifier("id") as QueueID
      }
      return (
        try tx.queueRecord(.default, id)?.state, try reports.compactMap { try tx.message(.default, $0) }
      )
    }
  }
}

extension String {
  fileprivate func components(_ separator: String) -> [String] {
    split(separator: separator, omittingEmptySubsequences: false).map(String.init)
  }
}
