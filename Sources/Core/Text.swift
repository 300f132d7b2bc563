/// One line of printable text, whatever the source: control characters, line separators and marks that turn the
/// direction of writing become spaces, and what is too long is cut.
package func oneLine(_ text: some StringProtocol, limit: Int) -> String {
  let words = text.unicodeScalars.split { scalar in
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .spaceSeparator, .surrogate, .unassigned,
      .privateUse:
      true
    default: false
    }
  }
  let line = words.map { String(String.UnicodeScalarView($0)) }.joined(separator: " ")
  return line.count > limit ? line.prefix(limit) + "…" : line
}

/// Whether it is one line that a person can read: 1 to `longest` bytes, not only spaces, no control characters.
package func isPlainText(_ text: String, longest: Int) -> Bool {
  (1...longest).contains(text.utf8.count) && text.contains { !$0.isWhitespace }
    && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
}

/// Whether it contains one of Unicode's marks that change the direction of writing (UAX #9), with which a text can pass
/// for another.
package func turnsDirection(_ text: String) -> Bool {
  text.unicodeScalars.contains { $0.properties.isBidiControl }
}

/// `8-4-4-4-12` hexadecimal digits, as every id at Microsoft is written.
package func isGUID(_ text: String) -> Bool {
  text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false).map(\.count) == [
    8, 4, 4, 4, 12,
  ]
    && text.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
        UInt8(ascii: "A")...UInt8(ascii: "F"), UInt8(ascii: "-"):
        true
      default: false
      }
    }
}
