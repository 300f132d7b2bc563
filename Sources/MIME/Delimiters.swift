/// The delimiter lines of the multiparts that are open at a place of a message (RFC 2046 section 5.1.1).
struct Delimiters {
  struct Line {
    var start: Int
    /// After its line end.
    var end: Int
    /// How many multiparts are around the one that it belongs to.
    var level: Int
    var isLast: Bool
  }

  private let bytes: [UInt8]
  /// `--` and the boundary, the outermost first.
  private var open: [[UInt8]] = []

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  var count: Int { open.count }

  mutating func open(_ delimiter: ArraySlice<UInt8>) { open.append(Array(delimiter)) }

  /// Closes the multipart of that level, and those within it.
  mutating func close(_ level: Int) { open.removeSubrange(level...) }

  /// The first one from `start` on, where a line starts.
  func next(from start: Int) -> Line? {
    guard !open.isEmpty else { return nil }
    var index = start
    while let hyphen = bytes.index(of: UInt8(ascii: "-"), in: index..<bytes.count) {
      if bytes.startsLine(at: hyphen, from: start), let line = line(at: hyphen) { return line }
      index = hyphen + 1
    }
    return nil
  }

  func startsLine(at index: Int) -> Bool { line(at: index) != nil }

  /// For a line without its line end.
  func contain(_ line: Range<Int>) -> Bool { self.line(at: line.lowerBound) != nil }

  /// The innermost multipart comes first, where a mailer gave two the same boundary.
  private func line(at start: Int) -> Line? {
    guard startsWithHyphens(at: start) else { return nil }
    for level in open.indices.reversed() {
      if let line = line(at: start, open[level], level) { return line }
    }
    return nil
  }

  private func line(at start: Int, _ delimiter: [UInt8], _ level: Int) -> Line? {
    guard let (isLast, index) = Self.read(delimiter, bytes[start...]) else { return nil }
    let end = bytes.afterLineEnd(at: index, limit: bytes.count)
    return Line(start: start, end: end, level: level, isLast: isLast)
  }

  /// Whether the delimiter line that `text` starts with is the last one of its multipart, and its end, without the
  /// line end; `nil` if it starts with none.
  static func read(_ delimiter: [UInt8], _ text: ArraySlice<UInt8>) -> (isLast: Bool, end: Int)? {
    guard text.starts(with: delimiter) else { return nil }
    var index = text.startIndex + delimiter.count
    let isLast = text[index...].starts(with: "--".utf8)
    if isLast { index += 2 }
    while index < text.endIndex, text[index].isBlank { index += 1 }
    guard index == text.endIndex || text[index] == .cr || text[index] == .lf else { return nil }
    return (isLast, index)
  }

  private func startsWithHyphens(at index: Int) -> Bool {
    index + 1 < bytes.count && bytes[index] == UInt8(ascii: "-") && bytes[index + 1] == UInt8(ascii: "-")
  }
}

// A boundary that nobody told
extension Delimiters {
  /// RFC 2046 section 5.1.1.
  private static let longestBoundary = 70
  /// Enough of the line after a delimiter to see a field in it.
  static let longestName = 200

  /// The first line from `start` on that looks like a delimiter, before one that is.
  func guess(from start: Int) -> ArraySlice<UInt8>? {
    var index = start
    while let hyphen = bytes.index(of: UInt8(ascii: "-"), in: index..<bytes.count) {
      index = hyphen + 1
      guard bytes.startsLine(at: hyphen, from: start), startsWithHyphens(at: hyphen) else { continue }
      if line(at: hyphen) != nil { return nil }
      if let delimiter = delimiter(at: hyphen) { return delimiter }
    }
    return nil
  }

  private func delimiter(at start: Int) -> ArraySlice<UInt8>? {
    let limit = min(start + Self.longestBoundary + 4, bytes.count)
    let end = bytes.lineEnd(from: start, limit: limit)
    guard end < limit, let word = Self.word(of: bytes[start..<end]) else { return nil }
    let next = bytes.afterLineEnd(at: end, limit: bytes.count)
    let nextEnd = bytes.lineEnd(from: next, limit: min(next + Self.longestName, bytes.count))
    return Self.startsPart(bytes[next..<nextEnd]) ? word : nil
  }

  /// The delimiter that a line, without its line end, would be: two hyphens and a word.
  static func word(of line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    guard line.count < longestBoundary + 4, line.starts(with: "--".utf8) else { return nil }
    var word = line
    while word.last?.isBlank == true { word.removeLast() }
    guard word.count > 2, !word.contains(where: \.isBlank), !word.suffix(2).elementsEqual("--".utf8) else {
      return nil
    }
    return word
  }

  /// Whether the line after a delimiter, without its line end, is one that a part starts with: a field or nothing.
  static func startsPart(_ line: ArraySlice<UInt8>) -> Bool { line.isEmpty || HeaderBlock.name(line) != nil }
}
