package import Core
import Foundation

/// What an access token seems to allow, for people to read.
///
/// Only a hint: access tokens are for the resource alone, and Microsoft may change or encrypt them at any time. An app
/// whose access Exchange limits by roles of its own may show none here and still send.
package struct AccessTokenHint: Sendable, Hashable {
  /// Application permissions.
  package var roles: [String]
  /// Delegated permissions.
  package var scopes: [String]
  package var audience: String?
  package var tenantID: String?

  /// `nil` for a token that is not a JWT, as those of personal accounts are not.
  package init?(_ token: Secret) {
    let parts = token.reveal().split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Data(base64URL: parts[1]),
      let claims = try? JSONDecoder().decode(Wire.self, from: payload)
    else { return nil }
    roles = (claims.roles ?? []).prefix(100).map { oneLine($0, limit: 100) }
    scopes = (claims.scp ?? "").split(separator: " ").prefix(100).map { oneLine($0, limit: 100) }
    audience = claims.aud.map { oneLine($0, limit: 200) }
    tenantID = claims.tid.map { oneLine($0, limit: 64) }
  }

  private struct Wire: Decodable {
    var roles: [String]?
    var scp: String?
    var aud: String?
    var tid: String?
  }
}
