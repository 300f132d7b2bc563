/// Reads a command line from left to right.
struct CommandScanner {
  private var text: Substring

  init(_ line: String) {
    text = Substring(line)
    skipBlanks()
  }

  /// Up to the next blank.
  mutating func word() -> String {
    skipBlanks()
    let word = text.prefix { !Self.isBlank($0) }
    text = text[word.endIndex...]
    return String(word)
  }

  /// All that is left, without blanks around it.
  mutating func rest() -> String {
    skipBlanks()
    defer { text = "" }
    return String(text.trimmingBlanksAtEnd)
  }

  /// `command`, if nothing is left.
  mutating func end(_ command: SMTPCommand) throws(SMTPReply) -> SMTPCommand {
    guard rest().isEmpty else { throw .syntax("This command has no parameter") }
    return command
  }

  /// `FROM:<a@b>`: the address without its brackets and without a source route, which is not followed (RFC 5321
  /// appendix C). Blanks around the colon and missing brackets are what old devices send.
  mutating func path(after keyword: String) throws(SMTPReply) -> String {
    skipBlanks()
    guard text.prefix(keyword.count).uppercased() == keyword else {
      throw .syntax("\(keyword):<address> is missing")
    }
    text = text.dropFirst(keyword.count)
    skipBlanks()
    guard text.first == ":" else { throw .syntax("\(keyword):<address> is missing") }
    text = text.dropFirst()
    skipBlanks()
    let isBracketed = text.first == "<"
    if isBracketed { text = text.dropFirst() }
    let end = isBracketed ? unquoted { $0 == ">" } : unquoted { Self.isBlank($0) } ?? text.endIndex
    guard let end else { throw .syntax("The bracket of the address is not closed") }
    let path = text[..<end].drop(while: Self.isBlank).trimmingBlanksAtEnd
    text = isBracketed ? text[end...].dropFirst() : text[end...]
    guard text.isEmpty || Self.isBlank(text[text.startIndex]) else {
      throw .syntax("A blank is missing after the address")
    }
    guard isBracketed || !path.isEmpty else { throw .syntax("The address is missing") }
    guard path.first == "@" else { return String(path) }
    guard let colon = path.firstIndex(of: ":") else { throw .syntax("The address has no local part") }
    return String(path[path.index(after: colon)...])
  }

  /// Where the first such character is that is not in quotes.
  private func unquoted(_ isSought: (Character) -> Bool) -> Substring.Index? {
    var (isQuoted, isEscaped) = (false, false)
    return text.indices.first { index in
      let character = text[index]
      defer { isEscaped = isQuoted && character == "\\" && !isEscaped }
      if character == "\"", !isEscaped { isQuoted.toggle() }
      return !isQuoted && isSought(character)
    }
  }

  /// `KEY=VALUE` and `KEY`, each once, with the key in upper case.
  mutating func parameters() throws(SMTPReply) -> [(key: String, value: String?)] {
    var parameters: [(key: String, value: String?)] = []
    while true {
      let word = word()
      guard !word.isEmpty else { return parameters }
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let key = parts[0].uppercased()
      guard parameters.allSatisfy({ $0.key != key }) else {
        throw .syntax("The parameter \(key) is there twice")
      }
      parameters.append((key, parts.count == 2 ? parts[1] : nil))
    }
  }

  /// Digits only; no more than 18 of them, which fit.
  static func number(_ text: String) -> Int? {
    guard (1...18).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int(text)
  }

  /// `xtext` (RFC 3461 section 4): `+2B` stands for `+`.
  static func decoded(_ value: String?, of key: String) throws(SMTPReply) -> String {
    guard let value, !value.isEmpty else { throw .syntax("\(key) needs a value") }
    var bytes: [UInt8] = []
    var rest = Substring(value).utf8
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "+") else {
        bytes.append(byte)
        continue
      }
      let digits = String(Substring(rest.prefix(2)))
      guard digits.utf8.count == 2, let number = UInt8(digits, radix: 16), number >= 0x20 else {
        throw .syntax("\(key) has a + that two hexadecimal digits do not follow")
      }
      bytes.append(number)
      rest = rest.dropFirst(2)
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  static func isASCII(_ text: String) -> Bool { text.utf8.allSatisfy { $0 < 0x80 } }

  private mutating func skipBlanks() { text = text.drop(while: Self.isBlank) }

  private static func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
}

extension Substring {
  fileprivate var trimmingBlanksAtEnd: Substring {
    var text = self
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return text
  }
}
