import Foundation

/// The same thing measured several times.
struct Samples {
  private(set) var values: [Double] = []

  mutating func add(_ value: Double) { values.append(value) }

  var median: Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    let middle = sorted.count / 2
    return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
  }

  /// Each value over the one taken beside it.
  func over(_ others: Samples) -> Samples {
    Samples(values: zip(values, others.values).map { $0 / $1 })
  }

  /// `median (least–most)`.
  func text(decimals: Int = 0, unit: String = "") -> String {
    func number(_ value: Double) -> String { String(format: "%.\(decimals)f", value) }
    let range = "\(number(values.min() ?? .nan))–\(number(values.max() ?? .nan))"
    return "\(number(median))\(unit) (\(range))"
  }
}

/// Rows of text in columns, as Markdown: good to read as it is, and to paste into `docs/performance.md`.
struct Table {
  private var rows: [[String]]

  init(_ titles: String...) {
    rows = [titles]
  }

  mutating func add(_ cells: String...) { rows.append(cells) }

  var text: String {
    let columns = rows[0].count
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
      return "| " + padded.joined(separator: " | ") + " |"
    }
    let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) }.joined(separator: "|") + "|"
    return ([line(rows[0]), rule] + rows.dropFirst().map(line)).joined(separator: "\n")
  }
}
