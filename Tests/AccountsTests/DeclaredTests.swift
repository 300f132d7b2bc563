import AccountsTesting
import Core
import Store
import StoreTesting
import Testing
import Vault

@testable import Access
@testable import Accounts

/// What the configuration file declares, at the start of a gateway.
@Suite struct DeclaredTests {
  static let service = DeclaredSettings.App(
    id: AppID(declared: "relay"),
    app: NewApp(
      name: "Relay", provider: .outlookService, enabled: true, clientID: Sandboxed.daemon.id,
      clientSecret: Secret(Sandboxed.daemon.secret), authority: "contoso.test"))
  static let people = DeclaredSettings.App(
    id: AppID(declared: "people"),
    app: NewApp(
      name: "People", provider: .outlook, enabled: true, clientID: Sandboxed.web.id,
      clientSecret: Secret(Sandboxed.web.secret)))
  static let token = Secret("6f1d2c3b4a5968778695a4b3c2d1e0f1")

  static func account(_ id: String, _ app: AppID, _ email: String, token: Secret? = nil)
    -> DeclaredSettings.Account
  {
    DeclaredSettings.Account(
      id: AccountID(id), name: nil, email: email, app: app, refreshToken: token, unknownOutcome: .hold)
  }

  static func settings(_ accounts: [DeclaredSettings.Account], tokens: Bool = true) -> DeclaredSettings {
    var settings = DeclaredSettings()
    settings.apps = [service, people]
    settings.accounts = accounts
    if tokens {
      settings.tokens = [
        DeclaredSettings.Token(
          id: TokenID("declared_scanner"), token: token, description: "scanner", scopes: ["api"],
          account: accounts.first?.id, expires: nil)
      ]
    }
    return settings
  }

