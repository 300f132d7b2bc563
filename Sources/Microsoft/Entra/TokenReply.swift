package import Core
import HTTP

/// What the token endpoint gave.
package struct TokenReply: Sendable {
  /// Opaque: for personal accounts it is not even a JWT. It is sent to the resource and never read.
  package var accessToken: Secret
  /// Counted from the request, not from now: the caller adds it to the instant at which it asked.
  package var expiresIn: Duration
  /// Absent for client credentials and without `offline_access`. When a refresh brings none, the old one stays.
  package var refreshToken: Secret?
  /// As Entra spelt them: Graph's come back short or full, `offline_access` never comes back, and what was
  /// asked for but not granted is missing. Empty for client credentials.
  package var scopes: [String]
  /// Present with the `openid` scope. To be checked before use, by `IDToken.validate`.
  package var idToken: IDToken?

  /// A token of a user in very many groups stays under this.
  static let limit = 256 * 1024

  /// Entra's longest is a day and a little (Microsoft Learn, "Configurable token lifetimes").
  private static let longestLife = 7 * 86_400

  /// Whether a permission of Graph, as `Mail.Send`, was granted, in whichever of its two spellings.
  package func grants(_ permission: String, in cloud: Cloud) -> Bool {
    let short = permission.lowercased()
    let full = cloud.graphScope(permission).lowercased()
    return scopes.contains { $0.lowercased() == short || $0.lowercased() == full }
  }
}

extension TokenReply {
  /// `nil` when the reply is not a usable bearer token.
  init?(_ reply: HTTPReply) {
    guard let body = reply.decode(Wire.self), body.token_type.lowercased() == "bearer",
      !body.access_token.isEmpty, body.expires_in > 0
    else { return nil }
    // One that cannot be read is none: a refresh token that came with it must not be lost.
    idToken = body.id_token.flatMap(IDToken.init)
    accessToken = Secret(body.access_token)
    expiresIn = .seconds(min(body.expires_in, Self.longestLife))
    refreshToken = body.refresh_token.flatMap { $0.isEmpty ? nil : Secret($0) }
    scopes = (body.scope ?? "").split(separator: " ").map(String.init)
  }

  private struct Wire: Decodable {
    var token_type: String
    var access_token: String
    var expires_in: Int
    var refresh_token: String?
    var id_token: String?
    var scope: String?
  }
}
