package import Core

/// One transaction, lent to a closure. It can be neither kept nor awaited across, so a body is synchronous
/// and ends with its commit.
///
/// Write the closure's parameter with its type, `{ (tx: borrowing Transaction) in ... }`: a capture that
/// escapes is then a message and not a crash of the compiler.
package struct Transaction: ~Copyable {
  let session: any Session

  // Inlined, it crashes the optimiser of Swift 6.3 (`-O` only).
  @inline(never)
  init(session: any Session) {
    self.session = session
  }

  package var engine: EngineKind { session.engine }

  /// Runs a statement and returns how many rows it changed.
  @discardableResult
  func execute(_ sql: SQL, _ arguments: any SQLEncodable...) throws -> Int {
    try run(sql, arguments).changed
  }

  /// The same, for a statement whose arguments are counted.
  @discardableResult
  func execute(_ sql: SQL, _ arguments: [any SQLEncodable]) throws -> Int {
    try run(sql, arguments).changed
  }

  /// All rows, in the order of the statement's `ORDER BY`; `RETURNING` has none.
  func rows<Value>(_ sql: SQL, _ arguments: any SQLEncodable..., as make: (Row) throws -> Value) throws
    -> [Value]
  {
    try run(sql, arguments).rows.map(make)
  }

  /// The same, for a statement whose arguments are counted.
  func rows<Value>(_ sql: SQL, _ arguments: [any SQLEncodable], as make: (Row) throws -> Value) throws
    -> [Value]
  {
    try run(sql, arguments).rows.map(make)
  }

  /// The first row, or `nil` when there is none.
  func row<Value>(_ sql: SQL, _ arguments: any SQLEncodable..., as make: (Row) throws -> Value) throws
    -> Value?
  {
    try run(sql, arguments).rows.first.map(make)
  }

  private func run(_ sql: SQL, _ arguments: [any SQLEncodable]) throws -> Outcome {
    // PostgreSQL answers COMMIT of a failed transaction with success and keeps nothing; SQLite may have
    // rolled back and would take what follows for transactions of its own. So nothing follows a failure.
    if let failure = session.failure { throw failure }
    do {
      let values = arguments.map(\.sqlValue)
      guard !values.contains(where: \.holdsZero) else { throw Problem.zeroInText }
      return try session.run(sql, values)
    } catch {
      session.failure = error
      throw error
    }
  }
}

extension Transaction {
  /// What time it is for the database, and so for every node that uses it. Leases are measured by it.
  package func databaseNow() throws -> Instant {
    guard let now = try row("SELECT \(engine.clock) AS now", as: { try $0.instant("now") }) else {
      throw Problem.malformedRow(column: "now")
    }
    return now
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
