import Core

extension TextFormat {
  /// A URL that requests are sent to, as far as its characters tell (RFC 3986): absolute, of `http` or `https`, with a
  /// host, without a fragment and without a password, which would be shown with it.
  static let target = TextFormat("uri") { text in
    if let fault = url.fault?(text) { return fault }
    let isPlain = text.utf8.allSatisfy { byte in
      (0x21...0x7E).contains(byte) && !#"<>"\^`{|}"#.utf8.contains(byte)
    }
    guard isPlain else { return "has a character that a URL must have percent-encoded: \(Quoted.text(text))" }
    if text.utf8.contains(UInt8(ascii: "#")) { return "must not have a fragment: \(Quoted.text(text))" }
    let authority = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)[2]
      .prefix { !"/?".contains($0) }
    // Not quoted, because it is a secret.
    if authority.contains("@") {
      return "must not have a user name or password; send an Authorization field in webhooksCustomHeaders"
    }
    guard hasHost(authority) else { return "does not name a host: \(Quoted.text(text))" }
    return nil
  }

  /// A name or an address, and perhaps a port.
  private static func hasHost(_ authority: Substring) -> Bool {
    let isAddress = authority.hasPrefix("[")
    let host: Substring
    let rest: Substring
    if isAddress {
      guard let end = authority.firstIndex(of: "]") else { return false }
      (host, rest) = (authority[...end], authority[authority.index(after: end)...])
    } else {
      host = authority.prefix { $0 != ":" }
      rest = authority[host.endIndex...]
    }
    let isNamed = isAddress ? isIPv6(host.dropFirst().dropLast()) : isName(host)
    guard isNamed else { return false }
    if rest.isEmpty { return true }
    return rest.hasPrefix(":") && UInt16(rest.dropFirst()).map { $0 > 0 } ?? false
  }

  /// Without a zone, which only this machine knows.
  private static func isIPv6(_ text: Substring) -> Bool {
    text.contains(":") && !text.contains("%") && IPAddress(text) != nil
  }

  private static func isName(_ host: Substring) -> Bool {
    !host.isEmpty && !host.hasPrefix(".") && !host.contains("..")
      && host.utf8.allSatisfy { byte in
        let character = Character(UnicodeScalar(byte))
        return character.isLetter || character.isNumber || "-._".contains(character)
      }
  }

  /// `*`, or the name of an event.
  static let eventName = TextFormat("event-name") { text in
    if text == "*" || EventName(rawValue: text) != nil || laterEvents.contains(text) { return nil }
    return "must be * or the name of an event such as messageSent, not \(Quoted.text(text))"
  }

  /// Events of the vocabulary that this version does not emit. They may be named, so that a client's list can stay.
  private static let laterEvents: Set = [
    "accountInitialized", "messageNew", "messageDeleted", "messageUpdated", "messageMissing", "messageBounce",
    "messageComplaint", "mailboxNew", "mailboxDeleted", "mailboxReset", "trackOpen", "trackClick",
    "exportCompleted", "exportFailed",
  ]

  /// A field name (RFC 9110 section 5.1) that a client may choose: none that belongs to the connection or to the body,
  /// and none by which Heliograph says what it posts.
  static let headerName = TextFormat("header-name") { text in
    guard text.utf8.allSatisfy(isToken) else {
      return "is not the name of a header field: \(Quoted.text(text))"
    }
    let name = text.lowercased()
    if reservedHeaders.contains(name) || name.hasPrefix("x-ee-wh-") || name.hasPrefix("proxy-") {
      return "must not be \(text), which Heliograph sets itself"
    }
    return nil
  }

  /// A field value (RFC 9110 section 5.5) in ASCII.
  static let headerValue = TextFormat("header-value") { text in
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) } && text.first != " " && text.last != " "
      ? nil : "must be ASCII without a space at its beginning or end"
  }

  /// RFC 9110 section 7.6.1 and those that frame the body.
  private static let reservedHeaders: Set = [
    "connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length",
    "content-type", "content-encoding", "expect", "host",
  ]

  private static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }

  /// As far as its form tells (RFC 5646 section 2.1).
  static let languageTag = TextFormat("language-tag") { text in
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isTag = parts.allSatisfy { part in
      (1...8).contains(part.utf8.count) && part.utf8.allSatisfy { isToken($0) && $0 != UInt8(ascii: "_") }
        && part.allSatisfy { $0.isLetter || $0.isNumber }
    }
    guard isTag, let first = parts.first, first.utf8.count > 1, first.allSatisfy(\.isLetter) else {
      return "must be a language such as en or pt-BR, not \(Quoted.text(text))"
    }
    return nil
  }
}
