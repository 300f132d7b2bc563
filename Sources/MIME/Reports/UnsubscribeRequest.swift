/// A message that a mail program sends for `List-Unsubscribe: <mailto:…>` (RFC 2369 section 3.2).
package enum UnsubscribeRequest {
  /// Characters of a tag.
  private static let longestTag = 200

  /// The tag that `List-Unsubscribe` gave to the recipient: of `unsubscribe+TAG@example.com` in a recipient field, or of
  /// a subject `unsubscribe TAG` to `mailbox` itself. `nil` for every other message, and for what a program answers.
  package static func tag(in header: some HeaderFields, to mailbox: EmailAddress) -> String? {
    let submitted = header.field("Auto-Submitted")?.short.lowercased() ?? "no"
    guard submitted.hasPrefix("no"), header.field("Return-Path")?.short != "<>" else { return nil }
    let own = mailbox.key
    var isForMailbox = false
    for name in ["To", "Delivered-To", "X-Original-To", "Cc"] {
      for address in OriginalMessage.addresses(header.field(name)) {
        let key = address.lowercased()
        if key == own { isForMailbox = true }
        if let tag = tag(of: address, own), isTag(tag) { return tag }
      }
    }
    guard isForMailbox, let subject = header.field("Subject")?.shortText else { return nil }
    let words = subject.split(whereSeparator: \.isWhitespace)
    guard words.count == 2, words[0].lowercased() == "unsubscribe", isTag(words[1]) else { return nil }
    return String(words[1])
  }

  private static func tag(of address: String, _ own: String) -> String? {
    guard let at = address.lastIndex(of: "@"), let plus = address[..<at].firstIndex(of: "+"),
      (address[..<plus] + address[at...]).lowercased() == own
    else { return nil }
    return String(address[address.index(after: plus)..<at])
  }

  private static func isTag(_ text: some StringProtocol) -> Bool {
    (1...longestTag).contains(text.utf8.count)
      && text.utf8.allSatisfy { AddressScanner.isPlainAtomText($0) || $0 == UInt8(ascii: ".") }
  }
}
