import AccountsTesting
import Core
import Store
import StoreTesting
import Testing
import Vault

@testable import Accounts

@Suite struct AccountImportTests {
  static let client = "6731de76-14a6-49ae-97bc-6eba6914391e"

  @Test(arguments: StoreEngine.allCases)
  func `good rows are saved, and bad ones named by their line`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let reports = try await house.importList(
        """
        email;client id;refresh token;secret;name
        a@x.example;\(Self.client);token-a;;Alice
        nobody;\(Self.client);token;;
        b@x.example;not-a-guid;token;;

        c@x.example;\(Self.client)/contoso.example;token-c;a-secret;
        d@x.example;\(Self.client)/a/b;token;;
        e@x.example;\(Self.client);two words;;
        f@x.example;\(Self.client);eyJhbGciOi.eyJhdWQi.c2ln;;
        "g@x.example;\(Self.client);token
        h@x.example;\(Self.client)
        A@X.example;\(Self.client);token-a2;;
        """)
      #expect(
        reports.failures == [
          "3: “email” is not an e-mail address.", "4: “client id” is not an Application (client) ID.",
          "7: “tenant” is not a tenant.",
          "8: “refreshToken” is empty, too long, or contains a space, a line break or a character outside ASCII.",
          "9: “refresh token” is an access token, which expires within the hour.",
          "10: A quotation mark is in a place where none is allowed.", "11: “refresh token” is missing.",
          "12: The same mailbox is in line 2.",
        ])
      #expect(reports.done == ImportCounts(rows: 10, imported: 2, failed: 8))
      let accounts = try await house.directory.accounts(PageRequest(), in: .default).elements
      #expect(Set(accounts.map(\.email)) == ["a@x.example", "c@x.example"])
      #expect(Set(accounts.map(\.name)) == ["Alice", "c@x.example"])
      #expect(accounts.allSatisfy { $0.state == .initial })
      let apps = try await house.registry.apps(PageRequest(), in: .default).elements
      #expect(Set(apps.map(\.authority)) == ["common", "contoso.example"])
      let alice = try #require(accounts.first { $0.name == "Alice" })
      #expect(try await house.refreshToken(of: alice.id) == "token-a")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a list that is sent again renews the grants of its accounts`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let list = "a@x.example,\(Self.client),one\nb@x.example,\(Self.client),one\n"
      #expect(try await house.importList(list).renewed == [])
      let again = try await house.importList(
        "A@x.example,\(Self.client),two\nb@x.example,\(Self.client),two\nc@x.example,\(Self.client),two")
      #expect(again.renewed == [1, 2] && again.done == ImportCounts(rows: 3, imported: 3, failed: 0))
      let accounts = try await house.directory.accounts(PageRequest(), in: .default).elements
      #expect(accounts.count == 3)
      for account in accounts { #expect(try await house.refreshToken(of: account.id) == "two") }
      #expect(try await house.registry.apps(PageRequest(), in: .default).total == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a mailbox of several accounts needs its account's id`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let header = "account,email,client id,refresh token\n"
      let two = "one,a@x.example,\(Self.client),t\ntwo,a@x.example,\(Self.client),t\n"
      #expect(try await house.importList(header + two).done?.imported == 2)
      let unclear = try await house.importList("a@x.example,\(Self.client),t")
      #expect(unclear.failures == ["1: Several accounts have the mailbox a@x.example."])
      let named = try await house.importList(header + "two,a@x.example,\(Self.client),new\n")
      #expect(named.renewed == [2])
      #expect(try await house.refreshToken(of: AccountID("two")) == "new")
      let other = try await house.importList(header + "two,b@x.example,\(Self.client),new\n")
      #expect(other.failures == ["2: The account id “two” belongs to the mailbox a@x.example."])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a trial run finds the same faults and saves nothing`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let list = "a@x.example,\(Self.client),t\nnobody,\(Self.client),t\n"
      let reports = try await house.importList(list, isDryRun: true)
      #expect(reports.done == ImportCounts(rows: 2, imported: 1, failed: 1))
      #expect(try await house.directory.accounts(PageRequest(), in: .default).total == 0)
      #expect(try await house.registry.apps(PageRequest(), in: .default).total == 0)
      _ = try await house.importList(list)
      #expect(try await house.importList(list, isDryRun: true).renewed == [1])
    }
  }

  @Test(arguments: ["p----\(client)----token", "p----token----\(client)"])
  func `a list with dashes loses its passwords`(rest: String) async throws {
    try await House.open(.sqlite) { house in
      let reports = try await house.importList("a@x.example----\(rest)\r\nb@x.example----\(rest)")
      #expect(reports.contains { if case .passwordsLeftOut(1) = $0 { true } else { false } })
      #expect(reports.done == ImportCounts(rows: 2, imported: 2, failed: 0))
      let accounts = try await house.directory.accounts(PageRequest(), in: .default).elements
      for account in accounts { #expect(try await house.refreshToken(of: account.id) == "token") }
    }
  }

  @Test func `a header without what is needed ends the import`() async throws {
    try await House.open(.sqlite) { house in
      let reports = try await house.importList("email,client id\na@x.example,\(Self.client)\n")
      #expect(reports.failures == ["1: The header does not name refresh token."])
      #expect(reports.done == ImportCounts(rows: 0, imported: 0, failed: 1))
    }
  }

  @Test func `what is said about a row holds none of its secrets`() async throws {
    try await House.open(.sqlite) { house in
      let secret = "S3CRET-TOKEN"
      let rows = [
        "\(secret),\(Self.client),t", "a@x.example,\(secret),t", "a@x.example,\(Self.client)/\(secret)/,t",
        "a@x.example,\(Self.client),\(secret) \(secret)", "a@x.example,\(Self.client),t,\(secret)ü",
        "a@x.example,\(Self.client),\"\(secret)\"x",
      ]
      let reports = try await house.importList(rows.joined(separator: "\n"))
      #expect(reports.failures.count == rows.count)
      #expect(!"\(reports)".contains(secret))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a long list is saved in batches, and its app is found once`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let rows = (1...1100).map { "user\($0)@x.example,\(Self.client)/contoso.example,token-\($0)" }
      let reports = try await house.importList(rows.joined(separator: "\n"))
      #expect(reports.done == ImportCounts(rows: 1100, imported: 1100, failed: 0))
      #expect(reports.contains { if case .progress = $0 { true } else { false } })
      #expect(try await house.directory.accounts(PageRequest(), in: .default).total == 1100)
      #expect(try await house.registry.apps(PageRequest(), in: .default).total == 1)
    }
  }

  @Test func `a database that fails ends the import with what it says`() async throws {
    try await House.open(.sqlite) { house in
      await house.store.close()
      let reports = try await house.importList("a@x.example,\(Self.client),t\n")
      guard case .stopped(let problem, let counts)? = reports.last else {
        Issue.record("it did not stop: \(reports)")
        return
      }
      #expect(problem.code == .storeUnavailable && counts.imported == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an imported token is tried, and Microsoft's answer stands at the account`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let token = try await world.refreshToken(of: "alice@contoso.test", app: app)
      try await world.house.directory.delete(AccountID("donor"), in: .default)
      let (id, secret) = (Sandboxed.web.id, Sandboxed.web.secret)
      let reports = try await world.house.importList(
        "alice@contoso.test,\(id),\(token),\(secret)\nbob@contoso.test,\(id),worthless,\(secret)\n")
      #expect(reports.done?.imported == 2)
      var states: [String: AccountState] = [:]
      for account in try await world.house.directory.accounts(PageRequest(), in: .default).elements {
        _ = try? await world.house.tokens.token(for: account.id, in: .default)
        states[account.email] = try await world.house.directory.account(account.id, in: .default).state
      }
      #expect(states == ["alice@contoso.test": .connected, "bob@contoso.test": .authenticationError])
    }
  }
}

