package import Core

/// A message that another program wrote (RFC 5322, RFC 2045). Reading never refuses: what is missing or broken is
/// absent from the result, and what passes a limit is cut or not taken apart.
package struct MIMEMessage: Sendable {
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

  /// The first field of that name.
  package func field(_ name: String) -> HeaderField? { fields.first { $0.isNamed(name) } }

  /// The addresses of every field of that name, members of groups included. What is not a valid address is there
  /// as it is written, unless it is nothing; see `EmailAddress.isValid` and `malformedRecipients`.
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
  /// Whom the header names as recipients by a valid address, hidden ones included, each once.
  package var headerRecipients: [EmailAddress] {
    var seen: Set<EmailAddress> = []
    return Self.recipientFields.flatMap(addresses).map(\.address)
      .filter { $0.isValid && seen.insert($0).inserted }
  }

  /// Text in a recipient field that is not a valid address, or not clearly the one in `headerRecipients`.
  /// The comparison of header and envelope refuses it, because another reader may read another address in it.
  package var malformedRecipients: [String] { recipientLists.flatMap(\.malformed) }

  /// The text among it that `addresses` does not show, or shows as something else.
  package var doubtfulRecipients: [String] { recipientLists.flatMap(\.doubtful) }

  private var recipientLists: [AddressList] {
    fields.filter { field in Self.recipientFields.contains(where: field.isNamed) }
      .map { AddressList(parsing: $0.valueBytes) }
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
