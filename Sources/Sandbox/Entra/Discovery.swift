import Foundation
import JSON

/// The documents by which clients find the endpoints. Every URL is at the origin of the request.
enum Discovery {
  /// The OpenID Connect discovery document, with all members that Entra's has.
  static func openIDConfiguration(_ segment: TenantSegment, origin: String) -> JSONValue {
    let base = "\(origin)/\(segment.path)"
    let host = authority(of: origin)
    return [
      "token_endpoint": .string(base + "/oauth2/v2.0/token"),
      "token_endpoint_auth_methods_supported": [
        "client_secret_post", "private_key_jwt", "client_secret_basic", "self_signed_tls_client_auth",
      ],
      "jwks_uri": .string(base + "/discovery/v2.0/keys"),
      "response_modes_supported": ["query", "fragment", "form_post"],
      "subject_types_supported": ["pairwise"],
      "id_token_signing_alg_values_supported": ["RS256"],
      "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
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
        "sub", "iss", "cloud_instance_name", "cloud_instance_host_name", "cloud_graph_host_name",
        "msgraph_host", "aud", "exp", "iat", "auth_time", "acr", "nonce", "preferred_username", "name", "tid",
        "ver", "at_hash", "c_hash", "email",
      ],
      "kerberos_endpoint": .string(base + "/kerberos"),
      "mtls_endpoint_aliases": ["token_endpoint": .string(base + "/oauth2/v2.0/token")],
      "tls_client_certificate_bound_access_tokens": true,
      "tenant_region_scope": segment.tenant == nil ? .null : "WW",
      "cloud_instance_name": .string(host),
      "cloud_graph_host_name": .string(host),
      "msgraph_host": .string(host),
      "rbac_url": .string(origin),
    ]
  }

  /// `{"keys":[...]}` (RFC 7517 section 5).
  static func keys(_ signingKey: SigningKey, _ segment: TenantSegment, origin: String) throws -> JSONValue {
    let numbers = try signingKey.publicNumbers()
    return [
      "keys": [
        [
          "kty": "RSA", "use": "sig", "kid": .string(signingKey.keyID), "x5t": .string(signingKey.keyID),
          "n": .string(numbers.modulus), "e": .string(numbers.exponent),
          "x5c": [.string(signingKey.certificate.base64EncodedString())],
          "cloud_instance_name": .string(authority(of: origin)),
          "issuer": .string("\(origin)/\(segment.issuerTenant)/v2.0"),
        ]
      ]
    ]
  }

  /// How the password of a person would be checked, which libraries ask first. It never would be here.
  static func userRealm(_ user: SandboxDirectory.User?, _ name: String, origin: String) -> JSONValue {
    let domain = name.split(separator: "@").last.map(String.init) ?? name
    guard let user, user.kind != .personal else { return ["ver": "1.0", "account_type": "Unknown"] }
    return [
      "ver": "1.0", "account_type": "Managed", "domain_name": .string(domain),
      "cloud_instance_name": .string(authority(of: origin)),
      "cloud_audience_urn": "urn:federation:MicrosoftOnline",
    ]
  }

  /// The authorities of a login host: MSAL asks before it trusts one.
  ///
  /// Throws 50049 for an authority that is neither this origin nor Microsoft's. MSAL leaves out the port, so only the
  /// names are compared.
  static func instance(authorizationEndpoint: String?, origin: String) throws(EntraError) -> JSONValue {
    guard let asked = authorizationEndpoint else { throw .missing("authorization_endpoint") }
    let ours = URLComponents(string: origin)?.encodedHost ?? ""
    let endpoint = URLComponents(string: asked)
    guard let host = endpoint?.encodedHost?.lowercased(), let path = endpoint?.path,
      host == ours.lowercased() || clouds.joined().contains(host)
    else { throw EntraError(50049, "Unknown or invalid instance '\(asked)'.") }
    let tenant = path.split(separator: "/").first.map(String.init) ?? "common"
    return [
      "tenant_discovery_endpoint": .string("\(origin)/\(tenant)/v2.0/.well-known/openid-configuration"),
      "api-version": "1.1",
      "metadata": .array(([[authority(of: origin)]] + clouds).map(metadata)),
    ]
  }

  private static func metadata(_ aliases: [String]) -> JSONValue {
    // Caches of the public cloud go by its older name.
    let cache = aliases.contains("login.windows.net") ? "login.windows.net" : aliases[0]
    return [
      "preferred_network": .string(aliases[0]), "preferred_cache": .string(cache),
      "aliases": .strings(aliases),
    ]
  }

  /// Microsoft's own login hosts, the preferred one of each cloud first.
  private static let clouds = [
    ["login.microsoftonline.com", "login.windows.net", "login.microsoft.com", "sts.windows.net"],
    ["login.partner.microsoftonline.cn", "login.chinacloudapi.cn"],
    ["login.microsoftonline.us", "login.usgovcloudapi.net"],
    ["login-us.microsoftonline.com"],
  ]

  /// Host and port.
  private static func authority(of origin: String) -> String {
    String(origin[(origin.range(of: "://")?.upperBound ?? origin.startIndex)...])
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
