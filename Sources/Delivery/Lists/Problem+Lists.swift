import Core

extension Problem {
  static let listLinkInvalid = Problem(
    .listLinkInvalid, "This link is incomplete or was changed.",
    remedy: "Open the link in the message again, or answer the message and ask to be removed.")

  static let listGone = Problem(
    .listLinkInvalid, "The sender of this list no longer uses this gateway, which sends you nothing more.",
    remedy: nil)

  static func recipientUnsubscribed(_ address: String, _ list: ListID, reason: String) -> Problem {
    Problem(
      .listRecipientUnsubscribed, "“\(address)” receives no more of the list “\(list)” (\(reason)).",
      remedy: "Do not send it to them. If they have asked for it again, delete the entry first.",
      fields: [FieldFault(message: "names a list that the recipient has left", key: "listId")])
  }

  static func listOfSeveral(_ count: Int) -> Problem {
    .listFault(
      "needs exactly one recipient, and the message has \(count)", remedy: "Send a message to each of them.")
  }

  static func listFieldGiven(_ name: String) -> Problem {
    .listFault(
      "writes the header field \(name), which the message has already", remedy: "Leave one of the two out.")
  }

  private static func listFault(_ fault: String, remedy: String) -> Problem {
    Problem(
      .requestInvalidField, "listId: \(fault).", remedy: remedy,
      fields: [FieldFault(message: fault, key: "listId")])
  }

  static func listFieldTooLong(_ length: Int, limit: Int) -> Problem {
    Problem(
      .messageInvalidHeader,
      "The link by which the recipient leaves the list has \(length) characters; a header field takes \(limit).",
      remedy: "Use a shorter listId, messageId or account id.")
  }
}
