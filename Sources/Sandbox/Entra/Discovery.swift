import Foundation

/// The OpenID Connect discovery document, with the members that Entra's has for what is served here.
/// Written in snake case; every URL stands on the origin that was asked.
struct OpenIDConfiguration: Encodable, Sendable {
  var tokenEndpoint: String
  var tokenEndpointAuthMethodsSupported = [
    "client_secret_post", "private_key_jwt", "client_secret_basic",
  ]
  var jwksUri: String
  var responseModesSupported = ["query", "fragment", "form_post"]
  var subjectTypesSupported = ["pairwise"]
  var idTokenSigningAlgValuesSupported = ["RS256"]
  var responseTypesSupported = ["code"]
  var scopesSupported = ["openid", "profile", "email", "offline_access"]
  var issuer: String
  var requestUriParameterSupported = false
  var userinfoEndpoint: String
  var authorizationEndpoint: String
  var deviceAuthorizationEndpoint: String
  var httpLogoutSupported = true
  var frontchannelLogoutSupported = true
  var endSessionEndpoint: String
  var claimsSupported = [
    "sub", "iss", "aud", "exp", "iat", "nonce", "preferred_username", "name", "tid", "ver", "email",
  ]
  var tenantRegionScope: String?
  var cloudInstanceName: String
  var cloudGraphHostName: String
  var msgraphHost: String

  init(segment: TenantSegment, origin: String) {
    let base = "\(origin)/\(segment.path)"
    let host = String(origin[(origin.range(of: "://")?.upperBound ?? origin.startIndex)...])
    tokenEndpoint = base + "/oauth2/v2.0/token"
    jwksUri = base + "/discovery/v2.0/keys"
    issuer = "\(origin)/\(segment.issuerTenant)/v2.0"
    userinfoEndpoint = origin + "/oidc/userinfo"
    authorizationEndpoint = base + "/oauth2/v2.0/authorize"
    deviceAuthorizationEndpoint = base + "/oauth2/v2.0/devicecode"
    endSessionEndpoint = base + "/oauth2/v2.0/logout"
    cloudInstanceName = host
    cloudGraphHostName = host
    msgraphHost = host
  }
}

/// `{"keys":[...]}` (RFC 7517 section 5).
struct KeySet: Encodable, Sendable {
  struct Key: Encodable, Sendable {
    var kty = "RSA"
    var use = "sig"
    var kid: String
    var n: String
    var e: String
    var issuer: String
  }

  var keys: [Key]

  init(_ signingKey: SigningKey, segment: TenantSegment, origin: String) throws {
    let numbers = try signingKey.publicNumbers()
    keys = [
      Key(
        kid: signingKey.keyID, n: numbers.modulus, e: numbers.exponent,
        issuer: "\(origin)/\(segment.issuerTenant)/v2.0")
    ]
  }
}

/// Which authorities a login host stands for: MSAL asks before it trusts one.
struct InstanceDiscovery: Encodable, Sendable {
  struct Cloud: Encodable, Sendable {
    var preferredNetwork: String
    var preferredCache: String
    var aliases: [String]

    private enum CodingKeys: String, CodingKey {
      case preferredNetwork = "preferred_network"
      case preferredCache = "preferred_cache"
      case aliases
    }
  }

  var tenantDiscoveryEndpoint: String
  var apiVersion = "1.1"
  var metadata: [Cloud]

  private enum CodingKeys: String, CodingKey {
    case tenantDiscoveryEndpoint = "tenant_discovery_endpoint"
    case apiVersion = "api-version"
    case metadata
  }

  /// Throws 50049 for an authority elsewhere. MSAL leaves out the port, so only the names are compared.
  init(authorizationEndpoint: String?, origin: String) throws(EntraError) {
    guard let asked = authorizationEndpoint else { throw .missing("authorization_endpoint") }
    let ours = URLComponents(string: origin)?.encodedHost ?? ""
    let endpoint = URLComponents(string: asked)
    guard let host = endpoint?.encodedHost, let path = endpoint?.path, host.lowercased() == ours.lowercased()
    else { throw EntraError(50049, "Unknown or invalid instance '\(asked)'.") }
    let tenant = path.split(separator: "/").first.map(String.init) ?? "common"
    tenantDiscoveryEndpoint = "\(origin)/\(tenant)/v2.0/.well-known/openid-configuration"
    let authority = String(origin[(origin.range(of: "://")?.upperBound ?? origin.startIndex)...])
    metadata = [
      Cloud(preferredNetwork: authority, preferredCache: authority, aliases: [authority])
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
