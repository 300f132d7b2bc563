import Core
import StoreTesting
import Testing

@testable import Store

@Suite struct PostgresTests {
  @Test func `every commit is synced`() async throws {
    try await withStore(.postgres) { store in
      let settings = try await store.read { (tx: borrowing Transaction) in
        try tx.rows(
          "SELECT setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit', 'lock_timeout') ORDER BY name"
        ) { try $0.text("setting") }
      }
      #expect(settings == ["on", "10000", "on"])
    }
  }

  @Test func `a body runs again when its connection is lost before the commit`() async throws {
    try await withStore(.postgres) { store in
      let runs = Count()
      try await store.write { (tx: borrowing Transaction) in
        try tx.insertSample("a")
        // The server closes this very connection: the next statement finds it dead.
        if runs.next() <= 2 { try tx.execute("SELECT pg_terminate_backend(pg_backend_pid())") }
        try tx.insertSample("b")
      }
      #expect(runs.value == 3)
      try await store.expectSamples(["a", "b"])
    }
  }

  @Test func `connections that were closed while idle are replaced unnoticed`() async throws {
    try await withStore(.postgres) { store in
      for round in 0..<3 {
        try await withThrowingTaskGroup { group in
          for writer in 0..<16 {
            group.addTask {
              try await store.write { (tx: borrowing Transaction) in try tx.insertSample("\(round) \(writer)")
              }
            }
          }
          try await group.waitForAll()
        }
        try await store.write { (tx: borrowing Transaction) in
          try tx.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()
            """)
        }
      }
      let samples = try await store.samples()
      #expect(samples.count == 48)
    }
  }

  @Test func `a commit whose answer is lost is reported as unknown and not repeated`() async throws {
    try await withStore(.postgres) { store in
      try await store.write { (tx: borrowing Transaction) in
        try tx.execute("CREATE TABLE trigger_of_loss (id BIGINT)")
        try tx.execute(
          """
          CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'
          """)
        // Deferred: it runs inside COMMIT.
        try tx.execute(
          """
          CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON trigger_of_loss DEFERRABLE INITIALLY DEFERRED
          FOR EACH ROW EXECUTE FUNCTION lose()
          """)
      }
      let runs = Count()
      let problem = await #expect(throws: Problem.self) {
        try await store.write { (tx: borrowing Transaction) in
          _ = runs.next()
          try tx.insertSample("a")
          try tx.execute("INSERT INTO trigger_of_loss (id) VALUES (1)")
        }
      }
      #expect(problem?.code == .storeCommitUnknown)
      #expect(problem?.retry == .unsafe)
      #expect(runs.value == 1)
      try await store.write { (tx: borrowing Transaction) in try tx.insertSample("b") }
      try await store.expectSamples(["b"])
    }
  }

  @Test func `a conflict that shows only at the commit runs the body again`() async throws {
    try await withStore(.postgres) { store in
      try await store.write { (tx: borrowing Transaction) in
        try tx.execute("CREATE TABLE seat (guest TEXT)")
      }
      // Each takes the seat only if it looks free: two who commit what they saw would share it.
      let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
        for guest in 0..<16 {
          group.addTask {
            try await store.write { (tx: borrowing Transaction) in
              let guests = try tx.rows("SELECT guest FROM seat") { try $0.text("guest") }
              if guests.isEmpty { try tx.execute("INSERT INTO seat (guest) VALUES ($1)", "\(guest)") }
              return guests.isEmpty
            }
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(taken == 1)
      let guests = try await store.read { (tx: borrowing Transaction) in
        try tx.rows("SELECT guest FROM seat") { try $0.text("guest") }
      }
      #expect(guests.count == 1)
    }
  }

  @Test func `a server that restarts is found again`() async throws {
    let server = try await PostgresServer()
    let store = try await Store(.postgres(url: Secret(server.url)))
    try await store.write { (tx: borrowing Transaction) in try tx.insertSample("before") }
    try await server.stop()

    // Accepted while the server is away, and answered once it is back.
    async let waiting: Void = store.write { (tx: borrowing Transaction) in try tx.insertSample("during") }
    try await server.start()
    try await waiting
    try await store.expectSamples(["before", "during"])

    try await server.stop()
    let problem = await #expect(throws: Problem.self) {
      try await store.write { (tx: borrowing Transaction) in try tx.insertSample("lost") }
    }
    #expect(problem?.code == .storeUnavailable)
    #expect(problem?.retry == .safe(after: nil))
    try await server.start()
    try await store.write { (tx: borrowing Transaction) in try tx.insertSample("after") }
    try await store.expectSamples(["after", "before", "during"])
    await store.close()
    try await server.remove()
  }

  @Test func `a server that does not sync is refused`() async throws {
    let server = try await PostgresServer(options: ["-F"])
    let problem = await #expect(throws: Problem.self) {
      try await Store(.postgres(url: Secret(server.url)))
    }
    #expect(problem?.code == .storeNotDurable)
    #expect(problem?.summary.contains("fsync = off") == true)
    try await server.remove()
  }

  @Test(
    arguments: [
      // A colon, a slash and an at sign that nobody escaped: libpq takes parts of the password for others.
      ("postgres://me:hun:ter2@127.0.0.1:1/x?connect_timeout=2", ProblemCode.storeUnavailable),
      ("postgres://me:hun/ter2@127.0.0.1:1/x", .storeUnavailable),
      ("postgres://me:hun@ter2@127.0.0.1:1/x?connect_timeout=2", .storeUnavailable),
      ("postgres://me:hunter2@127.0.0.1:1/x?host=/nowhere/hunter2", .storeUnavailable),
      ("postgres://me:hunter2@[127.0.0.1/x", .configurationInvalid),
      ("postgres://me:hunter2@127.0.0.1/x?hunter2=1", .configurationInvalid),
      ("mysql://me:hunter2@127.0.0.1/x", .configurationInvalid),
    ])
  func `no part of a password is in an error`(url: String, code: ProblemCode) async throws {
    let problem = await #expect(throws: Problem.self) {
      try await Store(.postgres(url: Secret(url)))
    }
    #expect(problem?.code == code)
    let said = problem?.description ?? ""
    #expect(!said.contains("hun") && !said.contains("ter2"), "\(said)")
  }
}
