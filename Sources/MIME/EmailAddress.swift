package import Core

/// An addr-spec: a local part and a domain (RFC 5321 section 4.1.2), in UTF-8 where RFC 6531 allows it.
///
/// The local part is kept in its shortest spelling: quoted only where it must be, so that `"a"@x` and `a@x`
/// are equal, as RFC 5321 says they are. Domains compare without regard to case and by their A-labels, local parts
/// with regard to case; see `key`.
package struct EmailAddress: Sendable, CustomStringConvertible {
  /// With its quotes, where it needs them.
  package let localPart: String
  /// As written: a name, or a literal in brackets. Empty in a text without `@` that a header has for an address.
  package let domain: String
  /// Whether RFC 5321 and RFC 6531 allow it. Only what was read from the header of a message may be invalid:
  /// it is there to be shown, and is refused where it would be written.
  package let isValid: Bool

  /// RFC 5321 section 4.5.3.1.1, in octets.
  static let maximumLocalPart = 64
  /// RFC 5321 section 4.5.3.1.2, in octets.
  static let maximumDomain = 255
  /// RFC 1035 section 2.3.4, in octets.
  static let maximumLabel = 63
  /// RFC 5321 section 4.5.3.1.3 gives a path 256 octets, two of them the angle brackets.
  static let maximumLength = 254

  package init(_ text: String) throws(Problem) {
    isValid = true
    if let plain = Self.plain(Array(text.utf8)[...]) {
      (localPart, domain) = plain
      return
    }
    var scanner = AddressScanner(text)
    localPart = try scanner.localPart()
    domain = try scanner.domain()
    guard localPart.utf8.count + 1 + domain.utf8.count <= Self.maximumLength else {
      throw .address(text, "it is longer than \(Self.maximumLength) octets")
    }
  }

  /// `nil` unless `isPlain` is true.
  init?(plain bytes: ArraySlice<UInt8>) {
    guard let plain = Self.plain(bytes) else { return nil }
    (localPart, domain) = plain
    isValid = true
  }

  private static func plain(_ bytes: ArraySlice<UInt8>) -> (localPart: String, domain: String)? {
    guard isPlain(bytes), let at = bytes.index(of: UInt8(ascii: "@")) else { return nil }
    return (UnicodeText.utf8(bytes[..<at]), UnicodeText.utf8(bytes[(at + 1)...]))
  }

  /// Whether it is what nearly all addresses are, ASCII without quotes. Some others are valid too.
  static func isPlain(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.count <= maximumLength, let at = bytes.index(of: UInt8(ascii: "@")),
      at - bytes.startIndex <= maximumLocalPart
    else { return false }
    return isDotted(bytes[..<at], AddressScanner.isPlainAtomText)
      && isDotted(bytes[(at + 1)...], upTo: maximumLabel, AddressScanner.isPlainDomainText)
  }

  /// Whether there are runs of such octets with single dots between them.
  private static func isDotted(
    _ bytes: ArraySlice<UInt8>, upTo longest: Int = EmailAddress.maximumLength, _ isText: (UInt8) -> Bool
  ) -> Bool {
    var count = 0
    for byte in bytes {
      if byte == UInt8(ascii: ".") {
        guard count > 0 else { return false }
        count = 0
      } else {
        count += 1
        guard count <= longest, isText(byte) else { return false }
      }
    }
    return count > 0
  }

  /// What a header has where an address should be, such as `MAILER-DAEMON`; `nil` if that is nothing. It is not
  /// valid even if it looks so without its controls or encoded words.
  init?(asWritten text: String) {
    let visible = String(
      String.UnicodeScalarView(text.unicodeScalars.filter { $0.properties.generalCategory != .control }))
    guard !visible.isEmpty else { return nil }
    let at = visible.lastIndex(of: "@").flatMap { visible.index(after: $0) < visible.endIndex ? $0 : nil }
    localPart = String(visible[..<(at ?? visible.endIndex)])
    domain = at.map { String(visible[visible.index(after: $0)...]) } ?? ""
    isValid = false
  }

  package var text: String { domain.isEmpty ? localPart : localPart + "@" + domain }
  package var description: String { text }

  /// All in lower case, the domain in A-labels. Exchange and Outlook.com ignore the case of the whole address:
  /// compare by this wherever the mailbox is Microsoft's.
  package var key: String {
    domain.isEmpty ? localPart.lowercased() : localPart.lowercased() + "@" + domainKey
  }

  /// As it goes into a header: a domain outside ASCII in A-labels (RFC 5890), so that the message needs no server
  /// that knows RFC 6531, unless the local part needs one in any case.
  var wireText: String {
    guard !domain.utf8.allSatisfy({ $0 < 0x80 }), localPart.utf8.allSatisfy({ $0 < 0x80 }),
      let domain = DomainName.ascii(domain)
    else { return text }
    return localPart + "@" + domain
  }

  private var domainKey: String { DomainName.ascii(domain) ?? domain.lowercased() }
}

extension EmailAddress: Hashable {
  package static func == (lhs: EmailAddress, rhs: EmailAddress) -> Bool {
    lhs.isValid == rhs.isValid && lhs.localPart == rhs.localPart && lhs.domainKey == rhs.domainKey
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(localPart)
    hasher.combine(domainKey)
  }
}
