import GRDB
import Synchronization

/// Each statement's text as SQLite reads it, and its columns, made once for all connections.
final class SQLiteTexts: Sendable {
  private struct Known {
    var texts: [SQL: String] = [:]
    var columns: [SQL: Columns] = [:]
  }

  private let known = Mutex(Known())

  func text(of sql: SQL) -> String {
    known.withLock { known in
      if let text = known.texts[sql] { return text }
      let text = Self.questionMarks(in: sql.text)
      known.texts[sql] = text
      return text
    }
  }

  func columns(of sql: SQL, _ statement: Statement) -> Columns {
    known.withLock { known in
      if let columns = known.columns[sql] { return columns }
      let columns = Columns(statement.columnNames)
      known.columns[sql] = columns
      return columns
    }
  }

  /// SQLite reads `$1` as a name and numbers names by their first appearance; `?1` means what PostgreSQL's
  /// `$1` means.
  static func questionMarks(in text: String) -> String {
    var quoted = false
    return String(
      text.map { character in
        if character == "'" { quoted.toggle() }
        return character == "$" && !quoted ? "?" : character
      })
  }
}
