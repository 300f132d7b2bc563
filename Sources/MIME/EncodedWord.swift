/// `=?charset?encoding?text?=` (RFC 2047).
enum EncodedWord {
  /// RFC 2047 section 2.
  static let longest = 75
  private static let overhead = "=?utf-8?q??=".utf8.count

  /// Writes a text as encoded words that no reader needs to join before decoding: none splits a character.
  struct Encoder {
    private let usesBase64: Bool
    private var rest: Substring.UnicodeScalarView

    init(_ text: String) {
      let quoted = text.utf8.reduce(0) { $0 + EncodedWord.quotedCost($1) }
      usesBase64 = quoted > (text.utf8.count + 2) / 3 * 4
      rest = Substring(text).unicodeScalars
    }

    /// The next word, of at most `room` octets; on a new line's worth if not even one character fits into
    /// `room`.
    mutating func next(room: Int) -> [UInt8]? {
      guard !rest.isEmpty else { return nil }
      let tight = min(room, EncodedWord.longest) - EncodedWord.overhead
      // The longest character costs four escapes.
      let budget = tight >= 12 ? tight : EncodedWord.longest - EncodedWord.overhead
      let chunk = usesBase64 ? wholeGroups(budget / 4 * 3) : escapes(budget)
      rest = rest.dropFirst(chunk.unicodeScalars.count)
      return EncodedWord.word(Array(chunk.utf8), usesBase64)
    }

    /// The longest start of the rest that fits and needs no padding, which some readers of joined words do not
    /// expect within; the longest that fits if that is the whole rest, or if all need it.
    private func wholeGroups(_ maximum: Int) -> String {
      var chunk = String.UnicodeScalarView()
      var whole = chunk
      var count = 0
      for scalar in rest {
        count += UTF8.width(scalar)
        guard count <= maximum else { return String(whole.isEmpty ? chunk : whole) }
        chunk.append(scalar)
        if count.isMultiple(of: 3) { whole = chunk }
      }
      return String(chunk)
    }

    private func escapes(_ maximum: Int) -> String {
      var chunk = String.UnicodeScalarView()
      var cost = 0
      for scalar in rest {
        cost += UTF8.encode(scalar).map { $0.reduce(0) { $0 + EncodedWord.quotedCost($1) } } ?? 0
        guard cost <= maximum else { break }
        chunk.append(scalar)
      }
      return String(chunk)
    }
  }

  private static func word(_ content: [UInt8], _ usesBase64: Bool) -> [UInt8] {
    var bytes = Array("=?utf-8?\(usesBase64 ? "b" : "q")?".utf8)
    if usesBase64 {
      Base64.encode(content, into: &bytes)
    } else {
      for byte in content {
        if byte == .space {
          bytes.append(UInt8(ascii: "_"))
        } else if isPlain(byte) {
          bytes.append(byte)
        } else {
          bytes.append(escaping: byte, with: UInt8(ascii: "="))
        }
      }
    }
    return bytes + "?=".utf8
  }

  private static func quotedCost(_ byte: UInt8) -> Int { byte == .space || isPlain(byte) ? 1 : 3 }

  /// What is written literally even within a phrase (RFC 2047 section 5, rule 3).
  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    case UInt8(ascii: "!"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"): true
    default: false
    }
  }
}
