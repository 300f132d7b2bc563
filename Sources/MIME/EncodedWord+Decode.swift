extension EncodedWord {
  /// `value` with its encoded words decoded (RFC 2047 section 6.2). What is not an encoded word is taken
  /// literally.
  ///
  /// Words of one charset in a row are joined before they are decoded, since many mailers split a character
  /// between two; blanks between words vanish. A word is also found where the blanks that should surround it
  /// are missing. A line end that was encoded is a space: it may not end a line of what shows it.
  static func decode(_ value: ArraySlice<UInt8>) -> String {
    guard value.contains(UInt8(ascii: "=")) else { return Charset.unlabelled.decode(value).withoutLineEnds }
    var result = ""
    var pending: (charset: ArraySlice<UInt8>, content: [UInt8])?
    var index = value.startIndex
    var plainStart = index
    func flush() {
      if let word = pending { result += Charset(word.charset).decode(word.content[...]) }
      pending = nil
    }
    while let start = value[index...].firstIndex(of: UInt8(ascii: "=")) {
      index = start
      guard let word = match(value, at: index) else {
        index += 1
        continue
      }
      let plain = value[plainStart..<index]
      if pending == nil || !plain.allSatisfy(\.isBlank) {
        flush()
        result += Charset.unlabelled.decode(plain)
      }
      if pending?.charset.elementsEqual(word.charset, by: { $0.lowercased == $1.lowercased }) == false {
        flush()
      }
      if pending == nil { pending = (word.charset, []) }
      pending?.content += word.content
      index = word.end
      plainStart = index
    }
    flush()
    return (result + Charset.unlabelled.decode(value[plainStart...])).withoutLineEnds
  }

  /// The places of an encoded word, and how its text is decoded.
  struct Match {
    let charset: ArraySlice<UInt8>
    fileprivate let isBase64: Bool
    fileprivate let text: ArraySlice<UInt8>
    /// After it.
    let end: Int

    fileprivate var content: [UInt8] {
      isBase64
        ? Base64.decode(text) : EncodedWord.unescaped(text.map { $0 == UInt8(ascii: "_") ? UInt8.space : $0 })
    }
  }

  /// The encoded word that begins at `start`, if one does.
  static func match(_ value: ArraySlice<UInt8>, at start: Int) -> Match? {
    let question = UInt8(ascii: "?")
    guard value[start] == UInt8(ascii: "="), start + 1 < value.endIndex, value[start + 1] == question else {
      return nil
    }
    let charsetStart = start + 2
    guard let charsetEnd = value[charsetStart...].firstIndex(where: { $0 == question || $0.isBlank }),
      value[charsetEnd] == question, charsetEnd > charsetStart, charsetEnd + 2 < value.endIndex,
      value[charsetEnd + 2] == question
    else { return nil }
    let textStart = charsetEnd + 3
    let encoding = value[charsetEnd + 1].lowercased
    guard let textEnd = value[textStart...].firstIndex(of: question), textEnd + 1 < value.endIndex,
      value[textEnd + 1] == UInt8(ascii: "="), encoding == UInt8(ascii: "b") || encoding == UInt8(ascii: "q")
    else { return nil }
    // RFC 2231 section 5 lets a language follow the charset.
    let charset = value[charsetStart..<charsetEnd].prefix { $0 != UInt8(ascii: "*") }
    return Match(
      charset: charset, isBase64: encoding == UInt8(ascii: "b"), text: value[textStart..<textEnd],
      end: textEnd + 2)
  }

  /// Unlike quoted-printable bodies, words have no lines and keep their blanks (RFC 2047 section 4.2).
  private static func unescaped(_ text: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    var index = 0
    while index < text.count {
      if text[index] == UInt8(ascii: "="), index + 2 < text.count, let high = text[index + 1].hexValue,
        let low = text[index + 2].hexValue
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(text[index])
        index += 1
      }
    }
    return result
  }
}

extension String {
  /// A space for each line end, and no NULs.
  var withoutLineEnds: String {
    guard utf8.contains(where: { $0 == .cr || $0 == .lf || $0 == 0 }) else { return self }
    var result: [UInt8] = []
    var previous: UInt8?
    for byte in utf8 {
      if byte == .cr || byte == .lf && previous != .cr { result.append(.space) }
      if byte != .cr, byte != .lf, byte != 0 { result.append(byte) }
      previous = byte
    }
    return String(decoding: result, as: UTF8.self)
  }
}
