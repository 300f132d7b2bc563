package import Core

/// A message that another program wrote (RFC 5322, RFC 2045). Reading never refuses: what is missing or broken is
/// absent from the result, and what passes a limit is cut or not taken apart.
package struct MIMEMessage: HeaderFields {
  package let bytes: [UInt8]
  /// The whole message as a part: its fields, and its body as a tree.
  package let root: BodyPart
  private let excess: Problem?

  package init(parsing bytes: [UInt8]) {
    self.bytes = bytes
    var parser = BodyParser(bytes)
    root = parser.part().part
    excess = parser.excess
  }

  /// Throws if Exchange would refuse the message for its form: more than 256 KiB or 2,000 fields of header, 250
  /// parts, or 30 multiparts within each other. Fields may then be missing in what was read, recipients too: whoever
  /// sends a message on, checks first.
  package func checkLimits() throws(Problem) {
    if let excess { throw excess }
  }

  /// In the message's order.
  package var fields: [HeaderField] { root.fields }
}

// Content
extension MIMEMessage {
  /// The plain text that is not a file; several such parts are one message that pictures or a list's footer
  /// cut.
  package var text: String? { joined("text/plain") }

  /// The HTML likewise.
  package var html: String? { joined("text/html") }

  private func joined(_ type: String) -> String? {
    let texts = root.leaves.filter { $0.isBody && $0.bodyType == type }.map(\.text)
    return texts.isEmpty ? nil : texts.filter { !$0.isEmpty }.joined(separator: "\r\n")
  }

  /// Whatever is not a text to read, in order, decoded.
  package var attachments: [Attachment] {
    root.leaves.filter { !$0.isBody }.map {
      Attachment(
        name: $0.fileName, contentType: $0.contentType.name, contentID: $0.contentID, isInline: $0.isInline,
        content: $0.content)
    }
  }
}
