import AccountsTesting
import Core
import Store
import StoreTesting
import Testing

@testable import Accounts

/// Accounts that are saved before anybody signs in, and where their links may lead.
@Suite struct UnsetAccountTests {
  @Test(arguments: StoreEngine.allCases)
  func `an account that is saved without credentials is connected by its link`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let new = UnsetAccount(
        id: AccountID("a"), name: nil, mailbox: "alice@contoso.test", delegated: false, app: app)
      #expect(try await world.house.directory.create(new, in: .default).origin == .new)
      let account = try await world.house.directory.account(AccountID("a"), in: .default)
      #expect(account.state == .unset && account.mailbox == "alice@contoso.test")
      let form = NewForm(
        account: AccountID("a"), email: "alice@contoso.test", app: app, redirectURL: House.publicURL + "/")
      #expect(try await world.connect(form, as: "bob@contoso.test").refusal?.code == .accountIdentityMismatch)
      guard
        case .connected(AccountID("a"), .existing, _) = try await world.connect(
          form, as: "alice@contoso.test")
      else {
        Issue.record("not connected")
        return
      }
      let connected = try await world.house.directory.account(AccountID("a"), in: .default)
      #expect(connected.state == .connected && connected.identity == .verified)
      #expect(try await world.house.events(AccountID("a")) == ["accountAdded", "authenticationSuccess"])
      // Asking for another link leaves it as it is.
      #expect(try await world.house.directory.create(new, in: .default).origin == .existing)
      #expect(try await world.house.directory.account(AccountID("a"), in: .default).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a workspace that names hosts sends people nowhere else`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      _ = try await house.addApp()
      let now = house.time.now
      try await house.store.write { (tx: borrowing Transaction) in
        _ = try tx.update(
          WorkspaceRecord(id: .default, name: "Default", redirectHosts: ["crm.example"], created: now))
      }
      for url in ["https://crm.example/done", "http://CRM.example:8080/x?y=1", House.publicURL + "/"] {
        _ = try await house.signIn.form(NewForm(redirectURL: url), in: .default)
      }
      for url in [
        "https://evil.example/", "https://crm.example.evil.example/", "https://evil.example/crm.example",
        "https://crm.example@evil.example/", "javascript:alert(1)", "//crm.example/",
        "https://sub.crm.example/",
      ] {
        let problem = await #expect(throws: Problem.self) {
          try await house.signIn.form(NewForm(redirectURL: url), in: .default)
        }
        #expect(problem?.code == .requestInvalidField && problem?.summary.contains("redirectUrl") == true)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `one shared app signs people in everywhere, and another workspace's is not found`(engine: StoreEngine)
    async throws
  {
    try await House.open(engine) { house in
      let (other, now) = (WorkspaceID("other"), house.time.now)
      try await house.store.write { (tx: borrowing Transaction) in
        _ = try tx.insert(WorkspaceRecord(id: other, name: "Other", created: now))
      }
      let own = try await house.addApp()
      let shared = try await house.registry.create(
        NewApp(
          name: "All", provider: .outlook, enabled: true, shared: true,
          clientID: "6731de76-14a6-49ae-97bc-6eba6914391e"), in: .default)
      _ = try await house.signIn.form(NewForm(app: shared, redirectURL: "https://a.example/"), in: other)
      let problem = await #expect(throws: Problem.self) {
        try await house.signIn.form(NewForm(app: own, redirectURL: "https://a.example/"), in: other)
      }
      #expect(problem?.code == .appNotFound)
      let unset = await #expect(throws: Problem.self) {
        try await house.directory.create(
          UnsetAccount(id: nil, name: nil, mailbox: "a@x.example", delegated: false, app: own), in: other)
      }
      #expect(unset?.code == .appNotFound)
    }
  }
}
