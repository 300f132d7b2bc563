/// One row of a table, or why it is invalid.
package struct CSVRow: Sendable, Hashable {
  /// Where it starts, counted from 1.
  package let line: Int
  package let fields: Result<[String], CSVFault>
}

package enum CSVFault: Error, Sendable, Hashable, CaseIterable {
  /// There is a quotation mark in the middle of a field, or the one that closes a field is missing.
  case quoting
  case encoding
  case fieldTooLong
  case rowTooLong
  case tooManyColumns
}

/// What separates the fields of a row.
package enum CSVSeparator: Sendable, Hashable {
  case byte(UInt8)
  /// `----`, as lists of mailboxes are sold; such a list quotes nothing.
  case dashes

  static let fourDashes: [UInt8] = Array("----".utf8)
  private static let bytes = [UInt8(ascii: "\t"), UInt8(ascii: ";"), UInt8(ascii: ",")]

  /// Of a file whose first line is this one. An address has none of them, so in a list with dashes they come
  /// first, whatever a password holds.
  init(firstLine: some Sequence<UInt8>) {
    let line = Array(firstLine)
    let parts = line.split(around: Self.fourDashes)
    if parts.count >= 3, !parts[0].contains(where: { Self.bytes.contains($0) }) {
      self = .dashes
      return
    }
    var counts = [0, 0, 0]
    var quoted = false
    for byte in line {
      if byte == UInt8(ascii: "\"") { quoted.toggle() }
      if !quoted, let index = Self.bytes.firstIndex(of: byte) { counts[index] += 1 }
    }
    let most = counts.max() ?? 0
    self = .byte(most == 0 ? UInt8(ascii: ",") : Self.bytes[counts.firstIndex(of: most) ?? 2])
  }
}

extension [UInt8] {
  func split(around separator: [UInt8]) -> [[UInt8]] {
    var parts: [[UInt8]] = [[]]
    var index = 0
    while index < count {
      if self[index] == separator[0], self[index...].starts(with: separator) {
        parts.append([])
        index += separator.count
      } else {
        parts[parts.count - 1].append(self[index])
        index += 1
      }
    }
    return parts
  }
}
