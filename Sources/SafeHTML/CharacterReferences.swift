/// Character references, section 13.2.5.72 and what follows it, and the characters that a document may hold.
enum CharacterReferences {
  /// The text without references; what is none stays as it is. Control characters are gone (`cleaned`).
  ///
  /// - Parameter inAttribute: where a name that lacks its semicolon is none in front of `=`, a letter or a digit,
  ///   so that `?a=1&copy=2` remains what it is.
  static func decoded(_ source: ArraySlice<UInt8>, inAttribute: Bool) -> [UInt8] {
    guard source.contains(where: { $0 == "&" }) else { return cleaned(source) }
    var text: [UInt8] = []
    text.reserveCapacity(source.count)
    var rest = source
    while let byte = rest.first {
      if byte == "&", let reference = reference(rest.dropFirst(), inAttribute: inAttribute) {
        text += reference.text
        rest = reference.rest
      } else {
        text.append(byte)
        rest = rest.dropFirst()
      }
    }
    return cleaned(text[...])
  }

  /// Lines end in LF; control characters other than tab and LF, and byte order marks, are left out. A form feed
  /// is a space.
  static func cleaned(_ source: ArraySlice<UInt8>) -> [UInt8] {
    var text: [UInt8] = []
    text.reserveCapacity(source.count)
    var index = source.startIndex
    while index < source.endIndex {
      let byte = source[index]
      let next = index + 1 < source.endIndex ? source[index + 1] : 0
      switch byte {
      case 0x0D:
        text.append(0x0A)
        if next == 0x0A { index += 1 }
      case 0x0C: text.append(0x20)
      case 0x09, 0x0A, 0x20...0x7E: text.append(byte)
      case 0...0x1F, 0x7F: break
      // U+0080 to U+009F.
      case 0xC2 where next < 0xA0: index += 1
      // U+FEFF.
      case 0xEF where source[index...].starts(with: [0xEF, 0xBB, 0xBF]): index += 2
      default: text.append(byte)
      }
      index += 1
    }
    return text
  }

  private typealias Reference = (text: [UInt8], rest: ArraySlice<UInt8>)

  /// - Parameter source: what comes after the ampersand.
  private static func reference(_ source: ArraySlice<UInt8>, inAttribute: Bool) -> Reference? {
    if source.first == "#" { return number(source.dropFirst()) }
    let name = source.prefix(NamedCharacters.longest).prefix { $0.isLetter || $0.isDigit }
    guard !name.isEmpty else { return nil }
    let after = source[name.endIndex...]
    if after.first == ";", let text = NamedCharacters.named(String(decoding: name, as: UTF8.self)) {
      return (text, after.dropFirst())
    }
    for length in stride(from: min(name.count, NamedCharacters.longestBare), to: 1, by: -1) {
      let shorter = name.prefix(length)
      guard let text = NamedCharacters.bare(String(decoding: shorter, as: UTF8.self)) else { continue }
      let rest = source[shorter.endIndex...]
      if inAttribute, let next = rest.first, next == "=" || next.isLetter || next.isDigit { return nil }
      return (text, rest.first == ";" ? rest.dropFirst() : rest)
    }
    return nil
  }

  private static func number(_ source: ArraySlice<UInt8>) -> Reference? {
    let isHexadecimal = source.first.map { $0 | 0x20 == "x" } ?? false
    let digits = (isHexadecimal ? source.dropFirst() : source)
      .prefix { isHexadecimal ? $0.isHexDigit : $0.isDigit }
    guard !digits.isEmpty else { return nil }
    var value: UInt32 = 0
    for digit in digits {
      let figure = digit.isDigit ? digit - 0x30 : (digit | 0x20) - 0x61 + 10
      // Beyond the last code point it stays there.
      value = min(value * (isHexadecimal ? 16 : 10) + UInt32(figure), 0x11_0000)
    }
    let rest = source[digits.endIndex...]
    return (Array(String(scalar(value)).utf8), rest.first == ";" ? rest.dropFirst() : rest)
  }

  private static func scalar(_ value: UInt32) -> Unicode.Scalar {
    if (0x80...0x9F).contains(value) { return windows1252[Int(value - 0x80)] }
    guard value != 0, let scalar = Unicode.Scalar(value) else { return "\u{FFFD}" }
    return scalar
  }

  /// What 128 to 159 stand for; five of them stay control characters.
  private static let windows1252 = Array(
    ("\u{20AC}\u{81}\u{201A}\u{192}\u{201E}\u{2026}\u{2020}\u{2021}\u{2C6}\u{2030}\u{160}\u{2039}\u{152}\u{8D}"
      + "\u{17D}\u{8F}\u{90}\u{2018}\u{2019}\u{201C}\u{201D}\u{2022}\u{2013}\u{2014}\u{2DC}\u{2122}\u{161}"
      + "\u{203A}\u{153}\u{9D}\u{17E}\u{178}").unicodeScalars)
}
