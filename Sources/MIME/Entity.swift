import Core

/// A MIME entity about to be written: its Content fields and its body (RFC 2045 section 2.4).
struct Entity {
  private enum Body {
    case leaf([UInt8], TransferEncoding)
    case parts([Entity], boundary: String)
  }

  private let fields: [UInt8]
  private let body: Body

  /// The one part alone, if there is just one.
  static func multipart(_ subtype: String, _ parts: [Entity], _ boundary: String) -> Entity {
    if parts.count == 1 { return parts[0] }
    var header = HeaderWriter()
    header.structured("Content-Type", ["multipart/\(subtype)"], parameters: [("boundary", boundary)])
    return Entity(fields: header.bytes, body: .parts(parts, boundary: boundary))
  }

  static func text(_ text: String, subtype: String, _ boundaries: Boundaries) -> Entity {
    let content = Lines.normalized(text.utf8)
    let encoding = TransferEncoding.best(forText: content, avoiding: boundaries.delimiter)
    var header = HeaderWriter()
    header.structured("Content-Type", ["text/\(subtype)"], parameters: [("charset", "utf-8")])
    header.structured("Content-Transfer-Encoding", [encoding.rawValue])
    return Entity(fields: header.bytes, body: .leaf(content, encoding))
  }

  static func file(_ file: Attachment, _ boundaries: Boundaries) throws(Problem) -> Entity {
    try HeaderWriter.checked("Content-Type", file.contentType)
    guard var type = ContentType(file.contentType), type.isWritable else {
      throw .header(
        "Content-Type", "\(Problem.quoted(file.contentType)) is not a media type",
        remedy: "Give the attachment a type such as application/pdf.")
    }
    guard type.type != "multipart" else {
      throw .header(
        "Content-Type", "an attachment cannot be \(Problem.quoted(file.contentType))",
        remedy: "Attach the parts one by one, or the whole as message/rfc822.")
    }
    var content = file.content
    var encoding = TransferEncoding.base64
    if type.type == "message" {
      // RFC 2046 section 5.2.1 forbids base64 here, so a message travels as it is or not as a message.
      let lines = Lines.normalized(content)
      if Lines.fit(lines, width: Lines.maximum), !Lines.find(boundaries.delimiter, in: lines) {
        (content, encoding) = (lines, .sevenBit)
      } else {
        type = .octetStream
      }
    }
    var header = HeaderWriter()
    header.structured("Content-Type", [type.name], parameters: type.parameters.map { ($0.name, $0.value) })
    header.structured("Content-Transfer-Encoding", [encoding.rawValue])
    if let name = file.name { try HeaderWriter.checked("Content-Disposition", name) }
    header.structured(
      "Content-Disposition", [file.isInline ? "inline" : "attachment"],
      parameters: file.name.map { [("filename", $0)] } ?? [])
    if let id = file.contentID { header.structured("Content-ID", [try contentID(id)]) }
    return Entity(fields: header.bytes, body: .leaf(content, encoding))
  }

  /// `id` in angle brackets. The right side with `@` is often missing in practice, and it is not needed.
  private static func contentID(_ id: String) throws(Problem) -> String {
    var inner = Substring(id)
    if inner.hasPrefix("<"), inner.hasSuffix(">") { inner = inner.dropFirst().dropLast() }
    guard
      !inner.isEmpty, inner.utf8.count <= MessageID.maximumLength,
      inner.unicodeScalars.allSatisfy({ ("!"..."~").contains($0) && $0 != "<" && $0 != ">" })
    else {
      throw .header(
        "Content-ID", "\(Problem.quoted(id)) is not an identifier",
        remedy: "Use ASCII characters, digits, dots and one @, without spaces.")
    }
    return "<\(inner)>"
  }

  func write(into bytes: inout [UInt8]) {
    bytes.append(contentsOf: fields)
    bytes.appendLineEnd()
    switch body {
    case .leaf(let content, let encoding): encoding.encode(content, into: &bytes)
    case .parts(let parts, let boundary):
      for (index, part) in parts.enumerated() {
        if index > 0 { bytes.appendLineEnd() }
        bytes.append(contentsOf: "--\(boundary)\r\n".utf8)
        part.write(into: &bytes)
      }
      bytes.append(contentsOf: "\r\n--\(boundary)--\r\n".utf8)
    }
  }
}
