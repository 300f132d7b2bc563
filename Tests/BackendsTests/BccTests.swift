import Core
import MIME
import Testing

@testable import Backends

/// The envelope is the truth, and Graph has none.
@Suite struct BccTests {
  static func message(_ header: String, envelope: [String]) throws -> OutgoingMessage {
    OutgoingMessage(
      mime: Array((header + "\r\n\r\nHello\r\n").utf8), from: "a@x.example",
      envelopeTo: try envelope.map { try EmailAddress($0) },
      correlationIDs: CorrelationIDs(internetMessageID: "<a@b.example>", heliographID: "a"))
  }

  @Test func `who stands in the envelope only is put into a Bcc field`() throws {
    let message = try Self.message(
      "To: A <a@x.example>\r\nCc: b@x.example", envelope: ["a@x.example", "B@X.example", "c@x.example"])
    let sent = try MIMEMessage(parsing: message.addressed())
    #expect(sent.addresses("Bcc").map(\.address.text) == ["c@x.example"])
  }

  @Test func `a message whose header names them all leaves as it is`() throws {
    let message = try Self.message("To: a@x.example", envelope: ["a@x.example"])
    #expect(try message.addressed() == message.mime)
  }

  @Test func `a recipient of the header who is not in the envelope stops the message`() throws {
    let message = try Self.message("To: a@x.example, b@x.example", envelope: ["a@x.example"])
    let problem = #expect(throws: Problem.self) { try message.addressed() }
    #expect(problem?.code == .envelopeMismatch)
    #expect(problem?.summary.contains("b@x.example") == true)
  }
}
