import Core

/// The header of a message or of a part: its fields and where it ends.
///
/// It ends at the first empty line. A line within that is neither a field nor a fold belongs to nothing and
/// is passed over; if no line is a field, there is no header and all of it is body. CRLF, LF and a CR alone
/// end a line, because a field that any reader would see must not be hidden from us.
struct HeaderBlock {
  /// Exchange takes no larger one (Exchange Online limits).
  static let maximumSize = 256 * 1024
  /// Real messages have under 200, and a field costs memory beyond its octets.
  static let maximumFields = 2000

  private(set) var fields: [HeaderField] = []
  /// Where the body begins.
  private(set) var end: Int
  /// Where one more field can be added so that every reader finds it: before the first line that is not a
  /// field, if that would not become the new field's fold, else before the empty line.
  private(set) var fieldsEnd: Int
  private var fieldStart: Int?

  init(parsing bytes: [UInt8], in range: Range<Int>) throws(Problem) {
    var scanner = LineScanner(bytes, in: range)
    var strayLine: Int?
    end = range.upperBound
    fieldsEnd = range.upperBound
    while let line = scanner.next() {
      guard line.end - range.lowerBound <= Self.maximumSize else {
        // A large text without header and empty line is not a large header.
        guard fields.isEmpty, fieldStart == nil, Self.name(bytes[line.content]) == nil else {
          throw Self.tooLarge
        }
        strayLine = range.lowerBound
        break
      }
      if line.content.isEmpty {
        close(bytes, at: line.content.lowerBound)
        (fieldsEnd, end) = (line.content.lowerBound, line.end)
        break
      }
      if bytes[line.content.lowerBound].isBlank, fieldStart != nil { continue }
      close(bytes, at: line.content.lowerBound)
      if Self.name(bytes[line.content]) != nil {
        fieldStart = line.content.lowerBound
      } else if strayLine == nil {
        strayLine = line.content.lowerBound
      }
    }
    close(bytes, at: end)
    guard fields.count <= Self.maximumFields else { throw Self.tooMany }
    guard let strayLine else { return }
    if fields.isEmpty { (fieldsEnd, end) = (range.lowerBound, range.lowerBound) }
    if !bytes[strayLine].isBlank { fieldsEnd = strayLine }
  }

  private mutating func close(_ bytes: [UInt8], at end: Int) {
    guard let start = fieldStart else { return }
    fieldStart = nil
    guard fields.count <= Self.maximumFields, let name = Self.name(bytes[start..<end]) else { return }
    let field = HeaderField(
      name: String(decoding: name, as: UTF8.self), source: bytes, range: start..<end,
      valueStart: (bytes[name.endIndex..<end].firstIndex(of: UInt8(ascii: ":")) ?? name.endIndex) + 1)
    fields.append(field)
  }

  /// The name of the field that `line` starts, `nil` if it starts none. Blanks before the colon are obsolete
  /// but legal.
  static func name(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let name = line.prefix(while: HeaderWriter.isFieldText)
    guard !name.isEmpty, let next = line[name.endIndex...].first(where: { !$0.isBlank }) else { return nil }
    return next == UInt8(ascii: ":") ? name : nil
  }

  private static var tooLarge: Problem {
    .malformed(
      "its header is larger than \(maximumSize / 1024) KiB",
      remedy: "Shorten the header: Exchange refuses it too.")
  }

  private static var tooMany: Problem {
    .malformed("its header has more than \(maximumFields) fields", remedy: "Remove fields from the header.")
  }
}

/// The lines of a header.
struct LineScanner {
  struct Line {
    /// Without its line end.
    var content: Range<Int>
    /// After its line end.
    var end: Int
  }

  private let bytes: [UInt8]
  private let limit: Int
  private var index: Int

  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    index = range.lowerBound
    limit = range.upperBound
  }

  mutating func next() -> Line? {
    guard index < limit else { return nil }
    let start = index
    while index < limit, bytes[index] != .cr, bytes[index] != .lf { index += 1 }
    let contentEnd = index
    index = endOfLine(from: contentEnd)
    return Line(content: start..<contentEnd, end: index)
  }

  /// After an LF with the CRs before it, else after one CR.
  private func endOfLine(from index: Int) -> Int {
    var next = index
    while next < limit, bytes[next] == .cr { next += 1 }
    if next < limit, bytes[next] == .lf { return next + 1 }
    return min(index + 1, limit)
  }
}
