package import Core

/// What the fields of a message's header say.
package protocol HeaderFields: Sendable {
  /// In the header's order.
  var fields: [HeaderField] { get }
}

extension HeaderFields {
  /// The first field of that name.
  package func field(_ name: String) -> HeaderField? { fields.first(name) }

  /// The addresses of every field of that name, members of groups included. What is not a valid address is
  /// there as it is written, unless it is nothing; see `EmailAddress.isValid` and `malformedRecipients`.
  package func addresses(_ name: String) -> [NamedAddress] {
    fields.filter { $0.isNamed(name) }.flatMap { AddressList(parsing: $0.valueBytes).mailboxes }
  }

  package var subject: String? { field("Subject")?.text }

  /// As it is there, valid or not.
  package var messageID: String? { field("Message-ID")?.value }

  package var date: Instant? { field("Date").flatMap { InternetDate.parse($0.valueBytes) } }

  /// Whom the header names as recipients by a valid address, hidden ones included, each once.
  package var headerRecipients: [EmailAddress] {
    var seen: Set<EmailAddress> = []
    return recipientNames.flatMap(addresses).map(\.address)
      .filter { $0.isValid && seen.insert($0).inserted }
  }

  /// Text in a recipient field that is not a valid address, or not clearly the one in `headerRecipients`.
  /// The comparison of header and envelope refuses it, because another reader may read another address in it.
  package var malformedRecipients: [String] { recipientLists.flatMap(\.malformed) }

  /// The text among it that `addresses` does not show, or shows as something else.
  package var doubtfulRecipients: [String] { recipientLists.flatMap(\.doubtful) }

  private var recipientLists: [AddressList] {
    fields.filter { field in recipientNames.contains(where: field.isNamed) }
      .map { AddressList(parsing: $0.valueBytes) }
  }
}

private let recipientNames = ["To", "Cc", "Bcc"]
