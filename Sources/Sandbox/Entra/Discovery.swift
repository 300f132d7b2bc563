import Foundation
import JSON

/// The documents by which clients find the endpoints. Every URL is at the origin of the request.
enum Discovery {
  /// The OpenID Connect discovery document, with the members that Entra's has for what is served here.
  static func openIDConfiguration(_ segment: TenantSegment, origin: String) -> JSONValue {
    let base = "\(origin)/\(segment.path)"
    let host = String(origin[(origin.range(of: "://")?.upperBound ?? origin.startIndex)...])
    return [
      "token_endpoint": .string(base + "/oauth2/v2.0/token"),
      "token_endpoint_auth_methods_supported": [
        "client_secret_post", "private_key_jwt", "client_secret_basic",
      ],
      "jwks_uri": .string(base + "/discovery/v2.0/keys"),
      "response_modes_supported": ["query", "fragment", "form_post"],
      "subject_types_supported": ["pairwise"],
      "id_token_signing_alg_values_supported": ["RS256"],
      "response_types_supported": ["code"],
      "scopes_supported": ["openid", "profile", "email", "offline_access"],
      "issuer": .string("\(origin)/\(segment.issuerTenant)/v2.0"),
      "request_uri_parameter_supported": false,
      "userinfo_endpoint": .string(origin + "/oidc/userinfo"),
      "authorization_endpoint": .string(base + "/oauth2/v2.0/authorize"),
      "device_authorization_endpoint": .string(base + "/oauth2/v2.0/devicecode"),
      "http_logout_supported": true,
      "frontchannel_logout_supported": true,
      "end_session_endpoint": .string(base + "/oauth2/v2.0/logout"),
      "claims_supported": [
        "sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver", "email",
      ],
      "cloud_instance_name": .string(host),
      "cloud_graph_host_name": .string(host),
      "msgraph_host": .string(host),
    ]
  }

  /// `{"keys":[...]}` (RFC 7517 section 5).
  static func keys(_ signingKey: SigningKey, _ segment: TenantSegment, origin: String) throws -> JSONValue {
    let numbers = try signingKey.publicNumbers()
    return [
      "keys": [
        [
          "kty": "RSA", "use": "sig", "kid": .string(signingKey.keyID), "n": .string(numbers.modulus),
          "e": .string(numbers.exponent), "issuer": .string("\(origin)/\(segment.issuerTenant)/v2.0"),
        ]
      ]
    ]
  }

  /// The authorities of a login host: MSAL asks before it trusts one.
  ///
  /// Throws 50049 for an authority elsewhere. MSAL leaves out the port, so only the names are compared.
  static func instance(authorizationEndpoint: String?, origin: String) throws(EntraError) -> JSONValue {
    guard let asked = authorizationEndpoint else { throw .missing("authorization_endpoint") }
    let ours = URLComponents(string: origin)?.encodedHost ?? ""
    let endpoint = URLComponents(string: asked)
    guard let host = endpoint?.encodedHost, let path = endpoint?.path, host.lowercased() == ours.lowercased()
    else { throw EntraError(50049, "Unknown or invalid instance '\(asked)'.") }
    let tenant = path.split(separator: "/").first.map(String.init) ?? "common"
    let authority = String(origin[(origin.range(of: "://")?.upperBound ?? origin.startIndex)...])
    return [
      "tenant_discovery_endpoint": .string("\(origin)/\(tenant)/v2.0/.well-known/openid-configuration"),
      "api-version": "1.1",
      "metadata": [
        [
          "preferred_network": .string(authority), "preferred_cache": .string(authority),
          "aliases": [.string(authority)],
        ]
      ],
    ]
  }
}

extension TenantSegment {
  /// The tenant in `issuer`: a placeholder where every tenant may sign in.
  var issuerTenant: String {
    switch self {
    case .common, .organizations: "{tenantid}"
    case .consumers, .tenant: path
    }
  }
}
