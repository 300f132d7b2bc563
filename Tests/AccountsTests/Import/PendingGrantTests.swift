import AccountsTesting
import Core
import StoreTesting
import Testing
import Vault

@testable import Accounts
@testable import Store

/// Refresh tokens that are imported for accounts that hold a good grant.
@Suite struct PendingGrantTests {
  @Test(arguments: StoreEngine.allCases)
  func `a token that Entra does not know leaves the account its grant`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let (id, app) = try await world.importedAccount()
      let before = try await world.grantVersion(of: id)
      _ = try await world.house.directory.importGrant(ImportTests.grant("0.nobody", app), in: .default)
      for _ in 0..<3 { await world.house.connector.connectAll() }
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected)
      #expect(account.lastError?.code == ProblemCode.accountRefreshTokenInvalid.rawValue)
      #expect(account.lastError?.summary.contains("keeps its grant") == true)
      #expect(try await world.grantVersion(of: id) == before)
      #expect(try await world.pendingGrant(of: id) == nil)
      #expect(
        try await world.house.events(id) == ["accountAdded", "authenticationSuccess", "authenticationError"])
      world.house.time.advance(by: .seconds(7200))
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.directory.account(id, in: .default).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a token that proves good replaces the grant and brings its values`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let (id, app) = try await world.importedAccount()
      let before = try #require(try await world.grantVersion(of: id))
      var grant = ImportTests.grant(
        try await world.refreshToken(of: "alice@contoso.test", app: app, donor: "second"), app)
      grant.name = "Another name"
      grant.unknownOutcome = .resend
      #expect(try await world.house.directory.importGrant(grant, in: .default).origin == .existing)
      // Until it is tried nothing is different.
      #expect(try await world.grantVersion(of: id) == before)
      #expect(try await world.house.directory.account(id, in: .default).name == "alice@contoso.test")
      await world.house.connector.connectAll()
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.identity == .verified && account.mailboxFound)
      #expect(account.name == "Another name" && account.unknownOutcome == .resend)
      #expect(try #require(try await world.grantVersion(of: id)) > before)
      #expect(try await world.pendingGrant(of: id) == nil)
      #expect(
        try await world.house.events(id) == [
          "accountAdded", "authenticationSuccess", "authenticationSuccess",
        ])
      world.house.time.advance(by: .seconds(7200))
      _ = try await world.house.tokens.token(for: id, in: .default)
    }
  }

  /// Where each refresh token works once, what Entra gave for it must not be lost.
  @Test(arguments: StoreEngine.allCases)
  func `a refresh token that could not be saved is saved later`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      try await world.control("settings", #"{"strictRotation": true}"#)
      let (id, app) = try await world.importedAccount()
      let token = try await world.refreshToken(of: "alice@contoso.test", app: app, donor: "second")
      let asked = try await world.refreshes()
      _ = try await world.house.directory.importGrant(ImportTests.grant(token, app), in: .default)
      try await world.house.store.refusePendingGrants(true)
      await world.house.connector.connectAll()
      try await world.house.store.refusePendingGrants(false)
      #expect(try await world.refreshes() == asked + 1)
      #expect(try await world.house.directory.account(id, in: .default).lastError == nil)
      world.house.time.advance(by: AccountMachine.pause)
      await world.house.connector.connectAll()
      #expect(try await world.refreshes() == asked + 1)
      #expect(try await world.pendingGrant(of: id) == nil)
      #expect(try await world.house.directory.account(id, in: .default).lastError == nil)
      world.house.time.advance(by: .seconds(7200))
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.directory.account(id, in: .default).state == .connected)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an outage puts it off, and a wrong secret of its app keeps it`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let (id, app) = try await world.importedAccount()
      let token = try await world.refreshToken(of: "alice@contoso.test", app: app, donor: "second")
      _ = try await world.house.directory.importGrant(ImportTests.grant(token, app), in: .default)
      try await world.control("faults", #"{"path": "/token", "status": 503, "count": 1}"#)
      await world.house.connector.connectAll()
      #expect(try await world.pendingGrant(of: id) != nil)
      #expect(try await world.house.directory.account(id, in: .default).lastError == nil)
      var change = AppChange()
      change.clientSecret = Secret("not it")
      try await world.house.registry.update(app, change, in: .default)
      for _ in 0..<2 {
        world.house.time.advance(by: AccountMachine.pause)
        await world.house.connector.connectAll()
      }
      #expect(try await world.pendingGrant(of: id) != nil)
      #expect(try await world.house.events(id).count { $0 == "authenticationError" } == 1)
      change.clientSecret = Secret(Sandboxed.web.secret)
      try await world.house.registry.update(app, change, in: .default)
      world.house.time.advance(by: AccountMachine.pause)
      await world.house.connector.connectAll()
      #expect(try await world.pendingGrant(of: id) == nil)
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.lastError == nil)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a token that cannot send does not replace one that can`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let (id, app) = try await world.importedAccount()
      let token = try await world.refreshToken(of: "alice@contoso.test", app: app, donor: "second")
      _ = try await world.house.directory.importGrant(ImportTests.grant(token, app), in: .default)
      // What it is asked for is what it is known to have.
      try await world.house.store.write { (tx: borrowing Transaction) in
        guard var grant = try tx.pendingGrant(of: id, in: .default)?.grant else { return }
        grant.scopes = ["Mail.ReadWrite", "User.Read"]
        _ = try tx.savePending(grant, replacing: grant.version)
      }
      await world.house.connector.connectAll()
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected)
      #expect(account.lastError?.code == ProblemCode.accountPermissionMissing.rawValue)
      #expect(account.lastError?.summary.contains("Mail.Send") == true)
      #expect(account.scopes.contains { $0.hasSuffix("Mail.Send") })
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `whoever signs in meanwhile has the last word`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let (id, app) = try await world.importedAccount()
      _ = try await world.house.directory.importGrant(ImportTests.grant("0.nobody", app), in: .default)
      _ = try await world.connected("a", as: "alice@contoso.test", app: app)
      #expect(try await world.pendingGrant(of: id) == nil)
      await world.house.connector.connectAll()
      #expect(try await world.house.directory.account(id, in: .default).lastError == nil)
    }
  }
}

extension Sandboxed {
  /// Alice's, with a grant that was imported and is connected and identified.
  fileprivate func importedAccount() async throws -> (AccountID, AppID) {
    let app = try await addWebApp()
    let token = try await refreshToken(of: "alice@contoso.test", app: app)
    let id = try await house.directory.importGrant(ImportTests.grant(token, app), in: .default).id
    await house.connector.connectAll()
    let account = try await house.directory.account(id, in: .default)
    try #require(account.state == .connected && account.identity == .verified)
    return (id, app)
  }

  fileprivate func grantVersion(of id: AccountID) async throws -> Int64? {
    try await house.store.read { (tx: borrowing Transaction) in try tx.grant(of: id, in: .default)?.version }
  }

  fileprivate func pendingGrant(of id: AccountID) async throws -> Int64? {
    try await house.store.read { (tx: borrowing Transaction) in
      try tx.pendingGrant(of: id, in: .default)?.grant.version
    }
  }
}

extension Store {
  /// Whether no token of a pending grant is saved from now on.
  fileprivate func refusePendingGrants(_ refuses: Bool) async throws {
    try await write { (tx: borrowing Transaction) in
      switch (tx.engine, refuses) {
      case (.sqlite, true):
        try tx.execute(
          """
          CREATE TRIGGER refuse BEFORE UPDATE OF version ON pending_grant
          BEGIN SELECT RAISE(ABORT, 'no'); END
          """)
      case (.postgres, true):
        try tx.execute(
          """
          CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''no''; END'
          """)
        try tx.execute(
          """
          CREATE TRIGGER refuse BEFORE UPDATE OF version ON pending_grant FOR EACH ROW EXECUTE FUNCTION refuse()
          """)
      case (.sqlite, false): try tx.execute("DROP TRIGGER refuse")
      case (.postgres, false): try tx.execute("DROP TRIGGER refuse ON pending_grant")
      }
    }
  }
}
