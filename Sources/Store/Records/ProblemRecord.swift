package import Core
import Foundation

/// A problem as it is stored: its text, and when it happened. Like the problem itself it contains no secret.
package struct ProblemRecord: Sendable, Hashable, Codable {
  /// `area.reason`.
  package var code: String
  package var summary: String
  package var remedy: String?
  package var status: Int?
  package var peerCode: String?
  package var requestID: String?
  package var actor: Responsible?
  package var link: String?
  private var scopeWord: String
  private var microseconds: Int64

  package init(_ problem: Problem, at now: Instant) {
    code = problem.code.rawValue
    summary = problem.summary
    remedy = problem.remedy
    status = problem.origin?.status
    peerCode = problem.origin?.code
    requestID = problem.origin?.requestID
    actor = problem.actor
    link = problem.link
    scopeWord = problem.scope.rawValue
    microseconds = now.microseconds
  }

  /// What has to wait; `nil` for a scope of a newer version.
  package var scope: Scope? { Scope(rawValue: scopeWord) }
  /// The code that the API and the events show.
  package var apiCode: String { ProblemCode(rawValue: code)?.apiCode ?? code }
  package var occurred: Instant { Instant(microseconds: microseconds) }
}

extension ProblemRecord: SQLEncodable {
  var sqlValue: SQLValue {
    // Strings and integers always encode.
    guard let json = try? JSONEncoder().encode(self) else { return .null }
    return .text(String(decoding: json, as: UTF8.self))
  }
}

extension Row {
  func optionalProblem(_ name: String) throws -> ProblemRecord? {
    guard let text = try optionalText(name) else { return nil }
    do {
      return try JSONDecoder().decode(ProblemRecord.self, from: Data(text.utf8))
    } catch {
      throw Problem.malformedRow(column: name)
    }
  }

  /// A value of an enumeration that is stored by name.
  func value<Value: RawRepresentable<String>>(_ name: String, as _: Value.Type = Value.self) throws -> Value {
    guard let value = Value(rawValue: try text(name)) else { throw Problem.malformedRow(column: name) }
    return value
  }

  /// A list whose elements contain no space.
  func words(_ name: String) throws -> [String] {
    try text(name).split(separator: " ").map(String.init)
  }
}
