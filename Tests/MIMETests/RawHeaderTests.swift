import Core
import Testing

@testable import MIME

@Suite struct RawHeaderTests {
  private func header(_ text: String) -> RawHeader {
    RawHeader(Array(text.replacing("\n", with: "\r\n").utf8))
  }

  private func text(_ header: RawHeader) -> String {
    String(decoding: header.bytes, as: UTF8.self).replacing("\r\n", with: "\n")
  }

  @Test func `a header is read as a message is`() throws {
    let header = header(
      "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nMessage-ID: <a@b>\nDate: Fri, 20 Nov 2026 22:41:26 +0000\n"
        + "To: Ann <a@b>, broken\nCC: c@d\n\n")
    #expect(header.fields.map(\.name) == ["Subject", "Message-ID", "Date", "To", "CC"])
    #expect(header.subject == "Grüße")
    #expect(header.messageID == "<a@b>")
    #expect(header.date?.description == "2026-11-20T22:41:26.000Z")
    #expect(header.field("cc")?.value == "c@d")
    #expect(header.addresses("to").map(\.description) == ["Ann <a@b>", "broken"])
    #expect(header.headerRecipients.map(\.text) == ["a@b", "c@d"])
    #expect(header.malformedRecipients == ["broken"])
  }

  @Test(arguments: [
    ("Bcc: a@b\nTo: c@d\n\n", "To: c@d\n\n"),
    ("To: c@d\nbCC : a@b,\n\tg@h\nX: y\nBcc: z\n\n", "To: c@d\nX: y\n\n"),
    ("X: y\nstray\nResent-Bcc: a@b\n\n", "X: y\nstray\n\n"), ("Bcc: a@b", "\n"), ("X: y\n", "X: y\n\n"),
    ("", "\n"),
  ])
  func `every field of a name is removed with its folds and nothing else changes`(
    before: String, after: String
  ) {
    var header = header(before)
    header.remove("bcc", "Resent-BCC")
    #expect(text(header) == after)
  }

  @Test(arguments: [
    ("From: x@y\nX: \u{FC}  odd\n\tfold\n\n", "From: Ann <a@b>\nX: \u{FC}  odd\n\tfold\n\n"),
    ("X: 1\nfrom : a@b,\n c@d\nY: 2\nFROM: e@f\n\n", "X: 1\nFrom: Ann <a@b>\nY: 2\n\n"),
    ("X: 1\n\n", "X: 1\nFrom: Ann <a@b>\n\n"), ("\n", "From: Ann <a@b>\n\n"), ("", "From: Ann <a@b>\n\n"),
    ("X: 1\nstray\nTo: c@d\n\n", "X: 1\nFrom: Ann <a@b>\nstray\nTo: c@d\n\n"),
  ])
  func `a field is set in place of the first of its name, or after the others`(before: String, after: String)
    throws
  {
    var header = header(before)
    try header.set("From", addresses: [NamedAddress(name: "Ann", address: EmailAddress("a@b"))])
    #expect(text(header) == after)
    try header.set("From", addresses: [])
    #expect(header.field("From") == nil)
  }

  @Test func `text, identifier and date are written as compositions have them`() throws {
    var header = header("Message-Id: <old@x>\nSubject: old\nX: y\n\n")
    try header.set("Subject", text: "Grüße")
    header.set(messageID: try MessageID("<new@x>"))
    header.set(date: Instant(microseconds: 0))
    try header.append("X-Id", "1")
    #expect(
      text(header) == "Message-ID: <new@x>\nSubject: =?utf-8?b?R3LDvMOfZQ==?=\nX: y\n"
        + "Date: Thu, 01 Jan 1970 00:00:00 +0000\nX-Id: 1\n\n")
    #expect(header.subject == "Grüße")
    #expect(header.messageID == "<new@x>")
  }

  @Test func `what a composition could not write is refused and changes nothing`() throws {
    var header = header("Subject: old\n\n")
    let before = header.bytes
    #expect(throws: Problem.self) { try header.set("Subject", text: "a\nBcc: b@c") }
    #expect(throws: Problem.self) { try header.append("X", "a\rb") }
    #expect(throws: Problem.self) { try header.append("Bcc", "a@b") }
    #expect(throws: Problem.self) { try header.append("a b", "c") }
    let invalid = MIMEMessage(parsing: Array("To: root\n\n".utf8)).addresses("To")
    #expect(throws: Problem.self) { try header.set("To", addresses: invalid) }
    #expect(header.bytes == before)
  }

  @Test func `a stray line does not become the fold of a new field`() throws {
    var header = header(" stray\nBcc: a@b\n\n")
    header.remove("Bcc")
    try header.append("X", "y")
    #expect(header.fields.map(\.value) == ["y"])
  }
}
