package import JSON

/// Which events a route wants, as data: comparisons of fields, combined by `all` and `any`, nested as needed.
///
///     {"all": [{"field": "event", "operator": "equals", "value": "messageFailed"},
///              {"any": [{"field": "data.problem", "operator": "startsWith", "value": "graph."}]}]}
///
/// A field is named as in the posted event, `data.envelope.from`; a number in it counts elements from 0. A field that
/// is not there equals nothing. Against a list, `equals`, `contains`, `startsWith`, `endsWith` and `in` ask whether it
/// holds for any of its elements.
package struct EventFilter: Sendable, Hashable {
  private let rule: Rule

  private indirect enum Rule: Sendable, Hashable {
    case all([Rule])
    case any([Rule])
    case compare(FieldPath, Comparison, JSONValue)
  }

  package enum Comparison: String, Sendable, CaseIterable {
    case equals, notEquals, contains, startsWith, endsWith, `in`, exists, greaterThan, lessThan
  }

  /// Of groups in groups. More is a mistake of a program.
  static let depthLimit = 8
  /// Of comparisons and groups together.
  static let ruleLimit = 100

  package init(_ json: JSONValue) throws(RouteFault) {
    var count = 0
    rule = try Self.rule(json, at: "filter", depth: 0, &count)
  }

  /// - Parameter event: As it is posted.
  package func matches(_ event: JSONValue) -> Bool { Self.holds(rule, event) }

  private static func rule(
    _ json: JSONValue, at path: String, depth: Int, _ count: inout Int
  ) throws(RouteFault) -> Rule {
    guard case .object(let object) = json else {
      throw RouteFault(path, "must be an object with all, any or field")
    }
    count += 1
    guard count <= ruleLimit else { throw RouteFault("filter", "has more than \(ruleLimit) rules") }
    for (name, combine) in [("all", Rule.all), ("any", Rule.any)] where object[name] != nil {
      guard object.count == 1 else { throw RouteFault(path, "must have nothing beside \(name)") }
      guard let members = object[name]?.array, !members.isEmpty else {
        throw RouteFault("\(path).\(name)", "must be a list of rules that is not empty")
      }
      guard depth < depthLimit else {
        throw RouteFault("filter", "is nested more than \(depthLimit) levels deep")
      }
      var rules: [Rule] = []
      for (index, member) in members.enumerated() {
        rules.append(try rule(member, at: "\(path).\(name)[\(index)]", depth: depth + 1, &count))
      }
      return combine(rules)
    }
    return try comparison(object, at: path)
  }

  private static func comparison(_ object: JSONObject, at path: String) throws(RouteFault) -> Rule {
    if let stranger = object.keys.first(where: { !["field", "operator", "value"].contains($0) }) {
      throw RouteFault(
        "\(path).\(stranger)", "is unknown; a rule has field, operator and value, or all, or any")
    }
    guard let field = object["field"]?.string, let fieldPath = FieldPath(field) else {
      throw RouteFault("\(path).field", "must name a field of the event, such as data.envelope.from")
    }
    let words = Comparison.allCases.map(\.rawValue).joined(separator: ", ")
    guard let comparison = object["operator"]?.string.flatMap(Comparison.init) else {
      throw RouteFault("\(path).operator", "must be one of \(words)")
    }
    let value = object["value"] ?? .null
    switch comparison {
    case .contains, .startsWith, .endsWith:
      guard value.string != nil else { throw RouteFault("\(path).value", "must be a string") }
    case .in:
      guard value.array != nil else { throw RouteFault("\(path).value", "must be a list") }
    case .greaterThan, .lessThan:
      guard value.string != nil || value.double != nil else {
        throw RouteFault("\(path).value", "must be a number or a string")
      }
    case .exists:
      guard value.isNull || value.bool != nil else {
        throw RouteFault("\(path).value", "must be true or false")
      }
    case .equals, .notEquals:
      guard object["value"] != nil else { throw RouteFault("\(path).value", "is required") }
    }
    return .compare(fieldPath, comparison, value)
  }

  private static func holds(_ rule: Rule, _ event: JSONValue) -> Bool {
    switch rule {
    case .all(let rules): rules.allSatisfy { holds($0, event) }
    case .any(let rules): rules.contains { holds($0, event) }
    case .compare(let path, let comparison, let value):
      holds(comparison, path.value(in: event), value)
    }
  }

  private static func holds(_ comparison: Comparison, _ found: JSONValue?, _ value: JSONValue) -> Bool {
    let candidates = found?.array ?? found.map { [$0] } ?? []
    return switch comparison {
    case .equals: found == value || candidates.contains(value)
    case .notEquals: !(found == value || candidates.contains(value))
    case .contains: candidates.contains { text($0, value) { $0.contains($1) } }
    case .startsWith: candidates.contains { text($0, value) { $0.hasPrefix($1) } }
    case .endsWith: candidates.contains { text($0, value) { $0.hasSuffix($1) } }
    case .in: candidates.contains { value.array?.contains($0) == true }
    case .exists: (found != nil) == (value.bool ?? true)
    case .greaterThan: found.map { isLess(value, $0) } ?? false
    case .lessThan: found.map { isLess($0, value) } ?? false
    }
  }

  private static func text(
    _ found: JSONValue, _ value: JSONValue, _ holds: (String, String) -> Bool
  ) -> Bool {
    guard let found = found.string, let value = value.string else { return false }
    return holds(found, value)
  }

  private static func isLess(_ left: JSONValue, _ right: JSONValue) -> Bool {
    if let left = left.double, let right = right.double { return left < right }
    if let left = left.string, let right = right.string { return left < right }
    return false
  }
}

/// The place of a value in an event: `data.envelope.to.0`.
struct FieldPath: Sendable, Hashable {
  private let steps: [String]

  /// Deeper than any event.
  private static let depthLimit = 16

  init?(_ text: String) {
    let steps = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !text.isEmpty, steps.count <= Self.depthLimit, !steps.contains("") else { return nil }
    self.steps = steps
  }

  func value(in event: JSONValue) -> JSONValue? {
    var value = event
    for step in steps {
      switch value {
      case .object(let object):
        guard let member = object[step] else { return nil }
        value = member
      case .array(let elements):
        guard let index = Int(step), elements.indices.contains(index) else { return nil }
        value = elements[index]
      case .null, .bool, .number, .string, .streamed: return nil
      }
    }
    return value
  }
}

/// What is wrong with a value of a route.
package struct RouteFault: Error, Sendable, Hashable {
  /// `filter.all[0].operator`
  package let field: String
  /// As the rest of a sentence that begins with the field.
  package let message: String

  init(_ field: String, _ message: String) {
    self.field = field
    self.message = message
  }
}
