import Core

/// A MIME entity about to be written: its Content fields and its body (RFC 2045 section 2.4).
struct Entity {
  private enum Body {
    case leaf([UInt8], TransferEncoding)
    case encoded(Int)
    case parts([Entity], boundary: String)
  }

  private let fields: [UInt8]
  private let body: Body

  /// The one part alone, if there is just one.
  static func multipart(
    _ subtype: String, _ parts: [Entity], _ boundary: String, parameters: [(String, String)] = []
  ) -> Entity {
    if parts.count == 1 { return parts[0] }
    var header = HeaderWriter()
    header.structured(
      "Content-Type", ["multipart/\(subtype)"], parameters: parameters + [("boundary", boundary)])
    return Entity(fields: header.bytes, body: .parts(parts, boundary: boundary))
  }

  static func text(_ text: String, subtype: String, _ boundaries: Boundaries) -> Entity {
    self.text(Array(text.utf8), type: "text/\(subtype)", boundaries)
  }

  static func text(_ bytes: [UInt8], type: String, _ boundaries: Boundaries) -> Entity {
    let content = Lines.normalized(bytes)
    let encoding = TransferEncoding.best(forText: content, avoiding: boundaries.delimiter)
    var header = HeaderWriter()
    header.structured("Content-Type", [type], parameters: [("charset", "utf-8")])
    header.structured("Content-Transfer-Encoding", [encoding.fieldValue])
    return Entity(fields: header.bytes, body: .leaf(content, encoding))
  }

  /// As it is; `nil` where that is not possible in 7-bit lines.
  static func lines(_ bytes: [UInt8], type: String, _ boundaries: Boundaries) -> Entity? {
    guard let lines = Lines.sevenBit(bytes, boundaries) else { return nil }
    var header = HeaderWriter()
    header.structured("Content-Type", [type])
    header.structured("Content-Transfer-Encoding", [TransferEncoding.identity.fieldValue])
    return Entity(fields: header.bytes, body: .leaf(lines, .identity))
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
    var encoding = TransferEncoding.base64
    var body: Body
    switch file.body {
    case .encoded(let number): body = .encoded(number)
    case .bytes(let content): body = .leaf(content, encoding)
    }
    if file.isMessage {
      // RFC 2046 section 5.2.1 forbids base64 here, so a message travels as it is or not as a message.
      if case .bytes(let content) = file.body, let lines = Lines.sevenBit(content, boundaries) {
        encoding = .identity
        body = .leaf(lines, encoding)
      } else {
        type = .octetStream
      }
    }
    var parameters = type.parameters.map { ($0.name, $0.value) }
    // Calendar data is UTF-8 (RFC 5545 section 3.1.4), and text without a charset is read as ASCII.
    if file.isInvitation, type["charset"] == nil { parameters.append(("charset", "utf-8")) }
    var header = HeaderWriter()
    header.structured("Content-Type", [type.name], parameters: parameters)
    header.structured("Content-Transfer-Encoding", [encoding.fieldValue])
    if let name = file.name { try HeaderWriter.checked("Content-Disposition", name) }
    // An alternative is neither inline nor a file.
    if !file.isInvitation {
      header.structured(
        "Content-Disposition", [file.isInline ? "inline" : "attachment"],
        parameters: file.name.map { [("filename", $0)] } ?? [])
    }
    if let id = file.contentID { header.structured("Content-ID", [try contentID(id)]) }
    return Entity(fields: header.bytes, body: body)
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

  func write(into writer: inout PieceWriter) {
    writer.bytes.append(contentsOf: fields)
    writer.bytes.appendLineEnd()
    switch body {
    case .leaf(let content, let encoding): encoding.encode(content, into: &writer.bytes)
    case .encoded(let number): writer.append(encoded: number)
    case .parts(let parts, let boundary):
      for (index, part) in parts.enumerated() {
        if index > 0 { writer.bytes.appendLineEnd() }
        writer.bytes.append(contentsOf: "--\(boundary)\r\n".utf8)
        part.write(into: &writer)
      }
      writer.bytes.append(contentsOf: "\r\n--\(boundary)--\r\n".utf8)
    }
  }
}

extension Lines {
  /// `content` as 7bit lines; `nil` where it does not fit into them or could end its part.
  fileprivate static func sevenBit(_ content: [UInt8], _ boundaries: Boundaries) -> [UInt8]? {
    let lines = normalized(content)
    guard fit(lines, width: maximum), !find(boundaries.delimiter, in: lines) else { return nil }
    return lines
  }
}
