import Accounts
import AccountsTesting
import Core
import StoreTesting
import Testing

@testable import Store

/// When the database is not well while tokens come in.
@Suite struct TokenFailureTests {
  @Test(arguments: StoreEngine.allCases)
  func `a refresh token that could not be saved is not lost`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", #"{"strictRotation": true}"#)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      world.house.time.advance(by: .seconds(2 * 3600))
      try await world.house.store.refuseGrants()
      await #expect(throws: Problem.self) { try await world.house.tokens.token(for: id, in: .default) }
      await #expect(throws: Problem.self) { try await world.house.tokens.token(for: id, in: .default) }
      try await world.house.store.takeGrants()
      let token = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.refreshes() == 1)
      #expect(try await world.house.otherNode().tokens.token(for: id, in: .default) == token)
      // And the refresh token that came with it works.
      world.house.time.advance(by: .seconds(2 * 3600))
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.refreshes() == 2)
    }
  }

  /// The gateway is killed when Entra has given the next refresh token and before the database has it.
  @Test(arguments: StoreEngine.allCases, [true, false])
  func `a kill between reply and save costs the grant only where refresh tokens die at once`(
    engine: StoreEngine, strict: Bool
  ) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", #"{"strictRotation": \#(strict)}"#)
      let app = try await world.addWebApp()
      let id = try await world.connected("alice", as: "alice@contoso.test", app: app)
      let lane = LaneKey(.mail, "somewhere")
      let now = world.house.time.now
      try await world.house.store.park("waiting", of: id, in: lane, at: now)
      world.house.time.advance(by: .seconds(2 * 3600))
      try await world.house.store.refuseGrants()
      await #expect(throws: Problem.self) { try await world.house.tokens.token(for: id, in: .default) }
      try await world.house.store.takeGrants()
      // What was in memory is gone.
      let restarted = world.house.otherNode()
      guard strict else {
        _ = try await restarted.tokens.token(for: id, in: .default)
        #expect(try await restarted.directory.account(id, in: .default).state == .connected)
        return
      }
      for _ in 0..<3 {
        await #expect(throws: Problem.self) { try await restarted.tokens.token(for: id, in: .default) }
        world.house.time.advance(by: .seconds(600))
      }
      let account = try await restarted.directory.account(id, in: .default)
      #expect(account.state == .authenticationError && account.lastError?.remedy != nil)
      #expect(try await world.house.events(id).filter { $0 == "authenticationError" }.count == 1)
      #expect(try await world.house.store.waits("waiting"))
      try await world.control("clock", #"{"advanceSeconds": 9000}"#)
      let form = NewForm(account: id, redirectURL: "https://a.example/done")
      guard case .connected = try await world.connect(form, as: "alice@contoso.test") else {
        Issue.record("not connected again")
        return
      }
      #expect(try await !world.house.store.waits("waiting"))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `connecting an account sends the messages on their way that wait for it`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let account = NewAccount(
        id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "alice@contoso.test")
      let id = try await world.house.directory.create(account, in: .default).id
      let now = world.house.time.now
      let lane = LaneKey(.mail, "somewhere")
      try await world.house.store.write { (tx: borrowing Transaction) in
        for queue in ["waiting", "later"] {
          let row = QueueRecord(
            workspace: .default, id: QueueID(queue), lane: lane, account: id, progress: "{}", created: now)
          try tx.insert(row)
          try tx.execute(
            "UPDATE queue SET state = 3, due = $2, parked = $3 WHERE id = $1", queue, now + .seconds(3600),
            queue == "waiting")
        }
      }
      _ = try await world.house.tokens.token(for: id, in: .default)
      let due = try await world.house.store.read { (tx: borrowing Transaction) in
        try ["waiting", "later"].map { try tx.queueRecord(.default, QueueID($0))?.due }
      }
      #expect(due == [now, now + .seconds(3600)])
    }
  }
}

extension Store {
  /// From now on no grant is saved.
  fileprivate func refuseGrants() async throws {
    try await write { (tx: borrowing Transaction) in
      switch tx.engine {
      case .sqlite:
        try tx.execute(
          "CREATE TRIGGER refuse BEFORE UPDATE ON oauth2_grant BEGIN SELECT RAISE(ABORT, 'no'); END")
      case .postgres:
        try tx.execute(
          """
          CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''no''; END'
          """)
        try tx.execute(
          "CREATE TRIGGER refuse BEFORE UPDATE ON oauth2_grant FOR EACH ROW EXECUTE FUNCTION refuse()")
      }
    }
  }

  fileprivate func takeGrants() async throws {
    try await write { (tx: borrowing Transaction) in
      switch tx.engine {
      case .sqlite: try tx.execute("DROP TRIGGER refuse")
      case .postgres: try tx.execute("DROP TRIGGER refuse ON oauth2_grant")
      }
    }
  }

  /// A message that waits for its account.
  fileprivate func park(_ queue: String, of account: AccountID, in lane: LaneKey, at now: Instant)
    async throws
  {
    try await write { (tx: borrowing Transaction) in
      try tx.insert(
        QueueRecord(
          workspace: .default, id: QueueID(queue), lane: lane, account: account, progress: "{}",
          created: now))
      try tx.execute(
        "UPDATE queue SET state = 3, due = $2, parked = 1 WHERE id = $1", queue, now + .seconds(86_400))
    }
  }

  fileprivate func waits(_ queue: String) async throws -> Bool {
    try await read { (tx: borrowing Transaction) in
      try tx.row("SELECT parked FROM queue WHERE id = $1 AND state = 3", queue) { try $0.bool("parked") }
        ?? false
    }
  }
}
