/// Text whose octets have seven bits and mean what the last escape sequence or shift says. It is brought to the
/// eight-bit form of the same alphabets, in which a fault cannot spread, and an empty run of an alphabet, which
/// mailers write and converters refuse, is nothing.
struct ShiftedText {
  enum Scheme {
    /// RFC 1468, with the alphabets that mailers add to it.
    case iso2022JP
    /// RFC 1557.
    case iso2022KR
    /// RFC 1843.
    case hz

    /// The label of what it is brought to.
    var eightBitCharset: String {
      switch self {
      case .iso2022JP: "euc-jp"
      case .iso2022KR: "euc-kr"
      case .hz: "gb2312"
      }
    }
  }

  private enum Alphabet {
    case ascii, double, kana
    /// JIS X 0212.
    case supplement
  }

  private let input: UnsafeBufferPointer<UInt8>
  private let scheme: Scheme
  private var index = 0
  private var alphabet = Alphabet.ascii
  private var output: [UInt8] = []

  static func eightBit(_ bytes: ArraySlice<UInt8>, _ scheme: Scheme) -> [UInt8] {
    bytes.withUnsafeBufferPointer { input in
      var text = ShiftedText(input: input, scheme: scheme)
      text.output.reserveCapacity(input.count)
      while text.index < input.count { text.step() }
      return text.output
    }
  }

  private init(input: UnsafeBufferPointer<UInt8>, scheme: Scheme) {
    self.input = input
    self.scheme = scheme
  }

  private mutating func step() {
    let byte = input[index]
    switch byte {
    case 0x1B where scheme != .hz, 0x0E where scheme != .hz, 0x0F where scheme != .hz: shift(byte)
    case UInt8(ascii: "~") where scheme == .hz: tilde()
    case 0..<0x21, 0x7F:
      // The end of a line ends a run (RFC 1468), and so it does where it was forgotten.
      if byte == .lf || byte == .cr { alphabet = .ascii }
      take(1, as: byte)
    default: character(byte)
    }
  }

  private mutating func take(_ count: Int, as octet: UInt8) {
    output.append(octet)
    index += count
  }

  private mutating func character(_ byte: UInt8) {
    output.append(byte)
    index += 1
    // Eight bits are a fault, except where the mailer forgot to bring its text to seven.
    guard byte < 0x80 else {
      if scheme == .iso2022JP { output[output.count - 1] = 0xFF }
      return
    }
    switch alphabet {
    case .ascii: break
    case .kana: output.replaceSubrange((output.count - 1)..., with: [0x8E, byte | 0x80])
    case .double, .supplement:
      guard index < input.count, (0x21...0x7E).contains(input[index]) else {
        output[output.count - 1] = 0xFF
        return
      }
      output[output.count - 1] = alphabet == .supplement ? 0x8F : byte | 0x80
      if alphabet == .supplement { output.append(byte | 0x80) }
      output.append(input[index] | 0x80)
      index += 1
    }
  }

  /// An escape sequence, or the shift into the one alphabet beside ASCII and out of it.
  private mutating func shift(_ byte: UInt8) {
    guard byte == 0x1B else {
      let other: Alphabet = scheme == .iso2022KR ? .double : .kana
      alphabet = byte == 0x0E ? other : .ascii
      index += 1
      return
    }
    guard let escape = Self.escapes.first(where: { starts(with: $0.sequence) }) else {
      return take(1, as: byte)
    }
    if let alphabet = escape.alphabet { self.alphabet = alphabet }
    index += 1 + escape.sequence.count
  }

  /// Whether these follow the octet at `index`.
  private func starts(with octets: [UInt8]) -> Bool {
    index + octets.count < input.count
      && octets.indices.allSatisfy { input[index + 1 + $0] == octets[$0] }
  }

  /// HZ's shifts, and a tilde within ASCII.
  private mutating func tilde() {
    let next = index + 1 < input.count ? input[index + 1] : 0
    switch next {
    case UInt8(ascii: "{"), UInt8(ascii: "}"):
      alphabet = next == UInt8(ascii: "{") ? .double : .ascii
      index += 2
    case UInt8(ascii: "~") where alphabet == .ascii: take(2, as: next)
    case .lf, .cr: index += starts(with: [.cr, .lf]) ? 3 : 2
    default: character(UInt8(ascii: "~"))
    }
  }

  /// What follows the escape character.
  private static let escapes: [(sequence: [UInt8], alphabet: Alphabet?)] = [
    ("(B", .ascii), ("$B", .double), ("(J", .ascii), ("$@", .double), ("(I", .kana), ("(H", .ascii),
    ("$(@", .double), ("$(B", .double), ("$(D", .supplement), ("&@", nil), ("$)C", nil),
  ].map { (Array(($0.0 as String).utf8), $0.1) }
}
