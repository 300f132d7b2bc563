import AccountsTesting
import Core
import Store
import StoreTesting
import Testing

@testable import Accounts

/// Mailboxes that somebody else signs in for, and those that another account's grant reaches.
@Suite struct DelegatedTests {
  static let info = "info@contoso.test"

  static func form(_ mailbox: String = info, account: String = "info") -> NewForm {
    NewForm(
      account: AccountID(account), email: mailbox, delegated: true, redirectURL: "https://a.example/done")
  }

  static func delegate(_ owner: AccountID, _ mailbox: String = info) -> NewDelegate {
    NewDelegate(id: AccountID("info"), name: nil, email: nil, mailbox: mailbox, owner: owner)
  }

  @Test(arguments: StoreEngine.allCases)
  func `somebody with rights in a shared mailbox connects it`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      guard case .connected(let id, .new, _) = try await world.connect(Self.form(), as: "alice@contoso.test")
      else {
        Issue.record("not connected")
        return
      }
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.delegated && account.delegatedAccount == nil)
      #expect(account.mailbox == Self.info && account.email == Self.info && account.name == Self.info)
      #expect(account.mailboxFound && account.sendOnly == false)
      world.house.time.advance(by: .seconds(2 * 3600))
      try await world.control("clock", #"{"advanceSeconds": 7200}"#)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(
        try await world.house.directory.account(id, in: .default).scopes.contains {
          $0.hasSuffix("Mail.ReadWrite.Shared")
        })
      // Whoever connected it connects it again, without saying once more what it is.
      let again = NewForm(account: id, redirectURL: "https://a.example/done")
      guard case .connected(id, .existing, _) = try await world.connect(again, as: "alice@contoso.test")
      else {
        Issue.record("Alice cannot come back")
        return
      }
      #expect(try await world.house.directory.account(id, in: .default).mailbox == Self.info)
      #expect(
        try await world.connect(again, as: "bob@contoso.test").refusal?.code == .accountIdentityMismatch)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `without rights in the mailbox nothing is stored and both are named`(engine: StoreEngine) async throws
  {
    try await Sandboxed.run(engine) { world in
      _ = try await world.addWebApp()
      let outcome = try await world.connect(Self.form("bob@contoso.test"), as: "alice@contoso.test")
      #expect(outcome.refusal?.code == .accountDelegateNoAccess)
      let told = outcome.refusal?.summary ?? ""
      #expect(told.contains("alice@contoso.test") && told.contains("bob@contoso.test"))
      #expect(try await world.house.directory.accounts(PageRequest(), in: .default).total == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a link for a shared mailbox does not turn a person's account into one`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      _ = try await world.connected("a", as: "alice@contoso.test", app: app)
      let problem = await #expect(throws: Problem.self) {
        try await world.house.signIn.form(Self.form(account: "a"), in: .default)
      }
      #expect(problem?.code == .accountExists)
      var nobody = Self.form()
      nobody.email = nil
      let missing = await #expect(throws: Problem.self) {
        try await world.house.signIn.form(nobody, in: .default)
      }
      #expect(missing?.code == .requestInvalidField)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `another account's grant reaches a shared mailbox, and its failures concern both`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let owner = try await world.delegatingAccount()
      let id = try await world.house.directory.create(Self.delegate(owner), in: .default).id
      let token = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.tokens.token(for: owner, in: .default) == token)
      var account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.delegatedAccount == owner && account.mailboxFound)
      #expect(account.identity == nil && account.sendOnly == false)
      let inUse = await #expect(throws: Problem.self) {
        try await world.house.directory.delete(owner, in: .default)
      }
      #expect(inUse?.code == .accountInUse && inUse?.summary.contains("“info”") == true)
      // The grant dies: both say so, each once.
      try await world.control("clock", #"{"advanceSeconds": 8640000}"#)
      world.house.time.advance(by: .seconds(8_640_000))
      for _ in 0..<2 {
        await world.refuses(id, .entraGrantExpired)
        await world.refuses(owner, .entraGrantExpired)
        world.house.time.advance(by: .seconds(3600))
      }
      try await world.control("clock", #"{"advanceSeconds": 7200}"#)
      #expect(try await world.refreshes() == 1)
      let failed = ["accountAdded", "authenticationSuccess", "authenticationError"]
      #expect(try await world.house.events(id) == failed)
      #expect(try await world.house.events(owner) == failed)
      // And its owner's sign-in mends both.
      let form = NewForm(account: owner, redirectURL: "https://a.example/done")
      guard case .connected = try await world.connect(form, as: "alice@contoso.test") else {
        Issue.record("not connected again")
        return
      }
      account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.lastError == nil)
      #expect(try await world.house.events(id) == failed + ["authenticationSuccess"])
      try await world.house.directory.delete(id, in: .default)
      try await world.house.directory.delete(owner, in: .default)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a mailbox that the owner may not use is told, and looked into again`(engine: StoreEngine) async throws
  {
    try await Sandboxed.run(engine) { world in
      let owner = try await world.delegatingAccount()
      let id = try await world.house.directory.create(
        Self.delegate(owner, "bob@contoso.test"), in: .default
      ).id
      for _ in 0..<3 {
        await world.refuses(id, .accountDelegateNoAccess)
        #expect(try await world.house.directory.account(id, in: .default).state == .connectError)
        world.house.time.advance(by: AccountMachine.pause)
      }
      #expect(try await world.house.events(id) == ["accountAdded", "connectError"])
      #expect(try await world.house.directory.account(owner, in: .default).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `only a person's own account of the same workspace lends its grant`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let owner = try await world.delegatingAccount()
      _ = try await world.house.directory.create(Self.delegate(owner), in: .default)
      let daemon = try await world.addDaemon()
      _ = try await world.house.directory.create(
        NewAccount(id: AccountID("d"), name: "D", email: nil, app: daemon, mailbox: "bob@contoso.test"),
        in: .default)
      for (lender, code) in [
        ("nobody", ProblemCode.accountNotFound), ("d", .requestInvalidField), ("info", .requestInvalidField),
      ] {
        var new = Self.delegate(AccountID(lender))
        new.id = AccountID("other")
        let problem = await #expect(throws: Problem.self) {
          try await world.house.directory.create(new, in: .default)
        }
        #expect(problem?.code == code)
      }
      let itself = await #expect(throws: Problem.self) {
        var new = Self.delegate(owner)
        new.id = owner
        return try await world.house.directory.create(new, in: .default)
      }
      #expect(itself?.code == .accountExists)
    }
  }
}

extension Sandboxed {
  /// Alice's, with what it takes to reach other mailboxes.
  func delegatingAccount() async throws -> AccountID {
    let app = try await house.registry.create(
      NewApp(
        name: "Mail", provider: .outlook, enabled: true, clientID: Self.web.id,
        clientSecret: Secret(Self.web.secret), extraScopes: ["Mail.ReadWrite.Shared", "Mail.Send.Shared"]),
      in: .default)
    return try await connected("alice", as: "alice@contoso.test", app: app)
  }
}
