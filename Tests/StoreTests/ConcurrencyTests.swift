import Core
import StoreTesting
import Testing

@testable import Store

@Suite struct ConcurrencyTests {
  @Test(arguments: StoreEngine.allCases)
  func `of 64 writers exactly those that succeed are kept`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let kept = await withTaskGroup(of: [String].self) { group in
        for writer in 0..<64 {
          group.addTask {
            var kept: [String] = []
            for round in 0..<10 {
              let id = "\(writer)-\(round)"
              let fails = (writer + round) % 5 == 0
              let answer: Void? = try? await store.write { (tx: borrowing Transaction) in
                try tx.insertSample(id)
                if fails, round % 2 == 0 { throw Refusal() }
                if fails { try tx.insertSample("default") }
              }
              #expect((answer == nil) == fails)
              if answer != nil { kept.append(id) }
            }
            return kept
          }
        }
        return await group.reduce(into: []) { $0 += $1 }
      }
      #expect(kept.count == 512)
      try await store.expectSamples(kept.sorted())
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `two processes share one database`(engine: StoreEngine) async throws {
    try await withDatabase(engine) { database in
      // As `heliograph token issue` beside a running server.
      let stores = [try await database.open(), try await database.open()]
      try await withThrowingTaskGroup { group in
        for writer in 0..<16 {
          group.addTask {
            for round in 0..<4 {
              try await stores[writer % 2].write { (tx: borrowing Transaction) in
                try tx.insertSample("\(writer) \(round)")
              }
            }
          }
        }
        try await group.waitForAll()
      }
      for store in stores {
        let samples = try await store.samples()
        #expect(samples.count == 64)
        await store.close()
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `counting in parallel loses nothing`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      try await store.write { (tx: borrowing Transaction) in
        try tx.execute("CREATE TABLE counter (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)")
        try tx.execute("INSERT INTO counter (id, value) VALUES (1, 0)")
      }
      try await withThrowingTaskGroup { group in
        for writer in 0..<16 {
          group.addTask {
            for _ in 0..<10 {
              // Reads and then writes: right only when the isolation makes it so, or the statement does.
              if writer % 2 == 0 {
                try await store.write { (tx: borrowing Transaction) in
                  let value = try tx.row("SELECT value FROM counter WHERE id = 1") { try $0.integer("value") }
                  try tx.execute("UPDATE counter SET value = $1 WHERE id = 1", (value ?? 0) + 1)
                }
              } else {
                try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
                  try tx.execute("UPDATE counter SET value = value + 1 WHERE id = 1")
                }
              }
            }
          }
        }
        try await group.waitForAll()
      }
      let value = try await store.read { (tx: borrowing Transaction) in
        try tx.row("SELECT value FROM counter WHERE id = 1") { try $0.integer("value") }
      }
      #expect(value == 160)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a long transaction among many short ones gets its turn`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      try await store.write { (tx: borrowing Transaction) in
        try tx.execute("CREATE TABLE counter (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)")
        try tx.execute("INSERT INTO counter (id, value) VALUES (1, 0)")
      }
      try await withThrowingTaskGroup { group in
        for _ in 0..<4 {
          group.addTask {
            while !Task.isCancelled {
              try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
                try tx.execute("UPDATE counter SET value = value + 1 WHERE id = 1")
              }
            }
          }
        }
        // Each of its attempts is long enough for the others to change what it has read.
        try await store.write { (tx: borrowing Transaction) in
          var value: Int64 = 0
          for _ in 0..<1000 {
            value = try tx.row("SELECT value FROM counter WHERE id = 1") { try $0.integer("value") } ?? 0
          }
          try tx.execute("UPDATE counter SET value = $1 WHERE id = 1", value + 1)
        }
        group.cancelAll()
        try await group.waitForAll()
      }
    }
  }
}
