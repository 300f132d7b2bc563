import Core

/// RFC 6749 section 5.1, with Entra's own members. Written in snake case.
struct TokenReply: Encodable, Sendable {
  var tokenType = "Bearer"
  var scope: String?
  /// Seconds.
  var expiresIn: Int
  var extExpiresIn: Int
  var accessToken: String
  var refreshToken: String?
  var idToken: String?
  var clientInfo: String?

  init(accessToken: String, lifetime: Int) {
    self.accessToken = accessToken
    expiresIn = lifetime
    extExpiresIn = lifetime
  }
}

/// The claims of an id_token (Microsoft Learn, "ID token claims reference"). Written in snake case.
struct IDToken: Encodable, Sendable {
  var aud: String
  var iss: String
  var iat: Int64
  var nbf: Int64
  var exp: Int64
  var nonce: String?
  /// Another one for every client.
  var sub: String
  var tid: String
  var uti: String
  var ver = "2.0"
  var oid: String?
  var name: String?
  var preferredUsername: String?
  var email: String?

  init(
    user: SandboxDirectory.User, clientID: String, issuer: String, scopes: [String], nonce: String?,
    now: Instant
  ) {
    aud = clientID
    iss = issuer
    iat = now.seconds
    nbf = now.seconds
    exp = now.seconds + 3600
    self.nonce = nonce
    sub = RandomText.digest(user.id + clientID)
    tid = user.tenantId
    uti = RandomText.make(bytes: 16)
    if scopes.contains("profile") {
      oid = user.id
      name = user.displayName
      preferredUsername = user.userPrincipalName
    }
    if scopes.contains("email") { email = user.mail }
  }
}
