import Core
import Crypto
import CryptoExtras
import Foundation
import Synchronization

/// Signs and reads tokens: RS256 JWTs for work accounts and applications, opaque tickets for personal
/// accounts (Graph's own are no JWT either).
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
    return try signingKey.sign(AccessTokenPayload(claims, issuer: issuer))
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
    guard let payload = signingKey.verified(bearer, as: AccessTokenPayload.self) else { throw .signature }
    return payload.claims
  }
}

/// The v1 shape in which Graph's tokens are (Microsoft Learn, "Access tokens in the Microsoft identity
/// platform").
private struct AccessTokenPayload: Codable {
  var aud: String
  var iss: String
  var iat: Int64
  var nbf: Int64
  var exp: Int64
  var appid: String
  var appDisplayname: String
  var idtyp: String
  var oid: String
  var sub: String
  var tid: String
  var upn: String?
  var scp: String?
  var roles: [String]?
  var uti: String
  var ver = "1.0"

  init(_ claims: AccessTokenClaims, issuer: String) {
    aud = claims.audience
    iss = issuer
    iat = claims.issuedAt.seconds
    nbf = claims.issuedAt.seconds
    exp = claims.expiresAt.seconds
    appid = claims.clientID
    appDisplayname = claims.clientName
    idtyp = claims.isAppOnly ? "app" : "user"
    // An application's service principal has an id of its own in every tenant.
    oid = claims.userID ?? RandomText.guid(from: claims.tenantID + claims.clientID)
    sub = oid
    tid = claims.tenantID
    upn = claims.userPrincipalName
    scp = claims.isAppOnly ? nil : claims.scopes.joined(separator: " ")
    roles = claims.isAppOnly && !claims.roles.isEmpty ? claims.roles : nil
    uti = RandomText.make(bytes: 16)
  }

  var claims: AccessTokenClaims {
    AccessTokenClaims(
      audience: aud, tenantID: tid, clientID: appid, clientName: appDisplayname,
      userID: idtyp == "app" ? nil : oid, userPrincipalName: upn,
      scopes: (scp ?? "").split(separator: " ").map(String.init), roles: roles ?? [],
      issuedAt: Instant(seconds: iat), expiresAt: Instant(seconds: exp))
  }
}

extension Instant {
  init(seconds: Int64) { self.init(microseconds: seconds * 1_000_000) }
  /// Whole seconds since 1970, as tokens count.
  var seconds: Int64 { microseconds / 1_000_000 }
}
