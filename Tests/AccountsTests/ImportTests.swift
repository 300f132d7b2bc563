import Core
import Store
import StoreTesting
import Testing
import Vault

@testable import Accounts

/// Refresh tokens that somebody brings along from another program.
@Suite struct ImportTests {
  static func grant(_ token: String, _ app: AppID, email: String = "alice@contoso.test") -> ImportedGrant {
    ImportedGrant(
      account: AccountID("a"), name: nil, email: email, app: .existing(app), refreshToken: Secret(token))
  }

  @Test(arguments: StoreEngine.allCases)
  func `an imported refresh token is tried, and then the account is connected`(engine: StoreEngine)
    async throws
  {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let token = try await world.refreshToken(of: "alice@contoso.test", app: app)
      let (id, origin) = try await world.house.directory.importGrant(Self.grant(token, app), in: .default)
      #expect(id == AccountID("a") && origin == .new)
      let imported = try await world.house.directory.account(id, in: .default)
      #expect(imported.state == .initial && !imported.verified && imported.scopes.isEmpty)
      _ = try await world.house.tokens.token(for: id, in: .default)
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.name == "alice@contoso.test")
      #expect(try await world.house.events(id) == ["accountAdded", "authenticationSuccess"])
    }
  }

  @Test(
    arguments: StoreEngine.allCases,
    ["", "two words", " padded", "line\nbreak", "carriage\rreturn", "tab\t", "ünicode", "zero\0"])
  func `what is no refresh token is refused`(engine: StoreEngine, token: String) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp()
      let problem = await #expect(throws: AccountProblem.self) {
        try await house.directory.importGrant(Self.grant(token, app), in: .default)
      }
      #expect(problem?.code == .requestInvalidField && problem?.remedy != nil)
      #expect(try await house.directory.accounts(PageRequest(), in: .default).total == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an import neither takes an account of another mailbox nor one of an app`(engine: StoreEngine)
    async throws
  {
    try await House.open(engine) { house in
      let app = try await house.addApp()
      _ = try await house.directory.importGrant(Self.grant("one", app), in: .default)
      let again = try await house.directory.importGrant(
        Self.grant("two", app, email: "ALICE@contoso.test"), in: .default)
      #expect(again.origin == .existing)
      let other = await #expect(throws: AccountProblem.self) {
        try await house.directory.importGrant(
          Self.grant("three", app, email: "bob@contoso.test"), in: .default)
      }
      #expect(other?.code == .accountExists)
      let daemon = try await house.addApp(.outlookService)
      let service = await #expect(throws: AccountProblem.self) {
        try await house.directory.importGrant(Self.grant("four", daemon), in: .default)
      }
      #expect(service?.code == .requestInvalidField)
    }
  }
}

extension Sandboxed {
  /// One that another program might have been given.
  func refreshToken(of user: String, app: AppID) async throws -> String {
    let id = try await connected("donor", as: user, app: app)
    let (vault, workspace) = (house.vault, WorkspaceID.default)
    let grant = try await house.store.read { (tx: borrowing Transaction) in
      try tx.grant(of: id, in: workspace)
    }
    let box = try #require(grant?.refreshToken)
    return try vault.openSecret(box, for: .refreshToken(id, in: workspace)).reveal()
  }
}
