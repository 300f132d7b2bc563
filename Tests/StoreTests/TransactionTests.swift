import Core
import StoreTesting
import Testing

@testable import Store

@Suite struct TransactionTests {
  @Test(arguments: StoreEngine.allCases)
  func `what a body writes is there for the next one`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let changed = try await store.write { (tx: borrowing Transaction) in
        try tx.insertSample("a")
        try tx.insertSample("b")
        return try tx.execute("UPDATE workspace SET name = $2 WHERE id <> $1", "default", "another")
      }
      #expect(changed == 2)
      try await store.expectSamples(["a", "b"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `values come back as they were stored`(engine: StoreEngine) async throws {
    let integers: [Int64?] = [.min, -1, 0, 1, .max, nil]
    let texts: [String?] = [
      "", "Grüße, 世界 🌍 'quoted' $1 ?1 \\ \u{1}", String(repeating: "x", count: 100_000), nil,
    ]
    let blobs: [[UInt8]?] = [[], Array(0...255), Array(repeating: 0, count: 262_144), nil]
    try await withStore(engine) { store in
      try await store.write { (tx: borrowing Transaction) in
        try tx.execute("CREATE TABLE sample (number BIGINT, words TEXT, blob BYTEA, place BIGINT)")
        for (place, number) in integers.enumerated() {
          try tx.execute("INSERT INTO sample (number, place) VALUES ($1, $2)", number, place)
        }
        for (place, text) in texts.enumerated() {
          try tx.execute("INSERT INTO sample (place, words) VALUES ($2, $1)", text, 100 + place)
        }
        for (place, blob) in blobs.enumerated() {
          try tx.execute("INSERT INTO sample (place, blob) VALUES ($2, $1)", blob, 200 + place)
        }
      }
      let stored = try await store.read { (tx: borrowing Transaction) in
        (
          try tx.rows("SELECT number FROM sample WHERE place < 100 ORDER BY place") {
            try $0.optionalInteger("number")
          },
          try tx.rows("SELECT words FROM sample WHERE place BETWEEN 100 AND 199 ORDER BY place") {
            try $0.optionalText("words")
          },
          try tx.rows("SELECT blob FROM sample WHERE place >= $1 ORDER BY place", 200) {
            try $0.optionalBytes("blob")
          }
        )
      }
      #expect(stored.0 == integers)
      #expect(stored.1 == texts)
      #expect(stored.2 == blobs)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `arguments are numbered, not counted`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let row = try await store.read { (tx: borrowing Transaction) in
        try tx.row(
          "SELECT CAST($2 AS TEXT) AS b, CAST($1 AS TEXT) AS a, '$1' AS c, CAST($2 AS TEXT) AS d", "one",
          "two"
        ) { try [$0.text("a"), $0.text("b"), $0.text("c"), $0.text("d")] }
      }
      #expect(row == ["one", "two", "$1", "two"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a body that throws leaves nothing behind`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      await #expect(throws: Refusal(number: 1)) {
        try await store.write { (tx: borrowing Transaction) in
          try tx.insertSample("a")
          throw Refusal(number: 1)
        }
      }
      try await store.expectSamples([])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a body that swallows a failed statement is not committed`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let problem = await #expect(throws: Problem.self) {
        try await store.write { (tx: borrowing Transaction) in
          try tx.insertSample("a")
          _ = try? tx.insertSample("default")
        }
      }
      #expect(problem?.code == .storeConflict)
      try await store.expectSamples([])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `no statement runs after a failed one`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      await #expect(throws: Problem.self) {
        try await store.write { (tx: borrowing Transaction) in
          _ = try? tx.insertSample("default")
          #expect(throws: Problem.self) { try tx.insertSample("a") }
        }
      }
      try await store.expectSamples([])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an expected conflict is told by the count and harms nothing`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let counts = try await store.write { (tx: borrowing Transaction) in
        try ["a", "a", "b"].map { id in
          try tx.execute(
            "INSERT INTO workspace (id, name, created) VALUES ($1, '', 0) ON CONFLICT DO NOTHING", id)
        }
      }
      #expect(counts == [1, 0, 1])
      try await store.expectSamples(["a", "b"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a count is of the rows that the statement itself changed`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let counts = try await store.write { (tx: borrowing Transaction) in
        try tx.execute("CREATE TABLE parent (id BIGINT PRIMARY KEY)")
        try tx.execute(
          "CREATE TABLE child (id BIGINT PRIMARY KEY, parent BIGINT REFERENCES parent (id) ON DELETE CASCADE)"
        )
        try tx.execute("INSERT INTO parent (id) VALUES (1), (2)")
        try tx.execute("INSERT INTO child (id, parent) VALUES (1, 1), (2, 1), (3, 2)")
        return [
          try tx.execute("DELETE FROM parent WHERE id = 1"),
          try tx.execute("DELETE FROM parent WHERE id = 1"),
          try tx.execute("SELECT id FROM parent"),
          try tx.execute("UPDATE child SET id = 4 WHERE id = 3 RETURNING id"),
        ]
      }
      #expect(counts == [1, 0, 0, 1])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a read sees one moment and cannot write`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      await #expect(throws: Problem.self) {
        try await store.read { (tx: borrowing Transaction) in try tx.insertSample("a") }
      }
      try await store.expectSamples([])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a wrong statement is named without its values`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let problem = await #expect(throws: Problem.self) {
        try await store.write { (tx: borrowing Transaction) in
          try tx.execute("INSERT INTO nowhere (id) VALUES ($1)", "hunter2")
        }
      }
      #expect(problem?.code == .storeFailed)
      #expect(problem?.description.contains("hunter2") == false)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a contradiction is named without its values`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      for sql: SQL in [
        "INSERT INTO workspace (id, name, created) VALUES ($1, '', 0), ($1, '', 0)",
        """
        INSERT INTO hosted_form (workspace, id, delegated, redirect_url, unknown_outcome, created, expires)
        VALUES ($1, 'a', 0, '', '', 0, 0)
        """,
      ] {
        let problem = await #expect(throws: Problem.self) {
          try await store.write { (tx: borrowing Transaction) in try tx.execute(sql, "hunter2") }
        }
        #expect(problem?.code == .storeConflict)
        #expect(problem?.description.contains("hunter2") == false)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a text with a zero byte is refused`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let problem = await #expect(throws: Problem.self) {
        try await store.write { (tx: borrowing Transaction) in try tx.insertSample("a\0b") }
      }
      #expect(problem?.code == .requestInvalidField)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a result of a type that we do not store is refused`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let problem = await #expect(throws: Problem.self) {
        try await store.read { (tx: borrowing Transaction) in
          try tx.row("SELECT CAST(1.5 AS DOUBLE PRECISION) AS value") { try $0.integer("value") }
        }
      }
      #expect(problem?.code == .storeFailed)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the database's clock goes forward`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let first = try await store.read { (tx: borrowing Transaction) in try tx.databaseNow() }
      let second = try await store.write { (tx: borrowing Transaction) in try tx.databaseNow() }
      // 2026-01-01 and 2100-01-01: microseconds, and no other unit.
      #expect(first > Instant(microseconds: 1_767_225_600_000_000))
      #expect(first < Instant(microseconds: 4_102_444_800_000_000))
      #expect(second >= first)
    }
  }
}
