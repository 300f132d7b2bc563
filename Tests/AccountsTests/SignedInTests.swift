import Core
import Foundation
import Microsoft
import Store
import Testing

@testable import Accounts

/// Whose mailbox a link may connect. Addresses change hands and are in part whatever a stranger's administrator
/// says; tenant and object id are not.
@Suite struct SignedInTests {
  @Test func `the email claim is nobody's address`() throws {
    let stranger = try Self.person(name: "mallory@evil.example", email: "alice@contoso.test")
    #expect(Self.refusal(of: stranger, wanted: "alice@contoso.test") == .accountIdentityMismatch)
    #expect(Self.refusal(of: stranger, wanted: "mallory@evil.example") == .accountIdentityUnproven)
    let nameless = try Self.person(name: nil, email: "alice@contoso.test")
    #expect(Self.refusal(of: nameless, wanted: "alice@contoso.test") == .accountIdentityMismatch)
    let unbound = Self.account(objectID: nil)
    #expect(Self.refusal(of: stranger, existing: unbound) == .accountIdentityMismatch)
  }

  @Test(arguments: [nil, "alice@contoso.test"])
  func `an account with an owner is connected again by nobody else of that address`(wanted: String?) throws {
    let account = Self.account(objectID: "owner")
    let owner = try Self.person(name: "alice@contoso.test", objectID: "owner", .proven)
    #expect(Self.refusal(of: owner, wanted: wanted, existing: account) == nil)
    for other in [
      try Self.person(name: "alice@contoso.test", objectID: "other", .proven),
      try Self.person(name: "alice@contoso.test", tenantID: "other", objectID: "owner", .proven),
    ] {
      #expect(Self.refusal(of: other, wanted: wanted, existing: account) == .accountIdentityMismatch)
      // Nobody has owned this one yet.
      #expect(Self.refusal(of: other, wanted: wanted, existing: Self.account(objectID: nil)) == nil)
    }
  }

  @Test func `the refusal names both addresses`() throws {
    let other = try Self.person(name: "Alice@contoso.test", objectID: "other")
    let problem = #expect(throws: Problem.self) {
      _ = try other.check(Self.form(wanted: nil), existing: Self.account(objectID: "owner"))
    }
    let summary = try #require(problem?.summary)
    #expect(summary.contains("alice@contoso.test") && summary.contains("Alice@contoso.test"))
  }

  @Test func `the owner of an account may have another address by now`() throws {
    let owner = try Self.person(name: "alice.new@contoso.test", objectID: "owner")
    #expect(Self.refusal(of: owner, existing: Self.account(objectID: "owner")) == nil)
    // Unless the link names another one.
    let refusal = Self.refusal(
      of: owner, wanted: "alice@contoso.test", existing: Self.account(objectID: "owner"))
    #expect(refusal == .accountIdentityMismatch)
  }
}

extension SignedInTests {
  /// A claim alone makes an account theirs only if it is nobody's yet.
  @Test(arguments: [
    (Identity.unverified, AccountState.unset, AddressClaim.proven, nil as ProblemCode?),
    (.unverified, .unset, .unproven, nil), (.unverified, .unset, .unknown, nil),
    (.unverified, .unset, .foreign, .accountIdentityMismatch),
    (.unverified, .authenticationError, .unproven, nil),
    (.unverified, .connected, .unproven, .accountIdentityUnproven),
    (.verified, .authenticationError, .unproven, .accountIdentityUnproven),
    (.verified, .authenticationError, .unknown, .accountIdentityUnproven),
    (.verified, .authenticationError, .proven, nil),
  ])
  func `an account whose owner is not known is not taken by a claim`(
    identity: Identity, state: AccountState, claim: AddressClaim, refused: ProblemCode?
  ) throws {
    var account = Self.account(objectID: nil)
    (account.identity, account.state) = (identity, state)
    let person = try Self.person(name: account.email, claim)
    #expect(Self.refusal(of: person, existing: account) == refused)
    #expect(Self.refusal(of: person, email: account.email, existing: account) == refused)
  }

  private static func person(
    name: String?, email: String? = nil, tenantID: String = "tenant", objectID: String = "object",
    _ claim: AddressClaim = .unproven
  ) throws -> SignedIn {
    var claims: [String: Any] = [
      "iss": "", "aud": "", "sub": "", "exp": 0, "tid": tenantID, "oid": objectID,
    ]
    claims["preferred_username"] = name
    claims["email"] = email
    let payload = try JSONSerialization.data(withJSONObject: claims).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    let token = try #require(IDToken("e30." + payload + "."))
    var person = try #require(SignedIn(token))
    if let name { person.judgements[name.lowercased()] = claim }
    return person
  }

  private static func account(objectID: String?) -> AccountRecord {
    AccountRecord(
      workspace: .default, id: AccountID("a"), name: "A", email: "alice@contoso.test", app: AppID("app"),
      mailbox: "alice@contoso.test", state: .connected, mailboxFound: true, unknownOutcome: .hold,
      tenantID: objectID.map { _ in "tenant" }, objectID: objectID, created: Instant(microseconds: 0))
  }

  private static func form(wanted: String?, email: String? = nil) -> HostedFormRecord {
    let epoch = Instant(microseconds: 0)
    return HostedFormRecord(
      workspace: .default, id: FormID("f"), account: AccountID("a"), name: nil, email: email,
      expectedEmail: wanted, app: nil, redirectURL: "https://a.example/done", unknownOutcome: .hold,
      created: epoch, expires: epoch)
  }

  private static func refusal(
    of person: SignedIn, wanted: String? = nil, email: String? = nil, existing: AccountRecord? = nil
  ) -> ProblemCode? {
    do throws(Problem) {
      _ = try person.check(form(wanted: wanted, email: email), existing: existing)
      return nil
    } catch {
      return error.code
    }
  }
}
