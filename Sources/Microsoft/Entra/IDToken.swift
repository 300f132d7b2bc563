package import Core
import JSON

/// Who signed in: the claims of an id_token (Microsoft Learn, "ID token claims reference").
///
/// `tenantID` and `objectID` together identify an account; an address does not.
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
  /// Who signed the person in, if not the tenant itself: they are a guest there.
  package var identityProvider: String?
  package var expires: Instant
  package var notBefore: Instant?

  /// Reads the claims and does not check the signature: the token came over TLS straight from the token endpoint
  /// that we asked, which OpenID Connect Core section 3.1.3.7 (6) accepts instead.
  ///
  /// `nil` when it is not a JWT or lacks a claim that Entra always sends.
  package init?(_ jwt: String) {
    guard let claims = JSONValue(claimsOf: jwt), let token = try? Self(claims) else { return nil }
    self = token
  }

  private init(_ claims: JSONValue) throws(ReplyFault) {
    issuer = try claims.required("iss", \.string)
    audience = try claims.required("aud", \.string)
    tenantID = try claims.required("tid", \.string)
    objectID = try claims.required("oid", \.string)
    subject = try claims.required("sub", \.string)
    nonce = try claims.optional("nonce", \.string)
    preferredUsername = try claims.optional("preferred_username", \.string)
    name = try claims.optional("name", \.string)
    email = try claims.optional("email", \.string)
    identityProvider = try claims.optional("idp", \.string)
    expires = try claims.required("exp", \.instant)
    notBefore = try claims.optional("nbf", \.instant)
  }
}

extension IDToken {
  /// The tenant of every personal account (Microsoft Learn, "ID token claims reference", `tid`).
  package static let consumers = "9188040d-6c67-4c5b-b112-36a304b66dad"

  package var isPersonal: Bool { tenantID.lowercased() == Self.consumers }

  /// Whether the account is of another directory and was invited to this one.
  package var isGuest: Bool {
    guard !isPersonal, let identityProvider else { return false }
    return !identityProvider.lowercased().contains(tenantID.lowercased())
  }
}

extension JSONValue {
  /// A `NumericDate` (RFC 7519 section 2) until the year 2106.
  fileprivate var instant: Instant? {
    int64.flatMap(UInt32.init(exactly:)).map { Instant(microseconds: Int64($0) * 1_000_000) }
  }
}
