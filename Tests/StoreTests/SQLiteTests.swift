import Core
import Foundation
import StoreTesting
import Testing

@testable import Store

@Suite struct SQLiteTests {
  @Test func `every commit is synced`() async throws {
    try await withStore(.sqlite) { store in
      let settings = try await store.write { (tx: borrowing Transaction) in
        [
          try tx.row("PRAGMA synchronous") { try $0.integer("synchronous") }.map(String.init),
          try tx.row("PRAGMA journal_mode") { try $0.text("journal_mode") },
          try tx.row("PRAGMA foreign_keys") { try $0.integer("foreign_keys") }.map(String.init),
          try tx.row("PRAGMA secure_delete") { try $0.integer("secure_delete") }.map(String.init),
        ]
      }
      #expect(settings == ["2", "wal", "1", "2"])
    }
  }

  @Test func `what SQLite sets aside stays in memory`() async throws {
    try await withStore(.sqlite) { store in
      let writer = try await store.write { (tx: borrowing Transaction) in
        try tx.row("PRAGMA temp_store") { try $0.integer("temp_store") }
      }
      let reader = try await store.read { (tx: borrowing Transaction) in
        try tx.row("PRAGMA temp_store") { try $0.integer("temp_store") }
      }
      #expect(writer == 2 && reader == 2)
    }
  }

  @Test(
    arguments: [
      ("SELECT $1, $12", "SELECT ?1, ?12"),
      ("SELECT '$1', $2", "SELECT '$1', ?2"),
      ("SELECT 'it''s $1', $2", "SELECT 'it''s $1', ?2"),
      ("SELECT 1", "SELECT 1"),
    ])
  func `numbered arguments become SQLite's`(shared: String, rewritten: String) {
    #expect(SQLiteTexts.questionMarks(in: shared) == rewritten)
  }

  @Test func `only its owner can read the database`() async throws {
    try await withDatabase(.sqlite) { database in
      let store = try await database.open()
      try await store.write { (tx: borrowing Transaction) in try tx.insertSample("a") }
      let files = try FileManager.default.contentsOfDirectory(atPath: database.folder)
      #expect(files.count == 3)
      for file in files {
        let attributes = try FileManager.default.attributesOfItem(atPath: database.folder + "/" + file)
        #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
      }
      await store.close()
    }
  }

  @Test func `what is not a database is refused`() async throws {
    try await withDatabase(.sqlite) { database in
      let path = database.folder + "/message.txt"
      try Data(String(repeating: "Dear reader, ", count: 1000).utf8).write(to: URL(filePath: path))
      for path in [path, database.folder + "/nowhere/heliograph.sqlite", database.folder] {
        let problem = await #expect(throws: Problem.self) { try await Store(.sqlite(path: path)) }
        #expect(problem?.code == .storeUnavailable)
      }
    }
  }

  @Test func `a full disk stores nothing, keeps what was acknowledged, and is left behind`() async throws {
    try await withStore(.sqlite) { store in
      try await store.write { (tx: borrowing Transaction) in
        try tx.insertSample("before")
        try tx.execute("CREATE TABLE filler (data BYTEA)")
      }
      // The writer's connection may use no more pages than this: to SQLite the same as a full disk.
      try await store.limitPages(to: 100)
      let outcomes = await withTaskGroup(of: (String, ProblemCode?).self) { group in
        for number in 0..<16 {
          group.addTask {
            let id = "during \(number)"
            do {
              try await store.write { (tx: borrowing Transaction) in
                try tx.insertSample(id)
                let bytes = [UInt8](repeating: 1, count: number % 2 == 0 ? 1_000_000 : 10)
                try tx.execute("INSERT INTO filler (data) VALUES ($1)", bytes)
              }
              return (id, nil)
            } catch { return (id, (error as? Problem)?.code ?? .requestInternal) }
          }
        }
        return await group.reduce(into: []) { $0.append($1) }
      }
      #expect(outcomes.contains { $0.1 == .storeFull })
      #expect(outcomes.allSatisfy { $0.1 == nil || $0.1 == .storeFull })
      let kept = ["before"] + outcomes.filter { $0.1 == nil }.map(\.0)
      try await store.expectSamples(kept.sorted())

      try await store.limitPages(to: 1_000_000)
      try await store.write { (tx: borrowing Transaction) in try tx.insertSample("after") }
      try await store.expectSamples((kept + ["after"]).sorted())
    }
  }
}

extension Store {
  fileprivate func limitPages(to count: Int64) async throws {
    // A PRAGMA takes no arguments.
    let pragma: SQL = count == 100 ? "PRAGMA max_page_count = 100" : "PRAGMA max_page_count = 1000000"
    try await write { (tx: borrowing Transaction) in try tx.execute(pragma) }
  }
}
