import Foundation
import JSON
import Testing

@testable import Webhooks

/// Filters and payloads of any form are taken or refused, within their limits.
@Suite struct FuzzTests {
  private static let event: JSONValue = [
    "event": "messageFailed", "account": .null, "sequence": 7,
    "data": ["problem": "graph.throttled", "list": ["a", 2, ["b": .null]], "": "empty", "é": "ü\u{0}"],
  ]

  @Test func `a filter is applied or refused, and what is stored of it means the same`() throws {
    var random = Noise(seed: 1)
    var accepted = 0
    for _ in 0..<4000 {
      let json = random.rule(depth: 0)
      guard let filter = try? EventFilter(json) else { continue }
      accepted += 1
      let again = try EventFilter(JSONValue(parsing: json.serialized()))
      #expect(again == filter, "\(json)")
      #expect(again.matches(Self.event) == filter.matches(Self.event))
      #expect(Noise.count(json) <= EventFilter.ruleLimit && Noise.depth(json) <= EventFilter.depthLimit)
    }
    #expect(accepted > 300)
  }

  @Test func `a payload is rendered or refused, and none of its values leaves its place`() throws {
    var random = Noise(seed: 2)
    var accepted = 0
    for _ in 0..<4000 {
      let json = random.value(depth: 0)
      guard let payload = try? PayloadTemplate(json) else { continue }
      accepted += 1
      let rendered = payload.rendered(Self.event)
      #expect(try JSONValue(parsing: rendered.serialized()) == rendered, "\(json)")
      #expect(rendered.object?.count == json.object?.count && rendered.array?.count == json.array?.count)
      #expect(try PayloadTemplate(JSONValue(parsing: json.serialized())).rendered(Self.event) == rendered)
    }
    #expect(accepted > 300)
  }
}

/// JSON that is nearly a filter or a payload, the same for the same seed.
private struct Noise {
  private var generator: SeededGenerator

  init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

  private static let texts = [
    "event", "data.problem", "data.list.1", "data.list.-1", "data.list.99999999999999999999", "data.", ".",
    "",
    "data.é", "{{event}}", "{{ data.list }}", "x {{data.problem}} y", "{{", "}}", "{{}}", "{{a..b}}",
    "{{event}}{{",
    "\u{0}", "\u{1F600}", "graph.",
  ]

  private mutating func pick<Value>(_ values: [Value]) -> Value {
    values[Int.random(in: values.indices, using: &generator)]
  }

  private mutating func isLikely(_ percent: Int) -> Bool {
    Int.random(in: 0..<100, using: &generator) < percent
  }

  mutating func value(depth: Int) -> JSONValue {
    switch Int.random(in: 0..<(depth > 4 ? 5 : 8), using: &generator) {
    case 0: return .null
    case 1: return .bool(isLikely(50))
    case 2: return JSONValue(Int64.random(in: -3...3, using: &generator))
    case 3, 4: return .string(pick(Self.texts))
    case 5:
      return .array((0..<Int.random(in: 0...4, using: &generator)).map { _ in value(depth: depth + 1) })
    default:
      var object = JSONObject()
      for _ in 0..<Int.random(in: 0...4, using: &generator) {
        object[pick(Self.texts)] = value(depth: depth + 1)
      }
      return .object(object)
    }
  }

  mutating func rule(depth: Int) -> JSONValue {
    if isLikely(3) { return value(depth: 0) }
    var object = JSONObject()
    if depth < 11, isLikely(45) {
      let count = isLikely(2) ? 120 : Int.random(in: 0...3, using: &generator)
      object[pick(["all", "any"])] = .array((0..<count).map { _ in rule(depth: depth + 1 + count / 100) })
      if isLikely(2) { object["field"] = "event" }
      return .object(object)
    }
    object["field"] = .string(pick(Array(Self.texts.prefix(isLikely(80) ? 3 : Self.texts.count))))
    object["operator"] = .string(pick(EventFilter.Comparison.allCases.map(\.rawValue) + ["like"]))
    if isLikely(85) { object["value"] = isLikely(50) ? .string(pick(Self.texts)) : value(depth: 4) }
    return .object(object)
  }

  static func members(_ rule: JSONValue) -> [JSONValue] { rule["all"]?.array ?? rule["any"]?.array ?? [] }

  static func count(_ rule: JSONValue) -> Int { 1 + members(rule).map(count).reduce(0, +) }

  static func depth(_ rule: JSONValue) -> Int { members(rule).map { 1 + depth($0) }.max() ?? 0 }
}
