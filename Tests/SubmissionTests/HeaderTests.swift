import Core
import MIME
import Testing

@testable import Submission

/// What becomes of the headers that devices write.
@Suite struct HeaderTests {
  private static let sound =
    "From: a@example.com\r\nDate: Fri, 20 Nov 2026 22:41:26 +0000\r\nMessage-ID: <1@example.com>\r\n"

  private static func repaired(_ text: String) throws -> (header: String, repairs: [String]) {
    var header = RawHeader(Array(text.utf8))
    let repairs = try HeaderRepair.repair(&header, own: "a@example.com")
    return (String(decoding: header.bytes, as: UTF8.self), repairs)
  }

  @Test(arguments: [
    "", "To: Carl <c@example.org>\r\n", "To: \"scan@printer\" <c@example.org>\r\n",
    "To: c@example.org (scan@printer)\r\n", "Subject: a@b <c@d>\r\n",
    "X-Empty:\r\nX-Tab:\tx\r\nX-Fold:\r\n x\r\n",
    "To: a@b <c@d> e@f\r\n", "To: <c@example.org>, d@example.org\r\n", "To: a@b <c@d\r\n",
  ])
  func `what is right, or can be meant in two ways, stays as it is`(more: String) throws {
    let result = try Self.repaired(Self.sound + more)
    #expect(result.header == Self.sound + more + "\r\n")
    #expect(result.repairs == [])
  }

  @Test(arguments: [
    ("Subject:text\r\n", "Subject: text\r\n", "A blank was added"),
    ("To:c@example.org\r\nX-Mailer:MFP\r\n", "To: c@example.org\r\nX-Mailer: MFP\r\n", "A blank was added"),
    (
      "To: scan@printer.local <c@example.org>\r\n", "To: \"scan@printer.local\" <c@example.org>\r\n",
      "To: a name that contains an address"
    ),
    (
      "Cc: d@example.org, c@example.org <c@example.org>\r\n",
      "Cc: d@example.org, \"c@example.org\" <c@example.org>\r\n", "Cc: a name"
    ),
  ])
  func `what can be meant in one way only is corrected`(line: String, wanted: String, repair: String) throws {
    let result = try Self.repaired(Self.sound + line)
    #expect(result.header == Self.sound + wanted + "\r\n")
    #expect(result.repairs.count == 1 && result.repairs[0].hasPrefix(repair))
  }

  @Test(arguments: [
    ("Date: x\r\nMessage-ID: <1@x>\r\nFrom: a@x\r\n", ["Date could not be read and was replaced."]),
    (
      "Subject: x\r\n",
      [
        "From was missing; a@example.com was added.", "Date was missing and was added.",
        "Message-ID was missing and was added.",
      ]
    ),
    (
      "From: a@x\r\nDate: Fri, 20 Nov 2026 22:41:26 +0000\r\nMessage-ID: 17\r\n",
      ["Message-ID was not of the form <left@right> and was replaced."]
    ),
  ])
  func `what a submission adds is told`(header: String, repairs: [String]) throws {
    #expect(try Self.repaired(header).repairs == repairs)
  }

  @Test(arguments: [
    ("X-EE-Send-At: 1795214486000", "2026-11-20T22:41:26.000Z"),
    ("x-ee-send-at:2027-05-20", "2027-05-20T00:00:00.000Z"),
  ])
  func `a moment is read in both forms`(field: String, moment: String) throws {
    var header = RawHeader(Array("\(field)\r\nSubject: x\r\n".utf8))
    #expect(try ControlFields(takenFrom: &header).sendAt?.description == moment)
    #expect(String(decoding: header.bytes, as: UTF8.self) == "Subject: x\r\n\r\n")
  }

  @Test(arguments: [
    "X-EE-Send-At: tomorrow", "X-EE-Delivery-Attempts: 0", "X-EE-Delivery-Attempts: many", "X-EE-Account:",
    "X-EE-Idempotency-Key:", "X-EE-Tracking-Enabled: true", "X-EE-Locale: de", "X-EE-New: x",
    "X-EE-Account: a\r\nx-ee-account: a",
  ])
  func `a field that cannot be honoured is refused by name`(field: String) throws {
    var header = RawHeader(Array("\(field)\r\n".utf8))
    let problem = try #require(throws: Problem.self) { try ControlFields(takenFrom: &header) }
    #expect(problem.code == .messageControlHeader && problem.summary.lowercased().contains("x-ee-"))
  }

  @Test func `failures of an address and of a user name add up, and are forgotten`() {
    var memory = FailureMemory()
    let start = Instant(microseconds: 0)
    #expect(
      (0..<7).map { _ in memory.failed(["a", "u"], at: start) }.map { $0 / .seconds(1) } == [
        1, 2, 4, 8, 16, 30, 30,
      ])
    #expect(memory.failed(["b", "u"], at: start) == .seconds(30))
    #expect(memory.failed(["b", "v"], at: start) == .seconds(2))
    #expect(memory.failed(["a", "u"], at: start + FailureMemory.memory) == .seconds(1))
  }

  @Test func `the smallest network that an address is in counts`() throws {
    let networks = try [("10.0.0.0/8", "all"), ("10.1.0.0/16", "some"), ("fd00::/8", "six")].map {
      ClientNetwork(try #require(CIDR($0.0)), account: AccountID($0.1))
    }
    for (address, account) in [
      ("10.2.3.4", "all"), ("10.1.3.4", "some"), ("::ffff:10.1.3.4", "some"), ("fd12::1", "six"),
      ("11.0.0.1", nil),
    ] {
      #expect(networks.network(of: IPAddress(address))?.account.rawValue == account, "\(address)")
    }
  }
}
