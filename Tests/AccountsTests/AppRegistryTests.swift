import AccountsTesting
import Core
import Microsoft
import Store
import StoreTesting
import Testing
import Vault

@testable import Accounts

@Suite struct AppRegistryTests {
  @Test(arguments: StoreEngine.allCases)
  func `an app is kept as it was given, its secret sealed`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let new = NewApp(
        name: "Mail", title: "Sign in", description: "Ours", provider: .outlook, enabled: true,
        clientID: "6731de76-14a6-49ae-97bc-6eba6914391e",
        clientSecret: Secret("hush"), authority: "Contoso.example", redirectURL: "https://a.example/oauth",
        extraScopes: ["Mail.Send.Shared", "email"], skipScopes: ["User.Read"])
      let id = try await house.registry.create(new, in: .default)
      let app = try await house.registry.app(id, in: .default)
      #expect(app.name == "Mail" && app.title == "Sign in" && app.description == "Ours")
      #expect(app.authority == "contoso.example" && app.redirectURL == "https://a.example/oauth")
      #expect(app.extraScopes == ["Mail.Send.Shared", "email"] && app.skipScopes == ["User.Read"])
      #expect(app.hasSecret && app.enabled && app.accounts == 0 && app.lastError == nil)
      let record = try #require(
        try await house.store.read { (tx: borrowing Transaction) in try tx.app(id, in: .default) })
      let box = try #require(record.clientSecret)
      #expect(!String(decoding: box, as: UTF8.self).contains("hush"))
      #expect(try house.vault.openSecret(box, for: .clientSecret(id, in: .default)) == Secret("hush"))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `apps are listed oldest first, page by page`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      var ids: [AppID] = []
      for _ in 0..<5 {
        ids.append(try await house.addApp())
        house.time.advance(by: .seconds(1))
      }
      let page = try await house.registry.apps(PageRequest(page: 1, size: 2), in: .default)
      #expect(page.total == 5)
      #expect(page.elements.map(\.id) == Array(ids[2...3]))
      let elsewhere = try await house.registry.apps(PageRequest(), in: WorkspaceID("other"))
      #expect(elsewhere.total == 0 && elsewhere.elements.isEmpty)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a change leaves everything else as it is, and is checked like a new app`(
    engine: StoreEngine
  ) async throws {
    try await House.open(engine) { house in
      let id = try await house.addApp(.outlookService)
      house.time.advance(by: .seconds(1))
      var change = AppChange()
      change.name = "Post"
      try await house.registry.update(id, change, in: .default)
      let app = try await house.registry.app(id, in: .default)
      #expect(app.name == "Post" && app.hasSecret && app.authority == "contoso.example")
      #expect(app.updated - app.created == .seconds(1))
      change.authority = "common"
      let problem = await #expect(throws: Problem.self) {
        try await house.registry.update(id, change, in: .default)
      }
      #expect(problem?.code == .appInvalid)
      #expect(try await house.registry.app(id, in: .default).authority == "contoso.example")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an app that accounts use is not deleted`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp(.outlookService)
      let account = NewAccount(
        id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "a@contoso.example")
      _ = try await house.directory.create(account, in: .default)
      let problem = await #expect(throws: Problem.self) {
        try await house.registry.delete(app, in: .default)
      }
      #expect(problem?.code == .appInvalid)
      try await house.directory.delete(AccountID("a"), in: .default)
      try await house.registry.delete(app, in: .default)
      let gone = await #expect(throws: Problem.self) {
        try await house.registry.app(app, in: .default)
      }
      #expect(gone?.code == .appNotFound)
    }
  }
}
