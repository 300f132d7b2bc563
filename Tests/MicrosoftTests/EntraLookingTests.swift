import Core
import Foundation
import Testing

@testable import Microsoft

@Suite struct EntraLookingTests {
  let client = EntraClient(clientID: "6731de76-14a6-49ae-97bc-6eba6914391e", credential: .none)

  @Test func `a device code is shown as Entra gave it`() async throws {
    try await withEntra(react: { _ in .answer(200, body: deviceReply) }) { entra, server in
      let code = try await entra.deviceCode(
        scopes: ["a", "offline_access"], client: client, tenant: "common")
      #expect(code.deviceCode == Secret("GAAABAAEAiL9Kn2Z..."))
      #expect(code.userCode == "C5H7QX9XW")
      #expect(code.verificationURI == "https://microsoft.com/devicelogin")
      #expect(code.expiresIn == .seconds(900) && code.interval == .seconds(5))
      #expect(code.message.hasPrefix("To sign in, use a web browser"))
      #expect(!"\(code)".contains("GAAABAAEAiL9Kn2Z"))
      #expect(server.requests.map(\.target) == ["/common/oauth2/v2.0/devicecode"])
      #expect(
        server.requests.map(\.body) == [
          "client_id=6731de76-14a6-49ae-97bc-6eba6914391e&scope=a%20offline_access"
        ])
    }
  }

  @Test(arguments: [
    ("https://microsoft.com/devicelogin", "javascript:alert(1)"),
    ("https://microsoft.com/devicelogin", "http://devicelogin.test"),
    ("C5H7QX9XW", ""),
    ("C5H7QX9XW", String(repeating: "x", count: 65)),
    ("900", "0"),
    ("GAAABAAEAiL9Kn2Z...", ""),
  ])
  func `a device code that nobody could use is refused`(part: String, odd: String) async throws {
    let body = deviceReply.replacing(part, with: odd, maxReplacements: 1)
    try await withEntra(react: { _ in .answer(200, body: body) }) { entra, _ in
      let problem = try #require(
        await #expect(throws: Problem.self) {
          try await entra.deviceCode(scopes: ["a"], client: client, tenant: "common")
        })
      #expect(problem.code == .entraUnexpectedReply)
    }
  }

  @Test(
    arguments: [
      ("authorization_pending", 70016, nil),
      ("slow_down", nil, nil),
      ("authorization_declined", nil, ProblemCode.signInDeclined),
      ("expired_token", 70020, .signInDeviceCodeExpired),
      ("code_expired", nil, .signInDeviceCodeExpired),
      ("bad_verification_code", 70018, .signInDeviceCodeExpired),
      ("invalid_client", 7_000_218, .entraSecretMissing),
      ("invalid_grant", 50076, .entraInteractionRequired),
    ] as [(String, Int?, ProblemCode?)])
  func `a poll tells waiting from the end`(error: String, number: Int?, code: ProblemCode?) async throws {
    let words = number.map { ",\"error_description\":\"AADSTS\($0): x\",\"error_codes\":[\($0)]" } ?? ""
    let body = "{\"error\":\"\(error)\"\(words)}"
    try await withEntra(react: { _ in .answer(400, body: body) }) { entra, server in
      let outcome: Result<DevicePoll, Problem>
      do throws(Problem) {
        outcome = .success(try await entra.poll(deviceCode: Secret("d+c"), client: client, tenant: "common"))
      } catch {
        outcome = .failure(error)
      }
      switch outcome {
      case .success(.pending): #expect(error == "authorization_pending")
      case .success(.slowDown): #expect(error == "slow_down")
      case .success(.granted): Issue.record("granted")
      case .failure(let problem):
        #expect(problem.code == code)
        #expect(problem.retry == .futile)
      }
      #expect(
        server.requests.first?.body == "client_id=6731de76-14a6-49ae-97bc-6eba6914391e"
          + "&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=d%2Bc")
    }
  }

  @Test func `a tenant's document tells its endpoints and Microsoft's time`() async throws {
    let react = { @Sendable (_: WireServer.Request) in
      WireServer.Reaction.answer(
        200, headers: ["Date": "Sun, 06 Nov 1994 08:49:37 GMT"],
        body: """
          {"issuer":"https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
          "authorization_endpoint":"https://l/authorize","token_endpoint":"https://l/token",
          "device_authorization_endpoint":"https://l/devicecode","msgraph_host":"graph.microsoft.com"}
          """)
    }
    try await withEntra(react: react) { entra, server in
      let found = try await entra.discover(tenant: "contoso.test/..")
      #expect(found.issuer.contains("11111111-2222-3333-4444-555555555555"))
      #expect(found.tokenEndpoint == "https://l/token" && found.graphHost == "graph.microsoft.com")
      #expect(found.serverDate == Instant(microseconds: 784_111_777_000_000))
      #expect(server.requests.map(\.target) == ["/contoso.test%2F../v2.0/.well-known/openid-configuration"])
    }
  }

  @Test func `a tenant that does not exist is named as such`() async throws {
    let body = #"{"error":"invalid_tenant","error_description":"AADSTS90002: Tenant 'x' not found."}"#
    try await withEntra(react: { _ in .answer(400, body: body) }) { entra, _ in
      let problem = try #require(
        await #expect(throws: Problem.self) { try await entra.discover(tenant: "x") })
      #expect(problem.code == .entraTenantUnknown)
    }
  }

  @Test func `an administrator's link names app, permissions and the way back`() async throws {
    try await withHTTP { http in
      let entra = Entra(cloud: .global, http: http)
      #expect(
        entra.adminConsentURL(
          tenant: "contoso.test", clientID: "c", scopes: ["https://graph.microsoft.com/Mail.Send", "openid"],
          redirectURI: "http://localhost/oauth", state: "s+1")
          == "https://login.microsoftonline.com/contoso.test/v2.0/adminconsent?client_id=c"
          + "&scope=https%3A%2F%2Fgraph.microsoft.com%2FMail.Send%20openid"
          + "&redirect_uri=http%3A%2F%2Flocalhost%2Foauth&state=s%2B1")
      for tenant in ["common", "consumers", ""] {
        let link = entra.adminConsentURL(
          tenant: tenant, clientID: "c", scopes: [], redirectURI: "", state: "")
        #expect(link.hasPrefix("https://login.microsoftonline.com/organizations/v2.0/adminconsent?"))
      }
    }
  }
}

/// Microsoft Learn, "OAuth 2.0 device authorization grant", device authorization response.
private let deviceReply = """
  {"user_code":"C5H7QX9XW","device_code":"GAAABAAEAiL9Kn2Z...",
  "verification_uri":"https://microsoft.com/devicelogin","expires_in":900,"interval":5,
  "message":"To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code C5H7QX9XW to authenticate."}
  """
