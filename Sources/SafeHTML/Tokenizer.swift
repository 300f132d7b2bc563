/// Tokens of HTML, as the HTML Living Standard reads them (section 13.2.5). It never fails: every input is HTML.
///
/// Comments, DOCTYPE and processing instructions give no token. Two things are simpler than in a browser, and both
/// concern only where dropped content ends: a script ends at the first `</script`, also behind `<!--`, and CDATA
/// sections are known only while foreign content is skipped.
struct Tokenizer {
  enum Token {
    /// With character references decoded, and without control characters.
    case text([UInt8])
    case start(StartTag)
    /// The name in lower case.
    case end(String)
  }

  struct StartTag {
    /// In lower case.
    var name: String
    var attributes: [Attribute] = []
    var isSelfClosing = false
  }

  struct Attribute {
    /// In lower case.
    let name: String
    /// As written; `CharacterReferences` decodes it.
    let value: ArraySlice<UInt8>
  }

  /// A longer name is none that is known; it is cut here, which keeps it unknown.
  private static let longestName = 64
  /// No element has as many that are kept; a tag with more of them loses the rest.
  private static let mostAttributes = 64

  private let input: [UInt8]
  private var position = 0

  /// Whether `<![CDATA[` begins a section of text, as in foreign content, and not a comment.
  var isForeign = false

  /// - Parameter input: valid UTF-8.
  init(_ input: [UInt8]) {
    self.input = input
  }

  mutating func next() -> Token? {
    while position < input.count {
      guard opensMarkup(at: position) else { return .text(text()) }
      if let token = markup() { return token }
    }
    return nil
  }

  /// What is left before the end tag of that name, where nothing else is markup (RCDATA, RAWTEXT, script data).
  mutating func rawText(of name: String) -> ArraySlice<UInt8> {
    let start = position
    while position < input.count {
      if input[position] == "<", endsRawText(name, at: position) { return input[start..<position] }
      position += 1
    }
    return input[start...]
  }

  /// All that is left, after `<plaintext>`.
  mutating func rest() -> ArraySlice<UInt8> {
    defer { position = input.count }
    return input[position...]
  }
}

extension Tokenizer {
  private func byte(_ index: Int) -> UInt8? { index < input.count ? input[index] : nil }

  private func endsRawText(_ name: String, at start: Int) -> Bool {
    guard byte(start + 1) == "/" else { return false }
    var index = start + 2
    for letter in name.utf8 {
      guard let byte = byte(index), byte.lowercased == letter else { return false }
      index += 1
    }
    guard let after = byte(index) else { return false }
    return after.isHTMLSpace || after == "/" || after == ">"
  }

  private func opensMarkup(at index: Int) -> Bool {
    guard input[index] == "<", let next = byte(index + 1) else { return false }
    return next.isLetter || next == "!" || next == "?" || next == "/" && index + 2 < input.count
  }

  private mutating func text() -> [UInt8] {
    let start = position
    repeat { position += 1 } while position < input.count && !opensMarkup(at: position)
    return CharacterReferences.decoded(input[start..<position], inAttribute: false)
  }

  /// `nil` for what gives no token.
  private mutating func markup() -> Token? {
    let next = input[position + 1]
    if next.isLetter {
      position += 1
      return startTag().map(Token.start)
    }
    if next == "/" {
      guard input[position + 2].isLetter else {
        position += 2
        skip(past: UInt8(ascii: ">"))
        return nil
      }
      position += 2
      return startTag().map { .end($0.name) }
    }
    position += 2
    if next == "!", starts(with: "--") {
      position += 2
      skipComment()
    } else if next == "!", isForeign, starts(with: "[CDATA[") {
      position += 7
      return .text(section())
    } else {
      skip(past: UInt8(ascii: ">"))
    }
    return nil
  }

  private func starts(with text: StaticString) -> Bool {
    text.withUTF8Buffer { input[position...].starts(with: $0) }
  }

  private mutating func skip(past end: UInt8) {
    while position < input.count, input[position] != end { position += 1 }
    position = min(position + 1, input.count)
  }

  /// `-->` and `--!>` end a comment, and so do `>` and `->` right at its beginning.
  private mutating func skipComment() {
    if byte(position) == ">" {
      position += 1
      return
    }
    if byte(position) == "-", byte(position + 1) == ">" {
      position += 2
      return
    }
    while position < input.count {
      if input[position] == "-", byte(position + 1) == "-" {
        let end = byte(position + 2) == "!" ? position + 3 : position + 2
        if byte(end) == ">" {
          position = end + 1
          return
        }
      }
      position += 1
    }
  }

  private mutating func section() -> [UInt8] {
    let start = position
    while position < input.count {
      if input[position] == "]", starts(with: "]]>") {
        defer { position += 3 }
        return CharacterReferences.cleaned(input[start..<position])
      }
      position += 1
    }
    return CharacterReferences.cleaned(input[start...])
  }
}

extension Tokenizer {
  /// From the first letter of the name past the `>`; `nil` where the input ends before it.
  private mutating func startTag() -> StartTag? {
    var tag = StartTag(name: name { $0.isHTMLSpace || $0 == "/" || $0 == ">" })
    while let next = byte(position) {
      if next == ">" {
        position += 1
        return tag
      }
      if next.isHTMLSpace || next == "/" {
        tag.isSelfClosing = next == "/" && byte(position + 1) == ">"
        position += 1
        continue
      }
      guard let attribute = attribute() else { return nil }
      if tag.attributes.count < Self.mostAttributes { tag.attributes.append(attribute) }
    }
    return nil
  }

  /// Reads up to where `isEnd` is true, in lower case.
  private mutating func name(_ isEnd: (UInt8) -> Bool) -> String {
    var name: [UInt8] = []
    while position < input.count, !isEnd(input[position]) {
      if name.count < Self.longestName { name.append(input[position].lowercased) }
      position += 1
    }
    return String(decoding: name, as: UTF8.self)
  }

  /// `nil` where the input ends within the value.
  private mutating func attribute() -> Attribute? {
    // An equals sign in front belongs to the name.
    let first = input[position] == "=" ? "=" : ""
    position += first.utf8.count
    let name = first + name { $0.isHTMLSpace || $0 == "/" || $0 == ">" || $0 == "=" }
    var index = position
    while let next = byte(index), next.isHTMLSpace { index += 1 }
    guard byte(index) == "=" else { return Attribute(name: name, value: []) }
    position = index + 1
    while let next = byte(position), next.isHTMLSpace { position += 1 }
    return value().map { Attribute(name: name, value: $0) }
  }

  private mutating func value() -> ArraySlice<UInt8>? {
    guard let quote = byte(position) else { return nil }
    if quote == "\"" || quote == "'" {
      position += 1
      let start = position
      skip(past: quote)
      guard position > start, input[position - 1] == quote else { return nil }
      return input[start..<position - 1]
    }
    let start = position
    while let next = byte(position), !next.isHTMLSpace, next != ">" { position += 1 }
    return input[start..<position]
  }
}
