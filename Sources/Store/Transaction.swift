import Core

/// One transaction, lent to a closure. It can be neither kept nor awaited across, so a body is synchronous
/// and ends with its commit.
///
/// Write the closure's parameter with its type, `{ (tx: borrowing Transaction) in ... }`: a capture that
/// escapes is then a message and not a crash of the compiler.
package struct Transaction: ~Copyable {
  private let session: any Session

  init(session: any Session) {
    self.session = session
  }

  package var engine: EngineKind { session.engine }

  /// Runs a statement and returns how many rows it changed.
  @discardableResult
  func execute(_ sql: SQL, _ arguments: any SQLEncodable...) throws -> Int {
    try run(sql, arguments) { _ in }
  }

  /// All rows, in the order of the statement's `ORDER BY`; `RETURNING` has none.
  @discardableResult
  func rows<Value>(_ sql: SQL, _ arguments: any SQLEncodable..., as make: (Row) throws -> Value) throws
    -> [Value]
  {
    var values: [Value] = []
    _ = try run(sql, arguments) { values.append(try make($0)) }
    return values
  }

  /// The first row, or `nil` when there is none.
  func row<Value>(_ sql: SQL, _ arguments: any SQLEncodable..., as make: (Row) throws -> Value) throws
    -> Value?
  {
    var value: Value?
    _ = try run(sql, arguments) { if value == nil { value = try make($0) } }
    return value
  }

  private func run(
    _ sql: SQL, _ arguments: [any SQLEncodable], _ body: (Row) throws -> Void
  ) throws -> Int {
    do {
      return try session.run(sql, arguments.map(\.sqlValue), body)
    } catch {
      // PostgreSQL answers COMMIT of a failed transaction with success and keeps nothing, so a body that
      // catches this error must not be told that it was committed. Both engines keep to that.
      session.failure = session.failure ?? error
      throw error
    }
  }
}

package enum EngineKind: Sendable, Hashable {
  case sqlite
  case postgres
}

/// How much of what others commit meanwhile a body may see. SQLite has one writer and needs neither.
package enum Isolation: Sendable {
  case serializable
  /// For hot bodies whose statements guard themselves (`UPDATE ... WHERE state = 1`, count checked).
  case readCommitted
}
