/// Header fields that Exchange Online removes from a message that is submitted to it, seen in reports of its users;
/// Microsoft documents them for the reading of MIME (MS-OXCMAIL section 2.1.3.2.4).
package enum DroppedHeader {
  private static let names: Set = [
    "auto-submitted", "return-path", "received", "comments", "organization", "resent-from", "resent-to",
    "resent-cc",
    "resent-bcc", "resent-date", "resent-sender", "resent-message-id",
  ]
  private static let prefixes = ["x-ms-exchange-organization-", "x-ms-exchange-forest-"]

  /// Without it, mail programs do not offer to unsubscribe in one click (RFC 8058 section 3.1). Some mailboxes drop it,
  /// as they do other fields whose names they have never had as a property.
  package static let unsubscribePost = "List-Unsubscribe-Post"

  /// What recipients will not get of the fields with these names, in sentences.
  ///
  /// - Parameter dropsUnsubscribePost: Whether that was seen in the sender's mailbox.
  package static func warnings(of names: [String], dropsUnsubscribePost: Bool) -> [String] {
    names.compactMap { name in
      if includes(name) { return "Exchange removes the header field \(name); recipients will not see it." }
      guard dropsUnsubscribePost, isUnsubscribePost(name) else { return nil }
      return
        "Exchange drops the header field \(name) from messages of this mailbox; recipients cannot unsubscribe in one "
        + "click."
    }
  }

  static func isUnsubscribePost(_ name: String) -> Bool { name.lowercased() == unsubscribePost.lowercased() }

  /// - Parameter name: In any case.
  package static func includes(_ name: String) -> Bool {
    let name = name.lowercased()
    return names.contains(name) || prefixes.contains { name.hasPrefix($0) }
  }
}
