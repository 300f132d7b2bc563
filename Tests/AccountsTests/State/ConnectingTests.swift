import AccountsTesting
import Core
import Diagnosis
import Microsoft
import Queue
import Store
import StoreTesting
import Testing
import Vault

@testable import Accounts

/// What an account needs before it counts as connected.
@Suite struct ConnectingTests {
  @Test(arguments: StoreEngine.allCases)
  func `a mailbox that is not there is not connected because the token of the look had expired`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      let new = NewAccount(
        id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "nobody@contoso.test")
      let id = try await world.house.directory.create(new, in: .default).id
      await world.refuses(id, .graphMailboxUnavailable)
      // Only Microsoft's clock: for us the token is still good.
      try await world.control("clock", #"{"advanceSeconds": 7200}"#)
      try await world.house.reconnect(id)
      await world.refuses(id, .graphMailboxUnavailable)
      #expect(try await world.house.directory.account(id, in: .default).state == .connectError)
      #expect(try await world.requests("/token").count == 2)
      #expect(try await world.requests("/mailFolders/drafts").map(\.status) == [404, 401, 404])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a look that is refused twice for its token leaves the account unconnected`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      try await world.control(
        "faults",
        #"{"path": "/drafts", "status": 401, "code": "InvalidAuthenticationToken", "count": 2}"#)
      try await world.house.reconnect(id)
      await world.refuses(id, .graphTokenRejected)
      #expect(try await world.house.directory.account(id, in: .default).state == .connectError)
      world.house.time.advance(by: AccountMachine.pause)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.directory.account(id, in: .default).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a grant that does not reach other mailboxes is told when it is lent`(engine: StoreEngine) async throws
  {
    try await Sandboxed.run(engine) { world in
      let owner = try await world.connected(
        "alice", as: "alice@contoso.test", app: try await world.addWebApp())
      let problem = await #expect(throws: Problem.self) {
        try await world.house.directory.create(DelegatedTests.delegate(owner), in: .default)
      }
      #expect(problem?.code == .accountPermissionMissing)
      #expect(problem?.summary.contains("Mail.Send.Shared") == true)
      #expect(problem?.remedy?.contains("alice@contoso.test") == true)
      #expect(try await world.house.directory.accounts(PageRequest(), in: .default).total == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a grant that no longer reaches another mailbox is told when that is connected`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      let owner = try await world.delegatingAccount()
      let id = try await world.house.directory.create(DelegatedTests.delegate(owner), in: .default).id
      _ = try await world.house.tokens.token(for: id, in: .default)
      try await world.house.store.write { (tx: borrowing Transaction) in
        guard var grant = try tx.grant(of: owner, in: .default) else { return }
        let version = grant.version
        grant.version += 1
        grant.scopes = grant.scopes.filter { !$0.hasSuffix("Mail.Send.Shared") }
        _ = try tx.save(grant, replacing: version)
      }
      try await world.house.reconnect(id)
      await world.refuses(id, .accountPermissionMissing)
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connectError)
      #expect(account.lastError?.summary.contains("Mail.Send.Shared") == true)
      let found = try await world.house.verifier.verify(account: id, sendTo: nil, in: .default)
      #expect(found.steps.contains { $0.problem == "account.permissionMissing" }, "\(found.steps)")
      // Whoever signs in again is asked for what the other account needs.
      _ = try await world.connected(
        "alice", as: "alice@contoso.test",
        app: try await world.house.directory.account(owner, in: .default).app)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.directory.account(id, in: .default).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `signing in for another mailbox without the permission is refused at once`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      // May not ask for anything shared: its tokens come without.
      let app = try await world.house.addApp(
        clientID: "a0000000-0000-4000-8000-000000000020", secret: "planted~Secret-Value.of.the.sandbox-0020")
      let outcome = try await world.connect(DelegatedTests.form(), as: "alice@contoso.test", app: app)
      #expect(outcome.refusal?.code == .accountPermissionMissing)
      let told = outcome.refusal?.summary ?? ""
      #expect(told.contains("Mail.Send.Shared") && told.contains("alice@contoso.test"))
      #expect(try await world.house.directory.accounts(PageRequest(), in: .default).total == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `signing in again keeps what becomes of unknown outcomes, unless the link says so`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      for (asked, expected) in [
        (UnknownOutcome.resend as UnknownOutcome?, UnknownOutcome.resend), (nil, .resend), (.hold, .hold),
        (nil, .hold),
      ] {
        let form = NewForm(
          account: AccountID("a"), app: app, redirectURL: "https://a.example/", unknownOutcome: asked)
        guard case .connected(let id, _, _) = try await world.connect(form, as: "alice@contoso.test") else {
          Issue.record("not connected")
          return
        }
        #expect(try await world.house.directory.account(id, in: .default).unknownOutcome == expected)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the client id of an app with accounts does not change`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp()
      var change = AppChange()
      change.clientID = "11111111-1111-4111-8111-111111111111"
      try await house.registry.update(app, change, in: .default)
      _ = try await house.directory.create(
        UnsetAccount(id: nil, name: nil, mailbox: "a@x.example", delegated: false, app: app), in: .default)
      change.clientID = "22222222-2222-4222-8222-222222222222"
      let problem = await #expect(throws: Problem.self) {
        try await house.registry.update(app, change, in: .default)
      }
      #expect(problem?.code == .appInvalid)
      #expect(try await house.registry.app(app, in: .default).clientID.hasPrefix("11111111"))
    }
  }
}

