import Core

/// A statement, or a part of one, in the SQL that SQLite and PostgreSQL share, with `$1`, `$2`, ... for its
/// arguments.
///
/// Made from literals, from other `SQL` and from the numbers of our own enumerations only: a value cannot get
/// into the text, so there is nothing to inject into. Statements that run often are stored (`static let`), so
/// that their text is put together once.
struct SQL: ExpressibleByStringInterpolation, Hashable, Sendable {
  let text: String

  init(stringLiteral literal: StaticString) {
    text = literal.description
  }

  init(stringInterpolation: Interpolation) {
    text = stringInterpolation.text
  }

  /// For texts that are part of the program without being literals: the fixtures of tests, counted
  /// placeholders.
  init(trusted text: String) {
    self.text = text
  }

  static func + (lhs: SQL, rhs: SQL) -> SQL { SQL(trusted: lhs.text + rhs.text) }

  struct Interpolation: StringInterpolationProtocol {
    fileprivate var text = ""

    init(literalCapacity: Int, interpolationCount: Int) {}

    mutating func appendLiteral(_ literal: StaticString) { text += literal.description }
    mutating func appendInterpolation(_ part: SQL) { text += part.text }
    /// A state, as the number that represents it in its column. Partial indexes need it in the text.
    mutating func appendInterpolation(_ value: some RawRepresentable<Int64>) {
      text += String(value.rawValue)
    }
  }
}

/// A value as both databases store it. Instants are microseconds, booleans 0 and 1.
enum SQLValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case text(String)
  case bytes([UInt8])

  /// Whether it is a text with a zero byte, which PostgreSQL cannot store and SQLite would cut.
  var holdsZero: Bool {
    if case .text(let text) = self { text.utf8.contains(0) } else { false }
  }
}

/// What may be bound to `$1` in a statement.
protocol SQLEncodable: Sendable {
  var sqlValue: SQLValue { get }
}

extension SQLValue: SQLEncodable { var sqlValue: SQLValue { self } }
extension Int: SQLEncodable { var sqlValue: SQLValue { .integer(Int64(self)) } }
extension Int64: SQLEncodable { var sqlValue: SQLValue { .integer(self) } }
extension Bool: SQLEncodable { var sqlValue: SQLValue { .integer(self ? 1 : 0) } }
extension String: SQLEncodable { var sqlValue: SQLValue { .text(self) } }
extension [UInt8]: SQLEncodable { var sqlValue: SQLValue { .bytes(self) } }
extension Instant: SQLEncodable { var sqlValue: SQLValue { .integer(microseconds) } }
extension Identifier: SQLEncodable { var sqlValue: SQLValue { .text(rawValue) } }
extension Optional: SQLEncodable where Wrapped: SQLEncodable {
  var sqlValue: SQLValue { self?.sqlValue ?? .null }
}

/// One row of a result, read by column name. A column that is missing or of another type is a bug
/// and throws `Problem.malformedRow`.
struct Row {
  let columns: Columns
  let values: [SQLValue]

  subscript(_ name: String) -> SQLValue {
    get throws {
      guard let position = columns.positions[name] else { throw Problem.malformedRow(column: name) }
      return values[position]
    }
  }

  func integer(_ name: String) throws -> Int64 { try required(name, optionalInteger) }
  func text(_ name: String) throws -> String { try required(name, optionalText) }
  func bytes(_ name: String) throws -> [UInt8] { try required(name, optionalBytes) }
  func bool(_ name: String) throws -> Bool { try integer(name) != 0 }
  func instant(_ name: String) throws -> Instant { Instant(microseconds: try integer(name)) }
  func identifier<Kind>(_ name: String) throws -> Identifier<Kind> { Identifier(try text(name)) }

  func optionalInteger(_ name: String) throws -> Int64? {
    switch try self[name] {
    case .null: nil
    case .integer(let value): value
    default: throw Problem.malformedRow(column: name)
    }
  }

  func optionalText(_ name: String) throws -> String? {
    switch try self[name] {
    case .null: nil
    case .text(let value): value
    default: throw Problem.malformedRow(column: name)
    }
  }

  func optionalBytes(_ name: String) throws -> [UInt8]? {
    switch try self[name] {
    case .null: nil
    case .bytes(let value): value
    default: throw Problem.malformedRow(column: name)
    }
  }

  func optionalInstant(_ name: String) throws -> Instant? {
    try optionalInteger(name).map(Instant.init(microseconds:))
  }

  func optionalIdentifier<Kind>(_ name: String) throws -> Identifier<Kind>? {
    try optionalText(name).map(Identifier.init)
  }

  private func required<Value>(_ name: String, _ read: (String) throws -> Value?) throws -> Value {
    guard let value = try read(name) else { throw Problem.malformedRow(column: name) }
    return value
  }
}

/// The column names of one statement's result, shared by all its rows.
final class Columns: Sendable {
  let positions: [String: Int]

  init(_ names: [String]) {
    positions = Dictionary(zip(names, names.indices), uniquingKeysWith: { first, _ in first })
  }
}
