/// Why a text is not base64.
package struct Base64Fault: Error, Sendable, Hashable {
  /// The rest of a sentence that begins with the field's name.
  package let message: String
}

/// Decodes base64 (RFC 4648 sections 4 and 5) that arrives in pieces, strictly.
///
/// White space is allowed anywhere. One of the two alphabets must be used throughout. Padding must be right;
/// it may be left out unless the standard alphabet shows itself by a `+` or a `/`, because only base64url
/// does without. The bits that are left over must be zero (section 3.5).
package struct Base64StreamDecoder: Sendable {
  /// Six bits of each of the up to three characters that wait for a fourth.
  private var bits: UInt32 = 0
  private var pending = 0
  private var padding = 0
  private var alphabet = Alphabet.undecided
  /// Bytes of text before this piece.
  private var position = 0
  /// Characters of an alphabet so far, white space not among them.
  private var characters = 0
  /// Whether all of them could begin a `data:` URL.
  private var beginsLikeURL = true

  private enum Alphabet: Sendable {
    case undecided, standard, url
  }

  package init() {}

  /// Appends what `text` decodes to.
  package mutating func feed(_ text: some Collection<UInt8>, into bytes: inout [UInt8]) throws(Base64Fault) {
    bytes.reserveCapacity(bytes.count + text.count / 4 * 3 + 3)
    for character in text {
      position += 1
      let value = Self.values[Int(character)]
      if value < 64, padding == 0 {
        try take(UInt32(value), character, into: &bytes)
      } else {
        try takeSpecial(character, value, into: &bytes)
      }
    }
  }

  private mutating func take(
    _ value: UInt32, _ character: UInt8, into bytes: inout [UInt8]
  ) throws(Base64Fault) {
    if value >= 62 { try choose(character) }
    if characters < 4 { noteBeginning(character) }
    characters += 1
    bits = bits << 6 | value
    pending += 1
    guard pending == 4 else { return }
    bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
    bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
    bytes.append(UInt8(truncatingIfNeeded: bits))
    bits = 0
    pending = 0
  }

  /// Requires the alphabet with which the text began.
  private mutating func choose(_ character: UInt8) throws(Base64Fault) {
    let isStandard = character == UInt8(ascii: "+") || character == UInt8(ascii: "/")
    let shown: Alphabet = isStandard ? .standard : .url
    guard alphabet == .undecided || alphabet == shown else {
      throw fault(
        "mixes the alphabets of base64 and base64url: \(Self.name(character)) at character \(position)")
    }
    alphabet = shown
  }

  private mutating func takeSpecial(
    _ character: UInt8, _ value: UInt8, into bytes: inout [UInt8]
  ) throws(Base64Fault) {
    switch value {
    case Self.space: break
    case Self.pad:
      guard pending + padding >= 2, pending + padding < 4, pending > 0 else {
        throw fault("is not base64: “=” is at character \(position), where padding is not allowed")
      }
      padding += 1
    case Self.invalid:
      if character == UInt8(ascii: ":"), characters == 4, beginsLikeURL {
        throw fault("must be only base64, without “data:” and a media type in front")
      }
      throw fault("is not base64: \(Self.name(character)) at character \(position) is not in its alphabet")
    default:
      throw fault("is not base64: \(Self.name(character)) at character \(position) follows the padding")
    }
  }

  /// Whether the text may still be `data:`.
  private mutating func noteBeginning(_ character: UInt8) {
    let expected = Array("data".utf8)[characters]
    if character | 0x20 != expected { beginsLikeURL = false }
  }

  /// Ends the text and appends its last bytes.
  package mutating func finish(into bytes: inout [UInt8]) throws(Base64Fault) {
    switch pending {
    case 0: return
    case 1: throw fault("is not base64: one character is left over at the end")
    default: break
    }
    if padding > 0 || alphabet == .standard {
      guard pending + padding == 4 else {
        throw fault("is not base64: it ends with \(padding) “=” instead of \(4 - pending)")
      }
    }
    let spare = pending == 2 ? 4 : 2
    guard bits & (1 << spare - 1) == 0 else {
      throw fault("is not base64: its last character has bits beyond the last byte")
    }
    let whole = bits >> spare
    if pending == 3 { bytes.append(UInt8(truncatingIfNeeded: whole >> 8)) }
    bytes.append(UInt8(truncatingIfNeeded: whole))
    pending = 0
  }

  private func fault(_ message: String) -> Base64Fault { Base64Fault(message: message) }

  private static func name(_ byte: UInt8) -> String {
    switch byte {
    case 0x21...0x7E: "“\(Unicode.Scalar(byte))”"
    case 0x80...: "a character beyond ASCII"
    default: Quoted.codePoint(UInt32(byte))
    }
  }

  private static let space: UInt8 = 64
  private static let pad: UInt8 = 65
  private static let invalid: UInt8 = 255

  /// What each byte means: six bits, or one of the three above.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: invalid, count: 256)
    for (value, character) in Base64.alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    values[Int(UInt8(ascii: "-"))] = 62
    values[Int(UInt8(ascii: "_"))] = 63
    for character in " \t\r\n".utf8 { values[Int(character)] = space }
    values[Int(UInt8(ascii: "="))] = pad
    return values
  }()
}

/// Base64 of a text or of bytes that are in memory as a whole.
enum Base64 {
  static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  static func decode(_ text: String) throws(Base64Fault) -> [UInt8] {
    var decoder = Base64StreamDecoder()
    var bytes: [UInt8] = []
    try decoder.feed(text.utf8, into: &bytes)
    try decoder.finish(into: &bytes)
    return bytes
  }

  /// With padding, as a JSON string in its quotes: none of its characters needs an escape.
  static func json(_ bytes: [UInt8]) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4 + 2)
    text.append(UInt8(ascii: "\""))
    var index = 0
    while index < bytes.count {
      let count = min(3, bytes.count - index)
      var bits: UInt32 = 0
      for offset in 0..<3 { bits = bits << 8 | (offset < count ? UInt32(bytes[index + offset]) : 0) }
      for place in 0..<4 {
        text.append(place <= count ? alphabet[Int(bits >> UInt32(18 - 6 * place)) & 63] : UInt8(ascii: "="))
      }
      index += 3
    }
    text.append(UInt8(ascii: "\""))
    return text
  }
}
