import Foundation
import JSON

/// What the commands print. Text may come from outside: what a terminal would act on is shown as an escape.
enum Terminal {
  /// Lines for people.
  static func line(_ text: String = "") {
    Output.standard.write(Printable.text(text, keepingLines: true) + "\n")
  }

  /// Lines for people, of a server that goes on when nobody reads them.
  static func announce(_ text: String) {
    Output.standard.writeIfPossible(Printable.text(text, keepingLines: true) + "\n")
  }

  static func error(_ text: String) {
    Output.errors.write(Printable.text(text, keepingLines: true) + "\n")
  }

  /// JSON as it is; on a terminal, with escapes for what the terminal would act on.
  static func json(_ bytes: [UInt8]) {
    let text = String(decoding: bytes, as: UTF8.self)
    Output.standard.write((Output.standard.isTerminal ? Printable.text(text) : text) + "\n")
  }

  static func json(_ value: JSONValue) {
    json(value.serialized())
  }

  /// Rows under headings in capitals. On a terminal, columns as wide as their widest text and two spaces apart;
  /// elsewhere, for `cut` and the like, one tab between two cells.
  ///
  /// - Parameter states: The heading of the column whose words are coloured.
  static func table(_ headings: [String], _ rows: [[String]], states: String? = nil) {
    let cells = rows.map { $0.map { Printable.text($0) } }
    let all = [headings.map { $0.uppercased() }] + cells
    guard Output.standard.isTerminal else {
      for row in all { Output.standard.write(row.joined(separator: "\t") + "\n") }
      return
    }
    let widths = headings.indices.map { column in all.map { $0[column].columns }.max() ?? 0 }
    let state = states.flatMap { headings.firstIndex(of: $0) }
    for (number, row) in all.enumerated() {
      let last = row.lastIndex { !$0.isEmpty } ?? 0
      let padded = row.indices.prefix(through: last).map { column in
        let padding = column == last ? 0 : widths[column] - row[column].columns
        let text = column == state && number > 0 ? coloured(row[column]) : row[column]
        return text + String(repeating: " ", count: padding)
      }
      Output.standard.write(padded.joined(separator: "  ") + "\n")
    }
  }

  /// One name and value a line; what is empty is left out. On a terminal the values are in one column, elsewhere
  /// after a tab.
  static func fields(_ rows: [(name: String, value: String)]) {
    let width = (rows.map(\.name.count).max() ?? 0) + 2
    for row in rows where !row.value.isEmpty {
      let gap = Output.standard.isTerminal ? String(repeating: " ", count: width - row.name.count) : "\t"
      let value = Printable.text(row.value)
      Output.standard.write(row.name + gap + (row.name == "state" ? coloured(value) : value) + "\n")
    }
  }

  /// The word for a state in its colour, where standard output has colours.
  static func coloured(_ word: String) -> String {
    guard Output.standard.hasColour, let colour = Colour(state: word) else { return word }
    return "\u{1B}[\(colour.rawValue)m\(word)\u{1B}[0m"
  }
}

/// ECMA-48, "select graphic rendition".
private enum Colour: Int {
  case red = 31
  case green = 32
  case yellow = 33

  /// `nil` for a word that means neither good nor bad.
  init?(state: String) {
    switch state {
    case "connected", "sent", "done", "pass", "ok", "yes": self = .green
    case "authenticationError", "connectError", "failed", "fail", "FAIL": self = .red
    case "held", "deferred", "paused", "unset", "warn", "WAIT": self = .yellow
    default: return nil
    }
  }
}

extension String {
  /// How many columns of a terminal it takes: East Asian characters and emoji take two (Unicode Standard Annex 11).
  fileprivate var columns: Int {
    reduce(0) { width, character in
      guard let scalar = character.unicodeScalars.first else { return width }
      let isWide =
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
          0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
          0x1F680...0x1F6FF, 0x1F900...0x1F9FF, 0x20000...0x3FFFD:
          true
        default: false
        }
      return width + (isWide ? 2 : 1)
    }
  }
}
