import Foundation
import Testing

@testable import Sandbox

@Suite struct DiscoveryTests {
  static let issuers = [
    ("common", "common", "{tenantid}"), ("organizations", "organizations", "{tenantid}"),
    ("consumers", SandboxDirectory.consumersTenantID, SandboxDirectory.consumersTenantID),
    ("contoso.test", SandboxDirectory.standard.tenants[0].id, SandboxDirectory.standard.tenants[0].id),
    (
      SandboxDirectory.standard.tenants[1].id, SandboxDirectory.standard.tenants[1].id,
      SandboxDirectory.standard.tenants[1].id
    ),
  ]

  @Test(arguments: issuers)
  func `The document stands on the origin that was asked`(
    segment: String, path: String, issuer: String
  ) async throws {
    try await SandboxHarness.runWithTLS { sandbox in
      for origin in [sandbox.origin, "http://127.0.0.1:\(sandbox.ports.http)", sandbox.secureOrigin] {
        let answer = try await sandbox.get("\(origin)/\(segment)/v2.0/.well-known/openid-configuration")
        #expect(answer.status == 200)
        #expect(answer.string("issuer") == "\(origin)/\(issuer)/v2.0")
        #expect(answer.string("token_endpoint") == "\(origin)/\(path)/oauth2/v2.0/token")
        #expect(answer.string("authorization_endpoint") == "\(origin)/\(path)/oauth2/v2.0/authorize")
        #expect(answer.string("jwks_uri") == "\(origin)/\(path)/discovery/v2.0/keys")
        for (name, value) in answer.json {
          guard let url = value as? String, url.contains("://") else { continue }
          #expect(url.hasPrefix(origin), "\(name)")
        }
      }
    }
  }

  @Test func `An unknown tenant has no documents`() async throws {
    try await SandboxHarness.run { sandbox in
      for path in ["v2.0/.well-known/openid-configuration", "discovery/v2.0/keys"] {
        let answer = try await sandbox.get("/nowhere.test/" + path)
        #expect(answer.status == 400)
        #expect(answer.string("error") == "invalid_tenant")
        #expect(answer.entraCode == 90002)
      }
    }
  }

  @Test func `The key set has the key that signs`() async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.get("/common/discovery/v2.0/keys")
      let keys = try #require(answer.json["keys"] as? [[String: Any]])
      let key = try #require(keys.first)
      #expect(key["kty"] as? String == "RSA")
      #expect(key["kid"] as? String == sandbox.state.tokens.signingKey.keyID)
      #expect(key["e"] as? String == "AQAB")
    }
  }

  @Test func `Instance discovery knows this host and no other`() async throws {
    try await SandboxHarness.run { sandbox in
      let path = "/common/discovery/instance?api-version=1.1&authorization_endpoint="
      // MSAL leaves out the port.
      let ours = try await sandbox.get(path + "https://localhost/contoso.test/oauth2/v2.0/authorize")
      #expect(ours.status == 200)
      #expect(
        ours.string("tenant_discovery_endpoint")
          == sandbox.origin + "/contoso.test/v2.0/.well-known/openid-configuration")
      #expect(ours.json["metadata"] is [[String: Any]])
      let other = try await sandbox.get(path + "https://evil.test/common/oauth2/v2.0/authorize")
      #expect(other.status == 400)
      #expect(other.string("error") == "invalid_instance")
      #expect(other.entraCode == 50049)
    }
  }

  @Test func `Who a token is about is told to its bearer`() async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.redeem(try await sandbox.code())
      let bearer = try #require(answer.string("access_token"))
      let info = try await sandbox.get("/oidc/userinfo", headers: ["authorization": "Bearer " + bearer])
      #expect(info.string("email") == "alice@contoso.test")
      #expect(info.string("sub") == (try answer.claims("id_token")["sub"] as? String))
      #expect(try await sandbox.get("/oidc/userinfo").status == 401)
    }
  }
}
