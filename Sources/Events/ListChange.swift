/// What a recipient has done about a list, as the `data` of the event.
package struct ListChange: Sendable, Encodable {
  package var recipient: String
  package var listId: String
  /// Of the message whose link was used, with its angle brackets.
  package var messageId: String?
  package var remoteAddress: String?
  package var userAgent: String?

  package init(
    recipient: String, listId: String, messageId: String?, remoteAddress: String?, userAgent: String?
  ) {
    self.recipient = recipient
    self.listId = listId
    self.messageId = messageId
    self.remoteAddress = remoteAddress
    self.userAgent = userAgent
  }
}
