/// Reads `word; attribute=value; …` of Content-Type and Content-Disposition: RFC 2045 section 5.1, the
/// continuations and charsets of RFC 2231, and what mailers write instead, such as unquoted blanks and
/// encoded words.
struct ParameterParser {
  private typealias Section = (number: Int, isEncoded: Bool, value: [UInt8])

  private let bytes: ArraySlice<UInt8>
  private var index: Int

  private init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    index = bytes.startIndex
  }

  /// The word and the attributes in lower case; of two parameters of one name the first.
  static func parse(_ value: ArraySlice<UInt8>) -> (word: String, parameters: [(name: String, value: String)])
  {
    var parser = ParameterParser(value)
    let word = parser.text(until: UInt8(ascii: ";"))
    var names: [String] = []
    var sections: [String: [Section]] = [:]
    while parser.index < parser.bytes.endIndex {
      parser.index += 1
      let attribute = lowercased(parser.text(until: UInt8(ascii: "="), UInt8(ascii: ";")))
      guard parser.current == UInt8(ascii: "=") else { continue }
      parser.index += 1
      let value = parser.text(until: UInt8(ascii: ";"))
      guard let (name, number, isEncoded) = split(attribute) else { continue }
      if sections[name] == nil { names.append(name) }
      sections[name, default: []].append((number, isEncoded, value))
    }
    return (lowercased(word), names.map { ($0, join(sections[$0] ?? [])) })
  }

  /// The word alone.
  static func word(_ value: ArraySlice<UInt8>) -> String { parse(value).word }

  private static func lowercased(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.map(\.lowercased), as: UTF8.self)
  }

  private var current: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

  /// What comes before one of the stops, quotes and comments undone, without blanks at its ends. A
  /// parenthesis within a word is not a comment: mailers write file names so.
  private mutating func text(until stops: UInt8...) -> [UInt8] {
    var result: [UInt8] = []
    var afterBlank = true
    while let byte = current, !stops.contains(byte) {
      if byte == UInt8(ascii: "\""), result.isEmpty {
        result = quoted()
        while let byte = current, !stops.contains(byte) { index += 1 }
        return result
      }
      if byte == UInt8(ascii: "("), afterBlank {
        skipComment()
      } else {
        index += 1
        if !byte.isBlank || !result.isEmpty { result.append(byte) }
        afterBlank = byte.isBlank
      }
    }
    while result.last?.isBlank == true { result.removeLast() }
    return result
  }

  private mutating func quoted() -> [UInt8] {
    var result: [UInt8] = []
    index += 1
    while let byte = current, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\"), index + 1 < bytes.endIndex { index += 1 }
      result.append(bytes[index])
      index += 1
    }
    if current != nil { index += 1 }
    return result
  }

  private mutating func skipComment() {
    var depth = 0
    while let byte = current {
      index += 1
      if byte == UInt8(ascii: "\\") { index = min(index + 1, bytes.endIndex) }
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { return }
    }
  }

  /// `name`, `name*`, `name*0`, `name*0*`: the section's number, -1 where there are no sections and -2 where
  /// even the charset is missing, so that the better form comes first.
  private static func split(_ attribute: String) -> (name: String, number: Int, isEncoded: Bool)? {
    let pieces = attribute.split(separator: "*", omittingEmptySubsequences: false)
    guard let name = pieces.first, !name.isEmpty else { return nil }
    switch pieces.count {
    case 1: return (String(name), -2, false)
    case 2 where pieces[1].isEmpty: return (String(name), -1, true)
    case 2, 3:
      guard let number = Int(pieces[1]), (0..<1000).contains(number) else { return nil }
      return (String(name), number, pieces.count == 3)
    default: return nil
    }
  }

  private static func join(_ sections: [Section]) -> String {
    if let whole = sections.first(where: { $0.number == -1 }) { return decode([whole]) }
    let numbered = sections.filter { $0.number >= 0 }.sorted { $0.number < $1.number }
    if numbered.first?.number == 0 { return decode(numbered) }
    // RFC 2047 section 5 forbids encoded words in parameters; Outlook and others write them nevertheless.
    return sections.first(where: { $0.number == -2 }).map { EncodedWord.decode($0.value[...]) } ?? ""
  }

  /// Joins before it decodes, since a section may end within a character.
  private static func decode(_ sections: [Section]) -> String {
    var charset = Charset.utf8
    var joined: [UInt8] = []
    for (place, section) in sections.enumerated() {
      var value = section.value[...]
      if place == 0, section.isEncoded {
        let pieces = value.split(separator: UInt8(ascii: "'"), maxSplits: 2, omittingEmptySubsequences: false)
        if pieces.count == 3 {
          charset = Charset(String(decoding: pieces[0], as: UTF8.self))
          value = pieces[2]
        }
      }
      joined += section.isEncoded ? percentDecoded(value) : Array(value)
    }
    return charset.decode(joined[...])
  }

  private static func percentDecoded(_ value: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var index = value.startIndex
    while index < value.endIndex {
      if value[index] == UInt8(ascii: "%"), index + 2 < value.endIndex, let high = value[index + 1].hexValue,
        let low = value[index + 2].hexValue
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(value[index])
        index += 1
      }
    }
    return result
  }
}
