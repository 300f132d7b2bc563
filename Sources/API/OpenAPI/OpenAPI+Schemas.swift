import JSON

// Schemas (JSON Schema 2020-12, as OpenAPI 3.1.0 section 4.8.24 takes it over).
extension OpenAPI {
  /// One component.
  static func write(_ object: ObjectSchema, to json: inout JSONWriter) {
    json.object { json in
      json.member("type", "object")
      var summary = object.summary
      if !object.unsupported.isEmpty {
        summary += " Not supported yet: " + object.unsupported.map { "`\($0)`" }.joined(separator: ", ") + "."
      }
      json.member("description", summary)
      json.member("properties") { json in
        json.object { json in
          for field in object.fields {
            json.member(field.name) {
              write(field.schema, summary: field.summary, defaultText: field.defaultText, to: &$0)
            }
          }
        }
      }
      let required = object.fields.filter(\.isRequired).map(\.name)
      if !required.isEmpty {
        json.member("required") { json in json.list { for name in required { $0.string(name) } } }
      }
      json.member("additionalProperties", false)
    }
  }

  static func writeReference(to name: String, in json: inout JSONWriter) {
    json.object { writeReference(name, in: &$0) }
  }

  private static func writeReference(_ name: String, in json: inout JSONWriter) {
    json.member("$ref", "#/components/schemas/\(name)")
  }

  static func write(
    _ schema: Schema, summary: String? = nil, defaultText: [UInt8]? = nil, to json: inout JSONWriter
  ) {
    json.object { json in
      writeMembers(of: schema, to: &json)
      if let summary { json.member("description", summary) }
      if let defaultText { json.member("default") { $0.raw(defaultText) } }
    }
  }

  private static func writeMembers(of schema: Schema, to json: inout JSONWriter) {
    switch schema {
    case .flag: json.member("type", "boolean")
    case .integer(let range): write(range, to: &json)
    case .text(let rule): write(rule, format: rule.format?.name, to: &json)
    case .words(let words):
      json.member("type", "string")
      json.member("enum") { json in json.list { for word in words { $0.string(word) } } }
    case .secret(let rule, let isShown):
      write(rule, format: isShown ? rule.format?.name : "password", to: &json)
    case .date(allowsDay: false): writeMoment(to: &json)
    case .date(allowsDay: true):
      writeOne(
        of: { writeMoment(to: &$0) },
        or: { json in
          json.member("type", "string")
          json.member("format", "date")
        }, "anyOf", to: &json)
    case .momentOrFalse:
      writeOne(of: { writeMoment(to: &$0) }, or: writeFalse, "oneOf", to: &json)
    case .content:
      json.member("type", "string")
      json.member("contentEncoding", "base64")
    case .list(let element, let count, takesOne: false): write(element, count, to: &json)
    case .list(let element, let count, takesOne: true):
      writeOne(
        of: { writeMembers(of: element, to: &$0) }, or: { write(element, count, to: &$0) }, "oneOf", to: &json
      )
    case .texts(let count, let name, let value):
      json.member("type", "object")
      json.member("maxProperties", count.upperBound)
      json.member("propertyNames") { json in json.object { write(name, format: name.format?.name, to: &$0) } }
      json.member("additionalProperties") { json in
        json.object { write(value, format: value.format?.name, to: &$0) }
      }
    case .nullable(let schema):
      writeOne(
        of: { writeMembers(of: schema, to: &$0) }, or: { $0.member("type", "null") }, "anyOf", to: &json)
    case .anyObject: json.member("type", "object")
    case .object(let object): writeReference(object.name, in: &json)
    case .objectOrFalse(let object):
      writeOne(
        of: { writeReference(object.name, in: &$0) }, or: writeFalse, "oneOf", to: &json)
    }
  }

  private static func writeFalse(to json: inout JSONWriter) {
    json.member("type", "boolean")
    json.member("const", false)
  }

  private static func write(_ range: ClosedRange<Int64>, to json: inout JSONWriter) {
    json.member("type", "integer")
    if range.lowerBound > .min { json.member("minimum", range.lowerBound) }
    if range.upperBound < .max { json.member("maximum", range.upperBound) }
  }

  private static func write(_ rule: TextRule, format: String?, to json: inout JSONWriter) {
    json.member("type", "string")
    if rule.length.lowerBound > 0 { json.member("minLength", rule.length.lowerBound) }
    // A character has at least one byte.
    json.member("maxLength", rule.length.upperBound)
    if !rule.hasLines { json.member("pattern", #"^[^\u0000-\u001F\u007F-\u009F]*$"#) }
    if let format { json.member("format", format) }
  }

  private static func writeMoment(to json: inout JSONWriter) {
    json.member("type", "string")
    json.member("format", "date-time")
  }

  private static func write(_ element: Schema, _ count: ClosedRange<Int>, to json: inout JSONWriter) {
    json.member("type", "array")
    json.member("items") { write(element, to: &$0) }
    if count.lowerBound > 0 { json.member("minItems", count.lowerBound) }
    json.member("maxItems", count.upperBound)
  }

  private static func writeOne(
    of one: (inout JSONWriter) -> Void, or other: (inout JSONWriter) -> Void, _ keyword: String,
    to json: inout JSONWriter
  ) {
    json.member(keyword) { json in
      json.list {
        $0.object(one)
        $0.object(other)
      }
    }
  }
}
