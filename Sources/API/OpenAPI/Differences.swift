import Core
import JSON

extension JSONValue {
  /// Where the value differs from what `schema` declares for a reply, each as a path and a sentence.
  func differences(from schema: Schema, at path: String) -> [String] {
    func no(_ sentence: String) -> [String] { ["\(path.isEmpty ? "the reply" : path) \(sentence)"] }
    switch (schema, self) {
    case (.flag, .bool), (.anyObject, .object), (.momentOrFalse, .bool(false)), (.content, .string),
      (.objectOrFalse, .bool(false)):
      return []
    case (.integer(let range), .number(let number)):
      guard let value = number.int64, range.contains(value) else {
        return no("is \(number.text), not in its range")
      }
      return []
    case (.text(let rule), .string(let text)): return rule.fault(in: text).map(no) ?? []
    case (.words(let words), .string(let text)):
      return words.contains(text) ? [] : no("is \(text), not a word of it")
    case (.secret(_, isShown: true), .string(let text)): return text.isEmpty ? no("is empty") : []
    case (.secret(_, isShown: false), .string(let text)):
      return text == Writing.mask ? [] : no("is a secret that is not masked")
    case (.date, .string(let text)), (.momentOrFalse, .string(let text)):
      return Self.moment(text).map(no) ?? []
    case (.list(let element, let count, _), .array(let elements)):
      guard count.contains(elements.count) else { return no("has \(elements.count) elements") }
      return elements.enumerated().flatMap {
        $1.differences(from: element, at: JSONPath.element($0, of: path))
      }
    case (.texts(_, _, let rule), .object(let object)):
      return object.members.flatMap {
        $0.value.differences(from: .text(rule), at: JSONPath.member($0.key, of: path))
      }
    case (.nullable, .null): return []
    case (.nullable(let schema), _): return differences(from: schema, at: path)
    case (.object(let schema), .object(let object)), (.objectOrFalse(let schema), .object(let object)):
      return object.differences(from: schema, at: path)
    case (_, _): return no("is \(kind), but must be \(schema.singular)")
    }
  }

  /// Replies contain moments, never days; and none of them is at the beginning of 1970.
  private static func moment(_ text: String) -> String? {
    guard let instant = Timestamp.read(text, allowsDay: false), instant.description == text else {
      return "is \(text), not a moment in UTC with milliseconds"
    }
    return instant.microseconds == 0 ? "was never set" : nil
  }
}

extension JSONObject {
  fileprivate func differences(from schema: ObjectSchema, at path: String) -> [String] {
    var differences: [String] = []
    for field in schema.fields {
      let place = JSONPath.member(field.name, of: path)
      if let value = self[field.name] {
        differences += value.differences(from: field.schema, at: place)
      } else if field.isRequired {
        differences.append("\(place) is missing")
      }
    }
    let known = Set(schema.fields.map(\.name))
    for name in keys where !known.contains(name) {
      differences.append("\(JSONPath.member(name, of: path)) is not declared")
    }
    return differences
  }
}
