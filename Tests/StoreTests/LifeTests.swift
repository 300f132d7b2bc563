import Core
import StoreTesting
import Testing

@testable import Store

/// Opening, migrating, closing and opening again.
@Suite struct LifeTests {
  @Test(arguments: StoreEngine.allCases)
  func `a new database has the schema and the default workspace`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let versions = try await store.read { (tx: borrowing Transaction) in
        try tx.rows("SELECT version FROM schema_migration ORDER BY version") { try $0.integer("version") }
      }
      #expect(versions == Migration.all.map(\.version))
      let workspaces = try await store.read { (tx: borrowing Transaction) in
        try tx.rows("SELECT id FROM workspace") { try $0.identifier("id") as WorkspaceID }
      }
      #expect(workspaces == [.default])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what was acknowledged is there after reopening`(engine: StoreEngine) async throws {
    try await withDatabase(engine) { database in
      for round in 1...3 {
        let store = try await database.open()
        try await store.write { (tx: borrowing Transaction) in try tx.insertSample("round \(round)") }
        await store.close()
      }
      let store = try await database.open()
      try await store.expectSamples(["round 1", "round 2", "round 3"])
      await store.close()
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a database from the future is refused and left as it is`(engine: StoreEngine) async throws {
    try await withDatabase(engine) { database in
      let store = try await database.open()
      try await store.write { (tx: borrowing Transaction) in
        try tx.execute("INSERT INTO schema_migration (version) VALUES ($1)", 1_000_000)
      }
      await store.close()
      let problem = await #expect(throws: Problem.self) { try await database.open() }
      #expect(problem?.code == .storeFromFuture)
      #expect(problem?.summary.contains("1000000") == true)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `nodes that start together migrate once`(engine: StoreEngine) async throws {
    try await withDatabase(engine) { database in
      try await withThrowingTaskGroup(of: Store.self) { group in
        for _ in 0..<4 { group.addTask { try await database.open() } }
        for try await store in group { await store.close() }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `closing answers what was accepted and refuses what comes later`(engine: StoreEngine) async throws {
    try await withDatabase(engine) { database in
      let store = try await database.open()
      let outcomes = await withTaskGroup(of: Result<Void, any Error>.self) { group in
        for number in 0..<64 {
          group.addTask {
            do {
              try await store.write { (tx: borrowing Transaction) in try tx.insertSample("\(number)") }
              return .success(())
            } catch { return .failure(error) }
          }
          group.addTask {
            do { _ = try await store.samples() } catch { return .failure(error) }
            return .failure(Refusal())
          }
        }
        await store.close()
        return await group.reduce(into: []) { $0.append($1) }
      }
      let stored = outcomes.count { if case .success = $0 { true } else { false } }
      for case .failure(let error) in outcomes where !(error is Refusal) {
        #expect((error as? Problem)?.code == .storeUnavailable)
      }
      await #expect(throws: Problem.self) { try await store.samples() }

      let again = try await database.open()
      #expect(try await again.samples().count == stored)
      await again.close()
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a cancelled caller still hears the truth`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        try await store.write { (tx: borrowing Transaction) in try tx.insertSample("a") }
      }
      try await task.value
      try await store.expectSamples(["a"])
    }
  }
}
