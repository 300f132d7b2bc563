/// Reads `word; attribute=value; …` of Content-Type and Content-Disposition: RFC 2045 section 5.1, the
/// continuations and charsets of RFC 2231, and what mailers write instead, such as unquoted blanks, encoded
/// words, and other marks than semicolons.
struct ParameterParser {
  /// Real fields have under 10, and the longest file name needs 50.
  private static let maximumParameters = 200

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
    let word = parser.word()
    var names: [String] = []
    var sections: [String: [Section]] = [:]
    for _ in 0..<maximumParameters {
      guard let (attribute, value) = parser.parameter() else { break }
      guard let (name, number, isEncoded) = split(lowercased(attribute)) else { continue }
      if sections[name] == nil { names.append(name) }
      sections[name, default: []].append((number, isEncoded, value))
    }
    return (lowercased(word), names.map { ($0, join(sections[$0] ?? []).withoutLineEnds) })
  }

  /// The word alone.
  static func word(_ value: ArraySlice<UInt8>) -> String {
    var parser = ParameterParser(value)
    return lowercased(parser.word())
  }

  private static func lowercased(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.map(\.lowercased), as: UTF8.self)
  }

  private var current: UInt8? { index < bytes.endIndex ? bytes[index] : nil }

  /// `type/subtype`, with blanks around the slash if need be; nothing where the first parameter stands in its
  /// place.
  private mutating func word() -> [UInt8] {
    skip(while: \.isBlank)
    if current == UInt8(ascii: "\"") { return quoted() }
    let start = index
    var result: [UInt8] = []
    repeat {
      result += run()
      skip(while: \.isBlank)
    } while current != nil && (current == UInt8(ascii: "/") || result.last == UInt8(ascii: "/"))
      && current.map(Self.endsRun) == false
    guard current == UInt8(ascii: "=") else { return Array(result.prefix { $0 != UInt8(ascii: "(") }) }
    index = start
    return []
  }

  /// The next `attribute=value`. Semicolons part them, and so do the commas and blanks that mailers write
  /// instead; what has no `=` is passed over.
  private mutating func parameter() -> (attribute: [UInt8], value: [UInt8])? {
    while true {
      skip { $0.isBlank || $0 == UInt8(ascii: ";") || $0 == UInt8(ascii: ",") }
      guard let byte = current else { return nil }
      if byte == UInt8(ascii: "\"") {
        _ = quoted()
        continue
      }
      let attribute = run()
      skip(while: \.isBlank)
      guard current == UInt8(ascii: "=") else { continue }
      index += 1
      skip(while: \.isBlank)
      return (attribute, current == UInt8(ascii: "\"") ? quoted() : plainValue())
    }
  }

  /// What is neither a blank nor a mark of this syntax.
  private mutating func run() -> [UInt8] {
    let run = bytes[index...].prefix { !Self.endsRun($0) }
    index = run.endIndex
    return Array(run)
  }

  private static func endsRun(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: ";"), UInt8(ascii: ","): true
    default: byte.isBlank
    }
  }

  /// A value without quotes, to the semicolon: mailers write file names so, blanks and parentheses included.
  private mutating func plainValue() -> [UInt8] {
    var result: [UInt8] = []
    var afterBlank = false
    while let byte = current, byte != UInt8(ascii: ";") {
      if afterBlank || byte == UInt8(ascii: ","), startsParameter { break }
      if byte == UInt8(ascii: "("), afterBlank || result.isEmpty {
        skipComment()
        continue
      }
      index += 1
      result.append(byte)
      afterBlank = byte.isBlank
    }
    while result.last?.isBlank == true { result.removeLast() }
    return result
  }

  /// Whether a parameter that mailers write starts here, so that only its semicolon was forgotten.
  private var startsParameter: Bool {
    let rest = bytes[index...].prefix(32).drop { $0.isBlank || $0 == UInt8(ascii: ",") }
    guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return false }
    let attribute = rest[..<equals].prefix { $0 != UInt8(ascii: "*") && !$0.isBlank }
    return Self.known.contains(Self.lowercased(Array(attribute)))
  }

  private static let known: Set = [
    "boundary", "charset", "delsp", "filename", "format", "method", "micalg", "name", "protocol",
    "report-type", "size", "start", "type",
  ]

  /// Blanks, where the condition says so, and comments with them.
  private mutating func skip(while condition: (UInt8) -> Bool) {
    while let byte = current {
      if byte == UInt8(ascii: "(") {
        skipComment()
      } else if condition(byte) {
        index += 1
      } else {
        return
      }
    }
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
    var charset = Charset.unlabelled
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
