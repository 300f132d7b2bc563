package import Core

/// A message that another program wrote (RFC 5322, RFC 2045). Reading is tolerant: what is missing or broken is
/// absent from the result, and only the limits are refused.
package struct MIMEMessage: Sendable {
  package let bytes: [UInt8]
  /// The whole message as a part: its fields, and its body as a tree.
  package let root: BodyPart

  package init(parsing bytes: [UInt8]) throws(Problem) {
    self.bytes = bytes
    var parser = BodyParser(bytes)
    root = try parser.part(in: 0..<bytes.count)
  }

  /// In the message's order.
  package var fields: [HeaderField] { root.fields }

  /// The first field of that name.
  package func field(_ name: String) -> HeaderField? { fields.first { $0.isNamed(name) } }

  /// The addresses of every field of that name, members of groups included. Those that cannot be read are
  /// left out; see `malformedRecipients`.
  package func addresses(_ name: String) -> [NamedAddress] {
    fields.filter { $0.isNamed(name) }.flatMap { AddressList(parsing: $0.valueBytes).mailboxes }
  }

  package var subject: String? { field("Subject")?.text }

  /// As it is there, valid or not.
  package var messageID: String? { field("Message-ID")?.value }

  package var date: Instant? { field("Date").flatMap { InternetDate.parse($0.valueBytes) } }
}

// Recipients
extension MIMEMessage {
  /// Whom the header names as recipients, hidden ones included, each once.
  package var headerRecipients: [EmailAddress] {
    var seen: Set<EmailAddress> = []
    return Self.recipientFields.flatMap(addresses).map(\.address).filter { seen.insert($0).inserted }
  }

  /// Text in a recipient field that is not an address, or not clearly the one in `headerRecipients`.
  /// The comparison of header and envelope refuses it, because another reader may read another address in it.
  package var malformedRecipients: [String] {
    fields.filter { field in Self.recipientFields.contains(where: field.isNamed) }
      .flatMap { AddressList(parsing: $0.valueBytes).malformed }
  }

  private static let recipientFields = ["To", "Cc", "Bcc"]
}

// Content
extension MIMEMessage {
  /// The plain text that is not a file; several such parts are one message that pictures or a list's footer
  /// cut.
  package var text: String? { joined("text/plain") }

  /// The HTML likewise.
  package var html: String? { joined("text/html") }

  private func joined(_ type: String) -> String? {
    let texts = root.leaves.filter { $0.isBody && $0.contentType.name == type }.map(\.text)
    return texts.isEmpty ? nil : texts.joined(separator: "\r\n")
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
