/// Text from outside, as it may be shown: control characters, characters that turn the direction of writing and
/// others that cannot be seen are written as JSON escapes them (RFC 8259 section 7), such as `\u202e`. So the same
/// text stays valid JSON where it was.
///
/// Joiners that scripts and emoji need stay.
enum Printable {
  /// - Parameter keepingLines: Whether line feeds stay.
  static func text(_ text: String, keepingLines: Bool = false) -> String {
    let isPlain = text.utf8.allSatisfy { byte in
      (0x20..<0x7F).contains(byte) || keepingLines && byte == UInt8(ascii: "\n")
    }
    if isPlain { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isHidden(scalar), !(keepingLines && scalar == "\n") {
        result += escape(scalar)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format: scalar != "\u{200C}" && scalar != "\u{200D}"
    default: false
    }
  }

  private static func escape(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default:
      scalar.utf16.map { unit in
        let digits = String(unit, radix: 16)
        return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      }.joined()
    }
  }
}
