package import Core
import JSON

/// What an access token seems to allow, for people to read.
///
/// Only a hint: access tokens are for the resource alone, and Microsoft may change or encrypt them at any time. An app
/// whose access comes from Exchange's own roles may show no role here and still send.
package struct AccessTokenHint: Sendable, Hashable {
  /// Application permissions.
  package var roles: [String]
  /// Delegated permissions.
  package var scopes: [String]
  package var audience: String?
  package var tenantID: String?

  /// `nil` for a token that is not a JWT, as those of personal accounts are not.
  package init?(_ token: Secret) {
    guard let claims = JSONValue(claimsOf: token.reveal()), let hint = try? Self(claims) else { return nil }
    self = hint
  }

  private init(_ claims: JSONValue) throws(ReplyFault) {
    roles = (try claims.optional("roles", \.strings) ?? []).prefix(100).map { oneLine($0, limit: 100) }
    scopes = (try claims.optional("scp", \.string) ?? "").split(separator: " ").prefix(100)
      .map { oneLine($0, limit: 100) }
    audience = try claims.optional("aud", \.string).map { oneLine($0, limit: 200) }
    tenantID = try claims.optional("tid", \.string).map { oneLine($0, limit: 64) }
  }
}