  @Test(arguments: StoreEngine.allCases)
  func `what is declared is made, marked, and refused to others`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let house = world.house
      let declared = Self.settings([
        Self.account("printer", Self.service.id, "alice@contoso.test"),
        Self.account("sales", Self.people.id, "bob@contoso.test"),
      ])
      // The second start finds everything in place.
      for _ in 0..<2 { #expect(try await house.directory.declare(declared) == DeclaredChanges()) }
      let printer = try await house.directory.account(AccountID("printer"), in: .default)
      #expect(printer.declared && printer.type == .outlookService)
      #expect(try await house.directory.account(AccountID("sales"), in: .default).state == .unset)
      #expect(try await house.registry.app(Self.people.id, in: .default).declared)
      let tokens = TokenDirectory(store: house.store, time: house.time)
      let principal = try await tokens.principal(of: Self.token)
      #expect(principal?.account == AccountID("printer"))
      #expect(try await house.events(AccountID("printer")) == ["accountAdded"])

      let operatorPrincipal = Principal(workspace: .default, scopes: ["*"])
      let refused: [@Sendable () async throws -> Void] = [
        { try await house.registry.update(Self.people.id, AppChange(), in: .default) },
        { try await house.registry.delete(Self.people.id, in: .default) },
        { try await house.directory.delete(AccountID("printer"), in: .default) },
        { try await house.directory.update(AccountID("printer"), AccountChange(name: "x"), in: .default) },
        {
          _ = try await house.directory.create(
            NewAccount(
              id: AccountID("printer"), name: "x", email: nil, app: Self.service.id,
              mailbox: "bob@contoso.test"), in: .default)
        },
        { try await tokens.revoke(TokenID("declared_scanner"), by: operatorPrincipal) },
        { _ = try await tokens.revoke(TokenID("declared_scanner")) },
      ]
      for action in refused {
        let problem = await #expect(throws: Problem.self) { try await action() }
        #expect(problem?.code == .configurationDeclared)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what is no longer declared stays without its mark, and its tokens stop working`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let house = world.house
      let printer = Self.account("printer", Self.service.id, "alice@contoso.test")
      _ = try await house.directory.declare(Self.settings([printer]))
      let tokens = TokenDirectory(store: house.store, time: house.time)
      #expect(try await tokens.principal(of: Self.token) != nil)
      let changes = try await house.directory.declare(DeclaredSettings())
      #expect(
        changes.undeclaredApps.sorted { $0.rawValue < $1.rawValue } == [Self.people.id, Self.service.id])
      #expect(changes.undeclaredAccounts == [AccountID("printer")])
      #expect(changes.removedTokens == [TokenID("declared_scanner")])
      tokens.forgetTokens()
      #expect(try await tokens.principal(of: Self.token) == nil)
      #expect(try await !house.directory.account(AccountID("printer"), in: .default).declared)
      try await house.directory.delete(AccountID("printer"), in: .default)
      #expect(try await house.directory.declare(DeclaredSettings()) == DeclaredChanges())
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a refresh token is imported only when it differs from the one imported last`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let house = world.house
      let app = try await world.addWebApp()
      let first = Secret(try await world.refreshToken(of: "bob@contoso.test", app: app, donor: "d1"))
      let second = Secret(
        try await world.refreshToken(of: "bob@contoso.test", app: app, donor: "d2"))
      let id = AccountID("sales")
      func start(_ token: Secret) async throws {
        _ = try await house.directory.declare(
          Self.settings([Self.account("sales", Self.people.id, "bob@contoso.test", token: token)]))
        await house.connector.connectAll()
      }
      func version() async throws -> Int64? {
        try await house.store.read { (tx: borrowing Transaction) in
          try tx.grant(of: id, in: .default)?.version
        }
      }
      try await start(first)
      #expect(try await house.directory.account(id, in: .default).state == .connected)
      let asked = try await world.refreshes()
      let before = try await version()
      house.time.advance(by: .seconds(1))
      try await start(first)
      #expect(try await version() == before)
      #expect(try await world.refreshes() == asked)
      try await start(second)
      #expect(try await world.refreshes() == asked + 1)
      #expect(try await house.directory.account(id, in: .default).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `tokens may change places, and an account its app`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let house = world.house
      let texts = [Self.token, Secret("00f1e2d3c4b5a69788796a5b4c3d2e1f")]
      func settings(_ order: [Int], app: DeclaredSettings.App) -> DeclaredSettings {
        var settings = Self.settings([Self.account("sales", app.id, "bob@contoso.test")], tokens: false)
        settings.apps = [Self.people, app]
        settings.tokens = zip(["a", "b"], order).map { name, index in
          DeclaredSettings.Token(
            id: TokenID(declared: name), token: texts[index], description: name, scopes: ["api"],
            account: nil,
            expires: nil)
        }
        return settings
      }
      _ = try await house.directory.declare(settings([0, 1], app: Self.people))
      let other = DeclaredSettings.App(id: AppID(declared: "other"), app: Self.people.app)
      #expect(try await house.directory.declare(settings([1, 0], app: other)) == DeclaredChanges())
      let stored = try await house.store.read { (tx: borrowing Transaction) in try tx.declaredTokens() }
      #expect(stored.map(\.hash) == [Digest.sha256(texts[1]), Digest.sha256(texts[0])])
      #expect(try await house.directory.account(AccountID("sales"), in: .default).app == other.id)
    }
  }

  @Test func `an app keeps its provider, and an account the app that its owner signed in through`()
    async throws
  {
    try await Sandboxed.run(.sqlite) { world in
      let house = world.house
      let sales = Self.account("sales", Self.people.id, "bob@contoso.test")
      _ = try await house.directory.declare(Self.settings([sales]))
      var turned = Self.settings([], tokens: false)
      turned.apps = [DeclaredSettings.App(id: Self.people.id, app: Self.service.app)]
      let provider = await #expect(throws: Problem.self) { try await house.directory.declare(turned) }
      #expect(provider?.fields.map(\.key) == ["apps.people.provider"])
      let form = NewForm(account: sales.id, app: Self.people.id, redirectURL: "https://a.example")
      guard case .connected = try await world.connect(form, as: "bob@contoso.test", app: Self.people.id)
      else {
        Issue.record("not connected")
        return
      }
      let other = DeclaredSettings.App(id: AppID(declared: "other"), app: Self.people.app)
      var moved = Self.settings([Self.account("sales", other.id, "bob@contoso.test")])
      moved.apps.append(other)
      let app = await #expect(throws: Problem.self) { try await house.directory.declare(moved) }
      #expect(app?.fields.map(\.key) == ["accounts.sales.app"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `if one declaration cannot be, none takes effect`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let house = world.house
      let person = try await world.connected(
        "printer", as: "alice@contoso.test", app: try await world.addWebApp())
      let settings = Self.settings([
        Self.account("new", Self.service.id, "bob@contoso.test"),
        Self.account(person.rawValue, Self.service.id, "alice@contoso.test"),
      ])
      let problem = await #expect(throws: Problem.self) { try await house.directory.declare(settings) }
      #expect(problem?.code == .accountExists)
      #expect(problem?.fields.map(\.key) == ["accounts.printer"])
      await #expect(throws: Problem.self) {
        try await house.directory.account(AccountID("new"), in: .default)
      }
      await #expect(throws: Problem.self) { try await house.registry.app(Self.people.id, in: .default) }
    }
  }
}
