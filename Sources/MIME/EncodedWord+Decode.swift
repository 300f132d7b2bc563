extension EncodedWord {
  /// `value` with its encoded words decoded (RFC 2047 section 6.2). What is not an encoded word is taken
  /// literally.
  ///
  /// Words of one charset in a row are joined before they are decoded, since many mailers split a character
  /// between two; blanks between words vanish. A word is also found where the blanks that should surround it
  /// are missing. A line end that was encoded is a space: it may not end a line of what shows it.
  static func decode(_ value: ArraySlice<UInt8>) -> String {
    guard var index = value.index(of: UInt8(ascii: "=")) else {
      return Charset.unlabelled.decode(value).withoutLineEnds
    }
    var result = ""
    var charset: ArraySlice<UInt8>?
    var content: [UInt8] = []
    var plainStart = value.startIndex
    func append(_ text: String) { if result.isEmpty { result = text } else { result += text } }
    func flush() {
      if let charset { append(Charset(charset).decode(content[...])) }
      charset = nil
      content.removeAll(keepingCapacity: true)
    }
    while index < value.endIndex {
      guard let word = match(value, at: index) else {
        index += 1
        continue
      }
      let plain = value[plainStart..<index]
      if charset == nil || !plain.allSatisfy(\.isBlank) {
        flush()
        if !plain.isEmpty { append(Charset.unlabelled.decode(plain)) }
      }
      if charset?.elementsEqual(word.charset, by: { $0.lowercased == $1.lowercased }) == false { flush() }
      charset = word.charset
      word.decode(into: &content)
      index = word.end
      plainStart = index
    }
    flush()
    if plainStart < value.endIndex { append(Charset.unlabelled.decode(value[plainStart...])) }
    return result.withoutLineEnds
  }

  /// The places of an encoded word, and how its text is decoded.
  struct Match {
    let charset: ArraySlice<UInt8>
    fileprivate let isBase64: Bool
    fileprivate let text: ArraySlice<UInt8>
    /// After it.
    let end: Int

    /// Unlike quoted-printable bodies, words have no lines and keep their blanks (RFC 2047 section 4.2).
    fileprivate func decode(into content: inout [UInt8]) {
      if isBase64 { return content += Base64.decode(text) }
      var index = text.startIndex
      while index < text.endIndex {
        let byte = text[index]
        index += 1
        if byte == UInt8(ascii: "="), index + 1 < text.endIndex, let high = text[index].hexValue,
          let low = text[index + 1].hexValue
        {
          content.append(high << 4 | low)
          index += 2
        } else {
          content.append(byte == UInt8(ascii: "_") ? .space : byte)
        }
      }
    }
  }

  /// The encoded word that begins at `start`, if one does.
  static func match(_ value: ArraySlice<UInt8>, at start: Int) -> Match? {
    let question = UInt8(ascii: "?")
    guard value[start] == UInt8(ascii: "="), start + 1 < value.endIndex, value[start + 1] == question else {
      return nil
    }
    // RFC 2231 section 5 lets a language follow the charset.
    var (charsetEnd, languageStart) = (start + 2, Int?.none)
    while charsetEnd < value.endIndex, value[charsetEnd] != question, !value[charsetEnd].isBlank {
      if languageStart == nil, value[charsetEnd] == UInt8(ascii: "*") { languageStart = charsetEnd }
      charsetEnd += 1
    }
    guard charsetEnd > start + 2, charsetEnd + 2 < value.endIndex, value[charsetEnd] == question,
      value[charsetEnd + 2] == question
    else { return nil }
    let encoding = value[charsetEnd + 1].lowercased
    guard encoding == UInt8(ascii: "b") || encoding == UInt8(ascii: "q"),
      let textEnd = value[(charsetEnd + 3)...].index(of: question), textEnd + 1 < value.endIndex,
      value[textEnd + 1] == UInt8(ascii: "=")
    else { return nil }
    return Match(
      charset: value[start + 2..<(languageStart ?? charsetEnd)], isBase64: encoding == UInt8(ascii: "b"),
      text: value[charsetEnd + 3..<textEnd], end: textEnd + 2)
  }
}

extension String {
  /// A space for each line end, and no NULs.
  var withoutLineEnds: String {
    var text = self
    guard text.withUTF8({ $0.contains { $0 == .cr || $0 == .lf || $0 == 0 } }) else { return self }
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
