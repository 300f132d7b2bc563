import AccountsTesting
import Core
import Microsoft
import Store
import StoreTesting
import Testing

@testable import Accounts

/// Live tokens of people and of apps, from the sandbox.
@Suite struct TokenSourceTests {
  @Test(arguments: StoreEngine.allCases)
  func `fifty who ask at once cost one refresh`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", #"{"strictRotation": true}"#)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      for round in 1...3 {
        world.house.time.advance(by: .seconds(2 * 3600))
        let tokens = try await world.house.tokens(id, times: 50)
        #expect(tokens.count == 1)
        #expect(try await world.refreshes() == round)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a token is used until five minutes before its end`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let grant = try #require(
        try await world.house.store.read { (tx: borrowing Transaction) in try tx.grant(of: id, in: .default) }
      )
      let rest = grant.expires - world.house.time.now
      world.house.time.advance(by: rest - TokenSource.margin)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.refreshes() == 0)
      world.house.time.advance(by: .microseconds(1))
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.refreshes() == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a rejected token is replaced once, whoever reports it`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let rejected = try await world.house.tokens.token(for: id, in: .default)
      let fresh = try await withThrowingTaskGroup(of: Secret.self) { group in
        for _ in 0..<20 {
          group.addTask { try await world.house.tokens.replace(rejected, for: id, in: .default) }
        }
        return try await group.reduce(into: Set<String>()) { $0.insert($1.reveal()) }
      }
      #expect(fresh.count == 1 && !fresh.contains(rejected.reveal()))
      let late = try await world.house.tokens.replace(rejected, for: id, in: .default)
      #expect(fresh.contains(late.reveal()))
      #expect(try await world.refreshes() == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `two nodes that refresh at once end with one grant that works`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", #"{"strictRotation": true}"#)
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let other = world.house.otherNode()
      for _ in 0..<5 {
        world.house.time.advance(by: .seconds(2 * 3600))
        async let here = try? world.house.tokens.token(for: id, in: .default)
        async let there = try? other.tokens.token(for: id, in: .default)
        #expect(await [here, there].contains { $0 != nil })
        let after = [
          try await world.house.tokens.token(for: id, in: .default),
          try await other.tokens.token(for: id, in: .default),
        ]
        #expect(after[0] == after[1])
        #expect(try await world.house.directory.account(id, in: .default).state == .connected)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a hundred mailboxes of one app cost one token request`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let ids = (1...100).map { AccountID("m\($0)") }
      for id in ids {
        let account = NewAccount(id: id, name: "M", email: nil, app: app, mailbox: "alice@contoso.test")
        _ = try await world.house.directory.create(account, in: .default)
      }
      for round in 1...2 {
        let tokens = try await withThrowingTaskGroup(of: Secret.self) { group in
          for id in ids { group.addTask { try await world.house.tokens.token(for: id, in: .default) } }
          return try await group.reduce(into: Set<String>()) { $0.insert($1.reveal()) }
        }
        #expect(tokens.count == 1)
        #expect(try await world.requests("/token").count == round)
        world.house.time.advance(by: .seconds(2 * 3600))
      }
      let accounts = try await world.house.directory.accounts(PageRequest(), state: .connected, in: .default)
      #expect(accounts.total == 100)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a thousand mailboxes of one app cost one token request an hour`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let ids = (1...1000).map { AccountID("m\($0)") }
      let now = world.house.time.now
      try await world.house.store.write { (tx: borrowing Transaction) in
        for id in ids {
          try tx.upsert(
            AccountRecord(
              workspace: .default, id: id, name: "M", email: "m@contoso.test", app: app,
              mailbox: "alice@contoso.test", state: .connected, mailboxFound: true, unknownOutcome: .hold,
              created: now))
        }
      }
      for hour in 1...3 {
        let tokens = try await withThrowingTaskGroup(of: Secret.self) { group in
          for id in ids { group.addTask { try await world.house.tokens.token(for: id, in: .default) } }
          return try await group.reduce(into: Set<String>()) { $0.insert($1.reveal()) }
        }
        #expect(tokens.count == 1)
        #expect(try await world.requests("/token").count == hour)
        world.house.time.advance(by: .seconds(3600))
      }
    }
  }

  @Test(
    arguments: StoreEngine.allCases,
    [
      #"{"path": "/token", "status": 503, "count": 1}"#,
      #"{"path": "/token", "status": 429, "retryAfter": 7, "count": 1}"#,
      #"{"path": "/token", "close": "before", "count": 1}"#,
      #"{"path": "/token", "close": "after", "count": 1}"#,
    ])
  func `a token endpoint that fails is a delay`(engine: StoreEngine, fault: String) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      world.house.time.advance(by: .seconds(2 * 3600))
      try await world.control("faults", fault)
      let problem = await #expect(throws: Problem.self) {
        try await world.house.tokens.token(for: id, in: .default)
      }
      guard case .safe = problem?.retry else {
        Issue.record("\(String(describing: problem))")
        return
      }
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.lastError == nil)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.events(id) == ["accountAdded", "authenticationSuccess"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a lost grant is told once and not asked about again`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let id = try await world.connected("alice", as: "alice@contoso.test", app: app)
      try await world.control("clock", #"{"advanceSeconds": 8640000}"#)
      world.house.time.advance(by: .seconds(8_640_000))
      for _ in 0..<3 {
        let problem = await #expect(throws: Problem.self) {
          try await world.house.tokens.token(for: id, in: .default)
        }
        #expect(problem?.code == .accountNotConnected)
        #expect(problem?.retry == .futile && problem?.scope.letsMessagesWait == true)
        world.house.time.advance(by: .seconds(3600))
      }
      #expect(try await world.refreshes() == 1)
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .authenticationError)
      #expect(account.lastError?.code == ProblemCode.entraGrantExpired.rawValue)
      #expect(account.lastError?.peerCode?.hasPrefix("AADSTS") == true)
      try await world.control("clock", #"{"advanceSeconds": 10800}"#)
      let form = NewForm(account: id, redirectURL: "https://a.example/done")
      guard case .connected(_, .existing, _) = try await world.connect(form, as: "alice@contoso.test") else {
        Issue.record("not connected again")
        return
      }
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(
        try await world.house.events(id) == [
          "accountAdded", "authenticationSuccess", "authenticationError", "authenticationSuccess",
        ])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a wrong secret concerns the app, and every account of it recovers by itself`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon(secret: "not it")
      let account = NewAccount(
        id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "alice@contoso.test")
      let id = try await world.house.directory.create(account, in: .default).id
      for _ in 0..<3 {
        await #expect(throws: Problem.self) {
          try await world.house.tokens.token(for: id, in: .default)
        }
      }
      let asked = try await world.requests("/token").count
      #expect(asked == 1)
      let code = ProblemCode.entraSecretWrong.rawValue
      #expect(try await world.house.registry.app(app, in: .default).lastError?.code == code)
      #expect(try await world.house.directory.account(id, in: .default).lastError?.code == code)
      #expect(try await world.house.events(id) == ["accountAdded", "authenticationError"])
      var change = AppChange()
      change.clientSecret = Secret(Sandboxed.daemon.secret)
      try await world.house.registry.update(app, change, in: .default)
      world.house.time.advance(by: AccountMachine.pause)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.directory.account(id, in: .default).state == .connected)
      #expect(try await world.house.registry.app(app, in: .default).lastError == nil)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account that is gone has no token`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let problem = await #expect(throws: Problem.self) {
        try await house.tokens.token(for: AccountID("nobody"), in: .default)
      }
      #expect(problem?.code == .accountNotFound && problem?.retry == .futile)
    }
  }
}

extension House {
  /// The distinct tokens that so many tasks get.
  fileprivate func tokens(_ id: AccountID, times: Int) async throws -> Set<String> {
    try await withThrowingTaskGroup(of: Secret.self) { group in
      for _ in 0..<times { group.addTask { try await tokens.token(for: id, in: .default) } }
      return try await group.reduce(into: Set()) { $0.insert($1.reveal()) }
    }
  }
}
