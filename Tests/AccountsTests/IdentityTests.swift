import AccountsTesting
import Core
import Foundation
import Store
import StoreTesting
import Testing

@testable import Accounts

/// Whose address it is: the owner of its domain says so, or nobody does. The directory's owner decides about `mail`, and
/// so may name an address of another organisation ("nOAuth").
@Suite struct IdentityTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var user: String
    /// The rest of the user's entry in the directory.
    var entry: String
    var wanted: String
    /// What a link with `email` alone makes of it; `nil` for one that is refused.
    var identity: Identity?
    var email: String
    /// What a link with `expectedEmail` says.
    var refusal: ProblemCode?

    var testDescription: String { "\(user) for \(wanted)" }
  }

  static let cases = [
    // A person of another tenant whose mail is said to be Alice's.
    Case(
      user: "mallory@fabrikam.test", entry: #""mail": "alice@contoso.test""#, wanted: "alice@contoso.test",
      identity: .unverified, email: "alice@contoso.test", refusal: .accountIdentityUnproven),
    // Their own name is proven, whatever their mail says.
    Case(
      user: "mallory@fabrikam.test", entry: #""mail": "alice@contoso.test""#, wanted: "mallory@fabrikam.test",
      identity: .verified, email: "mallory@fabrikam.test", refusal: nil),
    // An alias of a work account, told among the proxy addresses.
    Case(
      user: "pat@contoso.test", entry: #""aliases": ["pat2@contoso.test", "pat@fabrikam.test"]"#,
      wanted: "Pat2@contoso.test", identity: .verified, email: "pat@contoso.test", refusal: nil),
    // One in a domain of another tenant, or of none.
    Case(
      user: "pat@contoso.test", entry: #""aliases": ["pat@fabrikam.test"]"#, wanted: "pat@fabrikam.test",
      identity: .unverified, email: "pat@contoso.test", refusal: .accountIdentityUnproven),
    Case(
      user: "pat@contoso.test", entry: #""aliases": ["pat@nowhere.test"]"#, wanted: "pat@nowhere.test",
      identity: .unverified, email: "pat@contoso.test", refusal: .accountIdentityUnproven),
    // The user principal name need not be the address.
    Case(
      user: "p.smith@contoso.test", entry: #""mail": "pat@contoso.test""#, wanted: "p.smith@contoso.test",
      identity: .verified, email: "pat@contoso.test", refusal: nil),
    // A guest is another directory's, whatever the name.
    Case(
      user: "visitor@contoso.test", entry: #""isGuest": true"#, wanted: "visitor@contoso.test",
      identity: .unverified, email: "visitor@contoso.test", refusal: .accountIdentityUnproven),
    // A personal account: its name at Outlook.com, an alias that is not told, a name elsewhere.
    Case(
      user: "pat@outlook.test", entry: #""kind": "personal""#, wanted: "pat@outlook.test",
      identity: .verified,
      email: "pat@outlook.test", refusal: nil),
    Case(
      user: "pat@outlook.test", entry: #""kind": "personal""#, wanted: "pat2@outlook.test",
      identity: .unverified, email: "pat@outlook.test", refusal: .accountIdentityUnproven),
    Case(
      user: "pat@mail.test", entry: #""kind": "personal""#, wanted: "pat@mail.test", identity: .unverified,
      email: "pat@mail.test", refusal: .accountIdentityUnproven),
    Case(
      user: "alice2@contoso.test", entry: #""kind": "personal""#, wanted: "alice2@contoso.test",
      identity: .unverified, email: "alice2@contoso.test", refusal: .accountIdentityUnproven),
    // Somebody else altogether.
    Case(
      user: "pat@outlook.test", entry: #""kind": "personal""#, wanted: "alice@contoso.test", identity: nil,
      email: "", refusal: .accountIdentityMismatch),
    Case(
      user: "pat@contoso.test", entry: #""kind": "work""#, wanted: "pat2@contoso.test", identity: nil,
      email: "",
      refusal: .accountIdentityMismatch),
  ]

  @Test(arguments: cases)
  func `a link accepts as proven what the owner of the domain says`(_ test: Case) async throws {
    try await Sandboxed.run(.sqlite) { world in
      _ = try await world.addWebApp()
      try await world.control("users", "{\"user\": \"\(test.user)\", \(test.entry)}")
      let strict = NewForm(expectedEmail: test.wanted, redirectURL: "https://a.example/done")
      let outcome = try await world.connect(strict, as: test.user)
      #expect(outcome.refusal?.code == test.refusal)
      if let refusal = outcome.refusal {
        #expect(refusal.summary.contains(test.wanted) && refusal.remedy != nil)
        #expect(try await world.house.directory.accounts(PageRequest(), in: .default).total == 0)
      }
      let form = NewForm(account: AccountID("a"), email: test.wanted, redirectURL: "https://a.example/done")
      let lenient = try await world.connect(form, as: test.user)
      guard case .connected(let id, _, let redirect) = lenient else {
        #expect(test.identity == nil && lenient.refusal?.code == .accountIdentityMismatch)
        return
      }
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.identity == test.identity && account.email == test.email && account.mailboxFound)
      // Both are told by redirect and event, and it stays so.
      #expect(redirect.contains("identity=unverified") == (test.identity == .unverified))
      let told = try await world.house.lastEvent(id)
      #expect(told.contains("\"identity\":\"unverified\"") == (test.identity == .unverified))
      world.house.time.advance(by: .seconds(2 * 3600))
      _ = try await world.house.tokens.token(for: id, in: .default)
      #expect(try await world.house.directory.account(id, in: .default).identity == test.identity)
    }
  }

  @Test(arguments: [["Mail.ReadWrite", "User.Read"], []])
  func `without a link's address the account is named by what is proven`(skip: [String]) async throws {
    try await Sandboxed.run(.sqlite) { world in
      let app = try await world.addWebApp(skip: skip)
      try await world.control("users", #"{"user": "mallory@fabrikam.test", "mail": "alice@contoso.test"}"#)
      let id = try await world.connected("m", as: "mallory@fabrikam.test", app: app)
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.email == "mallory@fabrikam.test" && account.identity == .verified)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a stranger's mail takes no account away from its owner`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      try await world.control("users", #"{"user": "mallory@fabrikam.test", "mail": "alice@contoso.test"}"#)
      let id = try await world.connected("a", as: "alice@contoso.test", app: app)
      for form in [
        NewForm(account: id, redirectURL: "https://a.example/done"),
        NewForm(account: id, email: "alice@contoso.test", redirectURL: "https://a.example/done"),
      ] {
        let outcome = try await world.connect(form, as: "mallory@fabrikam.test")
        #expect(outcome.refusal?.code == .accountIdentityMismatch)
      }
      #expect(try await world.house.directory.account(id, in: .default).identity == .verified)
      // Nor does a refresh token of the stranger's.
      let token = try await world.refreshToken(of: "mallory@fabrikam.test", app: app)
      _ = try await world.house.directory.importGrant(ImportTests.grant(token, app), in: .default)
      await world.house.connector.connectAll()
      let kept = try await world.house.directory.account(id, in: .default)
      #expect(kept.state == .connected && kept.lastError?.code == "account.identityMismatch")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an imported token with a stranger's mail is not verified`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      try await world.control("users", #"{"user": "mallory@fabrikam.test", "mail": "alice@contoso.test"}"#)
      let token = try await world.refreshToken(of: "mallory@fabrikam.test", app: app)
      let id = try await world.house.directory.importGrant(ImportTests.grant(token, app), in: .default).id
      _ = try await world.house.tokens.token(for: id, in: .default)
      let account = try await world.house.directory.account(id, in: .default)
      #expect(account.state == .connected && account.identity == .unverified && account.mailboxFound)
      #expect(try await world.house.lastEvent(id).contains("\"identity\":\"unverified\""))
    }
  }
}

extension House {
  /// The data of the account's newest event.
  fileprivate func lastEvent(_ account: AccountID) async throws -> String {
    try await store.read { (tx: borrowing Transaction) in
      try tx.events(.default, account, limit: 100).last?.event.data ?? ""
    }
  }
}
