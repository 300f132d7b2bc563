import Core

/// Consents, authorization codes and refresh tokens: what Entra remembers. A value; time comes from outside.
package struct GrantBook: Sendable {
  /// Microsoft Learn, "OAuth 2.0 authorization code flow": about ten minutes, once.
  static let codeLifetime = Duration.seconds(600)
  /// Microsoft Learn, "Refresh tokens": 90 days without use.
  static let refreshTokenIdleLimit = Duration.seconds(90 * 86_400)

  /// Ibid.: for single page applications a day from the sign-in, used or not.
  static let browserLifetime = Duration.seconds(86_400)

  private struct ConsentKey: Hashable {
    /// A person, or the tenant for which an administrator has consented.
    var grantor: String
    var clientID: String
  }

  /// These tell a code or token of an earlier sandbox from other text.
  private enum Prefix {
    static let code = "1.AX"
    static let personalCode = "M.C5xx_SBX.2.U."
    static let token = "1.AR"
    static let personalToken = "M.C5xx_SBX.0.U."
  }

  var devices = DeviceBook()
  private var consents: [ConsentKey: Set<String>] = [:]
  private var roles: [ConsentKey: Set<String>] = [:]
  private var codes: [String: AuthorizationCode] = [:]
  private var refreshTokens: [String: RefreshToken] = [:]
  private var revocations: [String: Instant] = [:]

  init() {}
}

/// What a person agreed to by signing in, until the client redeems it.
struct AuthorizationCode: Sendable {
  var clientID: String
  var userID: String
  var redirectURI: String
  var scope: ScopeRequest
  var platform: SandboxDirectory.Redirect.Platform
  var nonce: String?
  var challenge: PKCEChallenge?
  var issuedAt: Instant
  var isRedeemed = false
}

struct RefreshToken: Sendable {
  var clientID: String
  var userID: String
  /// As it was at sign-in; a refresh may ask for less or for another resource.
  var scope: ScopeRequest
  /// Of the redirect URI of the sign-in: it decides how the client must prove itself from then on.
  var platform: SandboxDirectory.Redirect.Platform
  /// When the person signed in.
  var signedInAt: Instant
  /// Whether the sign-in had a second factor, because it was requested.
  var passedMFA: Bool
  var issuedAt: Instant
  var lastUsedAt: Instant
  /// Replaced, while rotation is strict.
  var isDead = false
}

// Consent.
extension GrantBook {
  /// What the person, or an administrator for all the tenant, has granted, in full spelling
  /// (`https://graph.microsoft.com/Mail.Send`).
  func consented(userID: String, tenantID: String, clientID: String) -> Set<String> {
    (consents[ConsentKey(grantor: userID, clientID: clientID)] ?? [])
      .union(consents[ConsentKey(grantor: tenantID, clientID: clientID)] ?? [])
  }

  /// - Parameter grantor: the id of a person or of a tenant.
  mutating func consent(grantor: String, clientID: String, scopes: Set<String>) {
    consents[ConsentKey(grantor: grantor, clientID: clientID), default: []].formUnion(scopes)
  }

  /// The application permissions that an administrator has granted.
  func roles(tenantID: String, clientID: String) -> Set<String> {
    roles[ConsentKey(grantor: tenantID, clientID: clientID)] ?? []
  }

  mutating func allow(_ names: [String], tenantID: String, clientID: String) {
    roles[ConsentKey(grantor: tenantID, clientID: clientID), default: []].formUnion(names)
  }
}

// Authorization codes.
extension GrantBook {
  /// - Returns: the code, in the form of the person's kind of account.
  mutating func issue(_ code: AuthorizationCode, isPersonal: Bool) -> String {
    let text = (isPersonal ? Prefix.personalCode : Prefix.code) + RandomText.make(bytes: 48)
    codes[text] = code
    return text
  }

  /// A code that the client may still redeem. Throws 9002313, 700007, 54005 or 70008.
  func code(_ text: String, for app: SandboxDirectory.App, now: Instant) throws(EntraError)
    -> AuthorizationCode
  {
    guard let code = codes[text] else {
      throw EntraError(
        [Prefix.code, Prefix.personalCode].contains(where: text.hasPrefix) ? 70008 : 9_002_313)
    }
    guard code.clientID == app.clientId else { throw EntraError(700_007) }
    guard !code.isRedeemed else {
      throw EntraError(
        54005, "OAuth2 Authorization code was already redeemed, please retry with a new valid code.")
    }
    guard now - code.issuedAt <= Self.codeLifetime else {
      throw EntraError(70008, "The provided authorization code has expired. Sign in again.")
    }
    return code
  }

  mutating func redeem(_ text: String) {
    codes[text]?.isRedeemed = true
  }
}

// Whose a grant is, whatever it is still worth.
extension GrantBook {
  func userID(code text: String) -> String? { codes[text]?.userID }
  func userID(refreshToken text: String) -> String? { refreshTokens[text]?.userID }

  /// `nil` for a token that the client was never given.
  func platform(refreshToken text: String, clientID: String) -> SandboxDirectory.Redirect.Platform? {
    refreshTokens[text].flatMap { $0.clientID == clientID ? $0.platform : nil }
  }
}

// Refresh tokens.
extension GrantBook {
  mutating func issue(_ token: RefreshToken, isPersonal: Bool) -> String {
    let text = (isPersonal ? Prefix.personalToken : Prefix.token) + RandomText.make(bytes: Self.tokenBytes)
    refreshTokens[text] = token
    return text
  }

  private static let tokenBytes = 96

  /// Whether a token of these tokens' kind: one from before a reset counts as revoked. What was cut off or altered
  /// cannot be read at all.
  private static func isWhole(_ text: String) -> Bool {
    let prefix = [Prefix.token, Prefix.personalToken].first(where: text.hasPrefix)
    return prefix.map { text.utf8.count - $0.utf8.count == (tokenBytes * 4 + 2) / 3 } ?? false
  }

  /// A token that the client may still use. Throws 9002313, 700007, 70008, 50173,
  /// 700084 or 700082.
  func refreshToken(
    _ text: String, for app: SandboxDirectory.App, now: Instant
  ) throws(EntraError) -> RefreshToken {
    guard let token = refreshTokens[text] else {
      throw EntraError(Self.isWhole(text) ? 50173 : 9_002_313)
    }
    guard token.clientID == app.clientId else { throw EntraError(700_007) }
    guard !token.isDead else { throw EntraError(70008) }
    if let revokedAt = revocations[token.userID], token.issuedAt <= revokedAt {
      throw EntraError(
        50173,
        "The provided grant has expired due to it being revoked, a fresh auth token is needed."
          + " The grant was issued on '\(token.issuedAt)' and the TokensValidFrom date is '\(revokedAt)'.")
    }
    guard token.platform != .spa || now - token.signedInAt <= Self.browserLifetime else {
      throw EntraError(700_084)
    }
    guard now - token.lastUsedAt <= Self.refreshTokenIdleLimit else {
      throw EntraError(
        700_082,
        "The refresh token has expired due to inactivity. The token was issued on"
          + " \(token.issuedAt) and was inactive for 90.00:00:00.")
    }
    return token
  }

  /// Notes the use. The old token stays alive, as Entra's does, unless rotation is strict.
  mutating func use(_ text: String, at now: Instant, strictRotation: Bool) {
    refreshTokens[text]?.lastUsedAt = now
    refreshTokens[text]?.isDead = strictRotation
  }

  /// Every refresh token that was issued to the person by then is refused with 50173.
  mutating func revoke(userID: String, at now: Instant) {
    revocations[userID] = now
  }
}
