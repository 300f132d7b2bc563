package import Core

/// The claims of an access token. A person's permissions are in `scopes`, an application's own in `roles`.
package struct AccessTokenClaims: Sendable, Hashable {
  /// The resource: `https://graph.microsoft.com`, or the sandbox's own origin when its scope named that.
  package var audience: String
  package var tenantID: String
  package var clientID: String
  package var clientName: String
  /// `nil` for an application's own token.
  package var userID: String?
  package var userPrincipalName: String?
  package var scopes: [String]
  package var roles: [String]
  package var issuedAt: Instant
  package var expiresAt: Instant

  package var isAppOnly: Bool { userID == nil }
}

/// Why an access token is refused.
package enum AccessTokenFault: Error, Equatable {
  /// Not issued by this sandbox.
  case malformed
  case signature
  case expired
  case audience(String)
}
