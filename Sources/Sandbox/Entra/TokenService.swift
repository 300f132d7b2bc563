import Core
import Crypto
import CryptoExtras
import Foundation
import JSON
import Synchronization

/// Signs and reads tokens: RS256 JWTs for work accounts and applications, opaque tickets for personal
/// accounts (Graph's own are not JWTs either).
package final class TokenService: Sendable {
  /// What Graph answers to (Microsoft Learn, "Microsoft Graph permissions reference").
  package static let graphAudiences = [
    "https://graph.microsoft.com", "https://graph.microsoft.com/", "00000003-0000-0000-c000-000000000000",
  ]

  package let signingKey: SigningKey
  private let clock: SandboxClock
  private let tickets = Mutex<[String: AccessTokenClaims]>([:])

  init(clock: SandboxClock, signingKey: SigningKey) {
    self.clock = clock
    self.signingKey = signingKey
  }

  /// - Parameter issuer: the URL of the tenant at the origin that was asked.
  package func mint(_ claims: AccessTokenClaims, issuer: String) throws -> String {
    guard claims.tenantID != SandboxDirectory.consumersTenantID else { return ticket(for: claims) }
    return try signingKey.sign(claims.payload(issuer: issuer))
  }

  /// Reads the token of an `Authorization: Bearer` header. A signature is checked before what it covers is
  /// believed.
  ///
  /// - Parameter acceptsAudience: `isGraphAudience` for Graph.
  package func verify(
    _ bearer: String, acceptsAudience: (String) -> Bool = TokenService.isGraphAudience
  ) throws(AccessTokenFault) -> AccessTokenClaims {
    let ticket = tickets.withLock { $0[bearer] }
    let claims = if let ticket { ticket } else { try signed(bearer) }
    guard claims.expiresAt > clock.now else { throw .expired }
    guard acceptsAudience(claims.audience) else { throw .audience(claims.audience) }
    return claims
  }

  /// Graph's names, and any loopback origin: a client that derives the resource from its base URL asks for
  /// that.
  package static func isGraphAudience(_ audience: String) -> Bool {
    if graphAudiences.contains(audience) { return true }
    guard let host = URLComponents(string: audience)?.encodedHost else { return false }
    return HostGuard.isLoopback(host)
  }

  func reset() {
    tickets.withLock { $0 = [:] }
  }

  private func ticket(for claims: AccessTokenClaims) -> String {
    let ticket = "EwB" + RandomText.make(bytes: 240)
    let now = clock.now
    tickets.withLock { tickets in
      tickets = tickets.filter { $0.value.expiresAt > now - .seconds(3600) }
      tickets[ticket] = claims
    }
    return ticket
  }

  private func signed(_ bearer: String) throws(AccessTokenFault) -> AccessTokenClaims {
    guard bearer.split(separator: ".").count == 3 else { throw .malformed }
    guard let payload = signingKey.verified(bearer) else { throw .signature }
    guard let claims = AccessTokenClaims(payload: payload) else { throw .malformed }
    return claims
  }
}

// The v1 shape in which Graph's tokens are (Microsoft Learn, "Access tokens in the Microsoft identity platform").
extension AccessTokenClaims {
  fileprivate func payload(issuer: String) -> JSONValue {
    // An application's service principal has an id of its own in every tenant.
    let subject = userID ?? RandomText.guid(from: tenantID + clientID)
    return .object(omittingAbsent: [
      "aud": .string(audience), "iss": .string(issuer), "iat": JSONValue(issuedAt.seconds),
      "nbf": JSONValue(issuedAt.seconds), "exp": JSONValue(expiresAt.seconds),
      "app_displayname": .string(clientName), "appid": .string(clientID),
      "idtyp": isAppOnly ? "app" : "user", "oid": .string(subject),
      "roles": isAppOnly && !roles.isEmpty ? .strings(roles) : nil,
      "scp": isAppOnly ? nil : .string(scopes.joined(separator: " ")), "sub": .string(subject),
      "tid": .string(tenantID), "upn": userPrincipalName.map { .string($0) },
      "uti": .string(RandomText.make(bytes: 16)), "ver": "1.0",
    ])
  }

  /// `nil` for a payload that is not an access token's, such as an id_token's.
  fileprivate init?(payload: JSONValue) {
    guard let audience = payload["aud"]?.string, let tenantID = payload["tid"]?.string,
      let clientID = payload["appid"]?.string, let clientName = payload["app_displayname"]?.string,
      let kind = payload["idtyp"]?.string, let subject = payload["oid"]?.string,
      let issued = payload["iat"]?.int64, let expires = payload["exp"]?.int64
    else { return nil }
    self.init(
      audience: audience, tenantID: tenantID, clientID: clientID, clientName: clientName,
      userID: kind == "app" ? nil : subject, userPrincipalName: payload["upn"]?.string,
      scopes: (payload["scp"]?.string ?? "").split(separator: " ").map(String.init),
      roles: payload["roles"]?.array?.compactMap(\.string) ?? [], issuedAt: Instant(seconds: issued),
      expiresAt: Instant(seconds: expires))
  }
}

extension Instant {
  init(seconds: Int64) { self.init(microseconds: seconds * 1_000_000) }
  /// Whole seconds since 1970, as tokens count.
  var seconds: Int64 { microseconds / 1_000_000 }
}
