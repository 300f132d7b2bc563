import Core
import Foundation
import Testing

@testable import Sandbox

@Suite struct TokenTests {
  static let unknownApp: SandboxDirectory.App = {
    var app = Apps.web
    app.clientId = "99999999-9999-4999-8999-999999999999"
    return app
  }()

  struct Refusal: Sendable {
    var segment = "contoso.test"
    var app = Apps.web
    var fields: [String: String]
    var status: Int
    var kind: String
    var number: Int
  }

  static let ownScope = "https://graph.microsoft.com/.default"
  static let alone = ["grant_type": "client_credentials", "scope": ownScope]

  static let refusals: [Refusal] = [
    Refusal(segment: "nowhere.test", fields: alone, status: 400, kind: "invalid_request", number: 90002),
    Refusal(fields: [:], status: 400, kind: "invalid_request", number: 900_144),
    Refusal(
      fields: ["grant_type": "password"], status: 400, kind: "unsupported_grant_type", number: 70003),
    Refusal(
      fields: alone.merging(["client_id": ""]) { $1 }, status: 400, kind: "invalid_request", number: 900_144),
    Refusal(app: unknownApp, fields: alone, status: 400, kind: "unauthorized_client", number: 700_016),
    Refusal(
      fields: alone.merging(["client_id": "x"]) { $1 }, status: 400, kind: "unauthorized_client",
      number: 700_038),
    Refusal(
      fields: alone.merging(["client_secret": "wrong"]) { $1 }, status: 401, kind: "invalid_client",
      number: 7_000_215),
    Refusal(
      fields: alone.merging(["client_secret": ""]) { $1 }, status: 401, kind: "invalid_client",
      number: 7_000_218),
    Refusal(
      fields: alone.merging(["client_secret": "", "client_assertion": "x.y.z"]) { $1 }, status: 400,
      kind: "invalid_request", number: 900_144),
    Refusal(app: Apps.expired, fields: alone, status: 401, kind: "invalid_client", number: 7_000_222),
    Refusal(
      app: Apps.native, fields: ["grant_type": "refresh_token", "refresh_token": "x", "client_secret": "s"],
      status: 401, kind: "invalid_client", number: 700_025),
    Refusal(app: Apps.native, fields: alone, status: 401, kind: "invalid_client", number: 7_000_218),
    Refusal(
      segment: "common", app: Apps.daemon, fields: alone, status: 400, kind: "invalid_request",
      number: 9_001_023),
    Refusal(
      segment: "consumers", app: Apps.web, fields: alone, status: 400, kind: "invalid_request",
      number: 9_001_023),
    Refusal(
      segment: "fabrikam.test", app: Apps.daemon, fields: alone, status: 400, kind: "unauthorized_client",
      number: 700_016),
    Refusal(
      segment: "common", app: Apps.daemon,
      fields: ["grant_type": "authorization_code", "code": "x"], status: 400, kind: "invalid_request",
      number: 50194),
    Refusal(
      app: Apps.daemon, fields: ["grant_type": "client_credentials"], status: 400,
      kind: "invalid_request", number: 900_144),
    Refusal(
      app: Apps.daemon, fields: alone.merging(["scope": "Mail.Send"]) { $1 }, status: 400,
      kind: "invalid_scope", number: 1_002_012),
    Refusal(
      app: Apps.daemon, fields: alone.merging(["scope": ownScope + " Mail.Send"]) { $1 }, status: 400,
      kind: "invalid_scope", number: 70011),
    Refusal(
      app: Apps.daemon, fields: alone.merging(["scope": "https://nothing.test/.default"]) { $1 },
      status: 400, kind: "invalid_resource", number: 500_011),
    Refusal(
      fields: ["grant_type": "authorization_code"], status: 400, kind: "invalid_request", number: 900_144),
    Refusal(
      fields: ["grant_type": "authorization_code", "code": "made-up"], status: 400, kind: "invalid_grant",
      number: 9_002_313),
    Refusal(fields: ["grant_type": "refresh_token"], status: 400, kind: "invalid_request", number: 900_144),
    Refusal(
      fields: ["grant_type": "refresh_token", "refresh_token": "made-up"], status: 400,
      kind: "invalid_grant", number: 9_002_313),
  ]

