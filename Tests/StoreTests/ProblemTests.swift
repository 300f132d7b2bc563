import Core
import StoreTesting
import Testing

@testable import Store

@Suite struct ProblemTests {
  /// SQLSTATEs of PostgreSQL's Appendix A, each raised by the server itself.
  @Test(
    arguments: [
      ("DO 'BEGIN RAISE EXCEPTION SQLSTATE ''53100''; END'", .storeFull, .safe(after: nil)),
      ("DO 'BEGIN RAISE EXCEPTION SQLSTATE ''53200''; END'", .storeUnavailable, .safe(after: nil)),
      ("DO 'BEGIN RAISE EXCEPTION SQLSTATE ''58030''; END'", .storeUnavailable, .safe(after: nil)),
      ("DO 'BEGIN RAISE EXCEPTION SQLSTATE ''25006''; END'", .storeUnavailable, .safe(after: nil)),
      ("DO 'BEGIN RAISE EXCEPTION SQLSTATE ''55P03''; END'", .storeLocked, .safe(after: nil)),
      ("DO 'BEGIN RAISE EXCEPTION SQLSTATE ''40001''; END'", .storeConflict, .safe(after: nil)),
      ("DO 'BEGIN RAISE EXCEPTION SQLSTATE ''40P01''; END'", .storeConflict, .safe(after: nil)),
      ("DO 'BEGIN RAISE EXCEPTION SQLSTATE ''42501''; END'", .storeFailed, .futile),
      ("INSERT INTO workspace (id) VALUES ('a')", .storeFailed, .futile),
      ("INSERT INTO workspace (id, name, created) VALUES ('default', '', 0)", .storeConflict, .futile),
    ] as [(SQL, ProblemCode, Retry)])
  func `what PostgreSQL reports becomes a problem that tells whether to repeat`(
    sql: SQL, code: ProblemCode, retry: Retry
  ) async throws {
    try await withStore(.postgres) { store in
      let problem = await #expect(throws: Problem.self) {
        try await store.write { (tx: borrowing Transaction) in try tx.execute(sql) }
      }
      #expect(problem?.code == code)
      #expect(problem?.retry == retry)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a missing value is a fault of ours and no conflict`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      let problem = await #expect(throws: Problem.self) {
        try await store.write { (tx: borrowing Transaction) in
          try tx.execute("INSERT INTO workspace (id, created) VALUES ($1, $2)", "a", 1)
        }
      }
      #expect(problem?.code == .storeFailed)
    }
  }
}