// What is no verdict on the account
extension ConnectingTests {
  @Test(arguments: StoreEngine.allCases)
  func `messages of an app whose cloud is gone wait, and that is told once`(engine: StoreEngine) async throws
  {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let id = try await world.connected("alice", as: "alice@contoso.test", app: app)
      try await world.house.store.write { (tx: borrowing Transaction) in
        guard var record = try tx.app(app, in: .default) else { return }
        record.cloud = "gone"
        try tx.update(record)
      }
      world.house.time.advance(by: .seconds(7200))
      for _ in 0..<3 {
        let problem = await #expect(throws: Problem.self) {
          try await world.house.tokens.token(for: id, in: .default)
        }
        #expect(problem?.scope.letsMessagesWait == true)
        world.house.time.advance(by: .seconds(3600))
      }
      let code = ProblemCode.appCloudUnknown.rawValue
      #expect(try await world.house.registry.app(app, in: .default).lastError?.code == code)
      #expect(try await world.house.directory.account(id, in: .default).lastError?.code == code)
      #expect(try await world.house.events(id).count { $0 == "authenticationError" } == 1)
      try await world.house.store.write { (tx: borrowing Transaction) in
        guard var record = try tx.app(app, in: .default) else { return }
        record.cloud = "global"
        try tx.update(record)
      }
      try await world.control("clock", #"{"advanceSeconds": 18000}"#)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.directory.account(id, in: .default).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a wrong key stops this installation and no account`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let id = try await world.connected("alice", as: "alice@contoso.test", app: try await world.addWebApp())
      world.house.time.advance(by: .seconds(7200))
      let other = world.house.otherKey()
      let problem = await #expect(throws: Problem.self) {
        try await other.tokens.token(for: id, in: .default)
      }
      #expect(problem?.scope == .installation)
      let account = try await other.directory.account(id, in: .default)
      #expect(account.state == .connected && account.lastError == nil)
    }
  }
}

// Many at once
extension ConnectingTests {
  @Test(arguments: StoreEngine.allCases)
  func `sixteen who connect an account, and as many who refuse it, tell it once each time`(
    engine: StoreEngine
  )
    async throws
  {
    try await House.open(engine) { house in
      let app = try await house.addApp(.outlookService)
      let new = NewAccount(id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "a@x.example")
      let id = try await house.directory.create(new, in: .default).id
      let refusal = AccountMachineTests.record(.entraAccessBlocked)
      let inputs: [AccountInput] = [
        .tokenGained(.found), .tokenRefused(refusal, grantVersion: nil, blamesApp: false),
        .tokenGained(.unknown),
      ]
      for input in inputs {
        for isolation in [Isolation.readCommitted, .serializable] {
          await (1...16).forEach(limit: 16) { _ in
            let now = house.time.now
            do {
              try await house.store.write(isolation: isolation) { (tx: borrowing Transaction) in
                _ = try tx.apply(input, to: id, in: .default, at: now)
              }
            } catch {
              Issue.record(error)
            }
          }
        }
      }
      #expect(
        try await house.events(id) == [
          "accountAdded", "authenticationSuccess", "authenticationError", "authenticationSuccess",
        ])
      #expect(try await house.directory.account(id, in: .default).mailboxFound)
    }
  }
}

extension House {
  /// Forgets what the account was refused, without waiting for the connector.
  fileprivate func reconnect(_ id: AccountID) async throws {
    try await AccountActions(
      store: store, tokens: tokens, connector: connector, exposesTokens: false, time: time
    ).reconnect(id, in: .default)
  }
}
