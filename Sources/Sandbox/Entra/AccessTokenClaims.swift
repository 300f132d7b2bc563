package import Core

/// What an access token says. For a person `scopes` counts, for an application by itself `roles`.
package struct AccessTokenClaims: Sendable, Hashable {
  /// The resource: `https://graph.microsoft.com`, or the sandbox's own origin when its scope named that.
  package var audience: String
  package var tenantID: String
  package var clientID: String
  package var clientName: String
  /// `nil` when an application acts by itself.
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
  /// Neither one of our tokens nor one of our tickets.
  case malformed
  case signature
  case expired
  case audience(String)
}