extension House {
  fileprivate func importList(_ text: String, isDryRun: Bool = false) async throws -> [ImportReport] {
    var list = AccountImport(into: directory, workspace: .default, isDryRun: isDryRun)
    var reports: [ImportReport] = []
    let bytes = Array(text.utf8)
    for start in stride(from: 0, to: bytes.count, by: 4096) {
      reports += await list.take(Array(bytes[start..<min(start + 4096, bytes.count)]))
    }
    return reports + (await list.finish())
  }

  fileprivate func refreshToken(of id: AccountID) async throws -> String {
    let grant = try await store.read { (tx: borrowing Transaction) in try tx.grant(of: id, in: .default) }
    let box = try #require(grant?.refreshToken)
    return try vault.openSecret(box, for: .refreshToken(id, in: .default)).reveal()
  }
}

extension [ImportReport] {
  fileprivate var done: ImportCounts? {
    if case .done(let counts)? = last { counts } else { nil }
  }

  fileprivate var failures: [String] {
    compactMap { if case .failed(let line, let problem) = $0 { (line, problem.summary) } else { nil } }
      .sorted { $0.0 < $1.0 }.map { "\($0.0): \($0.1)" }
  }

  fileprivate var renewed: [Int] {
    compactMap { if case .renewed(let line, _) = $0 { line } else { nil } }
  }
}
