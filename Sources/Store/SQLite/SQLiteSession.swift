import Foundation
import GRDB
import Synchronization

/// GRDB's connection while we are on its thread. Unchecked because it moves with that thread: `database` is
/// set only inside `using`, which GRDB runs on the connection's own queue.
final class SQLiteSession: Session, @unchecked Sendable {
  var engine: EngineKind { .sqlite }
  var failure: (any Error)?

  private var database: Database?
  private var placeholders: [SQL: String] = [:]
  private var columns: [SQL: Columns] = [:]

  func using<Value>(_ database: Database, _ body: () throws -> Value) rethrows -> Value {
    self.database = database
    defer { self.database = nil }
    return try body()
  }

  func run(_ sql: SQL, _ arguments: [SQLValue], _ body: (Row) throws -> Void) throws -> Int {
    guard let database else { throw StoreProblem.closed }
    do {
      let statement = try database.cachedStatement(sql: text(of: sql))
      let values = StatementArguments(arguments.map(\.databaseValue))
      if statement.columnCount == 0 {
        try statement.execute(arguments: values)
      } else {
        let columns = columns(of: sql, statement)
        let cursor = try GRDB.Row.fetchCursor(statement, arguments: values)
        while let row = try cursor.next() {
          try body(Row(columns: columns, values: row.databaseValues.map(SQLValue.init)))
        }
      }
      return database.changesCount
    } catch let error as DatabaseError {
      throw StoreProblem(error)
    }
  }

  func recover(from error: any Error) -> Recovery {
    if let database, database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
    return .rolledBack
  }

  func pause(before attempt: Int) {}

  /// SQLite reads `$1` as a name and numbers names by their first appearance; `?1` means what PostgreSQL's
  /// `$1` means.
  private func text(of sql: SQL) -> String {
    if let known = placeholders[sql] { return known }
    let rewritten = Self.questionMarks(in: sql.text)
    placeholders[sql] = rewritten
    return rewritten
  }

  static func questionMarks(in text: String) -> String {
    var quoted = false
    return String(
      text.map { character in
        if character == "'" { quoted.toggle() }
        return character == "$" && !quoted ? "?" : character
      })
  }

  private func columns(of sql: SQL, _ statement: Statement) -> Columns {
    if let known = columns[sql] { return known }
    let made = Columns(statement.columnNames)
    columns[sql] = made
    return made
  }
}

extension SQLValue {
  fileprivate init(_ value: DatabaseValue) {
    self =
      switch value.storage {
      case .null: .null
      case .int64(let integer): .integer(integer)
      case .double(let double): .integer(Int64(double))
      case .string(let text): .text(text)
      case .blob(let data): .bytes([UInt8](data))
      }
  }

  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let integer): integer.databaseValue
    case .text(let text): text.databaseValue
    case .bytes(let bytes): Data(bytes).databaseValue
    }
  }
}

extension StoreProblem {
  /// Reads SQLite's result code; its message may quote values and is left out, except the constraint's name.
  init(_ error: DatabaseError) {
    self =
      switch error.resultCode {
      case .SQLITE_FULL: .full("the database")
      case .SQLITE_CONSTRAINT: .conflict(error.message ?? "constraint")
      case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_NOMEM,
        .SQLITE_PERM, .SQLITE_AUTH:
        .unavailable("SQLite result \(error.extendedResultCode.rawValue)")
      case .SQLITE_CORRUPT, .SQLITE_NOTADB:
        .unavailable("the file is damaged or is not a database (SQLite result \(error.resultCode.rawValue))")
      default: .failed("SQLite result \(error.extendedResultCode.rawValue), \(error.message ?? "no message")")
      }
  }
}
