import Core

/// One step of the schema. Steps are only ever added; one that has been released never changes. Tests hold
/// the text of each in `Tests/StoreTests/Fixtures`.
struct Migration {
  let version: Int64
  let statements: [SQL]
  /// Run after `statements`, on PostgreSQL only.
  var postgres: [SQL] = []

  static let all: [Migration] = [.spine]
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
}
