import Core

/// Reads a message, and the parts within it, in one pass over its octets.
struct BodyParser {
  /// Multiparts within multiparts. A message needs four; Exchange stops at 30 enclosed messages. Deeper ones are
  /// leaves.
  static let maximumDepth = 30
  /// Each costs memory beyond its octets, so what follows these is one leaf.
  static let maximumParts = 5000
  /// Exchange takes no more of them in a message (Exchange Online limits).
  static let maximumPartsToSend = 250

  /// The first limit of Exchange that the message passes.
  private(set) var excess: Problem?
  private let bytes: [UInt8]
  private var delimiters: Delimiters
  private var count = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
    delimiters = Delimiters(bytes)
  }

  /// The part that starts at `start` and ends before a delimiter of those around it, and that delimiter.
  mutating func part(
    from start: Int = 0, depth: Int = 0, otherwise type: ContentType = .plainText
  ) -> (part: BodyPart, next: Delimiters.Line?) {
    count += 1
    if count > Self.maximumPartsToSend { note(Self.tooMany) }
    let header = HeaderBlock(parsing: bytes, in: start..<bytes.count, isDelimiter: delimiters.contain)
    note(header.excess)
    var part = BodyPart(fields: header.fields, source: bytes, bodyStart: header.end, otherwise: type)
    var next: Delimiters.Line?
    if part.contentType.type == "multipart", depth < Self.maximumDepth {
      next = readParts(of: &part, depth: depth)
    } else {
      if part.contentType.type == "multipart" { note(Self.tooDeep) }
      next = delimiters.next(from: header.end)
    }
    part.end(before: next?.start)
    return (part, next)
  }

  /// The text between delimiter lines (RFC 2046 section 5.1.1): without preamble and epilogue, and without
  /// the line end before each delimiter, which belongs to it. A missing last delimiter is the end of the
  /// body, and the first delimiter of a multipart around this one is too.
  private mutating func readParts(of part: inout BodyPart, depth: Int) -> Delimiters.Line? {
    let level = delimiters.count
    let type = part.partType
    guard var next = firstDelimiter(of: part) else {
      part.isUndivided = true
      return delimiters.next(from: part.bodyStart)
    }
    guard next.level == level else {
      part.isUndivided = true
      delimiters.close(level)
      return next
    }
    while !next.isLast {
      guard count < Self.maximumParts else {
        delimiters.close(level)
        return readRest(of: &part, from: next.end)
      }
      var following: Delimiters.Line?
      if delimiters.startsLine(at: next.end) {
        // Nothing at all between two delimiters is no part.
        following = delimiters.next(from: next.end)
      } else if next.end < bytes.count {
        let child = self.part(from: next.end, depth: depth + 1, otherwise: type)
        part.parts.append(child.part)
        following = child.next
      }
      guard let following, following.level == level else {
        delimiters.close(level)
        return following
      }
      next = following
    }
    delimiters.close(level)
    return delimiters.next(from: next.end)
  }

  /// Opens the multipart; its first delimiter, one of the multiparts around it, or none. Where its boundary is
  /// missing or is not found, the first line that looks like a delimiter is taken for one.
  private mutating func firstDelimiter(of part: BodyPart) -> Delimiters.Line? {
    let level = delimiters.count
    let delimiter = part.delimiter
    if delimiter.count > 2 {
      delimiters.open(delimiter)
      if let next = delimiters.next(from: part.bodyStart), next.level == level { return next }
      delimiters.close(level)
    }
    guard let guess = delimiters.guess(from: part.bodyStart) else { return nil }
    delimiters.open(guess)
    return delimiters.next(from: guess.startIndex)
  }

  /// What is beyond the most parts becomes a file.
  private mutating func readRest(of part: inout BodyPart, from start: Int) -> Delimiters.Line? {
    let next = delimiters.next(from: start)
    var rest = BodyPart(fields: [], source: bytes, bodyStart: start, otherwise: .octetStream)
    rest.end(before: next?.start)
    part.parts.append(rest)
    return next
  }

  private mutating func note(_ problem: Problem?) { excess = excess ?? problem }

  private static var tooMany: Problem {
    .malformed(
      "it has more than \(maximumPartsToSend) parts",
      remedy: "Send fewer parts: Exchange refuses them too.")
  }

  private static var tooDeep: Problem {
    .malformed(
      "its parts are nested deeper than \(maximumDepth)", remedy: "Nest the parts less deeply.")
  }
}
