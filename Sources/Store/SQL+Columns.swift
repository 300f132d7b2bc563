extension SQL {
  /// `INSERT INTO table (columns) VALUES ($1, ...)`, one argument for each column in the order of `columns`,
  /// which is the list that `SELECT` and `RETURNING` use: `"workspace, id, created"`.
  static func insert(into table: SQL, columns: SQL) -> SQL {
    "INSERT INTO \(table) (\(columns)) VALUES (\(placeholders(1...columns.names.count)))"
  }

  /// `"name = excluded.name, ..."` for `ON CONFLICT ... DO UPDATE SET`, of all columns but those.
  func excluded(except kept: Set<String>) -> SQL {
    SQL(
      trusted: names.filter { !kept.contains($0) }.map { "\($0) = excluded.\($0)" }.joined(separator: ", "))
  }

  static func placeholders(_ numbers: ClosedRange<Int>) -> SQL {
    SQL(trusted: numbers.map { "$\($0)" }.joined(separator: ", "))
  }

  /// `LIKE ... ESCAPE '!'` finds `text` anywhere; `!` escapes what it would treat as a placeholder.
  static func pattern(containing text: String) -> String {
    "%" + text.replacing("!", with: "!!").replacing("%", with: "!%").replacing("_", with: "!_") + "%"
  }

  private var names: [String] {
    text.split(separator: ",").map { String($0.trimming(while: \.isWhitespace)) }
  }
}

extension Substring {
  fileprivate func trimming(while isTrimmed: (Character) -> Bool) -> Substring {
    var rest = drop(while: isTrimmed)
    while let last = rest.last, isTrimmed(last) { rest.removeLast() }
    return rest
  }
}

/// A statement whose text depends on the engine, because it reads the database's clock or locks rows.
/// Everything else is one text for both.
struct EngineSQL: Sendable {
  private let sqlite: SQL
  private let postgres: SQL

  init(_ make: (EngineKind) -> SQL) {
    sqlite = make(.sqlite)
    postgres = make(.postgres)
  }

  subscript(engine: EngineKind) -> SQL {
    switch engine {
    case .sqlite: sqlite
    case .postgres: postgres
    }
  }
}

extension EngineKind {
  /// The database's clock, in microseconds since 1970. Leases are measured by it alone, so that nodes whose
  /// clocks differ agree on when one has run out.
  var clock: SQL {
    switch self {
    // Debian 12's SQLite has no `unixepoch('subsec')` yet; its clock has milliseconds.
    case .sqlite: "CAST(ROUND((julianday('now') - 2440587.5) * 86400000) AS INTEGER) * 1000"
    case .postgres: "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
    }
  }
}
