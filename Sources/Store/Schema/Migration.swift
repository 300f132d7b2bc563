package import Core
import Foundation

/// One step of the schema. Steps are only ever added; one that has been released never changes. Tests hold
/// the text of each in `Tests/StoreTests/Fixtures`.
struct Migration {
  let version: Int64
  let statements: [SQL]
  /// Run after `statements`, on PostgreSQL only.
  var postgres: [SQL] = []

  static let all: [Migration] = [
    .spine, .listing, .submission, .reporting, .webhooks, .templates, .lists,
  ]
}

extension Store {
  func migrate() async throws {
    // Two nodes that start together take turns; the number is any constant of ours. The second one has
    // to see what the first has done meanwhile.
    try await write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      if tx.engine == .postgres { try tx.execute("SELECT pg_advisory_xact_lock(4715)") }
      try tx.execute(
        "CREATE TABLE IF NOT EXISTS schema_migration (version BIGINT PRIMARY KEY)")
      let applied = Set(try tx.rows("SELECT version FROM schema_migration") { try $0.integer("version") })
      let known = Migration.all.map(\.version)
      if let future = applied.max(), let newest = known.max(), future > newest {
        throw Problem.fromFuture(found: future, known: newest)
      }
      for migration in Migration.all where !applied.contains(migration.version) {
        for statement in migration.statements { try tx.execute(statement) }
        if tx.engine == .postgres { for statement in migration.postgres { try tx.execute(statement) } }
        try tx.execute("INSERT INTO schema_migration (version) VALUES ($1)", migration.version)
      }
    }
  }

  /// - Throws: `store.missing` for a database without our tables.
  func expectSchema(at location: StoreLocation) async throws {
    let isThere = try await read { (tx: borrowing Transaction) in
      let table: SQL =
        switch tx.engine {
        case .sqlite: "SELECT name FROM sqlite_master WHERE name = 'schema_migration'"
        case .postgres: "SELECT 1 AS name WHERE to_regclass('schema_migration') IS NOT NULL"
        }
      return try tx.row(table) { _ in true } ?? false
    }
    guard isThere else { throw Problem.storeMissing(location) }
  }
}

extension StoreLocation {
  /// - Throws: `store.missing` for a file that is not there; opening would make it.
  package func expectFile() throws(Problem) {
    if case .sqlite(let path) = self, access(path, F_OK) != 0 { throw .storeMissing(self) }
  }
}

extension Problem {
  /// Does not quote a URL, which may hold a password.
  fileprivate static func storeMissing(_ location: StoreLocation) -> Problem {
    let summary =
      switch location {
      case .sqlite(let path): "There is no database of Heliograph at \(URL(filePath: path).path)."
      case .postgres: "The PostgreSQL database has no tables of Heliograph."
      }
    return Problem(
      .storeMissing, summary,
      remedy:
        "Start `heliograph serve` once, which makes it, or name the data folder of the gateway with --data "
        + "(HELIOGRAPH_DATA), its database with HELIOGRAPH_DATABASE_URL.")
  }
}
