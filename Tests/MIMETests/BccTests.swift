import MIME
import Testing

@Suite struct BccTests {
  @Test(arguments: [
    ("To: a@b\r\n\r\nBody\r\n", "To: a@b\r\nBcc: c@d, e@f\r\n\r\nBody\r\n"),
    ("To: a@b\n\nBody\n", "To: a@b\nBcc: c@d, e@f\r\n\nBody\n"),
    ("To: a@b", "To: a@b\r\nBcc: c@d, e@f\r\n"),
    ("\r\nBody", "Bcc: c@d, e@f\r\n\r\nBody"),
    ("", "Bcc: c@d, e@f\r\n\r\n"),
    ("Body", "Bcc: c@d, e@f\r\n\r\nBody"),
    (" Body\n\nmore", "Bcc: c@d, e@f\r\n\r\n Body\n\nmore"),
    (" stray\nTo: a@b\n\nBody", " stray\nTo: a@b\nBcc: c@d, e@f\r\n\nBody"),
    ("To: a@b\r\nnonsense\r\nCc: g@h\r\n\r\n", "To: a@b\r\nBcc: c@d, e@f\r\nnonsense\r\nCc: g@h\r\n\r\n"),
  ])
  func `a Bcc goes to the end of the header and nothing else changes`(before: String, after: String) throws {
    let addresses = try [EmailAddress("c@d"), EmailAddress("e@f")]
    let bytes = try MIMEMessage.addingBcc(addresses, to: Array(before.utf8))
    #expect(String(decoding: bytes, as: UTF8.self) == after)
    #expect(try MIMEMessage.addingBcc([], to: Array(before.utf8)) == Array(before.utf8))
  }

  @Test(arguments: [
    ("Bcc: a@b\r\nTo: c@d\r\n\r\nBcc: e@f\r\n", "To: c@d\r\n\r\nBcc: e@f\r\n"),
    ("To: c@d\nbCC : a@b,\n\tg@h\nX: y\n\n", "To: c@d\nX: y\n\n"),
    ("To: c@d\r\nResent-Bcc: a@b\r\nBcc: x@y", "To: c@d\r\n"),
    ("X: y\rBcc: a@b\r\nTo: c@d\r\n\r\n", "X: y\rTo: c@d\r\n\r\n"),
    ("X: y\r\nnonsense\r\nBcc: a@b\r\n\r\n", "X: y\r\nnonsense\r\n\r\n"),
  ])
  func `every Bcc is removed with its folds and nothing else changes`(before: String, after: String) throws {
    #expect(String(decoding: try MIMEMessage.removingBcc(from: Array(before.utf8)), as: UTF8.self) == after)
  }

  @Test func `removing undoes adding, however many there are`() throws {
    let message = Array("To: a@b\r\n\r\nBody".utf8)
    let many = try (0..<500).map { try EmailAddress("recipient-\($0)@example.com") }
    let added = try MIMEMessage.addingBcc(many, to: message)
    #expect(added.split(separator: 0x0A).allSatisfy { $0.count <= 79 })
    #expect(MIMEMessage(parsing: added).headerRecipients.count == 501)
    #expect(try MIMEMessage.removingBcc(from: added) == message)
  }
}
