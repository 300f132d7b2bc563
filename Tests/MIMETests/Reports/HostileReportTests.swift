import Foundation
import ProcessTesting
import Testing

@testable import MIME

@Suite struct HostileReportTests {
  private func report(status: String, returned: String = "Message-ID: <a@b>\n") -> String {
    "From: mailer-daemon@a.example\nSubject: Undeliverable: x\nContent-Type: multipart/report; boundary=b\n\n--b\n\nx\n--b\n"
      + "Content-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\n\(status)\n--b\n"
      + "Content-Type: message/rfc822\n\n\(returned)\n--b--\n"
  }

  private func read(_ text: String) -> MailReport { MailReport(reading: Array(text.utf8)) }

  @Test func `of very many recipients the first ones are read`() {
    let status = (0..<10_000).map {
      "Final-Recipient: rfc822; r\($0)@a.example\nAction: failed\nStatus: 5.1.1\n"
    }
    let found = read(report(status: status.joined(separator: "\n")))
    #expect(found.recipients.count == MailReport.maximumRecipients)
    #expect(found.recipients.last?.address == "r999@a.example")
    let lines = (0..<10_000).map { "<r\($0)@a.example>:\nno such user\n" }.joined(separator: "\n")
    let text = read("From: mailer-daemon@a.example\n\nHi. This is the qmail-send program\n\n" + lines)
    #expect(text.kind == .bounce)
    #expect((900...MailReport.maximumRecipients).contains(text.recipients.count))
  }

  @Test func `a returned message need not be there whole`() throws {
    let start = report(
      status: "Final-Recipient: rfc822; b@a.example\nAction: failed\nStatus: 5.1.1\n",
      returned: "X-Heliograph-Id: 7\nMessage-ID: <a@b>\n\n")
    var reader = MailReportReader()
    reader.feed(Array(start.utf8)[...])
    let piece = [UInt8](repeating: 0x41, count: 1 << 20)
    for _ in 0..<20 { reader.feed(piece[...]) }
    #expect(!reader.needsMore)
    let found = reader.finish()
    #expect(found.original.heliographID == "7" && found.recipients.count == 1)
  }

  @Test func `what a report lacks is absent`() {
    #expect(read(report(status: "")).recipients == [])
    #expect(read(report(status: "")).kind == .bounce)
    #expect(read(report(status: "Final-Recipient: \nAction: failed")).recipients == [])
    let bare = read(report(status: "Final-Recipient: <b@a.example>\nDiagnostic-Code: 550 no such user"))
    #expect(bare.recipients.map(\.address) == ["b@a.example"])
    #expect(bare.recipients.first?.diagnostic?.code == 550)
    #expect(bare.recipients.first?.cause.category == .userUnknown)
    let unknown = read(
      report(status: "Final-Recipient: rfc822; b@a.example\nAction: odd\nStatus: 4.2.2 (full)"))
    #expect(unknown.recipients.first?.action == .delayed && unknown.kind == .delay)
  }

  @Test func `a report within a report is not opened`() {
    let inner = report(status: "Final-Recipient: rfc822; inner@a.example\nAction: failed\nStatus: 5.1.1\n")
    var outer = report(
      status: "Final-Recipient: rfc822; outer@a.example\nAction: failed\nStatus: 5.2.2\n", returned: inner)
    outer = outer.replacing("boundary=b\n", with: "boundary=o\n", maxReplacements: 1)
    #expect(
      read(report(status: "", returned: inner)).recipients.map(\.address) != [
        "inner@a.example", "outer@a.example",
      ])
    for _ in 0..<50 {
      outer = "Content-Type: message/rfc822\n\n" + outer
    }
    #expect(read(outer).kind == .ordinary)
  }

  /// In processor time, since tests share the machine.
  @Test(arguments: [
    (
      "From: mailer-daemon@a.example\nContent-Type: multipart/report; boundary=b\n\n",
      "--b\nContent-Type: a/b\n\nx\n"
    ),
    (
      "From: mailer-daemon@a.example\nContent-Type: multipart/report; boundary=b\n\n",
      "--b\nContent-Type: multipart/report; boundary=b\n\n"
    ),
    ("From: ", "a"), ("From: ", "a@b.example, "), ("Subject: ", "=?utf-8?q?a?= "), ("References: ", "<a@b> "),
    ("From: mailer-daemon@a.example\n\nHi. This is the qmail\n", "<a@b.example>:\n"),
    ("From: mailer-daemon@a.example\n\nHi. This is the qmail\n<a@b.example>:\n", "5.1."),
    ("From: mailer-daemon@a.example\n\nHi. This is the qmail\n<a@b.example>:\n", "550 x\n"),
    ("From: mailer-daemon@a.example\nSubject: undeliverable\nContent-Type: text/html\n\n", "<style>"),
    ("From: mailer-daemon@a.example\nSubject: undeliverable\nContent-Type: text/html\n\n", "<"),
    (
      "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n",
      "Final-Recipient: a@b.example\n"
    ),
    (
      "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\nFinal-Recipient: a\n",
      "x\n"
    ),
    (
      "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/feedback-report\n\n",
      "Original-Rcpt-To: <a@b.example>\n"
    ),
  ])
  func `reading takes bounded time`(start: String, pattern: String) {
    let bytes = Array((start + String(repeating: pattern, count: (1 << 20) / pattern.utf8.count)).utf8)
    let before = processorTime()
    let report = MailReport(reading: bytes)
    let cost = processorTime() - before
    #expect(report.recipients.count <= MailReport.maximumRecipients)
    #expect(cost < .seconds(10), "\(start)\(pattern): \(cost)")
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `mutated reports are read, and stay within the limits`(seed: UInt64) throws {
    var generator = Generator(seed: seed)
    let fixtures = try ReportFixture.all
    for fixture in fixtures.shuffled(using: &generator).prefix(12) {
      let bytes = try fixture.bytes
      for _ in 0..<6 {
        let report = MailReport(reading: mutated(bytes, &generator))
        #expect(report.recipients.count <= MailReport.maximumRecipients)
        #expect(report.original.fields.count <= OriginalMessage.maximumFields)
        #expect(
          report.kind == .ordinary ? report.rule == "none" : ReportRule.rows.contains { $0.id == report.rule }
        )
        #expect(
          report.recipients.allSatisfy {
            ($0.diagnostic?.text.count ?? 0) <= MailReport.Diagnostic.longestText
          })
      }
    }
  }

  private func mutated(_ bytes: [UInt8], _ generator: inout Generator) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...8, using: &generator) {
      let place = Int.random(in: 0..<bytes.count, using: &generator)
      let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
      switch Int.random(in: 0..<6, using: &generator) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
      case 1: bytes.removeSubrange(place..<end)
      case 2:
        bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
      case 3: bytes.insert(contentsOf: [0xFF, 0xC3, 0x28, 0x00, 0x0D], at: place)
      case 4: bytes = Array(bytes.prefix(max(place, 1)))
      default:
        let other = Int.random(in: 0..<bytes.count, using: &generator)
        bytes.swapAt(place, other)
      }
      if bytes.isEmpty { bytes = [0x0A] }
    }
    return bytes
  }
}
