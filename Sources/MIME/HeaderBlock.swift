import Core

/// The header of a message or of a part: its fields and where it ends.
///
/// It ends at the first empty line. A line within that is neither a field nor a fold belongs to nothing and is
/// passed over if a field that mail has follows it; else the empty line was forgotten, and the body begins there.
/// CRLF, LF and a CR alone end a line, because a field that any reader would see must not be hidden from us.
struct HeaderBlock {
  /// Exchange takes no larger one (Exchange Online limits).
  static let maximumSize = 256 * 1024
  /// Real messages have under 200, and a field costs memory beyond its octets. Beyond it only the first fields of the
  /// names that reading needs are kept.
  static let maximumFields = 2000

  private(set) var fields: [HeaderField] = []
  /// Where it begins: after the line that a mailbox of Unix puts before each message (RFC 4155).
  private(set) var start: Int
  /// Where the body begins.
  private(set) var end: Int
  /// Where one more field can be added so that every reader finds it: before the first line that is not a
  /// field, if that would not become the new field's fold, else before the empty line.
  private(set) var fieldsEnd: Int
  /// The limit of Exchange that it passes.
  private(set) var excess: Problem?
  private var open: (start: Int, name: Range<Int>)?
  private var count = 0
  /// The names of the fields, once there are too many.
  private var kept: Set<String> = []

  /// `isDelimiter` says whether the line is one of an enclosing multipart, which ends the header.
  init(parsing bytes: [UInt8], in range: Range<Int>, isDelimiter: (Range<Int>) -> Bool = { _ in false }) {
    var scanner = LineScanner(bytes, in: range)
    var stray: Stray?
    start = range.lowerBound
    end = range.upperBound
    fieldsEnd = range.upperBound
    while let line = scanner.next() {
      if line.content.isEmpty || isDelimiter(line.content) {
        close(bytes, at: line.content.lowerBound)
        (fieldsEnd, end) = (
          line.content.lowerBound, line.content.isEmpty ? line.end : line.content.lowerBound
        )
        break
      }
      let isFold = bytes[line.content.lowerBound].isBlank
      if isFold, open != nil { continue }
      close(bytes, at: line.content.lowerBound)
      if let name = Self.name(bytes[line.content]) {
        open = (line.content.lowerBound, name.startIndex..<name.endIndex)
        if stray != nil, Self.isOfMail(Self.lowercased(name)) { stray?.isWithinHeader = true }
      } else if line.content.lowerBound == range.lowerBound, Self.startsMailbox(bytes, line) {
        start = line.end
      } else if stray == nil {
        stray = Stray(start: line.content.lowerBound, fields: fields.count)
      }
    }
    close(bytes, at: end)
    if end - range.lowerBound > Self.maximumSize { excess = Self.tooLarge }
    if count > Self.maximumFields { excess = Self.tooMany }
    end(at: stray, bytes, in: range)
  }

  /// A line that is no field.
  private struct Stray {
    var start: Int
    /// How many there were before it.
    var fields: Int
    var isWithinHeader = false
  }

  private mutating func end(at stray: Stray?, _ bytes: [UInt8], in range: Range<Int>) {
    if let stray, stray.isWithinHeader {
      if !bytes[stray.start].isBlank { fieldsEnd = stray.start }
    } else if let stray {
      fields.removeSubrange(stray.fields...)
      (fieldsEnd, end) = (stray.start, stray.start)
      // A large text without a header is not a large header.
      if end - range.lowerBound <= Self.maximumSize, fields.count <= Self.maximumFields { excess = nil }
    }
    if fields.isEmpty, stray != nil {
      (start, fieldsEnd, end) = (range.lowerBound, range.lowerBound, range.lowerBound)
    }
  }

  private mutating func close(_ bytes: [UInt8], at end: Int) {
    guard let (start, name) = open else { return }
    open = nil
    count += 1
    if count > Self.maximumFields {
      if kept.isEmpty { kept = Set(fields.map { $0.name.lowercased() }) }
      let name = Self.lowercased(bytes[name])
      guard Self.isRead(name), kept.insert(name).inserted else { return }
    }
    let field = HeaderField(
      name: String(decoding: bytes[name], as: UTF8.self), source: bytes, range: start..<end,
      valueStart: (bytes.index(of: UInt8(ascii: ":"), in: name.upperBound..<end) ?? name.upperBound) + 1)
    fields.append(field)
  }

