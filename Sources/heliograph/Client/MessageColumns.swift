import API
import Core
import Foundation

/// What each column of a table of messages contains, as its header says.
struct MessageColumns {
  enum Column: String, CaseIterable {
    case account
    case from
    case to
    case cc
    case bcc
    case replyTo = "reply-to"
    case subject
    case text
    case html
    case attachment
    case sendAt = "send-at"
    case priority
    case idempotencyKey = "idempotency-key"
  }

  private let columns: [Column]

  /// - Throws: `request.invalidField` for a name that is unknown or there twice; `attachment` may be repeated.
  init(header: [String]) throws(Problem) {
    var columns: [Column] = []
    for name in header {
      let key = name.lowercased().filter { $0.isLetter || $0.isNumber }
      guard let column = Column.allCases.first(where: { $0.rawValue.replacing("-", with: "") == key }) else {
        throw Self.invalid("The column “\(name)” is not one of: \(Self.names).")
      }
      guard column == .attachment || !columns.contains(column) else {
        throw Self.invalid("The column “\(name)” occurs twice.")
      }
      columns.append(column)
    }
    self.columns = columns
  }

  /// The row's texts by what they are; empty ones are left out.
  ///
  /// - Throws: `request.invalidField` for a row with more fields than the header.
  func values(_ row: [String]) throws(Problem) -> [Column: [String]] {
    guard row.count <= columns.count || row.dropFirst(columns.count).allSatisfy(\.isEmpty) else {
      throw Problem(
        .requestInvalidField, "The row has \(row.count) fields; the header has \(columns.count).",
        remedy: "Put a field that contains the separator into quotation marks.")
    }
    var values: [Column: [String]] = [:]
    for (column, text) in zip(columns, row) where !text.isEmpty { values[column, default: []].append(text) }
    return values
  }

  static var names: String { Column.allCases.map(\.rawValue).joined(separator: ", ") }

  private static func invalid(_ summary: String) -> Problem {
    Problem(
      .requestInvalidField, summary,
      remedy: "Name in the first row of the table what each column contains.")
  }
}

extension AddressField {
  /// `bob@example.com; "Carter, Ann" <ann@example.com>`: addresses between commas or semicolons, each with a name or
  /// without. The gateway judges them.
  static func list(_ text: String) -> [AddressField] {
    var parts = [""]
    var isQuoted = false
    var isInBrackets = false
    var previous: Character?
    for character in text {
      switch character {
      case "\"" where previous != "\\": isQuoted.toggle()
      case "<" where !isQuoted: isInBrackets = true
      case ">" where !isQuoted: isInBrackets = false
      default: break
      }
      previous = character
      if character == "," || character == ";", !isQuoted, !isInBrackets {
        parts.append("")
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.compactMap(AddressField.init(named:))
  }

  /// `nil` for nothing but spaces.
  private init?(named text: String) {
    let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
    guard !text.isEmpty else { return nil }
    guard text.hasSuffix(">"), let open = text.lastIndex(of: "<") else {
      self.init(text)
      return
    }
    var name = text[..<open].trimmingCharacters(in: .whitespacesAndNewlines)
    if name.count > 1, name.hasPrefix("\""), name.hasSuffix("\"") {
      name = String(name.dropFirst().dropLast()).replacing("\\\"", with: "\"").replacing("\\\\", with: "\\")
    }
    let address = text[text.index(after: open)...].dropLast().trimmingCharacters(in: .whitespacesAndNewlines)
    self.init(address, name: name.isEmpty ? nil : name)
  }
}
