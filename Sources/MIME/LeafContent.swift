/// A file of a message as its content goes by.
struct LeafContent: Sendable {
  /// Lines are decoded together.
  private static let batchSize = 32 * 1024
  /// Enough for the header of most enclosed messages.
  private static let sampleSize = 16 * 1024
  /// A name of a file that is made from a subject.
  private static let longestName = 100

  /// Where it starts in the message.
  let start: Int
  /// What its header loses with it if it is the whole message.
  let headerCuts: [MessageLayout.Cut]
  private var file: DetachedFile
  private var decoder: FileDecoder
  /// Not decoded yet; the last line end is always here.
  private var lines: [UInt8] = []
  /// The start of an enclosed message, whose subject may be its name.
  private var sample: [UInt8]?

  init(_ part: BodyPart, _ encoding: TransferEncoding, headerStart: Int) {
    start = headerStart + part.bodyStart
    headerCuts = Self.cuts(part)
    file = DetachedFile(
      content: start..<start, encoding: encoding, size: 0, name: part.fileName,
      contentType: part.contentType.name, contentID: part.contentID, isInline: part.isInline)
    decoder = FileDecoder(encoding)
    // RFC 2046 section 5.2.1, RFC 6532 section 3.7.
    if part.fileName == nil, ["message/rfc822", "message/global"].contains(file.contentType) { sample = [] }
  }

  /// All but the fields that do not say what the body is, and the empty line. Without a field after it, a
  /// line that is no field would be body.
  private static func cuts(_ part: BodyPart) -> [MessageLayout.Cut] {
    var (cuts, start) = ([MessageLayout.Cut](), 0)
    for field in part.fields where !field.name.lowercased().hasPrefix("content-") {
      cuts.append(MessageLayout.Cut(range: start..<field.raw.startIndex))
      start = field.raw.endIndex
    }
    return cuts + [MessageLayout.Cut(range: start..<part.bodyStart, substitute: .crlf)]
  }

  mutating func append(_ line: ArraySlice<UInt8>) {
    if lines.count > Self.batchSize {
      decode(lines.prefix(lines.count - [UInt8].crlf.count))
      lines.removeFirst(lines.count - [UInt8].crlf.count)
    }
    lines += line
  }

  /// The file, whose content ends with the line before `next`, but for that line's end.
  mutating func finish(before next: Int, lineEnd: Int) -> DetachedFile {
    let end = max(start, next - lineEnd)
    decode(lines.dropLast(next - end))
    count(decoder.finish())
    file.content = start..<end
    if let sample { file.name = Self.name(sample, isWhole: sample.count == file.size) }
    return file
  }

  private mutating func decode(_ lines: ArraySlice<UInt8>) { count(decoder.feed(lines)) }

  private mutating func count(_ content: [UInt8]) {
    file.size += content.count
    if let count = sample?.count, count < Self.sampleSize {
      sample?.append(contentsOf: content.prefix(Self.sampleSize - count))
    }
  }

  /// The name of a file for the message that starts with `bytes`.
  private static func name(_ bytes: [UInt8], isWhole: Bool) -> String {
    let header = HeaderBlock(parsing: bytes, in: 0..<bytes.count)
    let subject = header.fields.first { $0.isNamed("Subject") }?.text ?? ""
    guard isWhole || header.end < bytes.count, subject.contains(where: { !$0.isWhitespace }) else {
      return "message.eml"
    }
    return String(String.UnicodeScalarView(subject.unicodeScalars.prefix(longestName))) + ".eml"
  }
}
