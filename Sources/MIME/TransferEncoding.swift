/// How a body travels (RFC 2045 section 6).
package enum TransferEncoding: String, Sendable, Codable {
  /// As it is: 7bit, 8bit or binary.
  case identity
  case quotedPrintable = "quoted-printable"
  case base64

  /// The value of Content-Transfer-Encoding; what we write as it is, is 7-bit.
  var fieldValue: String { self == .identity ? "7bit" : rawValue }

  /// `content` has CRLF line ends and no other; `delimiter` must not appear in what is written.
  static func best(forText content: [UInt8], avoiding delimiter: [UInt8]) -> TransferEncoding {
    if Lines.fit(content, width: Lines.preferred), !Lines.find(delimiter, in: content) { return .identity }
    // An escape costs two octets more than the octet, base64 one for every three.
    let escapes = content.count { $0 >= 0x7F || $0 == UInt8(ascii: "=") }
    return escapes * 6 > content.count ? .base64 : .quotedPrintable
  }

  func encode(_ content: [UInt8], into bytes: inout [UInt8]) {
    switch self {
    case .identity: bytes.append(contentsOf: content)
    case .quotedPrintable: QuotedPrintable.encode(content, into: &bytes)
    case .base64: Base64.encode(content, width: 76, into: &bytes)
    }
  }
}

/// Lines as RFC 5322 section 2.1 knows them.
enum Lines {
  /// Section 2.1.1: without CRLF, no line may have more octets.
  static let maximum = 998
  /// Section 2.1.1: and no line should have more than these.
  static let preferred = 78

  /// Every line end, be it CRLF, CR or LF, as CRLF.
  static func normalized(_ content: some Collection<UInt8>) -> [UInt8] {
    var rest = Array(content)[...]
    var result: [UInt8] = []
    result.reserveCapacity(rest.count + rest.count / 32)
    while let end = rest.firstIndex(where: { $0 == .cr || $0 == .lf }) {
      result.append(contentsOf: rest[..<end])
      result.appendLineEnd()
      let isCRLF = rest[end...].starts(with: [UInt8].crlf)
      rest = rest[(end + (isCRLF ? 2 : 1))...]
    }
    result.append(contentsOf: rest)
    return result
  }

  static func find(_ text: [UInt8], in content: [UInt8]) -> Bool {
    var index = 0
    while let start = content[index...].firstIndex(of: text[0]) {
      if content[start...].starts(with: text) { return true }
      index = start + 1
    }
    return false
  }

  /// Whether normalised `content` can travel as 7bit (RFC 2045 section 2.7) in lines of at most `width`.
  static func fit(_ content: [UInt8], width: Int) -> Bool {
    var column = 0
    for byte in content {
      if byte == .lf {
        column = 0
      } else if byte != .cr {
        column += 1
        guard column <= width, (0x20..<0x7F).contains(byte) || byte == .tab else { return false }
      }
    }
    return true
  }
}

extension UInt8 {
  static let tab: UInt8 = 0x09
  static let lf: UInt8 = 0x0A
  static let cr: UInt8 = 0x0D
  static let space: UInt8 = 0x20

  var isBlank: Bool { self == .space || self == .tab }
  var lowercased: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }

  var hexValue: UInt8? {
    let digit = self &- 0x30
    if digit < 10 { return digit }
    let letter = (self | 0x20) &- 0x61
    return letter < 6 ? letter + 10 : nil
  }
}

extension [UInt8] {
  static var crlf: [UInt8] { [.cr, .lf] }

  mutating func appendLineEnd() {
    append(.cr)
    append(.lf)
  }
}
