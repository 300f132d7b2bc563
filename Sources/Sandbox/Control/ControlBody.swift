import Foundation
import Hummingbird
import JSON

/// The fields of a control request, read strictly: an unknown one, and a value of another kind, are refused by name,
/// and nothing is done. They come from a program as a JSON object, in which `null` means a field that is not given, or
/// from a page as a form.
struct ControlBody {
  private var members: [String: JSONValue] = [:]
  /// Whether every value is a text, from which numbers and switches are read.
  private var isForm = false

  /// An empty body means an empty object.
  init(_ request: Request) async throws {
    let bytes = try await request.body.collect(upTo: RequestLogMiddleware.maximumBody).readableBytesView
    guard !bytes.isEmpty else { return }
    let json: JSONValue
    do throws(JSONError) {
      json = try JSONValue(parsing: bytes, limits: .request)
    } catch {
      throw ControlRefusal("The body is not a JSON object: \(error).")
    }
    guard let body = ControlBody(json) else {
      throw ControlRefusal("The body is not a JSON object but \(json.kind).")
    }
    self = body
  }

  /// - Parameter emptyIsAbsent: a field that was left empty is not given.
  init(form: FormFields, emptyIsAbsent: Bool) {
    isForm = true
    for field in form.fields {
      let text = field.value.trimmingCharacters(in: .whitespacesAndNewlines)
      if !text.isEmpty || !emptyIsAbsent { members[field.name] = .string(text) }
    }
  }

  private init?(_ json: JSONValue) {
    guard let object = json.object else { return nil }
    for member in object.members { members[member.key] = member.value }
  }

  mutating func string(_ name: String) throws -> String? {
    try take(name, "a string", \.string)
  }

  mutating func strings(_ name: String) throws -> [String]? {
    try take(name, "a list of strings") { json in
      guard let list = json.array else { return nil }
      let texts = list.compactMap(\.string)
      return texts.count == list.count ? texts : nil
    }
  }

  /// Each read as if it stood alone.
  mutating func objects(_ name: String) throws -> [ControlBody]? {
    try take(name, "a list of objects") { json in
      guard let list = json.array else { return nil }
      let objects = list.compactMap(ControlBody.init)
      return objects.count == list.count ? objects : nil
    }
  }

  mutating func object(_ name: String) throws -> ControlBody? {
    try take(name, "an object", ControlBody.init)
  }

  mutating func choice<Value: RawRepresentable & CaseIterable>(_ name: String) throws -> Value?
  where Value.RawValue == String {
    let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
    return try take(name, "one of \(names)") { $0.string.flatMap(Value.init(rawValue:)) }
  }

  mutating func bool(_ name: String) throws -> Bool? {
    try take(name, "true or false") { [isForm] json in
      json.bool ?? (isForm ? json.string.flatMap { Bool($0) } : nil)
    }
  }

  mutating func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    try take(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") { [isForm] json in
      let number = json.int64 ?? (isForm ? json.string.flatMap { Int64($0) } : nil)
      guard let integer = number.flatMap(Int.init(exactly:)), range.contains(integer) else { return nil }
      return integer
    }
  }

  mutating func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
    try take(name, "a number from \(range.lowerBound) to \(range.upperBound)") { [isForm] json in
      let number = json.double ?? (isForm ? json.string.flatMap { Double($0) } : nil)
      guard let number, range.contains(number) else { return nil }
      return number
    }
  }

  /// Refuses what is left.
  func finish(known: [String]) throws {
    guard let unknown = members.keys.min() else { return }
    throw ControlRefusal(
      known.isEmpty
        ? "There is no field '\(unknown)' here; this request has none."
        : "There is no field '\(unknown)' here; the known ones are \(known.joined(separator: ", ")).")
  }

  private mutating func take<Value>(
    _ name: String, _ wanted: String, _ read: (JSONValue) -> Value?
  ) throws -> Value? {
    guard let json = members.removeValue(forKey: name), !json.isNull else { return nil }
    guard let value = read(json) else {
      throw ControlRefusal("'\(name)' must be \(wanted).", field: name)
    }
    return value
  }
}

/// Why a control request is refused: 400 with this message.
struct ControlRefusal: Error, HTTPResponseError {
  var message: String
  /// The one that is at fault; `nil` if it is not one alone.
  var field: String?

  init(_ message: String, field: String? = nil) {
    self.message = message
    self.field = field
  }

  var status: HTTPResponse.Status { .badRequest }

  func response(from request: Request, context: some RequestContext) throws -> Response {
    try HTTPError(status, message: message).response(from: request, context: context)
  }
}
