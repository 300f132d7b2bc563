/// A URL that somebody else chose, of `http` or `https`, whose host is what it seems to be: in the characters and the
/// form of RFC 3986 exactly, because URL libraries disagree on everything else.
///
/// It has no fragment, which nobody sends, and no user or password, which would be shown with it.
package struct GuardedURL: Sendable, Hashable {
  /// As it is requested: scheme and host in lower case, and a path.
  package let text: String
  /// In lower case; an IPv6 address without its brackets.
  package let host: String

  /// - Throws: `GuardedURLFault`, in words.
  package init(_ given: String) throws(GuardedURLFault) {
    let isPlain = given.utf8.allSatisfy { byte in
      (0x21...0x7E).contains(byte) && !#"<>"\^`{|}"#.utf8.contains(byte)
    }
    guard let scheme = Self.scheme(of: given), let colons = given.firstRange(of: "://") else {
      throw GuardedURLFault("must be a URL of https or http with a host, such as https://crm.example/hook")
    }
    guard isPlain, Self.isEncoded(given.utf8) else {
      throw GuardedURLFault("has a character that a URL must have percent-encoded")
    }
    guard !given.utf8.contains(UInt8(ascii: "#")) else {
      throw GuardedURLFault("must not have a fragment (#…)")
    }
    let authority = given[colons.upperBound...].prefix { !"/?".contains($0) }
    guard !authority.contains("@") else {
      throw GuardedURLFault("must not have a user name or password; a custom header field Authorization can")
    }
    guard let (host, port) = Self.host(of: authority.lowercased()) else {
      throw GuardedURLFault(
        "must have a host of ASCII letters and digits (an international name as xn--…), and a port up to 65535"
      )
    }
    let rest = given[authority.endIndex...]
    text = "\(scheme)://\(host)\(port)\(rest.hasPrefix("/") ? "" : "/")\(rest)"
    self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
  }

  private static func scheme(of text: String) -> String? {
    ["https", "http"].first { text.prefix($0.count + 3).lowercased() == $0 + "://" }
  }

  /// Whether each `%` begins the code of a byte.
  private static func isEncoded(_ bytes: String.UTF8View) -> Bool {
    var rest = bytes[...]
    while let sign = rest.firstIndex(of: UInt8(ascii: "%")) {
      rest = rest[rest.index(after: sign)...]
      let code = rest.prefix(2)
      guard code.count == 2, code.allSatisfy(isHexDigit) else { return false }
    }
    return true
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    Character(UnicodeScalar(byte)).isHexDigit
  }

  /// A name or an address, and perhaps a port with its colon.
  private static func host(of authority: String) -> (host: String, port: String)? {
    let end =
      authority.hasPrefix("[")
      ? authority.firstIndex(of: "]").map(authority.index(after:))
      : authority.firstIndex(of: ":") ?? authority.endIndex
    guard let end else { return nil }
    let (host, port) = (authority[..<end], authority[end...])
    guard host.hasPrefix("[") ? isIPv6(host.dropFirst().dropLast()) : isName(host) else { return nil }
    if port.isEmpty { return (String(host), "") }
    let digits = port.dropFirst()
    guard port.hasPrefix(":"), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let number = UInt16(digits),
      number > 0
    else { return nil }
    return (String(host), ":\(number)")
  }

  /// Without a zone, which only this machine knows.
  private static func isIPv6(_ text: Substring) -> Bool {
    text.contains(":") && !text.contains("%") && IPAddress(String(text)) != nil
  }

  private static func isName(_ host: Substring) -> Bool {
    !host.isEmpty && !host.hasPrefix(".") && !host.contains("..")
      && host.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || "-._".utf8.contains(byte)
      }
  }
}

/// What is wrong with a URL, as the rest of a sentence that begins with its field's name.
package struct GuardedURLFault: Error, Sendable, Hashable {
  package let message: String

  init(_ message: String) {
    self.message = message
  }
}
