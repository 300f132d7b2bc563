/// One line of printable text, however it came: control characters, line separators and marks that turn the
/// direction of writing become spaces, and what is too long is cut.
func oneLine(_ text: some StringProtocol, limit: Int) -> String {
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
