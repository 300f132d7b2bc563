import Crypto
import CryptoExtras
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
      #expect(key["cloud_instance_name"] as? String == "localhost:\(sandbox.ports.http)")
      // The same key in a certificate, named by its thumbprint.
      let chain = try #require(key["x5c"] as? [String])
      let bytes = try #require(chain.first.flatMap { Data(base64Encoded: $0) })
      #expect(chain.count == 1)
      #expect(key["x5t"] as? String == Base64URL.encode(Insecure.SHA1.hash(data: bytes)))
      let text = bytes.base64EncodedString(options: [.lineLength64Characters, .endLineWithLineFeed])
      let pem = "-----BEGIN CERTIFICATE-----\n\(text)\n-----END CERTIFICATE-----\n"
      let certified = try #require(ClientCertificate(pem: pem)?.publicKey)
      let numbers = try certified.getKeyPrimitives()
      #expect(key["n"] as? String == Base64URL.encode(numbers.modulus))
    }
  }

  @Test(arguments: ["common", "contoso.test"])
  func `The document has every member of Entra's`(segment: String) async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.get("/\(segment)/v2.0/.well-known/openid-configuration")
      #expect(
        Set(answer.json.keys) == [
          "token_endpoint", "token_endpoint_auth_methods_supported", "jwks_uri", "response_modes_supported",
          "subject_types_supported", "id_token_signing_alg_values_supported", "response_types_supported",
          "scopes_supported", "issuer", "request_uri_parameter_supported", "userinfo_endpoint",
          "authorization_endpoint", "device_authorization_endpoint", "http_logout_supported",
          "frontchannel_logout_supported", "end_session_endpoint", "claims_supported", "kerberos_endpoint",
          "mtls_endpoint_aliases", "tls_client_certificate_bound_access_tokens", "tenant_region_scope",
          "cloud_instance_name", "cloud_graph_host_name", "msgraph_host", "rbac_url",
        ])
      #expect((answer.json["response_types_supported"] as? [String])?.count == 4)
      #expect(answer.json["tenant_region_scope"] is NSNull == (segment == "common"))
    }
  }

  @Test(arguments: [
    ("alice@contoso.test", "Managed"), ("erin@outlook.test", "Unknown"), ("nobody@elsewhere.test", "Unknown"),
  ])
  func `A library learns how a person would sign in`(user: String, type: String) async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.get("/common/userrealm/\(user)?api-version=1.0")
      #expect(answer.status == 200)
      #expect(answer.string("ver") == "1.0" && answer.string("account_type") == type)
      #expect(answer.string("domain_name") == (type == "Managed" ? "contoso.test" : nil))
    }
  }

  @Test(arguments: [
    "login.microsoftonline.com", "login.windows.net", "sts.windows.net", "LOGIN.microsoftonline.us",
    "login.partner.microsoftonline.cn",
  ])
  func `Instance discovery knows Microsoft's own hosts`(host: String) async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.get(
        "/common/discovery/instance?api-version=1.1&authorization_endpoint=https://\(host)/common/oauth2/v2.0/authorize"
      )
      #expect(answer.status == 200)
      let metadata = try #require(answer.json["metadata"] as? [[String: Any]])
      let entry = try #require(
        metadata.first { ($0["aliases"] as? [String])?.contains(host.lowercased()) == true })
      #expect((entry["aliases"] as? [String])?.contains(entry.text("preferred_cache")) == true)
      #expect(metadata.first?["aliases"] as? [String] == ["localhost:\(sandbox.ports.http)"])
    }
  }

  @Test func `Instance discovery knows this host and no other of a stranger`() async throws {
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
