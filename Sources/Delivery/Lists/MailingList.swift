package import Core
import MIME
import Store

/// The list that a message belongs to, and the links by which its recipients leave it.
package struct MailingList: Sendable {
  package let id: ListID
  package let links: UnsubscribeLinks

  package init(_ id: ListID, _ links: UnsubscribeLinks) {
    self.id = id
    self.links = links
  }

  /// The fields of a message to that recipient: RFC 2919, RFC 2369 and RFC 8058.
  ///
  /// - Throws: `message.invalidHeader` when they are longer than a header takes.
  package func fields(for recipient: ListRecipient) throws(Problem) -> [(name: String, value: String)] {
    let url = links.url(recipient)
    guard url.utf8.count <= Self.longestLink, identifier.utf8.count <= Self.longestIdentifier else {
      throw .listFieldTooLong(url.utf8.count, limit: Self.longestLink)
    }
    return [
      ("List-ID", "<\(identifier)>"), ("List-Unsubscribe", "<\(url)>"),
      ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    ]
  }

  static let fieldNames = ["List-ID", "List-Unsubscribe", "List-Unsubscribe-Post"]

  /// What recipients will not get of that, in sentences.
  var warnings: [String] {
    links.isSecure
      ? []
      : [
        "The gateway's public URL is not https, so mail programs do not offer to leave the list in one click (RFC 8058)."
      ]
  }

  /// A word by itself is one of the gateway's host.
  private var identifier: String { id.rawValue.contains(".") ? id.rawValue : "\(id).\(links.host)" }

  /// In a line of 998 octets (RFC 5322 section 2.1.1), beside the field's name.
  private static let longestLink = 898
  /// RFC 2919 section 3.
  private static let longestIdentifier = 255
}

extension Submission {
  /// Those that the message gets for its list.
  ///
  /// - Parameter names: of the fields that the client has given.
  /// - Throws: `request.invalidField` where there is more than one recipient, or the client has given such a field.
  func listFields(
    messageID: MessageID, beside names: [String]
  ) throws(Problem) -> [(name: String, value: String)] {
    guard let list, let recipient = try listRecipient(messageID: messageID) else { return [] }
    let ours = MailingList.fieldNames.map { $0.lowercased() }
    if let given = names.first(where: { ours.contains($0.lowercased()) }) { throw .listFieldGiven(given) }
    return try list.fields(for: recipient)
  }

  /// The link by which the recipient leaves the list, the same as in the header; `nil` for a message of none.
  ///
  /// - Parameter id: Which the message will have.
  /// - Throws: `request.invalidField` where there is more than one recipient.
  func unsubscribeURL(as sender: SenderIdentity, id: QueueID) throws -> String? {
    guard let list else { return nil }
    let author = try from?.address ?? EmailAddress(sender.email)
    let recipient = try listRecipient(messageID: messageID ?? MessageID(of: id, from: author))
    return recipient.map(list.links.url)
  }

  /// Whom the message's link is about; `nil` for a message of no list.
  private func listRecipient(messageID: MessageID) throws(Problem) -> ListRecipient? {
    guard let list else { return nil }
    let recipients = try recipients()
    guard recipients.count == 1 else { throw .listOfSeveral(recipients.count) }
    return ListRecipient(
      workspace: workspace, account: account, list: list.id, recipient: recipients[0].address.text,
      messageID: messageID.text)
  }

  /// Refuses the message for a recipient who has left the list; `nil` for a message of none.
  ///
  /// In the accepting transaction, it sees everything that was committed before.
  func listCheck(
    of recipients: [(address: EmailAddress, role: RecipientRole)]
  ) -> (@Sendable (borrowing Transaction) throws -> Void)? {
    guard let list else { return nil }
    let addresses = Dictionary(recipients.map { ($0.address.key, $0.address.text) }) { first, _ in first }
    return { [workspace] (tx: borrowing Transaction) in
      let suppressed = try tx.suppressed(list.id, addresses.keys.sorted(), in: workspace)
      if let (key, reason) = suppressed.min(by: { $0.key < $1.key }) {
        throw Problem.recipientUnsubscribed(addresses[key] ?? key, list.id, reason: reason)
      }
    }
  }

  /// All that may refuse the message in the accepting transaction.
  func acceptance(
    of recipients: [(address: EmailAddress, role: RecipientRole)]
  ) -> (@Sendable (borrowing Transaction) throws -> Void)? {
    guard let check = listCheck(of: recipients) else { return onAcceptance }
    return { [onAcceptance] (tx: borrowing Transaction) in
      try check(tx)
      try onAcceptance?(tx)
    }
  }
}
