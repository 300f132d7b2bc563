/// A node of the body's tree (RFC 2046).
package struct BodyPart: Sendable {
  package let fields: [HeaderField]
  /// `text/plain` where the field is missing or broken (RFC 2045 section 5.2).
  package let contentType: ContentType
  /// Empty unless the part is a multipart whose boundary was found. An enclosed message is a leaf.
  package internal(set) var parts: [BodyPart] = []
  let source: [UInt8]
  let body: Range<Int>

  init(fields: [HeaderField], source: [UInt8], body: Range<Int>) {
    self.fields = fields
    self.source = source
    self.body = body
    contentType = Self.value("Content-Type", fields).flatMap(ContentType.init(parsing:)) ?? .plainText
  }

  /// The body with its transfer encoding undone.
  package var content: [UInt8] {
    switch Self.value("Content-Transfer-Encoding", fields).map(ParameterParser.word) {
    case "base64": Base64.decode(source[body])
    case "quoted-printable": QuotedPrintable.decode(source[body])
    default: Array(source[body])
    }
  }

  /// The content as text, by its charset.
  package var text: String { Charset(contentType["charset"]).decode(content[...]) }

  /// Decoded; from Content-Disposition, else from Content-Type.
  package var fileName: String? { disposition.parameters["filename"] ?? contentType["name"] }

  /// Without angle brackets.
  package var contentID: String? {
    guard let value = Self.value("Content-ID", fields) else { return nil }
    let inner = Charset.utf8.decode(value).drop { $0 == "<" || $0 == " " }.prefix { $0 != ">" && $0 != " " }
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

  /// Plain or HTML text that is not a file.
  var isBody: Bool {
    contentType.type == "text" && ["plain", "html"].contains(contentType.subtype)
      && disposition.kind != "attachment" && fileName == nil
  }

  /// The leaves of the tree, in order.
  package var leaves: [BodyPart] { parts.isEmpty ? [self] : parts.flatMap(\.leaves) }

  private var disposition: (kind: String, parameters: [String: String]) {
    guard let value = Self.value("Content-Disposition", fields) else { return ("", [:]) }
    let (kind, parameters) = ParameterParser.parse(value)
    return (kind, Dictionary(parameters.map { ($0.name, $0.value) }) { first, _ in first })
  }

  private static func value(_ name: String, _ fields: [HeaderField]) -> ArraySlice<UInt8>? {
    fields.first { $0.isNamed(name) }?.valueBytes
  }
}