  /// The name of the field that `line` starts, `nil` if it starts none. Blanks before the colon are obsolete
  /// but legal; a URL is no field.
  static func name(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
    let name = line.prefix(while: HeaderWriter.isFieldText)
    guard !name.isEmpty, let next = line[name.endIndex...].firstIndex(where: { !$0.isBlank }) else {
      return nil
    }
    guard line[next] == UInt8(ascii: ":") else { return nil }
    let isURL = line[(next + 1)...].starts(with: "//".utf8) && schemes.contains(lowercased(name))
    return isURL ? nil : name
  }

  private static func startsMailbox(_ bytes: [UInt8], _ line: LineScanner.Line) -> Bool {
    bytes[line.content].drop { $0 == UInt8(ascii: ">") }.starts(with: "From ".utf8)
  }
}

// Editing
extension HeaderBlock {
  /// `bytes`, whose header it is, with one more field at the end of the fields.
  func adding(_ field: [UInt8], to bytes: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + field.count + 2)
    result += bytes[..<fieldsEnd]
    if let last = result.last, last != .lf, last != .cr { result += .crlf }
    result += field
    // A message that is all body gets a header, and what separates the two.
    if fields.isEmpty, end == 0 { result += .crlf }
    return result + bytes[fieldsEnd...]
  }

  /// `bytes`, whose header it is, without the fields of those names, and with `field` in place of the first.
  func removing(_ names: [String], from bytes: [UInt8], for field: [UInt8] = []) -> [UInt8] {
    let removed = fields.filter { names.contains(where: $0.isNamed) }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count + field.count)
    var start = 0
    for (index, old) in removed.enumerated() {
      result += bytes[start..<old.raw.startIndex]
      if index == 0 { result += field }
      start = old.raw.endIndex
    }
    return result + bytes[start...]
  }
}

// The names of fields
extension HeaderBlock {
  /// Those that show, after a line that is no field, that the header goes on. A text has lines such as
  /// `Error: …` too.
  private static func isOfMail(_ name: String) -> Bool {
    isRead(name) || otherNames.contains(name) || prefixes.contains { name.hasPrefix($0) }
  }

  /// Those without which a message is not read as meant.
  private static func isRead(_ name: String) -> Bool { readNames.contains(name) }

  private static func lowercased(_ name: ArraySlice<UInt8>) -> String {
    String(decoding: name.map(\.lowercased), as: UTF8.self)
  }

  private static let schemes: Set = ["http", "https", "ftp"]

  private static let readNames: Set = [
    "from", "sender", "reply-to", "to", "cc", "bcc", "resent-bcc", "subject", "date", "message-id",
    "in-reply-to", "references", "mime-version", "content-type", "content-transfer-encoding",
    "content-disposition", "content-id", "importance", "auto-submitted", "return-path",
  ]

  /// Others of IANA's registry of message header fields, and of the mailers that people use.
  private static let otherNames: Set = [
    "accept-language", "apparently-to", "authentication-results", "comments", "delivered-to",
    "disposition-notification-to", "domainkey-signature", "envelope-to", "errors-to", "expires",
    "feedback-id", "followup-to", "keywords", "lines", "mail-followup-to", "mailing-list", "newsgroups",
    "organization", "precedence", "priority", "received", "received-spf", "return-receipt-to", "sensitivity",
    "status", "thread-index", "thread-topic", "user-agent",
  ]

  private static let prefixes = ["x-", "content-", "resent-", "list-", "arc-", "dkim-"]
}

// Limits
extension HeaderBlock {
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
    let contentEnd = bytes.lineEnd(from: start, limit: limit)
    index = bytes.afterLineEnd(at: contentEnd, limit: limit)
    return Line(content: start..<contentEnd, end: index)
  }
}
