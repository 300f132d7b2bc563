import Core

/// Reads `Mailbox` of RFC 5321 section 4.1.2, with the UTF-8 of RFC 6531 section 3.3: first the local part up
/// to and with the `@`, then the domain to the end.
struct AddressScanner {
  private let text: String
  private let scalars: [Unicode.Scalar]
  private var index = 0

  init(_ text: String) {
    self.text = text
    // Whatever is longer is refused for its length, so the rest need not be looked at.
    scalars = Array(text.unicodeScalars.prefix(4 * EmailAddress.maximumLength))
  }

  mutating func localPart() throws(Problem) -> String {
    guard !scalars.isEmpty else { throw problem("it is empty") }
    let content = try scalars[0] == "\"" ? quotedString() : dotString(upTo: "@")
    guard index < scalars.count else { throw problem("it has no @") }
    guard scalars[index] == "@" else { throw unexpected() }
    index += 1
    let spelling = Self.spelling(ofLocalPart: content)
    guard !content.isEmpty else { throw problem("there is nothing before the @") }
    guard spelling.utf8.count <= EmailAddress.maximumLocalPart else {
      throw problem("the part before the @ is longer than \(EmailAddress.maximumLocalPart) octets")
    }
    return spelling
  }

  mutating func domain() throws(Problem) -> String {
    guard index < scalars.count else { throw problem("there is nothing after the @") }
    let domain = try scalars[index] == "[" ? literal() : dotString(upTo: nil)
    guard domain.utf8.count <= EmailAddress.maximumDomain else {
      throw problem("the domain is longer than \(EmailAddress.maximumDomain) octets")
    }
    guard !domain.hasPrefix("[") else { return domain }
    for label in domain.split(separator: ".") {
      guard label.utf8.count <= EmailAddress.maximumLabel else {
        throw problem("a label of its domain is longer than \(EmailAddress.maximumLabel) octets")
      }
      guard !label.hasPrefix("-"), !label.hasSuffix("-") else {
        throw problem("a label of its domain starts or ends with a hyphen")
      }
    }
    return domain
  }

  /// `content` without quotes if it is a dot-string, else within quotes.
  static func spelling(ofLocalPart content: String) -> String {
    let atoms = content.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
    if atoms.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isAtomText) }) { return content }
    return "\"" + content.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// `atext` of RFC 5322 section 3.2.3 with RFC 6532 section 3.2.
  static func isAtomText(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "!", "#", "$", "%", "&", "'", "*", "+", "-", "/", "=", "?", "^",
      "_",
      "`", "{", "|", "}", "~":
      true
    default: scalar.value >= 0x80 && !scalar.breaksAddress
    }
  }

  /// `atext` within ASCII.
  static func isPlainAtomText(_ byte: UInt8) -> Bool { byte < 0x80 && isAtomText(Unicode.Scalar(byte)) }

  /// What needs no look at its place in a label, as a hyphen does.
  static func isPlainDomainText(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: false
    }
  }

  /// ASCII alphanumerics and a hyphen; also an underscore, which real host names have though RFC 5321 does not.
  private static func isDomainText(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
    default: scalar.value >= 0x80 && !scalar.breaksAddress
    }
  }

  /// Atoms with single dots between them: the local part when it ends at `@`, the domain when it ends the
  /// text.
  private mutating func dotString(upTo end: Unicode.Scalar?) throws(Problem) -> String {
    let start = index
    var afterDot = true
    while index < scalars.count, scalars[index] != end {
      let scalar = scalars[index]
      if scalar == "." {
        guard !afterDot else { throw unexpected() }
      } else {
        guard end == nil ? Self.isDomainText(scalar) : Self.isAtomText(scalar) else { throw unexpected() }
      }
      afterDot = scalar == "."
      index += 1
    }
    guard !afterDot || index == start else { throw problem("a part of it ends with a dot") }
    return string(start..<index)
  }

  /// `Quoted-string` of RFC 5321: the content without quotes and backslashes.
  private mutating func quotedString() throws(Problem) -> String {
    var content = String.UnicodeScalarView()
    index += 1
    while index < scalars.count, scalars[index] != "\"" {
      if scalars[index] == "\\" { index += 1 }
      guard index < scalars.count else { break }
      guard scalars[index] == " " || !scalars[index].breaksAddress else { throw unexpected() }
      content.append(scalars[index])
      index += 1
    }
    guard index < scalars.count else { throw problem("its quote is not closed") }
    index += 1
    return String(content)
  }

  /// `address-literal`, by its syntax alone.
  private mutating func literal() throws(Problem) -> String {
    let start = index
    index += 1
    while index < scalars.count, scalars[index] != "]" {
      let scalar = scalars[index]
      guard ("!"..."~").contains(scalar), scalar != "[", scalar != "\\" else { throw unexpected() }
      index += 1
    }
    guard index == scalars.count - 1, index > start + 1 else {
      throw problem("its domain literal is not closed")
    }
    index += 1
    return string(start..<index)
  }

  private func string(_ range: Range<Int>) -> String {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars[range])
    return String(view)
  }

  private func unexpected() -> Problem {
    let found = Problem.quoted(String(scalars[index]))
    return problem("\(found) is not allowed at character \(index + 1)")
  }

  private func problem(_ reason: String) -> Problem { .address(text, reason) }
}
