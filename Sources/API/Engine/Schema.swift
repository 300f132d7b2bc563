import JSON

/// What a value may be, as data: the documentation, the check of replies and the streaming of bodies are
/// taken from it.
enum Schema: Sendable {
  case flag
  case integer(ClosedRange<Int64>)
  case text(TextRule)
  case words([String])
  /// `isShown`: in a reply it is shown, not masked.
  case secret(TextRule, isShown: Bool)
  /// RFC 3339; a day too, where that is allowed.
  case date(allowsDay: Bool)
  case momentOrFalse
  /// Base64 of any length.
  case content
  /// `takesOne`: one element is accepted without the list.
  indirect case list(Schema, count: ClosedRange<Int>, takesOne: Bool)
  /// An object with texts under names that are the sender's.
  case texts(count: ClosedRange<Int>, name: TextRule, value: TextRule)
  case anyObject
  case object(ObjectSchema)
  case objectOrFalse(ObjectSchema)
  /// Where `null` differs from leaving it out.
  indirect case nullable(Schema)

  /// For a message: "must be …".
  var singular: String {
    switch self {
    case .flag: "true or false"
    case .integer: "a whole number"
    case .text, .words, .secret, .date, .content, .momentOrFalse: "a string"
    case .list: "a list"
    case .texts, .anyObject, .object: "an object"
    case .objectOrFalse: "an object or false"
    case .nullable(let schema): schema.singular + " or null"
    }
  }

  /// The object that it is, or that its elements are.
  var object: ObjectSchema? {
    switch self {
    case .object(let object), .objectOrFalse(let object): object
    case .list(let element, _, _): element.object
    case .nullable(let schema): schema.object
    case .flag, .integer, .text, .words, .secret, .date, .momentOrFalse, .content, .texts, .anyObject: nil
    }
  }

  /// For a message: "a list of …".
  var plural: String {
    switch self {
    case .flag: "true and false"
    case .integer: "whole numbers"
    case .text, .words, .secret, .date, .content, .momentOrFalse: "strings"
    case .list: "lists"
    case .texts, .anyObject, .object, .objectOrFalse: "objects"
    case .nullable(let schema): schema.plural + " and nulls"
    }
  }
}

/// A table as data.
struct ObjectSchema: Sendable {
  /// The component in `openapi.json`.
  let name: String
  let summary: String
  let fields: [FieldDescription]
  /// Names that the vocabulary has and this version does not support.
  let unsupported: [String]
}

/// One field of a table as data.
struct FieldDescription: Sendable {
  let name: String
  let summary: String
  let schema: Schema
  let isRequired: Bool
  /// What leaving it out means, as JSON text; `nil` when that is nothing.
  let defaultText: [UInt8]?

  /// Whether `null` is a value of it; else it says the same as leaving the field out.
  var takesNull: Bool {
    if case .nullable = schema { true } else { false }
  }

  /// Whether it means the same in a query or a form as without the name: all but a flag need a value.
  func isLeftOut(_ value: JSONValue) -> Bool {
    guard case .string("") = value else { return false }
    if case .flag = schema { return false }
    return true
  }
}
