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
  private let output: UnsafeMutableBufferPointer<UInt8>
  private var count = 0

  static func eightBit(_ bytes: ArraySlice<UInt8>, _ scheme: Scheme) -> [UInt8] {
    bytes.withUnsafeBufferPointer { input in
      // Kana become two octets each.
      Array(unsafeUninitializedCapacity: 2 * input.count) { output, count in
        var text = ShiftedText(input: input, scheme: scheme, output: output)
        while text.index < input.count {
          text.run()
          if text.index < input.count { text.step() }
        }
        count = text.count
      }
    }
  }

  private init(
    input: UnsafeBufferPointer<UInt8>, scheme: Scheme, output: UnsafeMutableBufferPointer<UInt8>
  ) {
    self.input = input
    self.scheme = scheme
    self.output = output
  }

  /// As far as nothing needs a look; a tilde does in HZ.
  private mutating func run() {
    var (index, count) = (index, count)
    if alphabet == .double {
      while index + 1 < input.count, (0x21..<0x7E).contains(input[index]),
        (0x21..<0x7E).contains(input[index + 1])
      {
        output[count] = input[index] | 0x80
        output[count + 1] = input[index + 1] | 0x80
        (index, count) = (index + 2, count + 2)
      }
    } else if alphabet == .ascii {
      while index < input.count, (0x20..<0x7E).contains(input[index]) {
        output[count] = input[index]
        (index, count) = (index + 1, count + 1)
      }
    }
    (self.index, self.count) = (index, count)
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
    case 0x21..<0x7F where alphabet == .ascii: take(1, as: byte)
    default: character(byte)
    }
  }

  private mutating func put(_ octet: UInt8) {
    output[count] = octet
    count += 1
  }

  private mutating func take(_ length: Int, as octet: UInt8) {
    put(octet)
    index += length
  }

  private mutating func character(_ byte: UInt8) {
    // Eight bits are a fault, except where the mailer forgot to bring its text to seven.
    guard byte < 0x80 else { return take(1, as: scheme == .iso2022JP ? 0xFF : byte) }
    switch alphabet {
    case .ascii: take(1, as: byte)
    case .kana:
      put(0x8E)
      take(1, as: byte | 0x80)
    case .double, .supplement:
      let next = octet(1)
      guard (0x21...0x7E).contains(next) else { return take(1, as: 0xFF) }
      if alphabet == .supplement { put(0x8F) }
      put(byte | 0x80)
      take(2, as: next | 0x80)
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
    guard let (length, alphabet) = escape(octet(1), octet(2), octet(3)) else { return take(1, as: byte) }
    if let alphabet { self.alphabet = alphabet }
    index += 1 + length
  }

  /// What these octets after the escape character mean: how many they are, and the alphabet.
  private func escape(_ first: UInt8, _ second: UInt8, _ third: UInt8) -> (length: Int, alphabet: Alphabet?)?
  {
    switch (first, second) {
    case (UInt8(ascii: "("), UInt8(ascii: "B")), (UInt8(ascii: "("), UInt8(ascii: "J")),
      (UInt8(ascii: "("), UInt8(ascii: "H")):
      (2, .ascii)
    case (UInt8(ascii: "("), UInt8(ascii: "I")): (2, .kana)
    case (UInt8(ascii: "$"), UInt8(ascii: "B")), (UInt8(ascii: "$"), UInt8(ascii: "@")): (2, .double)
    case (UInt8(ascii: "&"), UInt8(ascii: "@")): (2, nil)
    case (UInt8(ascii: "$"), UInt8(ascii: "(")):
      switch third {
      case UInt8(ascii: "@"), UInt8(ascii: "B"): (3, .double)
      case UInt8(ascii: "D"): (3, .supplement)
      default: nil
      }
    case (UInt8(ascii: "$"), UInt8(ascii: ")")): third == UInt8(ascii: "C") ? (3, nil) : nil
    default: nil
    }
  }

  /// The one so far after `index`, or 0.
  private func octet(_ distance: Int) -> UInt8 {
    index + distance < input.count ? input[index + distance] : 0
  }

  /// HZ's shifts, and a tilde within ASCII.
  private mutating func tilde() {
    let next = octet(1)
    switch next {
    case UInt8(ascii: "{"), UInt8(ascii: "}"):
      alphabet = next == UInt8(ascii: "{") ? .double : .ascii
      index += 2
    case UInt8(ascii: "~") where alphabet == .ascii: take(2, as: next)
    case .lf, .cr: index += next == .cr && octet(2) == .lf ? 3 : 2
    default: character(UInt8(ascii: "~"))
    }
  }
}
