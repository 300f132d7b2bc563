import AccountsTesting
import Core
import Store
import StoreTesting
import Testing

@testable import Accounts
@testable import Backends

/// A token that Graph refuses before its time, and Entra gives no other.
@Suite struct RefusedTokenTests {
  @Test(arguments: StoreEngine.allCases)
  func `a lost grant's token is not tried again`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      // Only Microsoft's clock: for us the token is still good.
      try await world.control("clock", #"{"advanceSeconds": 8640000}"#)
      try await world.failToDraft(id)
      #expect(try await world.requests("/me/messages").map(\.status) == [401])
      #expect(try await world.refreshes() == 1)
      #expect(
        try await world.house.events(id) == ["accountAdded", "authenticationSuccess", "authenticationError"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an app's token is not tried again, and a new one connects the account`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let account = NewAccount(
        id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "alice@contoso.test")
      let id = try await world.house.directory.create(account, in: .default).id
      _ = try await world.house.tokens.token(for: id, in: .default)
      var change = AppChange()
      change.clientSecret = Secret("not it")
      try await world.house.registry.update(app, change, in: .default)
      try await world.control("clock", #"{"advanceSeconds": 7200}"#)
      try await world.failToDraft(id)
      #expect(try await world.requests("/messages").map(\.status) == [401])
      let story = ["accountAdded", "authenticationSuccess", "authenticationError"]
      #expect(try await world.house.events(id) == story)
      change.clientSecret = Secret(Sandboxed.daemon.secret)
      try await world.house.registry.update(app, change, in: .default)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.events(id) == story + ["authenticationSuccess"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a renewed secret brings back the accounts that were refused for it`(engine: StoreEngine) async throws
  {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let id = try await world.connected("alice", as: "alice@contoso.test", app: app)
      var change = AppChange()
      change.clientSecret = Secret("not it")
      try await world.house.registry.update(app, change, in: .default)
      world.house.time.advance(by: .seconds(7200))
      await #expect(throws: Problem.self) { try await world.house.tokens.token(for: id, in: .default) }
      #expect(try await world.house.directory.account(id, in: .default).state == .authenticationError)
      change.clientSecret = Secret(Sandboxed.web.secret)
      try await world.house.registry.update(app, change, in: .default)
      // The connector takes it from here.
      #expect(try await world.house.directory.account(id, in: .default).state == .connecting)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.directory.account(id, in: .default).state == .connected)
    }
  }
}

extension Sandboxed {
  /// Three times, each when the refusal before it no longer stands.
  fileprivate func failToDraft(_ id: AccountID) async throws {
    for _ in 0..<3 {
      let sender = try await house.backends.sender(for: id, in: .default)
      let problem = await #expect(throws: Problem.self) { try await sender.createDraft(.sample(1)) }
      #expect(problem?.code == .accountNotConnected)
      #expect(try await house.directory.account(id, in: .default).state == .authenticationError)
      house.time.advance(by: AccountMachine.pause)
    }
  }
}
