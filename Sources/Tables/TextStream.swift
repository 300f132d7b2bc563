/// A text in UTF-8 or UTF-16 that arrives in pieces, as UTF-8 without a byte order mark.
///
/// A byte order mark says which it is (RFC 3629 section 6, RFC 2781 section 4); without one the zero byte does
/// that UTF-16 has beside an ASCII character. UTF-8 is passed through, and invalid UTF-16 becomes
/// `malformed`.
struct TextStream: Sendable {
  /// Never occurs in UTF-8, so readers of the text notice it.
  static let malformed: UInt8 = 0xFF

  private enum Encoding {
    case utf8
    case utf16(bigEndian: Bool)
  }

  /// `nil` until enough has arrived to tell.
  private var encoding: Encoding?
  /// What has arrived of the text's beginning, or of a UTF-16 unit.
  private var waiting: [UInt8] = []
  /// The first half of a surrogate pair.
  private var high: UInt16?

  mutating func read(_ chunk: [UInt8]) -> [UInt8] {
    if case .utf8 = encoding { return chunk }
    let bytes = waiting + chunk
    waiting = []
    guard encoding != nil || bytes.count >= 3 else {
      waiting = bytes
      return []
    }
    return decode(bytes)
  }

  /// The rest, when no more arrives.
  mutating func finish() -> [UInt8] {
    var text = decode(waiting)
    if high != nil || waiting.count == 1 { text.append(Self.malformed) }
    return text
  }

  private mutating func decode(_ bytes: [UInt8]) -> [UInt8] {
    guard let encoding else {
      let (found, mark) = Self.encoding(of: bytes)
      encoding = found
      return decode(Array(bytes.dropFirst(mark)))
    }
    switch encoding {
    case .utf8:
      waiting = []
      return bytes
    case .utf16(let bigEndian): return decode(bytes, bigEndian: bigEndian)
    }
  }

  /// With the length of the byte order mark.
  private static func encoding(of bytes: [UInt8]) -> (Encoding, mark: Int) {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8, 3) }
    if bytes.starts(with: [0xFF, 0xFE]) { return (.utf16(bigEndian: false), 2) }
    if bytes.starts(with: [0xFE, 0xFF]) { return (.utf16(bigEndian: true), 2) }
    guard bytes.count >= 2, (bytes[0] == 0) != (bytes[1] == 0) else { return (.utf8, 0) }
    return (.utf16(bigEndian: bytes[0] == 0), 0)
  }

  private mutating func decode(_ bytes: [UInt8], bigEndian: Bool) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count / 2)
    for index in stride(from: 0, to: bytes.count - 1, by: 2) {
      let (first, second) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
      append(bigEndian ? first << 8 | second : second << 8 | first, to: &text)
    }
    waiting = Array(bytes.suffix(bytes.count % 2))
    return text
  }

  private mutating func append(_ unit: UInt16, to text: inout [UInt8]) {
    if unit < 0x80, high == nil { return text.append(UInt8(unit)) }
    switch (high, unit) {
    case (let lead?, 0xDC00...0xDFFF):
      high = nil
      append(0x10000 + (UInt32(lead) - 0xD800) << 10 + (UInt32(unit) - 0xDC00), to: &text)
    case (_?, _):
      text.append(Self.malformed)
      high = nil
      append(unit, to: &text)
    case (nil, 0xD800...0xDBFF): high = unit
    case (nil, 0xDC00...0xDFFF): text.append(Self.malformed)
    case (nil, _): append(UInt32(unit), to: &text)
    }
  }

  private func append(_ scalar: UInt32, to text: inout [UInt8]) {
    guard let scalar = Unicode.Scalar(scalar) else { return text.append(Self.malformed) }
    text.append(contentsOf: Array(UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter))
  }
}
