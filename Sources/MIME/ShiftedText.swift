/// Text whose octets have seven bits and mean what the last escape sequence or shift says. It is brought to the
/// eight-bit form of the same alphabets, in which a fault cannot spread, and an empty run of an alphabet, which
/// mailers write and converters refuse, is nothing.
enum ShiftedText {
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

  static func eightBit(_ bytes: ArraySlice<UInt8>, _ scheme: Scheme) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var alphabet = Alphabet.ascii
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if let (next, count) = shift(bytes[index...], scheme) {
        if let next { alphabet = next }
        index += count
      } else if scheme == .hz, alphabet == .ascii, bytes[index...].starts(with: "~~".utf8) {
        result.append(byte)
        index += 2
      } else if byte < 0x21 || byte == 0x7F {
        // The end of a line ends a run (RFC 1468), and so it does where it was forgotten.
        if byte == .lf || byte == .cr { alphabet = .ascii }
        result.append(byte)
        index += 1
      } else {
        index += append(bytes[index...], alphabet, scheme, to: &result)
      }
    }
    return result
  }

  /// Writes the character at the start of `rest`; how many octets it has.
  private static func append(
    _ rest: ArraySlice<UInt8>, _ alphabet: Alphabet, _ scheme: Scheme, to result: inout [UInt8]
  ) -> Int {
    let byte = rest[rest.startIndex]
    guard byte < 0x80 else {
      // Eight bits are a fault, except where the mailer forgot to bring its text to seven.
      result.append(scheme == .iso2022JP ? 0xFF : byte)
      return 1
    }
    switch alphabet {
    case .ascii: result.append(byte)
    case .kana: result += [0x8E, byte | 0x80]
    case .double, .supplement:
      guard let second = rest.dropFirst().first, (0x21...0x7E).contains(second) else {
        result.append(0xFF)
        return 1
      }
      if alphabet == .supplement { result.append(0x8F) }
      result += [byte | 0x80, second | 0x80]
      return 2
    }
    return 1
  }

  /// The alphabet that the sequence at the start of `rest` calls, if it calls one, and the sequence's length.
  private static func shift(_ rest: ArraySlice<UInt8>, _ scheme: Scheme) -> (Alphabet?, Int)? {
    switch rest[rest.startIndex] {
    case 0x1B:
      guard scheme != .hz else { return nil }
      return escapes.first { rest.dropFirst().starts(with: $0.sequence.utf8) }
        .map { ($0.alphabet, 1 + $0.sequence.utf8.count) }
    case 0x0E where scheme != .hz: return (scheme == .iso2022KR ? .double : .kana, 1)
    case 0x0F where scheme != .hz: return (.ascii, 1)
    case UInt8(ascii: "~") where scheme == .hz:
      switch rest.dropFirst().first {
      case UInt8(ascii: "{"): return (.double, 2)
      case UInt8(ascii: "}"): return (.ascii, 2)
      case .lf: return (nil, 2)
      case .cr: return (nil, rest.dropFirst(2).first == .lf ? 3 : 2)
      default: return nil
      }
    default: return nil
    }
  }

  /// What follows the escape character.
  private static let escapes: [(sequence: String, alphabet: Alphabet?)] = [
    ("(B", .ascii), ("(J", .ascii), ("(H", .ascii), ("(I", .kana), ("$@", .double), ("$B", .double),
    ("$(@", .double), ("$(B", .double), ("$(D", .supplement), ("&@", nil), ("$)C", nil),
  ]
}
