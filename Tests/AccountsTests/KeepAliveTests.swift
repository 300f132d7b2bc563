import AccountsTesting
import Core
import Logging
import ServiceLifecycle
import Store
import StoreTesting
import Testing

@testable import Accounts

/// Grants that nobody uses, at the sandbox, where a refresh token dies after 90 idle days.
@Suite struct KeepAliveTests {
  @Test(arguments: StoreEngine.allCases)
  func `an idle grant survives two hundred days`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      for _ in 1...50 {
        try await world.passDays(4)
        try await world.house.keepAlive.refreshIdle()
      }
      // Each is at least 12.6 days after the one before, and noticed at most four days late.
      #expect(try await (12...15).contains(world.refreshes()))
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.directory.account(id, in: .default).state == .connected)
    }
  }

  @Test func `without it the grant is dead by then`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      try await world.passDays(100)
      await #expect(throws: Problem.self) {
        _ = try await world.house.tokens.token(for: id, in: .default)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `two nodes ask once`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      _ = try await world.connected("alice", as: "alice@contoso.test", app: app)
      _ = try await world.connected("bob", as: "bob@contoso.test", app: app)
      try await world.passDays(20)
      let nodes = [world.house.keepAlive, world.house.otherNode().keepAlive]
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 1...4 { for node in nodes { group.addTask { try await node.refreshIdle() } } }
        try await group.waitForAll()
      }
      #expect(try await world.refreshes() == 2)
    }
  }

  @Test func `nothing is asked for a grant that is used`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      for day in 1...40 {
        try await world.passDays(1)
        _ = try await world.house.tokens.token(for: id, in: .default)
        try await world.house.keepAlive.refreshIdle()
        #expect(try await world.refreshes() == day)
      }
    }
  }

  @Test func `a paused account's grant is kept, and one that waits for its first token is left alone`()
    async throws
  {
    try await Sandboxed.run(.sqlite) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let now = world.house.time.now
      try await world.house.store.write { (tx: borrowing Transaction) in
        try tx.apply(.paused, to: id, in: .default, at: now)
      }
      try await world.passDays(20)
      try await world.house.keepAlive.refreshIdle()
      #expect(try await world.refreshes() == 1)
      try await world.house.store.write { (tx: borrowing Transaction) in
        try tx.apply(.resumed, to: id, in: .default, at: now)
        try tx.apply(.reconnectRequested, to: id, in: .default, at: now)
      }
      try await world.passDays(20)
      try await world.house.keepAlive.refreshIdle()
      #expect(try await world.refreshes() == 1)
    }
  }

  @Test func `a failure that passes is tried again in an hour, or when Entra allows`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      try await world.passDays(20)
      try await world.control("faults", #"{"path": "/token", "status": 503, "count": 1}"#)
      try await world.house.keepAlive.refreshIdle()
      try await world.house.keepAlive.refreshIdle()
      #expect(try await world.refreshes() == 1)
      #expect(try await world.keepAlive(of: id) - world.house.time.now == KeepAlive.retry)
      world.house.time.advance(by: KeepAlive.retry)
      try await world.control(
        "faults", #"{"path": "/token", "status": 429, "retryAfter": 7200, "count": 1}"#)
      try await world.house.keepAlive.refreshIdle()
      #expect(try await world.keepAlive(of: id) - world.house.time.now == .seconds(7200))
      world.house.time.advance(by: .seconds(7200))
      try await world.house.keepAlive.refreshIdle()
      #expect(try await world.refreshes() == 3)
      #expect(try await world.house.directory.account(id, in: .default).state == .connected)
      #expect(try await world.keepAlive(of: id) - world.house.time.now > .seconds(12 * 86_400))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a dead grant moves the account once and tells so once`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      try await world.passDays(20)
      let revoked = try await world.send(
        "POST", world.origin + "/sandbox/revoke", type: "application/json",
        body: #"{"user": "alice@contoso.test"}"#)
      try #require(revoked.status == 204)
      for _ in 1...10 {
        try await world.house.keepAlive.refreshIdle()
        try await world.passDays(4)
      }
      #expect(try await world.house.directory.account(id, in: .default).state == .authenticationError)
      #expect(try await world.house.events(id).count { $0 == "authenticationError" } == 1)
      #expect(try await world.refreshes() == 1)
    }
  }

  @Test func `it looks by itself while the gateway runs, and stops with it`() async throws {
    try await Sandboxed.run(.sqlite) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let before = try await world.keepAlive(of: id)
      try await world.passDays(20)
      let group = ServiceGroup(
        services: [world.house.keepAlive], logger: Logger(label: "test") { _ in .silent })
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        await world.house.time.untilSleeping()
        world.house.time.advance(by: KeepAlive.period)
        await world.house.time.untilSleeping()
        #expect(try await world.keepAlive(of: id) > before)
        #expect(try await world.refreshes() == 1)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
    }
  }
}

extension House {
  fileprivate var keepAlive: KeepAlive {
    KeepAlive(store: store, tokens: tokens, time: time, logger: Logger(label: "test") { _ in .silent })
  }
}

extension Sandboxed {
  /// For us and for Microsoft.
  fileprivate func passDays(_ days: Int64) async throws {
    house.time.advance(by: .seconds(days * 86_400))
    try await control("clock", #"{"advanceSeconds": \#(days * 86_400)}"#)
  }

  fileprivate func keepAlive(of id: AccountID) async throws -> Instant {
    let grant = try await house.store.read { (tx: borrowing Transaction) in try tx.grant(of: id, in: .default)
    }
    return try #require(grant).keepAlive
  }
}
