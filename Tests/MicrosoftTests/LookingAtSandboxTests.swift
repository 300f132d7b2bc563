import Core
import Foundation
import NIOHTTP1
import Sandbox
import Testing

@testable import HTTP
@testable import Microsoft

/// Certificates, device codes and the look before a sign-in, with the neighbour that stands in for Microsoft.
@Suite struct LookingAtSandboxTests {
  let tenant = "c0000000-0000-4000-8000-000000000001"

  @Test func `a certificate proves an app, and another one is refused by its thumbprint`() async throws {
    try await withSandbox { sandbox, cloud, http in
      let daemon = try #require(
        sandbox.directory.apps.first { $0.kind == .daemon && !$0.certificates.isEmpty && $0.plant == nil })
      let own = try Microsoft.ClientCertificate(pem: Secret(daemon.certificates[0].pem))
      #expect(own.thumbprint == daemon.certificates[0].thumbprint)
      #expect(own.portalThumbprint == daemon.certificates[0].sha1.uppercased())
      let entra = Entra(cloud: cloud, http: http)
      let token = try await entra.clientCredentials(
        scope: cloud.graphDefaultScope,
        client: EntraClient(clientID: daemon.clientId, credential: .certificate(own, at: sandbox.clock.now)),
        tenant: tenant)
      #expect(AccessTokenHint(token.accessToken)?.roles.contains("Mail.Send") == true)

      let other = try Microsoft.ClientCertificate(
        pem: Secret(AppCertificate.certificate + AppCertificate.key))
      for (certificate, now) in [(other, sandbox.clock.now), (own, sandbox.clock.now - .seconds(7200))] {
        let refused = try await #require(throws: Problem.self) {
          try await entra.clientCredentials(
            scope: cloud.graphDefaultScope,
            client: EntraClient(clientID: daemon.clientId, credential: .certificate(certificate, at: now)),
            tenant: tenant)
        }
        #expect(refused.code == .entraCertificateRejected && refused.actor == .appOwner)
        #expect(refused.summary.contains(certificate.portalThumbprint))
      }
    }
  }

  @Test func `a device waits until somebody accepts, declines or is too late`() async throws {
    try await withSandbox { sandbox, cloud, http in
      sandbox.settings.deviceInterval = 0
      let native = try #require(sandbox.directory.apps.first { $0.kind == .native && $0.allowsPublicClient })
      let client = EntraClient(native)
      let entra = Entra(cloud: cloud, http: http)
      let scopes = ["openid", "profile", "offline_access", cloud.graphScope("Mail.Send")]
      for decision in ["accept", "decline", "expire"] {
        let code = try await entra.deviceCode(scopes: scopes, client: client, tenant: "common")
        guard
          case .pending = try await entra.poll(deviceCode: code.deviceCode, client: client, tenant: "common")
        else { throw Unexpected() }
        if decision == "expire" {
          sandbox.clock.advance(by: code.expiresIn + .seconds(1))
        } else {
          try await decide(decision, code.userCode, cloud, http)
        }
        do {
          guard
            case .granted(let tokens) = try await entra.poll(
              deviceCode: code.deviceCode, client: client, tenant: "common")
          else { throw Unexpected() }
          #expect(decision == "accept" && tokens.refreshToken != nil && tokens.grants("Mail.Send", in: cloud))
        } catch let problem as Problem {
          #expect(problem.code == (decision == "decline" ? .signInDeclined : .signInDeviceCodeExpired))
        }
      }
    }
  }

  @Test func `a look finds the tenant, and each wrong redirect URI`() async throws {
    try await withSandbox { sandbox, cloud, http in
      let web = try #require(sandbox.directory.apps.first { $0.kind == .web && $0.plant == nil })
      let entra = Entra(cloud: cloud, http: http)
      let found = try await entra.discover(tenant: tenant)
      #expect(found.issuer.contains(tenant) && found.serverDate != nil)
      #expect(found.tokenEndpoint == cloud.login + "/" + tenant + "/oauth2/v2.0/token")
      let unknown = try await #require(throws: Problem.self) {
        _ = try await entra.discover(tenant: "no.test")
      }
      #expect(unknown.code == .entraTenantUnknown)

      func probe(_ uri: String, clientID: String) async throws -> RedirectProbe {
        try await entra.probeRedirect(
          tenant: "common", clientID: clientID, redirectURI: uri,
          scopes: ["openid", cloud.graphScope("Mail.Send")])
      }
      #expect(try await probe("http://localhost/oauth", clientID: web.clientId) == .registered(flaw: nil))
      #expect(
        try await probe("http://localhost:3000/oauth", clientID: web.clientId) == .registered(flaw: nil))
      for uri in [
        "http://localhost/oauth/", "http://localhost/OAuth", "https://localhost/oauth", "http://localhost/",
      ] {
        let refused = try await #require(throws: Problem.self) {
          try await probe(uri, clientID: web.clientId)
        }
        #expect(refused.code == .entraRedirectMismatch)
        #expect(refused.remedy?.hasPrefix("Add exactly \(uri) under Authentication") == true)
      }
      let stranger = try await #require(throws: Problem.self) {
        try await probe("http://localhost/oauth", clientID: "0d0d0d0d-0000-4000-8000-000000000000")
      }
      #expect(stranger.code == .entraClientUnknown)
    }
  }

  private struct Unexpected: Error {}

  private func decide(
    _ decision: String, _ userCode: String, _ cloud: Cloud, _ http: HTTPExchange
  ) async throws {
    let body = #"{"userCode":"\#(userCode)","user":"alice@contoso.test","decision":"\#(decision)"}"#
    let reply = try await http.send(
      HTTPRequest(
        method: .POST, url: cloud.login + "/sandbox/device", headers: ["Content-Type": "application/json"],
        body: Array(body.utf8)))
    #expect(reply.status < 300)
  }
}
