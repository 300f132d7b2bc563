/// A stranger's text in one of our sentences.
enum Quoted {
  /// Enough to recognise a value by.
  static let limit = 80

  /// At most 80 characters between quotes; controls and what cannot be seen are written as `U+0009`.
  static func text(_ text: some StringProtocol) -> String {
    var quoted = "“"
    var count = 0
    for scalar in text.unicodeScalars {
      if count == limit { return quoted + "…”" }
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
        quoted += codePoint(scalar.value)
      default:
        quoted.unicodeScalars.append(scalar)
      }
      count += 1
    }
    return quoted + "”"
  }

  /// `U+0009`.
  static func codePoint(_ scalar: UInt32) -> String {
    let digits = String(scalar, radix: 16, uppercase: true)
    return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  /// `a`, `a or b`, `a, b or c`.
  static func list(_ words: [String]) -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return words.dropLast().joined(separator: ", ") + " or " + last
  }
}
