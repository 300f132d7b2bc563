import Core
import JSON

@testable import API

/// Makes values that a schema allows, the same ones for the same seed.
struct Samples: RandomNumberGenerator {
  private var state: UInt64
  /// Whether fields are left out at random.
  var leavesOut = true

  init(seed: UInt64) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1
  }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func object(_ schema: ObjectSchema) -> JSONObject {
    var object = JSONObject()
    for field in schema.fields.shuffled(using: &self) {
      if leavesOut, !field.isRequired, Bool.random(using: &self) { continue }
      object[field.name] = value(field.schema)
    }
    return object
  }

  mutating func value(_ schema: Schema) -> JSONValue {
    switch schema {
    case .flag: return .bool(.random(using: &self))
    case .integer(let range): return JSONValue(Int64.random(in: range, using: &self))
    case .text(let rule), .secret(let rule, _): return .string(text(rule))
    case .words(let words): return .string(words.randomElement(using: &self) ?? "")
    case .date, .momentOrFalse:
      let milliseconds = Int64.random(in: 1...4_000_000_000_000, using: &self)
      return .string(Instant(microseconds: milliseconds * 1000).description)
    case .content:
      let bytes = (0..<Int.random(in: 0...40, using: &self)).map { _ in
        UInt8.random(in: 0...255, using: &self)
      }
      return .string(String(decoding: Base64.json(bytes).dropFirst().dropLast(), as: UTF8.self))
    case .list(let element, let count, _):
      let most = leavesOut ? min(count.upperBound, 3) : 1
      let number = Int.random(in: (leavesOut ? count.lowerBound : 1)...most, using: &self)
      return .array((0..<number).map { _ in value(element) })
    case .texts(_, _, let rule):
      var object = JSONObject()
      for number in 0..<Int.random(in: 1...3, using: &self) { object["X-\(number)"] = .string(text(rule)) }
      return .object(object)
    case .anyObject: return ["a": [1, 2.5, true, .null, "x"]]
    case .object(let schema), .objectOrFalse(let schema): return .object(object(schema))
    case .nullable(let schema): return leavesOut && Bool.random(using: &self) ? .null : value(schema)
    }
  }

  /// Of formats that hardly any text has, by their names.
  private static let samples = [
    "header-name": "X-Sample", "header-value": "a value", "event-name": "messageSent", "language-tag": "et",
    "list-id": "news.example",
  ]

  private mutating func text(_ rule: TextRule) -> String {
    if ["uri", "uri-or-empty"].contains(rule.format?.name) {
      return "https://example.com/\(UInt16.random(in: 0...(.max), using: &self))"
    }
    if let sample = Self.samples[rule.format?.name ?? ""] { return sample }
    if rule.format?.name == "cidr" { return "10.\(UInt8.random(in: 0...(.max), using: &self)).0.0/16" }
    if rule.format?.name == "language-tag" { return "en-GB" }
    if rule.format?.name == "time-zone" { return "Europe/Berlin" }
    if rule.format?.fault != nil { return "host-\(UInt16.random(in: 0...(.max), using: &self)).example:8080" }
    let alphabet = rule.hasLines ? "aZ09 .é\u{1F600}\n\t\"\\" : "aZ09 .é\u{1F600}\"\\"
    let most = min(rule.length.upperBound, 60)
    var text = ""
    for _ in 0..<Int.random(in: 0...20, using: &self) {
      let character = alphabet.randomElement(using: &self) ?? "a"
      if text.utf8.count + String(character).utf8.count <= most { text.append(character) }
    }
    while text.utf8.count < rule.length.lowerBound { text.append("x") }
    return text
  }
}

extension JSONValue {
  /// The same value with another one at a path such as `to[0].address`.
  func replacing(_ path: [Step], with value: JSONValue) -> JSONValue {
    guard let first = path.first else { return value }
    let rest = Array(path.dropFirst())
    switch (first, self) {
    case (.member(let name), .object(var object)):
      object[name] = object[name]?.replacing(rest, with: value) ?? value
      return .object(object)
    case (.element(let index), .array(var elements)):
      elements[index] = elements[index].replacing(rest, with: value)
      return .array(elements)
    case (_, _): return self
    }
  }
}

extension ObjectSchema {
  /// The place of every value in an object with all fields and one element in each list.
  var places: [(path: [Step], schema: Schema)] {
    fields.flatMap { field in
      field.schema.places.map { ([.member(field.name)] + $0.path, $0.schema) }
    }
  }
}

extension Schema {
  var places: [(path: [Step], schema: Schema)] {
    switch self {
    case .object(let object), .objectOrFalse(let object): [([], self)] + object.places
    case .nullable(let schema): schema.places
    case .list(let element, _, _): [([], self)] + element.places.map { ([.element(0)] + $0.path, $0.schema) }
    case .flag, .integer, .text, .words, .secret, .date, .momentOrFalse, .content, .texts, .anyObject:
      [([], self)]
    }
  }

  /// Values of every kind that it does not take.
  var wrong: [JSONValue] {
    if case .nullable(let schema) = self { return schema.wrong }
    let all: [JSONValue] = [true, 1, 1.5, "\u{1}", [], [1], ["a": 1]]
    return all.filter { value in
      switch (self, value) {
      case (.flag, .bool), (.anyObject, .object), (.texts, .object), (.object, .object), (.list, .array):
        false
      case (.list(_, _, takesOne: true), .object), (.objectOrFalse, .object): false
      case (.integer, .number(let number)): number.int64 == nil
      case (.text, .string), (.secret, .string): false
      case (_, _): true
      }
    }
  }
}

extension [Step] {
  var path: String {
    reduce(into: "") { $1.extend(&$0) }
  }
}
