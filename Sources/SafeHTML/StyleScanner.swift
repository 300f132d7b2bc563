/// Reads declarations as CSS Syntax 3 has them, as far as they are kept; the rest is `other`.
struct StyleScanner {
  enum Token: Equatable {
    /// In lower case.
    case word(String)
    /// Digits with at most one point, and the unit in lower case.
    case number(String, unit: String)
    case color(String)
    case text(String)
    case comma
    case slash
    case other
  }

  struct Declaration {
    let property: String
    let value: [Token]
  }

  private static let colorFunctions: Set<String> = ["rgb", "rgba", "hsl", "hsla"]

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }
  private func peek(_ distance: Int) -> UInt8? {
    position + distance < bytes.count ? bytes[position + distance] : nil
  }

  /// The next one that has a property and a colon; `nil` at the end.
  mutating func declaration() -> Declaration? {
    while true {
      while let byte = next, byte == ";" || skipSpace() { if byte == ";" { position += 1 } }
      guard next != nil else { return nil }
      let property = word()
      while skipSpace() {}
      let hasColon = next == ":"
      if hasColon { position += 1 }
      let value = value()
      if hasColon, !property.isEmpty { return Declaration(property: property, value: value) }
    }
  }

  /// Up to a semicolon.
  private mutating func value() -> [Token] {
    var tokens: [Token] = []
    while let byte = next, byte != ";" {
      if skipSpace() { continue }
      if byte == "!", skipImportance() { continue }
      tokens.append(token(byte))
    }
    return tokens
  }

  /// White space or a comment; false when there is none.
  private mutating func skipSpace() -> Bool {
    guard let byte = next else { return false }
    if byte.isHTMLSpace {
      position += 1
      return true
    }
    guard byte == "/", peek(1) == "*" else { return false }
    position += 2
    while position < bytes.count, !(bytes[position] == "*" && peek(1) == "/") { position += 1 }
    position = min(position + 2, bytes.count)
    return true
  }

  /// `!important` would win over the page around the message.
  private mutating func skipImportance() -> Bool {
    let start = position
    position += 1
    while skipSpace() {}
    if word() == "important" { return true }
    position = start
    return false
  }

  private mutating func token(_ byte: UInt8) -> Token {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return text(byte)
    case UInt8(ascii: "#"): return hash()
    case UInt8(ascii: ","):
      position += 1
      return .comma
    case UInt8(ascii: "/"):
      position += 1
      return .slash
    case _ where startsNumber: return number()
    case _ where Self.isInWord(byte): return wordOrFunction()
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"):
      skipBlock()
      return .other
    case UInt8(ascii: "\\"):
      position = min(position + 2, bytes.count)
      return .other
    default:
      position += 1
      return .other
    }
  }

  private static func isInWord(_ byte: UInt8) -> Bool {
    byte.isLetter || byte.isDigit || byte == "-" || byte == "_" || byte >= 0x80
  }

  private mutating func word() -> String {
    let start = position
    while let byte = next, Self.isInWord(byte) { position += 1 }
    return String(lowercasing: bytes[start..<position])
  }

  private var startsNumber: Bool {
    let isSigned = next == "+" || next == "-"
    let first = isSigned ? peek(1) : next
    let second = isSigned ? peek(2) : peek(1)
    return first.map { $0.isDigit || $0 == "." && (second?.isDigit ?? false) } ?? false
  }

  private mutating func number() -> Token {
    if next == "+" { position += 1 }
    let start = position
    if next == "-" { position += 1 }
    while let byte = next, byte.isDigit { position += 1 }
    if next == ".", peek(1)?.isDigit ?? false {
      position += 1
      while let byte = next, byte.isDigit { position += 1 }
    }
    let digits = String(decoding: bytes[start..<position], as: UTF8.self)
    if next == "%" {
      position += 1
      return .number(digits, unit: "%")
    }
    return .number(digits, unit: word())
  }

  private mutating func hash() -> Token {
    position += 1
    let digits = word()
    let isColor = [3, 4, 6, 8].contains(digits.utf8.count) && digits.utf8.allSatisfy(\.isHexDigit)
    return isColor ? .color("#" + digits) : .other
  }

  /// In quotation marks; with anything but names of fonts in it, `other`.
  private mutating func text(_ quote: UInt8) -> Token {
    position += 1
    let start = position
    while let byte = next, byte != quote, byte != "\n" {
      position += byte == "\\" ? 2 : 1
    }
    position = min(position, bytes.count)
    let text = bytes[start..<position]
    guard next == quote else { return .other }
    position += 1
    let isName = text.allSatisfy { Self.isInWord($0) || $0 == " " || $0 == "." }
    return isName ? .text(String(decoding: text, as: UTF8.self)) : .other
  }

  private mutating func wordOrFunction() -> Token {
    let word = word()
    guard next == "(" else { return .word(word) }
    let start = position + 1
    skipBlock()
    guard Self.colorFunctions.contains(word), position > start, bytes[position - 1] == ")" else {
      return .other
    }
    let content = bytes[start..<position - 1]
    guard content.allSatisfy({ $0.isDigit || $0 == " " || ".,%/-".utf8.contains($0) }) else { return .other }
    return .color("\(word)(\(String(decoding: content, as: UTF8.self)))")
  }

  /// From an opening bracket past the one that closes it.
  private mutating func skipBlock() {
    var depth = 0
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
      case UInt8(ascii: "\\"): position = min(position + 1, bytes.count)
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        while let inner = next, inner != byte { position += inner == "\\" ? 2 : 1 }
        position = min(position + 1, bytes.count)
      default: break
      }
      if depth <= 0 { return }
    }
  }
}
