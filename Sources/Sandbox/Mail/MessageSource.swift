import Core
import Foundation
import MIME

/// A message's bytes (RFC 5322): its header fields, the content that its client gave, and attachments that were added
/// later.
///
/// All copies of a message share the content and the attachments, and an attachment is encoded only when the bytes are
/// read. A message of 150 MB with ten recipients is thus in memory once.
struct MessageSource: Sendable {
  /// The header fields, each with its line end.
  private(set) var fields: [UInt8]
  /// From the empty line on.
  private var content: ArraySlice<UInt8>
  private var added: [Attachment] = []
  /// Whether inline attachments go beside an HTML body that shows them.
  private var hasHTML = false
  /// Of the multiparts that added attachments make. By chance alone it is in no part.
  private let seed = String(UInt64.random(in: 0...(.max)), radix: 16)

  init(_ bytes: [UInt8], fieldsEnd: Int) {
    fields = Array(bytes[..<fieldsEnd])
    content = bytes[fieldsEnd...]
  }

  /// Without the attachments that were added.
  var original: [UInt8] { fields + content }

  /// The header as it is when the message is read, and perhaps more.
  var header: [UInt8] {
    if added.isEmpty { return fields }
    return pieces.prefix(2).flatMap { piece -> [UInt8] in
      guard case .bytes(let bytes) = piece else { return [] }
      return Array(bytes)
    }
  }

  /// How many attachments were added.
  var addedCount: Int { added.count }

  mutating func add(_ attachments: [Attachment], besideHTML: Bool) {
    added += attachments
    hasHTML = besideHTML
  }

  mutating func removeAdded(at index: Int) { added.remove(at: index) }

  /// A message that is all content gets the empty line that separates it from its first field.
  mutating func replaceFields(_ new: [UInt8]) {
    if fields.isEmpty, !new.isEmpty, !Self.startsWithLineEnd(content) {
      content = Array("\r\n".utf8) + content
    }
    fields = new
  }

  fileprivate static func startsWithLineEnd(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.first == UInt8(ascii: "\r") || bytes.first == UInt8(ascii: "\n")
  }
}

// Sizes and bytes.
extension MessageSource {
  private enum Piece {
    case bytes(ArraySlice<UInt8>)
    /// To be written as base64.
    case file([UInt8])
  }

  /// How many bytes the message has, as transport counts them.
  var count: Int {
    pieces.reduce(0) { sum, piece in
      switch piece {
      case .bytes(let bytes): sum + bytes.count
      case .file(let content): sum + Self.encodedSize(content.count)
      }
    }
  }

  /// About how many bytes it takes in a mailbox, where attachments are not encoded.
  var storedSize: Int { fields.count + content.count + added.reduce(0) { $0 + $1.content.count } }

  /// The whole message. Each call makes a copy.
  var bytes: [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(count)
    for piece in pieces {
      switch piece {
      case .bytes(let bytes): result += bytes
      case .file(let content): result += Self.encoded(content)
      }
    }
    return result
  }

  /// RFC 2045 section 6.8: three octets are four characters, and a line has at most 76 of them.
  private static func encodedSize(_ count: Int) -> Int {
    let characters = (count + 2) / 3 * 4
    return characters + max(0, characters - 1) / 76 * 2
  }

  private static func encoded(_ content: [UInt8]) -> Data {
    Data(content).base64EncodedData(
      options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
  }

  /// mixed(related(the original, inline attachments), other attachments), each level only where it has two parts.
  private var pieces: [Piece] {
    guard !added.isEmpty else { return [.bytes(fields[...]), .bytes(content)] }
    func isBeside(_ file: Attachment) -> Bool { hasHTML && file.isInline && file.contentID != nil }
    let (inline, files) = (added.filter(isBeside), added.filter { !isBeside($0) })
    let header = MIMEMessage(parsing: fields)
    func isOfContent(_ field: HeaderField) -> Bool { field.name.lowercased().hasPrefix("content-") }
    var part = Self.lines(header.fields.filter(isOfContent))
    if !Self.startsWithLineEnd(content) { part += Array("\r\n".utf8) }
    var pieces: [Piece] = [.bytes(part[...]), .bytes(content)]
    if !inline.isEmpty {
      // RFC 2387 section 3.1: the type of what the message starts with.
      pieces = multipart("related", type: header.root.contentType.name, pieces, inline)
    }
    if !files.isEmpty { pieces = multipart("mixed", type: nil, pieces, files) }
    var top = Self.lines(header.fields.filter { !isOfContent($0) })
    if header.field("MIME-Version") == nil { top += Array("MIME-Version: 1.0\r\n".utf8) }
    return [.bytes(top[...])] + pieces
  }

  /// The last field of a message that has nothing else may have no line end.
  private static func lines(_ fields: [HeaderField]) -> [UInt8] {
    let lines = fields.flatMap(\.raw)
    return lines.isEmpty || lines.last == UInt8(ascii: "\n") ? lines : lines + Array("\r\n".utf8)
  }

  private func multipart(
    _ subtype: String, type: String?, _ first: [Piece], _ rest: [Attachment]
  ) -> [Piece] {
    let boundary = "_\(subtype)_\(seed)_"
    let type = type.map { "; type=\"\($0)\"" } ?? ""
    func text(_ text: String) -> Piece { .bytes(Array(text.utf8)[...]) }
    var pieces = [
      text("Content-Type: multipart/\(subtype); boundary=\"\(boundary)\"\(type)\r\n\r\n--\(boundary)\r\n")
    ]
    pieces += first
    for attachment in rest {
      pieces.append(text("\r\n--\(boundary)\r\n" + attachment.partHeader + "\r\n"))
      pieces.append(attachment.travelsAsItIs ? .bytes(attachment.content[...]) : .file(attachment.content))
    }
    return pieces + [text("\r\n--\(boundary)--\r\n")]
  }
}

// A part of its own.
extension Attachment {
  /// RFC 2046 section 5.2.1 forbids to encode a message.
  fileprivate var travelsAsItIs: Bool { isMessage }

  /// Its header fields, each with its line end.
  fileprivate var partHeader: String {
    let encoding =
      travelsAsItIs ? (content.contains { $0 >= 0x80 } ? "8bit" : "7bit") : "base64"
    let type = ContentType(contentType)
    let parameters = (type?.parameters ?? []).map { Self.parameter($0.name, $0.value) }.joined()
    let name = name.map { Self.parameter("filename", $0) } ?? ""
    return """
      Content-Type: \(type?.name ?? "application/octet-stream")\(parameters)\r
      Content-Transfer-Encoding: \(encoding)\r
      Content-Disposition: \(isInline ? "inline" : "attachment")\(name)\r
      \(contentID.map { "Content-ID: <\($0)>\r\n" } ?? "")
      """
  }

  /// On a line of its own; what is long or not ASCII as RFC 2231 sections 3 and 4 have it.
  private static func parameter(_ name: String, _ value: String) -> String {
    let isShort = value.utf8.count <= 60 && value.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    if isShort {
      let quoted = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return ";\r\n \(name)=\"\(quoted)\""
    }
    var (parts, rest) = ([String](), value.unicodeScalars[...])
    while !rest.isEmpty {
      // At most twelve characters for each of them.
      parts.append(percentEncoded(String(String.UnicodeScalarView(rest.prefix(5)))))
      rest = rest.dropFirst(5)
    }
    return parts.enumerated().map { index, part in
      ";\r\n \(name)*\(index)*=\(index == 0 ? "UTF-8''" : "")\(part)"
    }.joined()
  }
}
