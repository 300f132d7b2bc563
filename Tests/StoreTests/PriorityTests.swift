import Core
import StoreTesting
import Testing

@testable import Store

@Suite struct PriorityTests {
  private static let now = Instant(microseconds: 1_000_000)

  /// Half of the others are ready, half were deferred and are due.
  @Test(arguments: StoreEngine.allCases)
  func `an urgent message is next although 100,000 others of its mailbox wait`(
    engine: StoreEngine
  ) async throws {
    let lane = LaneKey(.mail, "lane")
    @Sendable func row(_ id: String, priority: Int) -> QueueRecord {
      QueueRecord(
        workspace: .default, id: QueueID(id), lane: lane, account: AccountID("a"), progress: "",
        created: Self.now, priority: priority)
    }
    try await withStore(engine) { store in
      let next = try await store.write { (tx: borrowing Transaction) in
        try tx.insert(row("newsletter", priority: 0))
        try tx.execute(
          """
          INSERT INTO queue (workspace, id, kind, lane, account, state, priority, due, scheduled, attempts, progress,
            parked, created)
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
          SELECT workspace, id || CAST(i AS TEXT), kind, lane, account, CASE WHEN i % 2 = 0 THEN 3 ELSE 0 END,
            priority, due, scheduled, 0, progress, 0, created FROM queue CROSS JOIN n WHERE id = 'newsletter'
          """)
        try tx.insert(row("password", priority: -1))
        try tx.wake(lane, due: Self.now)
        let leases = try tx.leaseLanes(
          .mail, owner: NodeID("node"), now: Self.now, length: .seconds(60), limit: 1)
        let lease = try #require(leases.first)
        try tx.promote(lane, now: Self.now, limit: 100)
        return try tx.claim(lease, limit: 4).map(\.id)
      }
      #expect(next.count == 4 && next.first == QueueID("password"))
    }
  }
}
