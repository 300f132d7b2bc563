package import Core

/// Takes a message that another program wrote (RFC 5322) and that arrives in pieces: splits it into header
/// and body, and makes every line end CRLF.
///
/// The header ends where `HeaderBlock` ends it, so its empty line may be missing. It is kept until then; of
/// the body nothing is.
package struct RawMessageReader: Sendable {
  /// The header is decided after so much: beyond the most that is allowed, for the field or the line that is
  /// no field at the limit.
  private static let longestStart = HeaderBlock.maximumSize + 1024

  /// As soon as it has ended. The line that a mailbox of Unix puts before a message (RFC 4155) is no part of
  /// it.
  package private(set) var header: RawHeader?
  private var lineEnds = LineEnds()
  /// The message so far, while it may be all header.
  private var start: [UInt8] = []

  package init() {}

  /// The next octets of the body. Throws if the header passes a limit of Exchange, and so does `finish`.
  package mutating func feed(_ bytes: ArraySlice<UInt8>) throws(Problem) -> [UInt8] {
    var lines: [UInt8] = []
    lineEnds.feed(bytes, into: &lines)
    return header == nil ? try read(lines) : lines
  }

  /// The last octets of the body, once the message has ended. Then there is a header, if only an empty one.
  package mutating func finish() throws(Problem) -> [UInt8] {
    var lines: [UInt8] = []
    lineEnds.finish(into: &lines)
    guard header == nil else { return lines }
    let body = try read(lines)
    return header == nil ? try split(start.count) : body
  }

  private mutating func read(_ lines: [UInt8]) throws(Problem) -> [UInt8] {
    let checked = max(start.count - 3, 0)
    start += lines
    if let end = Self.emptyLine(in: start.prefix(Self.longestStart), from: checked) { return try split(end) }
    return start.count < Self.longestStart ? [] : try split(Self.longestStart)
  }

  /// Where the first empty line ends.
  private static func emptyLine(in start: ArraySlice<UInt8>, from index: Int) -> Int? {
    if start.starts(with: [UInt8].crlf) { return 2 }
    var index = index
    while index + 4 <= start.count {
      if start[index] == .cr, start[index..<(index + 4)].elementsEqual([.cr, .lf, .cr, .lf]) {
        return index + 4
      }
      index += 1
    }
    return nil
  }

  /// Splits what there is, of which the header takes no more than `limit` octets; what is after it is body.
  private mutating func split(_ limit: Int) throws(Problem) -> [UInt8] {
    let block = HeaderBlock(parsing: start, in: 0..<limit)
    if let excess = block.excess { throw excess }
    header = RawHeader(Array(start[block.start..<block.end]))
    defer { start = [] }
    return Array(start[block.end...])
  }
}
