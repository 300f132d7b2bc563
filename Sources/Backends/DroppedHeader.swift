/// Header fields that Exchange Online removes from a message that is submitted to it, seen in reports of its users;
/// Microsoft documents them for the reading of MIME (MS-OXCMAIL section 2.1.3.2.4).
package enum DroppedHeader {
  private static let names: Set = [
    "auto-submitted", "return-path", "received", "comments", "organization", "resent-from", "resent-to",
    "resent-cc",
    "resent-bcc", "resent-date", "resent-sender", "resent-message-id",
  ]
  private static let prefixes = ["x-ms-exchange-organization-", "x-ms-exchange-forest-"]

  /// - Parameter name: In any case.
  package static func includes(_ name: String) -> Bool {
    let name = name.lowercased()
    return names.contains(name) || prefixes.contains { name.hasPrefix($0) }
  }
}
