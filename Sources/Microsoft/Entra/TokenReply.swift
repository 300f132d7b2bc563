package import Core
import JSON

/// A successful reply of the token endpoint.
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
  private static let longestLife: Int64 = 7 * 86_400

  /// Whether a permission of Graph, as `Mail.Send`, was granted, in whichever of its two spellings.
  package func grants(_ permission: String, in cloud: Cloud) -> Bool {
    let short = permission.lowercased()
    let full = cloud.graphScope(permission).lowercased()
    return scopes.contains { $0.lowercased() == short || $0.lowercased() == full }
  }
}

extension TokenReply {
  /// Throws unless the reply contains a usable bearer token.
  init(_ json: JSONValue) throws(ReplyFault) {
    guard try json.required("token_type", \.string).lowercased() == "bearer" else {
      throw .member("token_type")
    }
    let token = try json.required("access_token", \.string)
    let seconds = try json.required("expires_in", \.int64)
    guard !token.isEmpty else { throw .member("access_token") }
    guard seconds > 0 else { throw .member("expires_in") }
    accessToken = Secret(token)
    expiresIn = .seconds(min(seconds, Self.longestLife))
    refreshToken = try json.optional("refresh_token", \.string).flatMap { $0.isEmpty ? nil : Secret($0) }
    scopes = (try json.optional("scope", \.string) ?? "").split(separator: " ").map(String.init)
    // An id_token that cannot be read counts as absent: the refresh token that came with it must not be lost.
    idToken = try json.optional("id_token", \.string).flatMap(IDToken.init)
  }
}
