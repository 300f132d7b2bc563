import Core

/// Reads a part, and the parts within it.
struct BodyParser {
  /// Multiparts within multiparts. A message needs four; Exchange stops at 30 enclosed messages.
  static let maximumDepth = 30
  /// Exchange takes no more of them in a message (Exchange Online limits).
  static let maximumParts = 250

  private let bytes: [UInt8]
  private var count = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func part(in range: Range<Int>, depth: Int = 0) throws(Problem) -> BodyPart {
    count += 1
    guard count <= Self.maximumParts else {
      throw .malformed(
        "it has more than \(Self.maximumParts) parts", remedy: "Send fewer parts: Exchange refuses them too.")
    }
    let header = try HeaderBlock(parsing: bytes, in: range)
    var part = BodyPart(fields: header.fields, source: bytes, body: header.end..<range.upperBound)
    guard part.contentType.type == "multipart", let boundary = part.contentType["boundary"], !boundary.isEmpty
    else {
      return part
    }
    guard depth < Self.maximumDepth else {
      throw .malformed(
        "its parts are nested deeper than \(Self.maximumDepth)", remedy: "Nest the parts less deeply.")
    }
    for range in ranges(in: part.body, between: Array("--\(boundary)".utf8)) {
      part.parts.append(try self.part(in: range, depth: depth + 1))
    }
    return part
  }

  /// The text between delimiter lines (RFC 2046 section 5.1.1): without preamble and epilogue, and without
  /// the line end before each delimiter, which belongs to it. A missing last delimiter is the end of the
  /// body.
  private func ranges(in body: Range<Int>, between delimiter: [UInt8]) -> [Range<Int>] {
    var ranges: [Range<Int>] = []
    var open: Int?
    var line = body.lowerBound
    while line < body.upperBound {
      let lineEnd = bytes[line..<body.upperBound].firstIndex(of: .lf).map { $0 + 1 } ?? body.upperBound
      if let isLast = isDelimiter(bytes[line..<lineEnd], delimiter) {
        if let start = open { ranges.append(start..<max(start, lineStart(before: line))) }
        open = isLast ? nil : lineEnd
        if isLast { break }
      }
      // One more than the limit is enough for `part` to refuse them.
      guard ranges.count <= Self.maximumParts else { break }
      line = lineEnd
    }
    if let open { ranges.append(open..<body.upperBound) }
    return ranges
  }

  /// `false` for a delimiter, `true` for the closing one, `nil` for any other line.
  private func isDelimiter(_ line: ArraySlice<UInt8>, _ delimiter: [UInt8]) -> Bool? {
    guard line.first == UInt8(ascii: "-"), line.starts(with: delimiter) else { return nil }
    var rest = line.dropFirst(delimiter.count)
    let isLast = rest.starts(with: "--".utf8)
    if isLast { rest = rest.dropFirst(2) }
    return rest.allSatisfy { $0.isBlank || $0 == .cr || $0 == .lf } ? isLast : nil
  }

  /// `index` without the line end in front of it.
  private func lineStart(before index: Int) -> Int {
    guard index > 0, bytes[index - 1] == .lf else { return index }
    return index > 1 && bytes[index - 2] == .cr ? index - 2 : index - 1
  }
}
