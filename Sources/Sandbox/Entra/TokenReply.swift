import Core
import JSON

/// RFC 6749 section 5.1, with Entra's own members.
struct TokenReply: Sendable {
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

  var json: JSONValue {
    .object(omittingAbsent: [
      "token_type": "Bearer", "scope": scope.map { .string($0) }, "expires_in": JSONValue(expiresIn),
      "ext_expires_in": JSONValue(extExpiresIn), "access_token": .string(accessToken),
      "refresh_token": refreshToken.map { .string($0) }, "id_token": idToken.map { .string($0) },
      "client_info": clientInfo.map { .string($0) },
    ])
  }
}

/// The claims of an id_token (Microsoft Learn, "ID token claims reference").
struct IDToken: Sendable {
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
  var oid: String?
  var name: String?
  var preferredUsername: String?
  var email: String?
  /// Of a guest only: who signed them in.
  var idp: String?

  init(
    user: SandboxDirectory.User, clientID: String, issuer: String, scopes: [String], nonce: String?,
    issued: Instant, expires: Instant
  ) {
    aud = clientID
    iss = issuer
    iat = issued.seconds
    nbf = issued.seconds
    exp = expires.seconds
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
    if user.isGuest { idp = "live.com" }
  }

  var json: JSONValue {
    .object(omittingAbsent: [
      "aud": .string(aud), "iss": .string(iss), "iat": JSONValue(iat), "nbf": JSONValue(nbf),
      "exp": JSONValue(exp), "email": email.map { .string($0) }, "idp": idp.map { .string($0) },
      "name": name.map { .string($0) },
      "nonce": nonce.map { .string($0) }, "oid": oid.map { .string($0) },
      "preferred_username": preferredUsername.map { .string($0) }, "sub": .string(sub), "tid": .string(tid),
      "uti": .string(uti), "ver": "2.0",
    ])
  }
}
