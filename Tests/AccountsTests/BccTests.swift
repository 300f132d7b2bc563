import Core
import MIME
import Testing

@testable import Accounts

/// The envelope is the truth, and Graph has none.
@Suite struct BccTests {
  static func letter(_ header: String, envelope: [String]) throws -> OutgoingLetter {
    OutgoingLetter(
      mime: Array((header + "\r\n\r\nHello\r\n").utf8), envelopeTo: try envelope.map { try EmailAddress($0) },
      marks: LetterMarks(internetMessageID: "<a@b.example>", heliographID: "a"))
  }

  @Test func `who stands in the envelope only is put into a Bcc field`() throws {
    let letter = try Self.letter(
      "To: A <a@x.example>\r\nCc: b@x.example", envelope: ["a@x.example", "B@X.example", "c@x.example"])
    let sent = try MIMEMessage(parsing: letter.addressed())
    #expect(sent.addresses("Bcc").map(\.address.text) == ["c@x.example"])
  }

  @Test func `a letter whose header names them all leaves as it is`() throws {
    let letter = try Self.letter("To: a@x.example", envelope: ["a@x.example"])
    #expect(try letter.addressed() == letter.mime)
  }

  @Test func `a recipient of the header who is not in the envelope stops the letter`() throws {
    let letter = try Self.letter("To: a@x.example, b@x.example", envelope: ["a@x.example"])
    let problem = #expect(throws: AccountProblem.self) { try letter.addressed() }
    #expect(problem?.code == .envelopeMismatch)
    #expect(problem?.summary.contains("b@x.example") == true)
  }
}
