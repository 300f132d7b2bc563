import JSON

/// SplitMix64: a test that fails does so again.
struct Generator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }

  mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

  mutating func pick<Element>(_ choices: [Element]) -> Element {
    choices[Int.random(in: 0..<choices.count, using: &self)]
  }

  /// Of several scripts and lengths in UTF-8, with what has to be escaped.
  mutating func string(_ maximum: Int = 30) -> String {
    let pieces = [
      "a", "B", "0", " ", "plain text ", "\"", "\\", "/", "\n", "\r\n", "\t", "\u{8}", "\u{C}", "\0",
      "\u{1F}",
      "\u{7F}", "é", "\u{7FF}", "\u{800}", "\u{FFFD}", "\u{FFFF}", "\u{2028}", "\u{10000}", "\u{10FFFF}",
      "👩‍👩‍👧", "中文", "\u{D7FF}", "\u{E000}", "e\u{301}", "\\u0041", "{", "]", ",", ":",
    ]
    return (0..<Int.random(in: 0...maximum, using: &self)).map { _ in pick(pieces) }.joined()
  }

  mutating func number() -> String {
    let integers = ["0", "7", "10", "4711", "9007199254740993", "9223372036854775807", "123456789"]
    var text = chance(30) ? "-" : ""
    text += pick(integers)
    if chance(30) { text += pick([".0", ".5", ".25", ".125", ".000001", ".10"]) }
    if chance(20) { text += pick(["e0", "E2", "e+3", "e-3", "E-10", "e10"]) }
    return text
  }

  mutating func value(depth: Int = 4) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 5), using: &self) {
    case 0: return .null
    case 1: return .bool(chance(50))
    case 2: return JSONNumber(number()).map(JSONValue.number) ?? .null
    case 3, 4: return .string(string())
    case 5, 6: return .array((0..<Int.random(in: 0...6, using: &self)).map { _ in value(depth: depth - 1) })
    default:
      // Some beyond the limit up to which keys are searched one by one.
      let count = chance(10) ? 40 : Int.random(in: 0...6, using: &self)
      let members = (0..<count).map { _ in (key: string(4), value: value(depth: depth - 1)) }
      return .object(JSONObject(members))
    }
  }

  /// `value` in one of the many ways in which it may be written.
  mutating func text(of value: JSONValue) -> String {
    let content: String
    switch value {
    case .null, .streamed: content = "null"
    case .bool(let value): content = value ? "true" : "false"
    case .number(let number): content = number.text
    case .string(let string): content = quoted(string)
    case .array(let elements): content = "[\(elements.map { text(of: $0) }.joined(separator: ","))\(space())]"
    case .object(let object):
      let members = object.members.map { "\(space())\(quoted($0.key))\(space()):\(text(of: $0.value))" }
      content = "{\(members.joined(separator: ","))\(space())}"
    }
    return space() + content + space()
  }

  private mutating func space() -> String { chance(70) ? "" : pick([" ", "\n", "\r\n", "\t", "  \n "]) }

  private mutating func quoted(_ string: String) -> String {
    let short: [Unicode.Scalar: String] = [
      "\u{8}": "\\b", "\t": "\\t", "\n": "\\n", "\u{C}": "\\f", "\r": "\\r", "/": "\\/", "\"": "\\\"",
      "\\": "\\\\",
    ]
    var result = "\""
    for scalar in string.unicodeScalars {
      let mustEscape = scalar.value < 0x20 || scalar == "\"" || scalar == "\\"
      if let escape = short[scalar], chance(mustEscape ? 80 : 20) {
        result += escape
      } else if mustEscape || chance(10) {
        for unit in String(scalar).utf16 {
          let digits = String(unit, radix: 16, uppercase: chance(50))
          result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  mutating func mutate(_ bytes: inout [UInt8]) {
    let tokens = [
      "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u", "\\uD83D", "\\uDE00", "\\n", "null", "true", "-", "0",
      "1e", ".",
      " ", "\n", "\t", "\0", "\u{FEFF}", "é", "\u{10000}", "\"a\":", "\"raw\":\"",
    ]
    let place = Int.random(in: 0...bytes.count, using: &self)
    let length = min(Int.random(in: 0...20, using: &self), bytes.count - place)
    switch Int.random(in: 0..<6, using: &self) {
    case 0, 1: bytes.insert(contentsOf: pick(tokens).utf8, at: place)
    case 2: bytes.removeSubrange(place..<place + length)
    case 3:
      let copy = bytes[place..<place + length]
      bytes.insert(contentsOf: copy, at: Int.random(in: 0...bytes.count, using: &self))
    case 4: bytes.insert(UInt8.random(in: 0...255, using: &self), at: place)
    default: bytes.removeLast(length)
    }
  }

  /// Where to cut a text of `count` bytes, in ascending order.
  mutating func cuts(_ count: Int) -> [Int] {
    (0..<Int.random(in: 1...8, using: &self)).map { _ in Int.random(in: 0...count, using: &self) }.sorted()
  }
}
