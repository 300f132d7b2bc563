import Core
import Foundation
import MIME
import Testing

@Suite struct CaseTests {
  @Test(arguments: try Cases.messages())
  func `a message of the corpus is read as it should be`(message: Cases.Message) {
    let read = MIMEMessage(parsing: Array(message.rfc822Base64))
    let expected = message.expect
    if let from = expected.from { #expect(addresses("From", in: read) == from) }
    if let to = expected.to { #expect(addresses("To", in: read) == to) }
    if let subject = expected.subject { #expect(read.subject == subject) }
    if let text = expected.text { #expect(read.text.map(plain) == text) }
    if let date = expected.date {
      #expect(read.date?.description.replacing(".000Z", with: "Z") == date)
    }
    if let type = expected.contentType { #expect(read.root.contentType.name == type) }
    if let parts = expected.parts { #expect(types(read.root) == parts) }
    if let content = expected.decodedBase64 { #expect(read.root.content == Array(content)) }
  }

  private func addresses(_ name: String, in message: MIMEMessage) -> [Cases.Message.Expectation.Address] {
    message.addresses(name).map { .init(name: $0.name, address: $0.address.text) }
  }

  private func plain(_ text: String) -> String { text.replacing("\r\n", with: "\n") }

  private func types(_ part: BodyPart) -> [String] { [part.contentType.name] + part.parts.flatMap(types) }

  @Test(arguments: try Cases.charsets())
  func `a text of the corpus is read by its label`(text: Cases.Text) {
    for label in [text.label, text.label.uppercased(), "\"\(text.label)\"", "'\(text.label)'"] {
      let header = Array("Content-Type: text/plain; charset=\(label)\r\n\r\n".utf8)
      let read = MIMEMessage(parsing: header + text.bytesBase64).text
      #expect(read?.precomposedStringWithCanonicalMapping == text.text.precomposedStringWithCanonicalMapping)
    }
  }
}
