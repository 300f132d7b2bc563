package import Core
import Foundation

/// Who signed in: the claims of an id_token (Microsoft Learn, "ID token claims reference").
///
/// An account is known by `tenantID` and `objectID` together, never by an address.
package struct IDToken: Sendable, Hashable {
  package var issuer: String
  package var audience: String
  package var tenantID: String
  package var objectID: String
  package var subject: String
  package var nonce: String?
  package var preferredUsername: String?
  package var name: String?
  package var email: String?
  package var expires: Instant
  package var notBefore: Instant?

  /// Reads the claims and does not check the signature: the token came over TLS straight from the token endpoint
  /// that we asked, which OpenID Connect Core section 3.1.3.7 (6) accepts in its place.
  ///
  /// `nil` when it is not a JWT or lacks a claim that Entra always sends.
  package init?(_ jwt: String) {
    let parts = jwt.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Data(base64URL: parts[1]),
      let claims = try? JSONDecoder().decode(Wire.self, from: payload)
    else { return nil }
    issuer = claims.iss
    audience = claims.aud
    tenantID = claims.tid
    objectID = claims.oid
    subject = claims.sub
    nonce = claims.nonce
    preferredUsername = claims.preferred_username
    name = claims.name
    email = claims.email
    expires = Instant(seconds: claims.exp)
    notBefore = claims.nbf.map { Instant(seconds: $0) }
  }

  private struct Wire: Decodable {
    var iss: String
    var aud: String
    var tid: String
    var oid: String
    var sub: String
    var nonce: String?
    var preferred_username: String?
    var name: String?
    var email: String?
    var exp: UInt32
    var nbf: UInt32?
  }
}

extension Instant {
  fileprivate init(seconds: UInt32) {
    self.init(microseconds: Int64(seconds) * 1_000_000)
  }
}
