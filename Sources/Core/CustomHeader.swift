/// A header field of the requests that post events, as somebody has chosen it.
package struct CustomHeader: Sendable {
  package var name: String
  /// `nil` leaves that of a field of this name as it is; a new one is empty.
  package var value: Secret?

  package init(_ name: String, _ value: Secret?) {
    (self.name, self.value) = (name, value)
  }

  /// What is wrong with a name (RFC 9110 section 5.1), as the rest of a sentence; `nil` for one that may be chosen: none
  /// that belongs to the connection or to the body, and none by which Heliograph says what it posts.
  package static func fault(inName name: String) -> String? {
    guard !name.isEmpty, name.utf8.allSatisfy(isToken) else { return "is not the name of a header field" }
    let lower = name.lowercased()
    let isReserved =
      reserved.contains(lower) || reservedPrefixes.contains { lower.hasPrefix($0) }
    return isReserved ? "must not be \(name), which Heliograph sets itself" : nil
  }

  /// The same of a value (RFC 9110 section 5.5), which is ASCII.
  package static func fault(inValue value: String) -> String? {
    value.utf8.allSatisfy { (0x20...0x7E).contains($0) } && value.utf8.first != 0x20
      && value.utf8.last != 0x20
      ? nil : "must be ASCII without a space at its beginning or end"
  }

  /// RFC 9110 section 7.6.1, those that frame the body, and what says who posts.
  private static let reserved: Set = [
    "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length",
    "content-type",
    "content-encoding", "expect", "host", "user-agent",
  ]
  private static let reservedPrefixes = ["webhook-", "x-ee-wh-", "proxy-"]

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
