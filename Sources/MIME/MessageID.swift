package import Core

/// The value of a Message-ID field: `<left@right>` (RFC 5322 section 3.6.4).
package struct MessageID: Hashable, Sendable, CustomStringConvertible {
  /// With its angle brackets.
  package let text: String

  /// It must leave room for the field's name in a line of 998 octets (RFC 5322 section 2.1.1); real ones have
  /// under 120.
  static let maximumLength = 250

  /// What is allowed between the brackets besides atoms.
  private static let correlationIDs = Array("@[]:.".unicodeScalars)

  package init(_ text: String) throws(Problem) {
    guard text.utf8.count <= Self.maximumLength else {
      throw Self.problem("it is longer than \(Self.maximumLength) octets", text)
    }
    let inner = text.unicodeScalars.dropFirst().dropLast()
    let sides = inner.split(separator: "@", omittingEmptySubsequences: false)
    guard text.hasPrefix("<"), text.hasSuffix(">"), sides.count == 2, sides.allSatisfy({ !$0.isEmpty }) else {
      throw Self.problem("it is not of the form <left@right>", text)
    }
    guard
      inner.allSatisfy({
        $0.isASCII && (Self.correlationIDs.contains($0) || AddressScanner.isAtomText($0))
      })
    else {
      throw Self.problem("it contains a space or a character that is not allowed there", text)
    }
    self.text = text
  }

  /// `<identifier@domain>`: unique if the identifier is.
  package init(identifier: String, domain: String) throws(Problem) {
    try self.init("<\(identifier)@\(domain)>")
  }

  package var description: String { text }

  private static func problem(_ reason: String, _ text: String) -> Problem {
    .header(
      "Message-ID", "\(reason): \(Problem.quoted(text))",
      remedy: "Give it as <left@right> in ASCII, or leave it out to get a generated one.")
  }
}
