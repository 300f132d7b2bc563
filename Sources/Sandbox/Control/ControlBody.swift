import Hummingbird

/// The JSON object of a control request, read strictly: a field that nobody asks for and a value of another
/// type are refused by name, and nothing is done.
struct ControlBody {
  private var members: [String: JSON] = [:]

  init(_ request: Request) async throws {
    let bytes = Array(
      try await request.body.collect(upTo: RequestLogMiddleware.maximumBody).readableBytesView)
    guard !bytes.isEmpty else { return }
    guard let json = try? JSON(parsing: bytes), case .object(let list) = json else {
      throw HTTPError(.badRequest, message: "The body is no JSON object.")
    }
    for member in list where member.value != .null { members[member.name] = member.value }
  }

  private init?(_ json: JSON) {
    guard case .object(let list) = json else { return nil }
    for member in list where member.value != .null { members[member.name] = member.value }
  }

  mutating func string(_ name: String) throws -> String? {
    try take(name, "a string") { if case .string(let text) = $0 { text } else { nil } }
  }

  mutating func strings(_ name: String) throws -> [String]? {
    try take(name, "a list of strings") { json in
      guard case .array(let list) = json else { return nil }
      let texts = list.compactMap { if case .string(let text) = $0 { text } else { nil } }
      return texts.count == list.count ? texts : nil
    }
  }

  /// Each read as if it stood alone.
  mutating func objects(_ name: String) throws -> [ControlBody]? {
    try take(name, "a list of objects") { json in
      guard case .array(let list) = json else { return nil }
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
    return try take(name, "one of \(names)") { json in
      if case .string(let text) = json { Value(rawValue: text) } else { nil }
    }
  }

  mutating func bool(_ name: String) throws -> Bool? {
    try take(name, "true or false") { if case .bool(let flag) = $0 { flag } else { nil } }
  }

  mutating func integer(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
    try take(name, "a whole number from \(range.lowerBound) to \(range.upperBound)") {
      guard case .number(let number) = $0, let integer = Int(exactly: number), range.contains(integer) else {
        return nil
      }
      return integer
    }
  }

  mutating func number(_ name: String, in range: ClosedRange<Double>) throws -> Double? {
    try take(name, "a number from \(range.lowerBound) to \(range.upperBound)") {
      guard case .number(let number) = $0, range.contains(number) else { return nil }
      return number
    }
  }

  /// Refuses what is left.
  func finish(known: [String]) throws {
    guard let unknown = members.keys.min() else { return }
    throw HTTPError(
      .badRequest, message: "There is no field '\(unknown)' here; known are \(known.joined(separator: ", "))."
    )
  }

  private mutating func take<Value>(_ name: String, _ wanted: String, _ read: (JSON) -> Value?) throws
    -> Value?
  {
    guard let json = members.removeValue(forKey: name) else { return nil }
    guard let value = read(json) else {
      throw HTTPError(.badRequest, message: "'\(name)' has to be \(wanted).")
    }
    return value
  }
}
