import Core
import Foundation

// Values that no statement looks into, as JSON in a column of text.
extension Row {
  /// `nil` for null.
  ///
  /// - Throws: `store.failed` for what cannot be read, so that it does not pass for nothing.
  func json<Value: Decodable>(_ name: String) throws -> Value? {
    guard let text = try optionalText(name) else { return nil }
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else {
      throw Problem.malformedRow(column: name)
    }
    return value
  }
}

extension Encodable {
  /// As `Row.json` reads it; `nil` only for a number that JSON does not have.
  var json: String? {
    (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
  }
}
