/// Cuts the value of an address field into the tokens of RFC 5322 section 3.2.
struct AddressLexer {
  enum Kind: Equatable {
    case atom, quoted, literal, comment
    case special(UInt8)
  }

  struct Token {
    var kind: Kind
    /// Without quotes and backslashes.
    var content: ArraySlice<UInt8>
    var followsBlank: Bool

    var isWord: Bool { kind == .atom || kind == .quoted }

    /// With quotes and backslashes.
    var spelling: ArraySlice<UInt8> {
      guard kind == .quoted else { return content }
      let escaped = content.flatMap { "\\\"".utf8.contains($0) ? [UInt8(ascii: "\\"), $0] : [$0] }
      return [UInt8(ascii: "\"")] + escaped + [UInt8(ascii: "\"")]
    }
  }

  private let bytes: ArraySlice<UInt8>
  private var index: Int
  /// Whether the value ends within a quote, a comment or a literal, and may thus hide something.
  private(set) var isUnclosed = false

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  mutating func next() -> Token? {
    let start = index
    while index < bytes.endIndex, bytes[index].isBlank { index += 1 }
    guard index < bytes.endIndex else { return nil }
    let followsBlank = index > start
    let (kind, content) = token()
    return Token(kind: kind, content: content, followsBlank: followsBlank)
  }

  /// What stands between angle brackets in nearly all mail: the address that starts here and ends before a
  /// `>`, as one word, if it needs no second look. Else the tokens say what it is.
  mutating func plainAddress() -> Token? {
    var end = index
    while end < bytes.endIndex, bytes[end] != UInt8(ascii: ">") {
      // There may be an encoded word.
      guard bytes[end] != UInt8(ascii: "="), end - index < EmailAddress.maximumLength else { return nil }
      end += 1
    }
    guard end < bytes.endIndex, EmailAddress.isPlain(bytes[index..<end]) else { return nil }
    defer { index = end }
    return Token(kind: .atom, content: bytes[index..<end], followsBlank: false)
  }

  private mutating func token() -> (Kind, ArraySlice<UInt8>) {
    if let word = encodedWord() { return (.atom, word) }
    let start = index
    switch bytes[index] {
    case UInt8(ascii: "\""): return (.quoted, delimited(by: UInt8(ascii: "\"")))
    case UInt8(ascii: "["):
      return (.literal, [UInt8(ascii: "[")] + delimited(by: UInt8(ascii: "]")) + [UInt8(ascii: "]")])
    case UInt8(ascii: "("): return (.comment, comment())
    case let byte where Self.isSpecial(byte):
      index += 1
      return (.special(byte), bytes[start..<index])
    default:
      while index < bytes.endIndex, !bytes[index].isBlank, !Self.isSpecial(bytes[index]) { index += 1 }
      return (.atom, bytes[start..<index])
    }
  }

  /// Mailers leave commas, dots and parentheses bare in encoded words, so one is cut out whole; unless it
  /// holds an `@`, which another reader could take for an address that we had not seen.
  private mutating func encodedWord() -> ArraySlice<UInt8>? {
    guard let end = EncodedWord.match(bytes, at: index)?.end, !bytes[index..<end].contains(UInt8(ascii: "@"))
    else { return nil }
    defer { index = end }
    return bytes[index..<end]
  }

  private mutating func delimited(by end: UInt8) -> ArraySlice<UInt8> {
    var content: ArraySlice<UInt8> = []
    index += 1
    while index < bytes.endIndex, bytes[index] != end {
      if bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex { index += 1 }
      content.append(bytes[index])
      index += 1
    }
    if index == bytes.endIndex { isUnclosed = true } else { index += 1 }
    return content
  }

  /// Comments nest.
  private mutating func comment() -> ArraySlice<UInt8> {
    var content: ArraySlice<UInt8> = []
    var depth = 1
    index += 1
    while index < bytes.endIndex {
      var byte = bytes[index]
      index += 1
      if byte == UInt8(ascii: "("), depth > 0 { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { break }
      if byte == UInt8(ascii: "\\"), index < bytes.endIndex {
        byte = bytes[index]
        index += 1
      }
      content.append(byte)
    }
    if depth > 0 { isUnclosed = true }
    return content
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
      UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: ";"), UInt8(ascii: "@"), UInt8(ascii: "\\"),
      UInt8(ascii: ","), UInt8(ascii: "."), UInt8(ascii: "\""):
      true
    default: false
    }
  }
}

extension AddressLexer {
  /// The tokens as they were written, give or take blanks and quotes.
  static func spelling(_ tokens: [Token]) -> String {
    let bytes = tokens.reduce(into: [UInt8]()) {
      if $1.followsBlank, !$0.isEmpty { $0.append(.space) }
      $0 += $1.spelling
    }
    return Charset.unlabelled.decode(bytes[...])
  }

  /// A display name: encoded words decoded, and quoted ones too, which RFC 2047 forbids but mailers write.
  static func name(_ phrase: [Token]) -> String {
    if phrase.count == 1 { return EncodedWord.decode(phrase[0].content) }
    var joined: [UInt8] = []
    for token in phrase {
      if token.followsBlank, !joined.isEmpty { joined.append(.space) }
      joined += token.content
    }
    return EncodedWord.decode(joined[...])
  }
}
