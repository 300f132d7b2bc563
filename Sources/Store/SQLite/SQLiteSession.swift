import Core
import Foundation
import GRDB

/// GRDB's connection for as long as we are on its thread.
final class SQLiteSession: Session {
  var engine: EngineKind { .sqlite }
  var failure: (any Error)?
  var hasAppended = false

  private let database: Database
  private let texts: SQLiteTexts

  init(_ database: Database, _ texts: SQLiteTexts) {
    self.database = database
    self.texts = texts
  }

  func run(_ sql: SQL, _ arguments: [SQLValue]) throws -> Outcome {
    do {
      let statement = try database.cachedStatement(sql: texts.text(of: sql))
      // As existentials: for a list of one type GRDB makes a key path each time.
      let values = StatementArguments(arguments.map { $0.databaseValue as (any DatabaseValueConvertible)? })
      let before = database.totalChangesCount
      var outcome = Outcome()
      if statement.columnCount == 0 {
        try statement.execute(arguments: values)
      } else {
        let columns = texts.columns(of: sql, statement)
        let cursor = try GRDB.Row.fetchCursor(statement, arguments: values)
        while let row = try cursor.next() {
          outcome.rows.append(Row(columns: columns, values: try row.databaseValues.map(SQLValue.init)))
        }
      }
      // SQLite's count stays what it was when a statement changes nothing.
      if database.totalChangesCount != before { outcome.changed = database.changesCount }
      return outcome
    } catch let error as DatabaseError {
      throw Problem(error)
    }
  }

  func recover(from error: any Error) -> Recovery {
    if database.isInsideTransaction { try? database.execute(sql: "ROLLBACK") }
    return (error as? Problem)?.code == .storeUnavailable ? .diskFailed : .rolledBack
  }

  func pause(before attempt: Int, _ recovery: Recovery) {}
}

extension SQLValue {
  fileprivate init(_ value: DatabaseValue) throws {
    self =
      switch value.storage {
      case .null: .null
      case .int64(let integer): .integer(integer)
      case .double: throw Problem.storeFailed("a result of type REAL")
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

extension Problem {
  /// Reads SQLite's result code. Its message names tables and columns and quotes no value.
  init(_ error: DatabaseError) {
    let message = error.message ?? "no message"
    self =
      switch error.resultCode {
      case .SQLITE_FULL: .storeFull
      case .SQLITE_BUSY, .SQLITE_LOCKED: .storeLocked
      case .SQLITE_CONSTRAINT where error.extendedResultCode != .SQLITE_CONSTRAINT_NOTNULL:
        .storeConflict(message)
      case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_NOMEM, .SQLITE_PERM, .SQLITE_AUTH:
        .storeUnavailable("SQLite result \(error.extendedResultCode.rawValue), \(message)")
      case .SQLITE_CORRUPT, .SQLITE_NOTADB: .storeUnavailable("the file is damaged or is not a database")
      default: .storeFailed("SQLite result \(error.extendedResultCode.rawValue), \(message)")
      }
  }
}
