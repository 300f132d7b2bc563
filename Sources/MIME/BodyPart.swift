/// A node of the body's tree (RFC 2046).
package struct BodyPart: Sendable {
  package let fields: [HeaderField]
  /// `text/plain` where the field is missing or broken (RFC 2045 section 5.2), `message/rfc822` where it is missing
  /// in a digest (RFC 2046 section 5.1.5).
  package let contentType: ContentType
  /// Empty unless the part is a multipart with a delimiter. An enclosed message is a leaf.
  package internal(set) var parts: [BodyPart] = []
  /// Whether it is a multipart without any delimiter: its body is a text like any other.
  var isUndivided = false
  private let source: [UInt8]
  let bodyStart: Int
  private var bodyEnd: Int

  init(fields: [HeaderField], source: [UInt8], bodyStart: Int, otherwise type: ContentType) {
    self.fields = fields
    self.source = source
    self.bodyStart = bodyStart
    bodyEnd = source.count
    contentType = Self.value("Content-Type", fields).map(ContentType.init(tolerant:)) ?? type
  }

  /// Sets where it ends; the line end before a delimiter belongs to the delimiter.
  mutating func end(before delimiter: Int?) {
    bodyEnd = delimiter.map { max(bodyStart, source.beforeLineEnd(at: $0)) } ?? source.count
  }

  /// The body with its transfer encoding undone.
  package var content: [UInt8] {
    let body = source[bodyStart..<bodyEnd]
    return switch encoding {
    case .base64: Base64.decode(body)
    case .quotedPrintable: QuotedPrintable.decode(body)
    case .identity: Array(body)
    case nil: UUEncoding(parsing: body)?.content ?? Array(body)
    }
  }

  /// `nil` for uuencode. Only the alphanumeric characters of its name count.
  var encoding: TransferEncoding? {
    let word = Self.value("Content-Transfer-Encoding", fields).map(ParameterParser.word) ?? ""
    let letters = word.utf8.filter { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
    return switch String(decoding: letters, as: UTF8.self) {
    case "base64": .base64
    case "quotedprintable", "quoted": .quotedPrintable
    case "xuuencode", "uuencode", "xuue", "uue", "xuu": nil
    default: .identity
    }
  }

  /// The content as text, by its charset. Where a CR alone ends the lines, as in mail from old Macs, CRLF does.
  package var text: String {
    let text = Charset(contentType["charset"]).decode(content[...])
    let body = bodyStart..<bodyEnd
    guard source.index(of: .lf, in: body) == nil, source.index(of: .cr, in: body) != nil else { return text }
    return String(decoding: Lines.normalized(text.utf8), as: UTF8.self)
  }

  /// Decoded; from Content-Disposition, else from Content-Type, else from the first line of a uuencoded file.
  package var fileName: String? {
    if let name = givenName { return name }
    return encoding != nil ? nil : UUEncoding.name(source[bodyStart..<bodyEnd])
  }

  private var givenName: String? { disposition.parameters["filename"] ?? contentType["name"] }

  /// Without angle brackets.
  package var contentID: String? {
    guard let value = Self.value("Content-ID", fields) else { return nil }
    let inner = Charset.unlabelled.decode(value).drop { $0 == "<" || $0 == " " }
      .prefix { $0 != ">" && $0 != " " }
    return inner.isEmpty ? nil : String(inner)
  }

  /// Meant to be shown within the text: said so, or named by an identifier and not said otherwise.
  package var isInline: Bool {
    switch disposition.kind {
    case "inline": true
    case "": contentID != nil
    default: false
    }
  }

  /// Plain or HTML text that is not a file. Mailers name a text that they show inline, too, or give it a name
  /// that is empty; one with an identifier besides is a file that the HTML refers to.
  var isBody: Bool {
    guard isText, disposition.kind != "attachment" else { return false }
    let name = givenName ?? ""
    return name.allSatisfy(\.isWhitespace) || disposition.kind == "inline" && contentID == nil
  }

  private var isText: Bool {
    isUndivided || contentType.type == "text" && ["plain", "html"].contains(contentType.subtype)
  }

  /// The media type by which its text is read.
  var bodyType: String { isUndivided ? ContentType.plainText.name : contentType.name }

  /// The leaves of the tree, in order.
  package var leaves: [BodyPart] { parts.isEmpty ? [self] : parts.flatMap(\.leaves) }

  private var disposition: (kind: String, parameters: [String: String]) {
    guard let value = Self.value("Content-Disposition", fields) else { return ("", [:]) }
    let (kind, parameters) = ParameterParser.parse(value)
    return (kind, Dictionary(parameters.map { ($0.name, $0.value) }) { first, _ in first })
  }

  private static func value(_ name: String, _ fields: [HeaderField]) -> ArraySlice<UInt8>? {
    fields.first(name)?.valueBytes
  }
}

// Of a multipart
extension BodyPart {
  /// `--` and the boundary; `--` alone if it is not told. A boundary does not end with a blank (RFC 2046 section
  /// 5.1.1), and a delimiter may.
  var delimiter: ArraySlice<UInt8> {
    var delimiter = Array("--\(contentType["boundary"] ?? "")".utf8)[...]
    while delimiter.last?.isBlank == true { delimiter.removeLast() }
    return delimiter
  }

  /// What its parts are that do not say it (RFC 2046 section 5.1.5).
  var partType: ContentType { contentType.subtype == "digest" ? .message : .plainText }
}

// Of a part that could leave its message
extension BodyPart {
  /// Whether it is signed or encrypted, so that nobody may change it (RFC 8551 section 3.2, RFC 3156).
  var isSealed: Bool {
    [
      "multipart/signed", "multipart/encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime",
    ].contains(contentType.name)
  }

  /// Whether the leaf is a file that can be given beside the message.
  var isDetachable: Bool {
    !isBody && !isSealed && contentType.type != "multipart" && !contentType.isInvitation
  }
}
