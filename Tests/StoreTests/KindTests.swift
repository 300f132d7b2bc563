import Core
import StoreTesting
import Testing

@testable import Store

/// Work of different kinds in one database, in lanes of one name.
@Suite struct KindTests {
  private static let now = Instant(microseconds: 1_000_000)
  private static let node = NodeID("node")

  private static func row(_ kind: WorkKind, _ id: String, due: Instant? = nil) -> QueueRecord {
    QueueRecord(
      workspace: .default, id: QueueID("\(kind)-\(id)"), lane: LaneKey(kind, "lane"),
      account: AccountID("a"), progress: "", created: now, due: due)
  }

  @Test(arguments: StoreEngine.allCases)
  func `engines of different kinds never see each other's rows`(engine: StoreEngine) async throws {
    let (now, node) = (Self.now, Self.node)
    let later = now + .seconds(1)
    let rows = WorkKind.allCases.flatMap { [Self.row($0, "ready"), Self.row($0, "later", due: later)] }
    try await withStore(engine) { store in
      try await store.write { (tx: borrowing Transaction) in
        for row in rows {
          try tx.insert(row)
          try tx.wake(row.lane, due: row.due)
        }
      }
      for kind in WorkKind.allCases {
        let (lanes, claimed, listed) = try await store.write { (tx: borrowing Transaction) in
          let lanes = try tx.leaseLanes(kind, owner: node, now: now, length: .seconds(60), limit: 10)
          let lease = try #require(lanes.first)
          try tx.promote(lease.lane, now: later, limit: 10)
          let claimed = try tx.claim(lease, limit: 10)
          return (lanes.map(\.lane), claimed, try tx.queue(kind, in: .default, offset: 0, limit: 10))
        }
        #expect(lanes == [LaneKey(kind, "lane")])
        #expect(claimed.map(\.id.rawValue) == ["\(kind)-ready", "\(kind)-later"])
        #expect(claimed.allSatisfy { $0.lane.kind == kind })
        #expect(Set(listed.map(\.id)) == Set(claimed.map(\.id)))
      }
      let active = try await store.read { (tx: borrowing Transaction) in
        try WorkKind.allCases.map { kind in
          (try tx.activeQueue(LaneKey(kind, "lane")).count, try tx.queueCount(kind, in: .default))
        }
      }
      #expect(active.allSatisfy { $0 == (2, 2) })
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `reclaiming and renewing the lanes of one kind leaves the other's alone`(engine: StoreEngine)
    async throws
  {
    let (now, node, lane) = (Self.now, Self.node, LaneKey(.webhook, "lane"))
    try await withStore(engine) { store in
      let (before, after) = try await store.write { (tx: borrowing Transaction) in
        for kind in WorkKind.allCases { try tx.wake(LaneKey(kind, "lane"), due: now) }
        for kind in WorkKind.allCases {
          _ = try tx.leaseLanes(kind, owner: node, now: now, length: .seconds(60), limit: 10)
        }
        let before = try tx.lease(of: lane)
        try tx.reclaimLanes(.mail, of: node)
        try tx.renewLeases(.mail, of: node, length: .seconds(3600))
        return (before, try tx.lease(of: lane))
      }
      #expect(before == after)
      #expect(before?.owner == node.rawValue)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a row that is scheduled waits for its time, which is what its age counts from`(
    engine: StoreEngine
  ) async throws {
    let due = Self.now + .seconds(86_400)
    let row = Self.row(.mail, "scheduled", due: due)
    try await withStore(engine) { store in
      let stored = try await store.write { (tx: borrowing Transaction) in
        try tx.insert(row)
        return try tx.queueRecord(.default, row.id)
      }
      #expect(stored == row)
      #expect(stored?.state == .deferred)
      #expect(stored?.scheduled == due)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a row that is deleted under its owner costs the lane nothing`(engine: StoreEngine) async throws {
    let (now, node) = (Self.now, Self.node)
    try await withStore(engine) { store in
      try await store.write { (tx: borrowing Transaction) in
        for id in ["kept", "gone"] {
          let row = Self.row(.mail, id)
          try tx.insert(row)
          try tx.wake(row.lane, due: now)
        }
        let lease = try #require(
          try tx.leaseLanes(.mail, owner: node, now: now, length: .seconds(60), limit: 1).first)
        let rows = try tx.claim(lease, limit: 2)
        try tx.execute("DELETE FROM queue WHERE id = 'mail-gone'")
        let settlement = QueueSettlement(state: .done, due: now, progress: "")
        for row in rows {
          let isThere = row.id.rawValue == "mail-kept"
          if !isThere { #expect(throws: RowDeleted.self) { try tx.record("x", of: row, under: lease) } }
          #expect(try tx.settle(row, settlement, under: lease, at: now) == isThere)
        }
        #expect(try tx.release(lease, now: now, length: .seconds(60), isPaused: false, evenIfDue: false))
      }
    }
  }
}

extension Transaction {
  fileprivate func lease(of lane: LaneKey) throws -> Lease? {
    try row(
      "SELECT owner, epoch, lease_until FROM lane WHERE kind = $1 AND id = $2", lane.kind.rawValue, lane.id
    ) {
      Lease(
        owner: try $0.optionalText("owner"), epoch: try $0.integer("epoch"),
        until: try $0.integer("lease_until"))
    }
  }
}

private struct Lease: Sendable, Equatable {
  var owner: String?
  var epoch, until: Int64
}
