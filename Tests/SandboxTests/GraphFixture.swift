import Foundation
import JSON

@testable import Sandbox

/// A JSON shape as Microsoft documents it, written by hand and not by our encoder.
enum GraphFixture {
  static func text(_ name: String) throws -> String {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name).json")
    return try String(contentsOf: file, encoding: .utf8)
  }

  static func json(_ name: String) throws -> JSONValue { try JSONValue(parsing: text(name)) }

  /// Where `answer` lacks a member of `shape`, or has one of another type. An array's first element stands
  /// for all of it, and `null` for any type.
  static func differences(_ answer: JSONValue, from shape: JSONValue, at path: String = "") -> [String] {
    switch (answer, shape) {
    case (_, .null), (.string, .string), (.number, .number), (.bool, .bool): return []
    case (.array(let values), .array(let shapes)):
      guard let value = values.first, let shape = shapes.first else { return [] }
      return differences(value, from: shape, at: path + "[0]")
    case (.object, .object(let object)):
      return object.members.flatMap { member in
        guard let value = answer[member.key] else { return ["\(path).\(member.key) is missing"] }
        return differences(value, from: member.value, at: path + "." + member.key)
      }
    default: return ["\(path) is of another type"]
    }
  }
}
