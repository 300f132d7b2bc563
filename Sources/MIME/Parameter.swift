/// `attribute=value` of a structured field (RFC 2045 section 5.1, RFC 2231).
enum Parameter {
  /// A plain or quoted value longer than this is cut into sections, so that a line stays within its width.
  private static let longest = 60

  /// The parameter as the sections it takes: one if it is short ASCII, else continuations (RFC 2231 section
  /// 3) in percent-encoded UTF-8 (section 4). So is what a reader could take for an encoded word.
  static func sections(_ attribute: String, _ value: String) -> [String] {
    if value.utf8.count <= longest, value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }),
      !value.looksEncoded
    {
      if !value.isEmpty, value.utf8.allSatisfy(isToken) { return ["\(attribute)=\(value)"] }
      let escaped = value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      return ["\(attribute)=\"\(escaped)\""]
    }
    var sections = [""]
    for scalar in value.unicodeScalars {
      let encoded = percentEncoded(scalar)
      if sections[sections.count - 1].utf8.count + encoded.utf8.count > longest - 10 { sections.append("") }
      sections[sections.count - 1] += encoded
    }
    sections[0] = "utf-8''" + sections[0]
    if sections.count == 1 { return ["\(attribute)*=\(sections[0])"] }
    return sections.enumerated().map { "\(attribute)*\($0.offset)*=\($0.element)" }
  }

  /// `token` of RFC 2045 section 5.1.
  static func isToken(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "@"),
      UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: ":"), UInt8(ascii: "\\"), UInt8(ascii: "\""),
      UInt8(ascii: "/"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "?"), UInt8(ascii: "="):
      false
    default: (0x21...0x7E).contains(byte)
    }
  }

  /// `attribute-char` of RFC 2231 section 7 is written literally.
  private static func percentEncoded(_ scalar: Unicode.Scalar) -> String {
    var bytes: [UInt8] = []
    for byte in String(scalar).utf8 {
      if isToken(byte), byte != UInt8(ascii: "*"), byte != UInt8(ascii: "'"), byte != UInt8(ascii: "%") {
        bytes.append(byte)
      } else {
        bytes.append(escaping: byte, with: UInt8(ascii: "%"))
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
