import AccountsTesting
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
      #expect(imported.state == .initial && !imported.mailboxFound && imported.scopes.isEmpty)
      _ = try await world.house.tokens.token(for: id, in: .default)
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.name == "alice@contoso.test")
      #expect(try await world.house.events(id) == ["accountAdded", "authenticationSuccess"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `Microsoft says whose the imported token is`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let token = try await world.refreshToken(of: "alice@contoso.test", app: app)
      let id = try await world.house.directory.importGrant(
        Self.grant(token, app, email: "Alice@Contoso.test"), in: .default
      ).id
      #expect(try await world.house.directory.account(id, in: .default).identity == .unverified)
      _ = try await world.house.tokens.token(for: id, in: .default)
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.identity == .verified && account.mailboxFound && account.sendOnly == false)
      #expect(try await world.requests("/token", body: ".default").count == 1)
      // From now on it is that person's: another's token does not take its place.
      let other = try await world.refreshToken(of: "bob@contoso.test", app: app, donor: "bob")
      _ = try await world.house.directory.importGrant(Self.grant(other, app), in: .default)
      await world.house.connector.connectAll()
      let kept = try await world.house.directory.account(id, in: .default)
      #expect(kept.state == .connected)
      #expect(kept.lastError?.code == ProblemCode.accountIdentityMismatch.rawValue)
    }
  }

  @Test(arguments: StoreEngine.allCases, [[], ["User.Read", "Mail.ReadWrite"]])
  func `somebody else's token is told once, with both addresses, and not used`(
    engine: StoreEngine, skip: [String]
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp(skip: skip)
      let token = try await world.refreshToken(of: "bob@contoso.test", app: app)
      let id = try await world.house.directory.importGrant(Self.grant(token, app), in: .default).id
      for _ in 0..<3 {
        await world.refuses(id, .accountIdentityMismatch)
        world.house.time.advance(by: .seconds(3600))
      }
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .authenticationError && account.identity == .unverified)
      let told = try #require(account.lastError?.summary)
      #expect(told.contains("alice@contoso.test") && told.contains("bob@contoso.test"))
      #expect(try await world.refreshes() == 1)
      #expect(try await world.house.events(id) == ["accountAdded", "authenticationError"])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a token that Entra does not know is told with its remedy, and another takes its place`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let id = try await world.house.directory.importGrant(Self.grant("0.nobody", app), in: .default).id
      for _ in 0..<3 {
        await #expect(throws: Problem.self) {
          try await world.house.tokens.token(for: id, in: .default)
        }
        world.house.time.advance(by: .seconds(60))
      }
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .authenticationError)
      #expect(account.lastError?.code == ProblemCode.accountRefreshTokenInvalid.rawValue)
      #expect(account.lastError?.remedy?.contains("Copy the complete token again") == true)
      #expect(try await world.refreshes() == 1)
      let token = try await world.refreshToken(of: "alice@contoso.test", app: app)
      _ = try await world.house.directory.importGrant(Self.grant(token, app), in: .default)
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(
        try await world.house.events(id) == [
          "accountAdded", "authenticationError", "authenticationSuccess",
        ])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a client that nobody has entered yet is made, and found again`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let donor = try await world.house.addApp(clientID: Sandboxed.native, secret: nil)
      let token = try await world.refreshToken(of: "erin@outlook.test", app: donor)
      try await world.house.directory.delete(AccountID("donor"), in: .default)
      try await world.house.registry.delete(donor, in: .default)
      var ids: [AppID] = []
      for name in ["a", "b"] {
        let form = SMTPForm(
          host: "SMTP.office365.com", port: 587, secure: false, user: Sandboxed.native + "/consumers")
        let grant = ImportedGrant(
          account: AccountID(name), name: nil, email: "erin@outlook.test",
          app: try world.house.directory.client(of: form), refreshToken: Secret(token), smtp: form)
        let id = try await world.house.directory.importGrant(grant, in: .default).id
        _ = try await world.house.tokens.token(for: id, in: .default)
        let account = try await world.house.directory.account(id, in: .default)
        #expect(account.state == .connected && account.smtp == form)
        ids.append(account.app)
      }
      #expect(Set(ids).count == 1)
      let app = try await world.house.registry.app(try #require(ids.first), in: .default)
      #expect(app.authority == "consumers" && !app.hasSecret && app.accounts == 2)
    }
  }

  /// Their tokens begin with `M.`, and no tenant of an organisation accepts them.
  @Test(arguments: [("contoso.test", false), ("organizations", false), ("consumers", true), ("", true)])
  func `a personal account's token names the tenant as the fault`(tenant: String, isFine: Bool) async throws {
    try await House.open(.sqlite) { house in
      let form = SMTPForm(
        host: "smtp.office365.com", port: 587, secure: false,
        user: Sandboxed.native + (tenant.isEmpty ? "" : "/" + tenant))
      let grant = ImportedGrant(
        account: AccountID("a"), name: nil, email: "erin@outlook.test",
        app: try house.directory.client(of: form), refreshToken: Secret("M.C507_BAY.0.U.-abc"), smtp: form)
      do {
        _ = try await house.directory.importGrant(grant, in: .default)
        #expect(isFine)
      } catch let problem as Problem {
        #expect(!isFine && problem.code == .requestInvalidField)
        #expect(problem.summary.contains("smtp.auth.user") && problem.summary.contains("tenant"))
        #expect(problem.remedy?.contains("consumers") == true && !problem.summary.contains("M.C507"))
        #expect(try await house.directory.accounts(PageRequest(), in: .default).total == 0)
      }
    }
  }

  @Test(arguments: ["erin@outlook.test", "alice@contoso.test"])
  func `a truncated token is told as such, and not as withdrawn`(user: String) async throws {
    try await Sandboxed.run(.sqlite) { world in
      let app = try await world.addWebApp()
      let token = try await world.refreshToken(of: user, app: app)
      let grant = Self.grant(String(token.dropLast(9)), app, email: user)
      let id = try await world.house.directory.importGrant(grant, in: .default).id
      await world.refuses(id, .accountRefreshTokenInvalid)
      let told = try #require(try await world.house.directory.account(id, in: .default).lastError)
      #expect(told.summary.contains("incomplete") && !told.summary.contains("password"))
      #expect(told.remedy?.contains("complete token") == true)
    }
  }

  @Test(arguments: [
    ("smtp.gmail.com", Sandboxed.native, ProblemCode.requestNotSupported),
    ("", Sandboxed.native, .requestNotSupported),
    ("smtp.office365.com", "alice@contoso.test", .requestInvalidField),
    ("smtp.office365.com", "", .requestInvalidField),
    ("smtp.office365.com", Sandboxed.native + "/", .appInvalid),
    ("smtp.office365.com", Sandboxed.native + "/contoso.test/evil", .appInvalid),
    ("smtp.office365.com", Sandboxed.native + "/..", .appInvalid),
    ("smtp.office365.com", Sandboxed.native + "\r\nX", .requestInvalidField),
  ])
  func `an SMTP form of another kind is refused`(host: String, user: String, code: ProblemCode) async throws {
    try await House.open(.sqlite) { house in
      let form = SMTPForm(host: host, port: 587, secure: false, user: user)
      let problem = #expect(throws: Problem.self) { try house.directory.client(of: form) }
      #expect(problem?.code == code && problem?.remedy != nil)
    }
  }

  @Test(
    arguments: StoreEngine.allCases,
    ["", "two words", " padded", "line\nbreak", "carriage\rreturn", "tab\t", "ünicode", "zero\0"])
  func `what is no refresh token is refused`(engine: StoreEngine, token: String) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp()
      let problem = await #expect(throws: Problem.self) {
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
      let other = await #expect(throws: Problem.self) {
        try await house.directory.importGrant(
          Self.grant("three", app, email: "bob@contoso.test"), in: .default)
      }
      #expect(other?.code == .accountExists)
      let daemon = try await house.addApp(.outlookService)
      let service = await #expect(throws: Problem.self) {
        try await house.directory.importGrant(Self.grant("four", daemon), in: .default)
      }
      #expect(service?.code == .requestInvalidField)
    }
  }
}

extension Sandboxed {
  /// One that another program might have been given.
  func refreshToken(of user: String, app: AppID, donor: String = "donor") async throws -> String {
    let id = try await connected(donor, as: user, app: app)
    let (vault, workspace) = (house.vault, WorkspaceID.default)
    let grant = try await house.store.read { (tx: borrowing Transaction) in
      try tx.grant(of: id, in: workspace)
    }
    let box = try #require(grant?.refreshToken)
    return try vault.openSecret(box, for: .refreshToken(id, in: workspace)).reveal()
  }

  /// No token, for that reason.
  func refuses(_ id: AccountID, _ code: ProblemCode) async {
    await #expect(throws: Problem.self) { try await house.tokens.token(for: id, in: .default) }
    let account = try? await house.directory.account(id, in: .default)
    #expect(account?.lastError?.code == code.rawValue)
  }
}
