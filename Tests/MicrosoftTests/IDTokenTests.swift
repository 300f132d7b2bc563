import Core
import Foundation
import Testing

@testable import Microsoft

@Suite struct IDTokenTests {
  static let now = Instant(microseconds: 1_536_361_000_000_000)
  static let tenant = "9122040d-6c67-4c5b-b112-36a304b66dad"
  static let client = "6cb04018-a3f5-46a7-b995-940c78f5aef3"

  @Test func `the claims of an id_token are read`() throws {
    let token = try #require(try IDToken(Self.jwt()))
    #expect(token.tenantID == Self.tenant)
    #expect(token.objectID == "00000000-0000-0000-66f3-3332eca7ea81")
    #expect(token.subject == "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ")
    #expect(token.preferredUsername == "AbeLi@contoso.test")
    #expect(token.name == "Abe Lincoln")
    #expect(token.email == nil)
    #expect(token.expires == Instant(microseconds: 1_536_361_411_000_000))
  }

  @Test func `an id_token for this app and this sign-in is accepted`() throws {
    for tenant in ["common", "contoso.test", Self.tenant, Self.tenant.uppercased()] {
      try #require(try IDToken(Self.jwt())).validate(
        clientID: Self.client, nonce: "123523", tenant: tenant, cloud: .global, now: Self.now)
    }
  }

  struct Flaw: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var claims: [String: String?] = [:]
    var nonce = "123523"
    var tenant = "common"
    var after: Duration = .zero
    var code: ProblemCode = .signInIdentityInvalid
  }

  @Test(arguments: [
    Flaw(testDescription: "nonce", nonce: "other", code: .signInNonceMismatch),
    Flaw(testDescription: "no nonce", claims: ["nonce": nil], code: .signInNonceMismatch),
    Flaw(testDescription: "audience", claims: ["aud": "00000003-0000-0000-c000-000000000000"]),
    Flaw(testDescription: "issuer", claims: ["iss": "https://login.evil.test/\(tenant)/v2.0"]),
    Flaw(testDescription: "version 1", claims: ["iss": "https://sts.windows.net/\(tenant)/"]),
    Flaw(testDescription: "tenant of the issuer", claims: ["tid": "11111111-2222-3333-4444-555555555555"]),
    Flaw(testDescription: "tenant asked", tenant: "11111111-2222-3333-4444-555555555555"),
    Flaw(testDescription: "expired", after: .seconds(411 + 300)),
    Flaw(testDescription: "not yet valid", after: .seconds(-3289 - 301)),
  ])
  func `an id_token with a flaw is refused`(flaw: Flaw) throws {
    let token = try #require(try IDToken(Self.jwt(flaw.claims)))
    let problem = try #require(
      #expect(throws: Problem.self) {
        try token.validate(
          clientID: Self.client, nonce: flaw.nonce, tenant: flaw.tenant, cloud: .global,
          now: Self.now + flaw.after)
      })
    #expect(problem.code == flaw.code)
    #expect(problem.retry == .futile)
  }

  @Test func `clocks may differ by five minutes`() throws {
    let token = try #require(try IDToken(Self.jwt()))
    for shift in [Duration.seconds(411 + 299), .seconds(-3289 - 300)] {
      try token.validate(
        clientID: Self.client, nonce: "123523", tenant: "common", cloud: .global, now: Self.now + shift)
    }
  }

  @Test(arguments: ["", "a.b", "a.b.c", "e30.e30.", "e30.W10.", "..", "e30.eyJpc3MiOiJ4In0.x"])
  func `what is not an id_token is not read`(text: String) {
    #expect(IDToken(text) == nil)
  }

  @Test(arguments: ["exp", "iss", "aud", "tid", "oid", "sub"])
  func `an id_token without a claim that Entra always sends is not read`(claim: String) throws {
    #expect(IDToken(try Self.jwt([claim: nil])) == nil)
  }

  /// Microsoft Learn, "ID tokens", sample v2.0 token.
  private static func jwt(_ changes: [String: String?] = [:]) throws -> String {
    var claims: [String: Any] = [
      "ver": "2.0", "iss": "https://login.microsoftonline.com/\(tenant)/v2.0",
      "sub": "AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ", "aud": client, "exp": 1_536_361_411,
      "iat": 1_536_274_711, "nbf": 1_536_357_711, "name": "Abe Lincoln",
      "preferred_username": "AbeLi@contoso.test", "oid": "00000000-0000-0000-66f3-3332eca7ea81",
      "tid": tenant, "nonce": "123523",
    ]
    for (claim, value) in changes {
      if let value { claims[claim] = value } else { claims.removeValue(forKey: claim) }
    }
    return try ["e30", JSONSerialization.data(withJSONObject: claims).base64URL, "c2ln"].joined(
      separator: ".")
  }
}
