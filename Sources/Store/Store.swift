package import Core

/// The database: every durable thing Heliograph knows, in SQLite or PostgreSQL behind one `Transaction`.
package struct Store: Sendable {
  let database: any Engine
  private let appends = Signal()

  /// Opens the database, or makes it, and brings its schema up to date.
  ///
  /// - Parameter mustExist: Whether only a database that is there is opened.
  /// - Throws: `Problem` with `store.fromFuture` for a database that a newer Heliograph has written, or
  ///   `store.missing`.
  package init(_ location: StoreLocation, mustExist: Bool = false) async throws {
    if mustExist { try location.expectFile() }
    database =
      switch location {
      case .sqlite(let path): try SQLiteEngine(path: path)
      case .postgres(let url, let connections): try PostgresEngine(url: url, connections: connections)
      }
    do {
      if mustExist { try await expectSchema(at: location) }
      try await migrate()
    } catch {
      await database.close()
      throw error
    }
  }

  /// Uses a database that is open and up to date.
  init(database: any Engine) {
    self.database = database
  }

  /// Tells that this process has committed an event; one that comes while the reader is busy waits for it.
  package var appendedEvents: AsyncStream<Void> { appends.stream() }

  package var engine: EngineKind { database.kind }

  /// Runs `body` in one transaction: commits when it returns, rolls back when it throws. It may run more than
  /// once, so it has no effect but its statements, and takes identifiers and instants from outside.
  ///
  /// Returns when the commit is on disk. A body in which a statement failed is not committed, even when it
  /// caught the error.
  @discardableResult
  package func write<Value: Sendable>(
    isolation: Isolation = .serializable,
    _ body: @escaping @Sendable (borrowing Transaction) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation {
      database.write(Job(body, $0, onAppend: { [appends] in appends.send() }), isolation)
    }
  }

  /// Runs `body` on one snapshot of the database; a statement that writes fails.
  package func read<Value: Sendable>(
    _ body: @escaping @Sendable (borrowing Transaction) throws -> Value
  ) async throws -> Value {
    try await withCheckedThrowingContinuation { database.read(Job(body, $0)) }
  }

  /// Lets accepted transactions finish and refuses new ones.
  package func close() async {
    await database.close()
  }
}

/// Where the database is.
package enum StoreLocation: Sendable {
  /// A file; its folder must exist.
  case sqlite(path: String)
  /// `postgres://user:password@host:port/database`, or any other libpq connection URI. Four to eight
  /// connections are best; a pooler between must leave each its own session.
  case postgres(url: Secret, connections: Int = 6)
}
