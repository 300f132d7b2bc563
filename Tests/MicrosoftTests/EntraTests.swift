import Core
import Foundation
import Testing

@testable import Microsoft

@Suite struct EntraTests {
  let client = EntraClient(
    clientID: "6731de76-14a6-49ae-97bc-6eba6914391e", credential: .secret(Secret("s3cr~t&=")))

  @Test func `an authorize URL carries the whole request`() async throws {
    try await withHTTP { http in
      let request = AuthorizeRequest(
        clientID: client.clientID, redirectURI: "http://localhost/oauth",
        scopes: ["openid", "offline_access", Cloud.global.graphScope("Mail.Send")], state: "s+1", nonce: "n",
        challenge: "c", account: .hinted("alice+x@contoso.test"))
      let entra = Entra(cloud: .global, http: http)
      #expect(
        entra.authorizeURL(tenant: "common", request)
          == "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
          + "?client_id=6731de76-14a6-49ae-97bc-6eba6914391e&response_type=code"
          + "&redirect_uri=http%3A%2F%2Flocalhost%2Foauth&response_mode=query"
          + "&scope=openid%20offline_access%20https%3A%2F%2Fgraph.microsoft.com%2FMail.Send"
          + "&state=s%2B1&nonce=n&code_challenge=c&code_challenge_method=S256"
          + "&login_hint=alice%2Bx%40contoso.test")
      var picked = request
      picked.account = .picked
      #expect(entra.authorizeURL(tenant: "common", picked).hasSuffix("&prompt=select_account"))
    }
  }

  @Test func `a challenge is the hash of its verifier`() {
    // RFC 7636, appendix B.
    let pkce = PKCE(verifier: Secret("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
    #expect(pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    #expect(PKCE().verifier.reveal().utf8.count == 43)
    #expect(PKCE().verifier != PKCE().verifier)
  }

  @Test func `a code is redeemed for tokens`() async throws {
    try await withEntra(react: { _ in .answer(200, body: tokenReply) }) { entra, server in
      let reply = try await entra.redeem(
        code: Secret("0.AX+/="), redirectURI: "http://localhost/oauth", pkce: PKCE(verifier: Secret("v")),
        scopes: ["openid", "offline_access", "https://graph.microsoft.com/Mail.Send"], client: client,
        tenant: "common")
      #expect(
        reply.accessToken == Secret("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik5HVEZ2ZEstZnl0aEV1Q..."))
      #expect(reply.refreshToken == Secret("AwABAAAAvPM1KaPlrEqdFSBzjqfTGAMxZGUTdM0t4B4..."))
      #expect(reply.expiresIn == .seconds(3599))
      #expect(reply.grants("Mail.Send", in: .global))
      #expect(reply.grants("User.Read", in: .global))
      #expect(!reply.grants("Mail.ReadWrite", in: .global))
      #expect(!reply.grants("IMAP.AccessAsUser.All", in: .global))
      let asked = try #require(server.requests.first)
      #expect(asked.method == "POST")
      #expect(asked.target == "/common/oauth2/v2.0/token")
      #expect(asked.headers["content-type"] == "application/x-www-form-urlencoded")
      #expect(
        asked.body == "client_id=6731de76-14a6-49ae-97bc-6eba6914391e&grant_type=authorization_code"
          + "&code=0.AX%2B%2F%3D&redirect_uri=http%3A%2F%2Flocalhost%2Foauth&code_verifier=v"
          + "&scope=openid%20offline_access%20https%3A%2F%2Fgraph.microsoft.com%2FMail.Send"
          + "&client_secret=s3cr~t%26%3D")
    }
  }

  @Test func `a refresh names its scopes and a native client sends no secret`() async throws {
    try await withEntra(react: { _ in .answer(200, body: tokenReply) }) { entra, server in
      _ = try await entra.refresh(
        Secret("rt"), scopes: ["a", "b"], client: EntraClient(clientID: "c", credential: .none),
        tenant: "contoso.test")
      #expect(
        server.requests.map(\.body) == ["client_id=c&grant_type=refresh_token&refresh_token=rt&scope=a%20b"])
      #expect(server.requests.map(\.target) == ["/contoso.test/oauth2/v2.0/token"])
    }
  }

  @Test func `an id_token that cannot be read costs no refresh token`() async throws {
    let body = #"""
      {"token_type": "Bearer", "expires_in": 9223372036854775807, "access_token": "a", "refresh_token": "r",
       "id_token": "none"}
      """#
    try await withEntra(react: { _ in .answer(200, body: body) }) { entra, _ in
      let reply = try await entra.refresh(Secret("old"), scopes: ["openid"], client: client, tenant: "common")
      #expect(reply.refreshToken == Secret("r") && reply.idToken == nil)
      #expect(reply.expiresIn <= .seconds(7 * 86_400))
    }
  }

  @Test func `an app's own token comes without refresh token and scopes`() async throws {
    let body = #"{"token_type":"Bearer","expires_in":3599,"ext_expires_in":3599,"access_token":"eyJ0..."}"#
    try await withEntra(react: { _ in .answer(200, body: body) }) { entra, server in
      let reply = try await entra.clientCredentials(
        scope: entra.cloud.graphDefaultScope, client: client, tenant: "11111111-2222-3333-4444-555555555555")
      #expect(reply.refreshToken == nil)
      #expect(reply.idToken == nil)
      #expect(reply.scopes.isEmpty)
      #expect(
        server.requests.first?.body.contains("scope=https%3A%2F%2Fgraph.microsoft.com%2F.default") == true)
    }
  }

  @Test(arguments: [
    (200, "<html>Sign in to the hotel's network</html>", ProblemCode.entraUnexpectedReply),
    (200, #"{"token_type":"Bearer","expires_in":3599}"#, .entraUnexpectedReply),
    (200, #"{"token_type":"Bearer","expires_in":0,"access_token":"x"}"#, .entraUnexpectedReply),
    (200, #"{"token_type":"pop","expires_in":3599,"access_token":"x"}"#, .entraUnexpectedReply),
    (302, "", .entraUnexpectedReply),
    (404, "not here", .entraUnexpectedReply),
    (429, "", .entraThrottled),
    (500, "", .entraUnavailable),
    (503, #"{"error":"temporarily_unavailable"}"#, .entraUnavailable),
    (400, #"{"error":"temporarily_unavailable","error_codes":[90033]}"#, .entraUnavailable),
  ])
  func `a token endpoint that fails is a delay`(status: Int, body: String, code: ProblemCode) async throws {
    let react = { @Sendable (_: WireServer.Request) in
      WireServer.Reaction.answer(status, headers: ["retry-after": "17"], body: body)
    }
    try await withEntra(react: react) { entra, _ in
      let problem = try await refreshProblem(entra)
      #expect(problem.code == code)
      #expect(problem.retry == .safe(after: .seconds(17)))
      #expect(problem.origin?.status == status)
    }
  }

  @Test(arguments: [WireServer.Reaction.hangUp, .raw("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{")])
  func `a lost reply of the token endpoint is a delay`(reaction: WireServer.Reaction) async throws {
    try await withEntra(react: { _ in reaction }) { entra, _ in
      let problem = try await refreshProblem(entra)
      #expect(problem.retry == .safe(after: nil))
    }
  }

  private func refreshProblem(_ entra: Entra) async throws -> Problem {
    try #require(
      await #expect(throws: Problem.self) {
        try await entra.refresh(Secret("rt"), scopes: ["a"], client: client, tenant: "common")
      })
  }
}

/// Microsoft Learn, "OAuth 2.0 authorization code flow", successful response.
private let tokenReply = """
  {
    "access_token": "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiIsIng1dCI6Ik5HVEZ2ZEstZnl0aEV1Q...",
    "token_type": "Bearer",
    "expires_in": 3599,
    "ext_expires_in": 3599,
    "scope": "https://graph.microsoft.com/mail.send User.Read https://outlook.office.com/IMAP.AccessAsUser.All",
    "refresh_token": "AwABAAAAvPM1KaPlrEqdFSBzjqfTGAMxZGUTdM0t4B4..."
  }
  """
