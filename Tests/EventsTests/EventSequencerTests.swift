import Core
import Foundation
import Logging
import ServiceLifecycle
import Store
import StoreTesting
import Testing

@testable import Events

/// Readers by position: none skips an event and none sees one twice, whoever writes and whoever numbers.
@Suite(.timeLimit(.minutes(10))) struct EventSequencerTests {
  private static let accounts = ["anna", "bert", "carl", "dora"]
  private static let writers = 16
  private static let each = 25

  @Test(arguments: StoreEngine.allCases)
  func `a reader misses nothing while sixteen write, some in vain, and two nodes number`(
    engine: StoreEngine
  ) async throws {
    try await withStore(engine) { store in
      try await store.addAccounts(Self.accounts)
      let seen = try await withThrowingTaskGroup(of: [PlacedEvent].self) { group in
        for writer in 0..<Self.writers { group.addTask { try await store.append(writer: writer, Self.each) } }
        for node in ["one", "two"] {
          let sequencer = store.sequencer(node)
          group.addTask { try await sequencer.placing(until: store, Self.total) }
        }
        for _ in 0..<2 { group.addTask { try await store.follow(until: Self.total) } }
        return try await group.reduce(into: [[PlacedEvent]]()) { if !$1.isEmpty { $0.append($1) } }
      }
      #expect(seen.count == 2)
      for events in seen { Self.expectWhole(events) }
    }
  }

  /// What each writer commits: of every five transactions one is rolled back.
  private static var total: Int { writers * each * 4 / 5 }

  private static func expectWhole(_ events: [PlacedEvent], _ location: SourceLocation = #_sourceLocation) {
    #expect(events.map(\.position) == Array(1...Int64(events.count)), sourceLocation: location)
    for (account, events) in Dictionary(grouping: events, by: \.event.account) {
      #expect(
        events.map(\.sequence) == Array(1...Int64(events.count)), "\(account?.rawValue ?? "")",
        sourceLocation: location)
    }
    #expect(Set(events.map(\.event.data)).count == events.count, sourceLocation: location)
  }

  @Test(arguments: StoreEngine.allCases)
  func `one node at a time numbers, and another takes over when it is gone`(engine: StoreEngine) async throws
  {
    try await withStore(engine) { store in
      try await store.addAccounts(["anna"])
      let (one, two) = (store.sequencer("one"), store.sequencer("two"))
      try await store.append("anna", "1")
      #expect(try await one.placeAll() == 1)
      try await store.append("anna", "2")
      #expect(try await two.placeAll() == 0)
      #expect(try await one.placeAll() == 1)
      try await store.write { (tx: borrowing Transaction) in
        try tx.release(.placeEvents, owner: NodeID("one"))
      }
      try await store.append("anna", "3")
      #expect(try await two.placeAll() == 1)
      try await store.append("anna", "4")
      #expect(try await one.placeAll() == 0)
      let numbered = try await store.follow(until: 3)
      #expect(numbered.map(\.event.data) == ["1", "2", "3"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `more than fit in one transaction get their positions too, each workspace its own`(
    engine: StoreEngine
  ) async throws {
    let other = WorkspaceID("other")
    let count = EventSequencer.batch + 10
    let others = (count + 2) / 3
    try await withStore(engine) { store in
      try await store.addAccounts(["anna"])
      try await store.write { (tx: borrowing Transaction) in
        _ = try tx.insert(WorkspaceRecord(id: other, name: "", created: Instant(microseconds: 0)))
        for number in 0..<count {
          try tx.append(.sample("anna", "\(number)"))
          if number % 3 == 0 {
            var event = EventRecord.sample(nil, "\(number)")
            event.workspace = other
            try tx.append(event)
          }
        }
      }
      #expect(try await store.sequencer("one").placeAll() == count + others)
      Self.expectWhole(try await store.follow(until: count))
      Self.expectWhole(try await store.follow(until: others, in: other))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an append wakes the service, and it stops when asked`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      try await store.addAccounts(["anna"])
      let time = ManualTime()
      let group = ServiceGroup(services: [store.sequencer("one", time)], logger: .silent)
      let running = Task { try await group.run() }
      for number in 1...3 {
        // Its pause and the poll.
        try await store.append("anna", "\(number)")
        while try await store.events(after: Int64(number) - 1).isEmpty {
          time.advance(by: .milliseconds(100))
          await Task.yield()
        }
      }
      #expect(time.now < ManualTime().now + .seconds(3600))
      await group.triggerGracefulShutdown()
      try await running.value
      try await store.append("anna", "4")
      #expect(try await store.sequencer("two").placeAll() == 1, "the duty has been given back")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a reader goes on in a copy of the database`(engine: StoreEngine) async throws {
    try await withDatabase(engine) { database in
      let store = try await database.open()
      try await store.addAccounts(Self.accounts)
      for number in 1...40 { try await store.append(Self.accounts[number % 4], "\(number)") }
      _ = try await store.sequencer("one").placeAll()
      let before = try await store.follow(until: 40)
      // Not numbered yet when the copy is made.
      for number in 41...50 { try await store.append(Self.accounts[number % 4], "\(number)") }
      await store.close()
      try await database.withCopy { copy in
        let store = try await copy.open()
        for number in 51...60 { try await store.append(Self.accounts[number % 4], "\(number)") }
        // As another node, after the one that had the duty when the copy was made.
        try await store.write { (tx: borrowing Transaction) in
          try tx.release(.placeEvents, owner: NodeID("one"))
        }
        _ = try await store.sequencer("two").placeAll()
        let after = try await store.events(after: before[39].position)
        Self.expectWhole(before + after)
        #expect(after.count == 20)
        await store.close()
      }
    }
  }
}

@Suite struct EventLogTests {
  @Test(arguments: StoreEngine.allCases)
  func `events of a deleted account are not shown for its successor`(engine: StoreEngine) async throws {
    let anna = AccountID("anna")
    try await withStore(engine) { store in
      let log = EventLog(store: store, time: ManualTime())
      try await store.addAccounts(["anna"])
      for number in 1...3 { try await store.append("anna", "\(number)") }
      try await store.write { (tx: borrowing Transaction) in _ = try tx.deleteAccount(anna, in: .default) }
      #expect(try await log.events(of: anna, after: 0, limit: 10, in: .default).map(\.sequence) == [1, 2, 3])
      try await store.addAccount("anna")
      #expect(try await log.events(of: anna, after: 0, limit: 10, in: .default).isEmpty)
      try await store.append("anna", "4")
      #expect(try await log.events(of: anna, after: 0, limit: 10, in: .default).map(\.sequence) == [4])
      // An account that is stored again is the same one.
      try await store.addAccount("anna")
      #expect(try await log.events(of: anna, after: 0, limit: 10, in: .default).map(\.sequence) == [4])
    }
  }
}

extension Logger {
  fileprivate static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

extension EventRecord {
  fileprivate static func sample(_ account: String?, _ data: String) -> EventRecord {
    EventRecord(
      workspace: .default, account: account.map { AccountID($0) }, kind: "sample", data: data,
      created: Instant(microseconds: 1))
  }
}

private struct Refusal: Error {}

extension Store {
  fileprivate func sequencer(_ node: String, _ time: ManualTime = ManualTime()) -> EventSequencer {
    EventSequencer(store: self, time: time, node: NodeID(node), logger: .silent)
  }

  fileprivate func addAccounts(_ names: [String]) async throws {
    try await write { (tx: borrowing Transaction) in
      try tx.insert(
        OAuth2AppRecord(
          workspace: .default, id: AppID("app"), name: "App", title: nil, description: nil,
          provider: .outlook, enabled: true, clientID: "client", clientSecret: nil, authority: "common",
          redirectURL: nil, extraScopes: [], skipScopes: [], created: Instant(microseconds: 1)))
    }
    for name in names { try await addAccount(name) }
  }

  fileprivate func addAccount(_ name: String) async throws {
    try await write { (tx: borrowing Transaction) in
      try tx.upsert(
        AccountRecord(
          workspace: .default, id: AccountID(name), name: name, email: "\(name)@example.com",
          app: AppID("app"), mailbox: "\(name)@example.com", state: .connected, mailboxFound: false,
          unknownOutcome: .hold, created: Instant(microseconds: 1)))
    }
  }

  fileprivate func append(_ account: String, _ data: String) async throws {
    try await write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      try tx.append(.sample(account, data))
    }
  }

  /// One transaction for each number, every fifth in vain, to each account in turn. Returns nothing, as only
  /// readers do.
  fileprivate func append(writer: Int, _ count: Int) async throws -> [PlacedEvent] {
    let accounts = ["anna", "bert", "carl", "dora"]
    for number in 0..<count {
      do {
        try await write(isolation: .readCommitted) { (tx: borrowing Transaction) in
          try tx.append(.sample(accounts[(writer + number) % accounts.count], "\(writer) \(number)"))
          if number % 5 == 4 { throw Refusal() }
        }
      } catch is Refusal {}
    }
    return []
  }

  fileprivate func events(
    after position: Int64, in workspace: WorkspaceID = .default
  ) async throws -> [PlacedEvent] {
    try await EventLog(store: self, time: ManualTime()).events(after: position, limit: 7000, in: workspace)
  }

  /// Reads on until so many have come.
  fileprivate func follow(until count: Int, in workspace: WorkspaceID = .default) async throws
    -> [PlacedEvent]
  {
    var seen: [PlacedEvent] = []
    while seen.count < count {
      seen += try await events(after: seen.last?.position ?? 0, in: workspace)
      await Task.yield()
    }
    return seen
  }
}

extension EventSequencer {
  /// Numbers again and again until so many have a position.
  fileprivate func placing(until store: Store, _ count: Int) async throws -> [PlacedEvent] {
    while try await store.events(after: 0).count < count {
      try await placeAll()
      // Both nodes are to have their turn.
      try await store.write { (tx: borrowing Transaction) in
        for node in ["one", "two"] { try tx.release(.placeEvents, owner: NodeID(node)) }
      }
    }
    return []
  }
}
