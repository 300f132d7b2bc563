package import JSON

/// What is posted in place of the event: JSON in whose strings `{{data.error}}` stands for a field of the event.
///
/// A string that is nothing but one placeholder becomes the field's value with its type, or null without one; within
/// other text a value is written as text, and one that is not there as nothing. Since values are put into JSON that is
/// read already, none can break out of its string.
package struct PayloadTemplate: Sendable {
  private let template: Node

  private indirect enum Node: Sendable {
    case literal(JSONValue)
    case value(FieldPath)
    case text([Piece])
    case array([Node])
    case object([(key: String, node: Node)])
  }

  private enum Piece: Sendable {
    case literal(String)
    case value(FieldPath)
  }

  /// Of values in it.
  static let sizeLimit = 1000

  /// - Throws: `RouteFault` for a placeholder that is not closed or names no field.
  package init(_ json: JSONValue) throws(RouteFault) {
    guard json.object != nil || json.array != nil else {
      throw RouteFault("payload", "must be an object or a list")
    }
    var count = 0
    template = try Self.node(json, at: "payload", &count)
  }

  package func rendered(_ event: JSONValue) -> JSONValue { Self.rendered(template, event) }

  private static func node(
    _ json: JSONValue, at path: String, _ count: inout Int
  ) throws(RouteFault) -> Node {
    count += 1
    guard count <= sizeLimit else { throw RouteFault("payload", "has more than \(sizeLimit) values") }
    switch json {
    case .string(let text): return try node(text, at: path)
    case .array(let elements):
      var nodes: [Node] = []
      for (index, element) in elements.enumerated() {
        nodes.append(try node(element, at: "\(path)[\(index)]", &count))
      }
      return .array(nodes)
    case .object(let object):
      var nodes: [(key: String, node: Node)] = []
      for (key, value) in object.members {
        nodes.append((key, try node(value, at: "\(path).\(key)", &count)))
      }
      return .object(nodes)
    case .null, .bool, .number, .streamed: return .literal(json)
    }
  }

  private static func node(_ text: String, at path: String) throws(RouteFault) -> Node {
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      if open.lowerBound > rest.startIndex { pieces.append(.literal(String(rest[..<open.lowerBound]))) }
      rest = rest[open.upperBound...]
      guard let close = rest.firstRange(of: "}}") else {
        throw RouteFault(path, "has a placeholder that is not closed by }}")
      }
      let name = rest[..<close.lowerBound].filter { $0 != " " }
      guard let field = FieldPath(String(name)) else {
        throw RouteFault(path, "has the placeholder {{\(rest[..<close.lowerBound])}}, which names no field")
      }
      pieces.append(.value(field))
      rest = rest[close.upperBound...]
    }
    if pieces.isEmpty { return .literal(.string(text)) }
    if rest.isEmpty, pieces.count == 1, case .value(let field) = pieces[0] { return .value(field) }
    if !rest.isEmpty { pieces.append(.literal(String(rest))) }
    return .text(pieces)
  }

  private static func rendered(_ node: Node, _ event: JSONValue) -> JSONValue {
    switch node {
    case .literal(let value): value
    case .value(let path): path.value(in: event) ?? .null
    case .text(let pieces): .string(pieces.map { text($0, event) }.joined())
    case .array(let nodes): .array(nodes.map { rendered($0, event) })
    case .object(let nodes): .object(JSONObject(nodes.map { ($0.key, rendered($0.node, event)) }))
    }
  }

  private static func text(_ piece: Piece, _ event: JSONValue) -> String {
    switch piece {
    case .literal(let text): text
    case .value(let path):
      switch path.value(in: event) {
      case nil, .null: ""
      case .string(let text): text
      case let value?: String(decoding: value.serialized(), as: UTF8.self)
      }
    }
  }
}