  @Test(arguments: refusals)
  func `A refusal has Microsoft's status, error and number`(_ refusal: Refusal) async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.token(
        segment: refusal.segment, app: refusal.app, refusal.fields,
        headers: ["client-request-id": "11111111-2222-3333-4444-555555555555"])
      #expect(answer.status == refusal.status)
      #expect(answer.string("error") == refusal.kind)
      #expect(answer.entraCode == refusal.number)
      let description = try #require(answer.string("error_description"))
      #expect(description.hasPrefix("AADSTS\(refusal.number): "))
      #expect(description.contains(" Correlation ID: 11111111-2222-3333-4444-555555555555 Timestamp: "))
      #expect(answer.string("correlation_id") == "11111111-2222-3333-4444-555555555555")
      #expect(answer.string("trace_id") == answer.header("x-ms-request-id"))
      #expect(answer.string("timestamp")?.wholeMatch(of: /\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ/) != nil)
      #expect(answer.header("cache-control")?.contains("no-store") == true)
      let page = answer.string("error_uri")
      #expect((page != nil) == [7_000_215, 500_011].contains(refusal.number))
      if let page { #expect(try await sandbox.get(page).status == 200) }
    }
  }

  @Test func `The whole flow gives tokens that say who signed in to what`() async throws {
    try await SandboxHarness.run { sandbox in
      let fields = try await sandbox.signIn(with: ["nonce": "n-1", "client_info": "1"])
      let code = try #require(fields["code"])
      let answer = try await sandbox.redeem(code, ["client_info": "1"])
      #expect(answer.status == 200)
      #expect(answer.string("token_type") == "Bearer")
      #expect(answer.json["expires_in"] as? Int == 3599)
      #expect(answer.json["ext_expires_in"] as? Int == 3599)
      #expect(answer.string("scope") == "Mail.ReadWrite Mail.Send openid profile")
      #expect(answer.string("refresh_token") != nil)
      #expect(answer.string("client_info") == fields["client_info"])
      let identity = try answer.claims("id_token")
      #expect(identity["nonce"] as? String == "n-1")
      #expect(identity["aud"] as? String == Apps.web.clientId)
      #expect(identity["preferred_username"] as? String == "alice@contoso.test")
      #expect(identity["ver"] as? String == "2.0")
      let tenant = SandboxDirectory.standard.tenants[0].id
      #expect(identity["iss"] as? String == "\(sandbox.origin)/\(tenant)/v2.0")
      let bearer = try #require(answer.string("access_token"))
      let claims = try sandbox.state.tokens.verify(bearer)
      #expect(claims.audience == "https://graph.microsoft.com")
      #expect(claims.userPrincipalName == "alice@contoso.test")
      #expect(claims.scopes == ["Mail.ReadWrite", "Mail.Send", "openid", "profile"])
      #expect(claims.tenantID == tenant)
      #expect(!claims.isAppOnly)
    }
  }

  @Test func `Only what is asked for is given`() async throws {
    try await SandboxHarness.run { sandbox in
      let code = try await sandbox.code(with: ["scope": "https://graph.microsoft.com/mail.send"])
      let answer = try await sandbox.redeem(code)
      #expect(answer.string("scope") == "https://graph.microsoft.com/mail.send")
      #expect(answer.string("refresh_token") == nil)
      #expect(answer.string("id_token") == nil)
      #expect(answer.string("client_info") == nil)
    }
  }

  @Test func `A personal account has a ticket instead of a token`() async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.redeem(try await sandbox.code("erin@outlook.test"))
      let bearer = try #require(answer.string("access_token"))
      #expect(bearer.hasPrefix("EwB"))
      #expect(!bearer.contains("."))
      #expect(try sandbox.state.tokens.verify(bearer).userPrincipalName == "erin@outlook.test")
      #expect(answer.string("refresh_token")?.hasPrefix("M.C5") == true)
      let tenant = try answer.claims("id_token")["tid"] as? String
      #expect(tenant == SandboxDirectory.consumersTenantID)
    }
  }

  @Test func `A native client needs no secret`() async throws {
    try await SandboxHarness.run { sandbox in
      let code = try await sandbox.code(app: Apps.native)
      #expect(try await sandbox.redeem(code, app: Apps.native).status == 200)
    }
  }

  @Test func `A code works once, for its client, address and tenant, and for ten minutes`() async throws {
    try await SandboxHarness.run { sandbox in
      let code = try await sandbox.code()
      #expect(try await sandbox.redeem(code, ["redirect_uri": ""]).entraCode == 900_144)
      #expect(try await sandbox.redeem(code, ["redirect_uri": "http://localhost/oauth"]).entraCode == 50011)
      #expect(try await sandbox.redeem(code, app: Apps.native).entraCode == 700_007)
      #expect(try await sandbox.redeem(code, segment: "fabrikam.test").entraCode == 700_005)
      #expect(try await sandbox.redeem(code).status == 200)
      let again = try await sandbox.redeem(code)
      #expect(again.status == 400)
      #expect(again.string("error") == "invalid_grant")
      #expect(again.entraCode == 54005)
      let late = try await sandbox.code()
      sandbox.state.clock.advance(by: .seconds(601))
      #expect(try await sandbox.redeem(late).entraCode == 70008)
    }
  }

  @Test(arguments: ["S256", "plain", ""])
  func `A challenge is answered by its verifier alone`(method: String) async throws {
    try await SandboxHarness.run { sandbox in
      let verifier = String(repeating: "v", count: 43)
      let challenge = method == "S256" ? RandomText.digest(verifier) : verifier
      let code = try await sandbox.code(with: ["code_challenge": challenge, "code_challenge_method": method])
      let wrong = String(repeating: "w", count: 43)
      #expect(try await sandbox.redeem(code).entraCode == 501_481)
      #expect(try await sandbox.redeem(code, ["code_verifier": wrong]).entraCode == 501_481)
      #expect(try await sandbox.redeem(code, ["code_verifier": "short"]).entraCode == 501_491)
      #expect(try await sandbox.redeem(code, ["code_verifier": verifier]).status == 200)
    }
  }

  /// RFC 7636 appendix B.
  @Test func `The challenge is the one of the RFC`() throws {
    let challenge = try #require(
      try PKCEChallenge(value: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", method: "S256"))
    try challenge.check("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
  }

  @Test func `One token is for one resource`() async throws {
    try await SandboxHarness.run { sandbox in
      let both = "offline_access Mail.Send https://outlook.office.com/SMTP.Send"
      let code = try await sandbox.code(with: ["scope": both])
      #expect(try await sandbox.redeem(code, ["scope": both]).entraCode == 28000)
      let answer = try await sandbox.redeem(code)
      #expect(answer.string("scope") == "Mail.Send")
      let token = try #require(answer.string("refresh_token"))
      let other = try await sandbox.refresh(token, ["scope": "https://outlook.office.com/SMTP.Send"])
      #expect(other.string("scope") == "https://outlook.office.com/SMTP.Send")
      let bearer = try #require(other.string("access_token"))
      #expect(throws: AccessTokenFault.audience("https://outlook.office.com")) {
        try sandbox.state.tokens.verify(bearer)
      }
    }
  }

  @Test func `Credentials may come in the header`() async throws {
    try await SandboxHarness.run { sandbox in
      let secret = percentEncoded(Apps.daemon.secret ?? "")
      let basic = Data("\(Apps.daemon.clientId):\(secret)".utf8).base64EncodedString()
      let answer = try await sandbox.token(
        segment: "contoso.test",
        ["grant_type": "client_credentials", "scope": Self.ownScope, "client_id": "", "client_secret": ""],
        headers: ["authorization": "Basic " + basic])
      #expect(answer.status == 200)
    }
  }

  @Test func `An application by itself gets its roles and nothing else`() async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.token(segment: "contoso.test", app: Apps.daemon, Self.alone)
      #expect(Set(answer.json.keys) == ["token_type", "expires_in", "ext_expires_in", "access_token"])
      let bearer = try #require(answer.string("access_token"))
      let claims = try sandbox.state.tokens.verify(bearer)
      #expect(claims.isAppOnly)
      #expect(claims.roles == ["Mail.ReadWrite", "Mail.Send", "User.Read.All"])
      #expect(claims.scopes.isEmpty)
      let own = try await sandbox.token(
        segment: "contoso.test", app: Apps.daemon,
        ["grant_type": "client_credentials", "scope": sandbox.origin + "/.default"])
      #expect(try sandbox.state.tokens.verify(try #require(own.string("access_token"))).isAppOnly)
    }
  }

  @Test func `An access token dies when its time is over, and when it is touched`() async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.token(segment: "contoso.test", app: Apps.daemon, Self.alone)
      let bearer = try #require(answer.string("access_token"))
      let touched = bearer.replacing(".", with: ".e", maxReplacements: 1)
      #expect(throws: AccessTokenFault.signature) { try sandbox.state.tokens.verify(touched) }
      #expect(throws: AccessTokenFault.malformed) { try sandbox.state.tokens.verify("EwBmadeup") }
      sandbox.state.clock.advance(by: .seconds(3600))
      #expect(throws: AccessTokenFault.expired) { try sandbox.state.tokens.verify(bearer) }
    }
  }

  @Test func `Access tokens live as long as the settings say when they are issued`() async throws {
    let start = SandboxClock.systemNow()
    try await SandboxHarness.run(clock: SandboxClock { start }) { sandbox in
      _ = try await sandbox.postJSON("/sandbox/settings", #"{"accessTokenLifetime": 200}"#)
      let answer = try await sandbox.token(segment: "contoso.test", app: Apps.daemon, Self.alone)
      #expect(answer.json["expires_in"] as? Int == 200)
      let bearer = try #require(answer.string("access_token"))
      sandbox.state.clock.advance(by: .seconds(150))
      #expect(try sandbox.state.tokens.verify(bearer).isAppOnly)
      sandbox.state.clock.advance(by: .seconds(60))
      #expect(throws: AccessTokenFault.expired) { try sandbox.state.tokens.verify(bearer) }
    }
  }

  @Test func `Asking for a token by GET is refused`() async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.get("/common/oauth2/v2.0/token")
      #expect(answer.entraCode == 900_561)
    }
  }
}
