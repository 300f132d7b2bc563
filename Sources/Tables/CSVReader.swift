/// What a table may have, so that memory stays bounded; lengths are in bytes.
package struct CSVLimits: Sendable, Hashable {
  package var field = CSVReader.fieldLimit
  package var row = CSVReader.rowLimit
  package var columns = CSVReader.columnLimit

  package init() {}

  /// For fields that hold whole texts: as long as the API takes them.
  package static let messages: CSVLimits = {
    var limits = CSVLimits()
    (limits.field, limits.row, limits.columns) = (5 << 20, 12 << 20, 64)
    return limits
  }()
}

/// Reads a table as it arrives: RFC 4180 with what spreadsheets make of it, that is commas, semicolons or tabs,
/// any line end, UTF-8 or UTF-16, spaces around fields, and empty lines, which are left out.
///
/// An invalid row costs only its own first line: the next line is read as if nothing had been before it. Memory
/// does not grow with the file.
package struct CSVReader: Sendable {
  /// Ten times the longest refresh token.
  package static let fieldLimit = 16 * 1024
  package static let rowLimit = 64 * 1024
  /// Twice what any list of mailboxes has.
  package static let columnLimit = 16

  private let limits: CSVLimits

  package init(limits: CSVLimits = CSVLimits()) {
    self.limits = limits
    scanner = CSVScanner(separator: .byte(UInt8(ascii: ",")), from: 0, limits: limits)
  }

  private var text = TextStream()
  /// From the first byte of the row on that is being read.
  private var pending: [UInt8] = []
  /// Between the rows of one piece: where in `pending` the row starts.
  private var start = 0
  private var line = 1
  /// `nil` until the first line has arrived.
  package private(set) var separator: CSVSeparator?
  private var scanner: CSVScanner
  /// Whether the rest of a line is passed over.
  private var skipping = false
  /// Whether a line feed that comes next belongs to the line end before.
  private var afterReturn = false

  /// The rows that this piece completes.
  package mutating func read(_ chunk: [UInt8]) -> [CSVRow] {
    take(text.read(chunk), isLast: false)
  }

  /// The rest, when no more arrives.
  package mutating func finish() -> [CSVRow] {
    take(text.finish(), isLast: true)
  }

  private mutating func take(_ bytes: [UInt8], isLast: Bool) -> [CSVRow] {
    pending += bytes
    var rows: [CSVRow] = []
    while findStart(), findSeparator(isLast: isLast) {
      switch scanner.scan(pending, isLast: isLast) {
      case .more: return rest(rows)
      case .ended(let fields, let next):
        // Spreadsheets write rows of empty fields below a table.
        if fields.contains(where: { !$0.isEmpty }) {
          rows.append(CSVRow(line: line, fields: .success(fields)))
        }
        goOn(at: next, lines: scanner.breaks + 1)
      case .failed(let fault, let next):
        rows.append(CSVRow(line: line, fields: .failure(fault)))
        goOn(at: next, lines: scanner.breaks + 1)
      case .abandoned(let fault):
        rows.append(CSVRow(line: line, fields: .failure(fault)))
        if let second = scanner.secondLine { goOn(at: second, lines: 1) } else { skipping = true }
      }
    }
    return rest(rows)
  }

  /// The next row starts there. The line end before it has been read, unless the text is over.
  private mutating func goOn(at next: Int, lines: Int) {
    afterReturn = next > 0 && pending[next - 1] == CSVScanner.carriageReturn
    (start, line) = (next, line + lines)
    if let separator { scanner = CSVScanner(separator: separator, from: start, limits: limits) }
  }

  private mutating func rest(_ rows: [CSVRow]) -> [CSVRow] {
    pending.removeFirst(start)
    scanner.rebase(by: start)
    start = 0
    return rows
  }

  /// Passes over what belongs to no row. Returns whether a row starts.
  private mutating func findStart() -> Bool {
    if skipping {
      guard let end = pending[start...].firstIndex(where: CSVScanner.isLineEnd) else {
        start = pending.count
        return false
      }
      skipping = false
      goOn(at: end + 1, lines: 1)
    }
    guard start < pending.count else { return false }
    if afterReturn {
      afterReturn = false
      if pending[start] == CSVScanner.lineFeed {
        start += 1
        scanner = CSVScanner(separator: scanner.separator, from: start, limits: limits)
      }
    }
    return start < pending.count
  }

  /// Waits for the first line that says something. Returns whether the separator is known.
  private mutating func findSeparator(isLast: Bool) -> Bool {
    if separator != nil { return true }
    while start < pending.count, CSVScanner.isSpace(pending[start]) || CSVScanner.isLineEnd(pending[start]) {
      if CSVScanner.isLineEnd(pending[start]) {
        goOn(at: start + 1, lines: 1)
        guard findStart() else { return false }
      } else {
        start += 1
      }
    }
    guard start < pending.count else { return false }
    let end = pending[start...].firstIndex(where: CSVScanner.isLineEnd)
    guard end != nil || isLast || pending.count - start > limits.row else { return false }
    let found = CSVSeparator(firstLine: pending[start..<(end ?? pending.count)])
    separator = found
    scanner = CSVScanner(separator: found, from: start, limits: limits)
    return true
  }
}
