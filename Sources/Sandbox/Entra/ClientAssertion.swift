import Core
import Crypto
import CryptoExtras
import Foundation
import JSON

/// A JSON Web Token by which a client proves itself in place of a secret (RFC 7523 section 2.2; Microsoft
/// Learn, "Microsoft identity platform application authentication certificate credentials").
struct ClientAssertion: Sendable {
  static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

  private struct Header {
    var alg: String
    /// base64url of the certificate's SHA-1, the older way to name it.
    var x5t: String?
    /// base64url of its SHA-256.
    var sha256: String?

    /// `nil` if a member is missing or of another kind.
    init?(_ json: JSONValue) {
      guard let alg = json["alg"]?.string else { return nil }
      self.alg = alg
      x5t = json["x5t"]?.string
      sha256 = json["x5t#S256"]?.string
    }
  }

  private struct Claims {
    var aud: String
    var iss: String
    var sub: String
    /// Seconds since 1970, with or without a fraction (RFC 7519 section 2).
    var nbf: Double?
    var exp: Double

    /// `nil` if a claim that Entra asks for is missing or of another kind.
    init?(_ json: JSONValue) {
      guard let aud = json["aud"]?.string, let iss = json["iss"]?.string, let sub = json["sub"]?.string,
        json["jti"]?.string != nil, let exp = json["exp"]?.double
      else { return nil }
      self.aud = aud
      self.iss = iss
      self.sub = sub
      self.exp = exp
      guard let nbf = json["nbf"] else { return }
      guard let seconds = nbf.double else { return nil }
      self.nbf = seconds
    }
  }

  private let header: Header
  private let claims: Claims
  private let signedText: String
  private let signature: Data

  /// Throws 50027 for anything else.
  init(_ token: String) throws(EntraError) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let header = Self.read(parts[0]).flatMap(Header.init),
      let claims = Self.read(parts[1]).flatMap(Claims.init), let signature = Base64URL.decode(parts[2])
    else { throw EntraError(50027) }
    self.header = header
    self.claims = claims
    self.signature = signature
    signedText = parts[0] + "." + parts[1]
  }

  /// Throws 5002738, 700027, 700021, 700023 or 700024.
  ///
  /// - Parameter audiences: the spellings of the token endpoint that was asked.
  func check(for app: SandboxDirectory.App, audiences: Set<String>, now: Instant, clientNow: Instant)
    throws(EntraError)
  {
    let padding = try padding
    try check(certificate(of: app, now: now), padding)
    guard claims.iss == app.clientId, claims.sub == app.clientId else { throw EntraError(700_021) }
    guard audiences.contains(claims.aud) else { throw EntraError(700_023) }
    let time = Double(clientNow.seconds)
    guard (claims.nbf ?? 0) <= time + Self.leeway, time < claims.exp + Self.leeway else {
      throw EntraError(
        700_024,
        "Client assertion is not within its valid time range. Current time: \(clientNow),"
          + " assertion valid from \(Self.instant(claims.nbf ?? 0)), expiry time of assertion"
          + " \(Self.instant(claims.exp)).")
    }
  }

  /// Seconds: Microsoft allows the clocks five minutes.
  private static let leeway = 300.0

  private static func instant(_ seconds: Double) -> Instant {
    Instant(seconds: Int64(exactly: seconds.rounded()) ?? 0)
  }

  private var padding: _RSA.Signing.Padding {
    get throws(EntraError) {
      switch header.alg {
      case "PS256": .PSS
      case "RS256": .insecurePKCS1v1_5
      default:
        throw EntraError(
          5_002_738,
          "Invalid JWT token. '\(header.alg)' is not a supported signature algorithm. Supported signing"
            + " algorithms are: 'RS256,PS256'")
      }
    }
  }

  private func certificate(
    of app: SandboxDirectory.App, now: Instant
  ) throws(EntraError) -> ClientCertificate {
    let name = header.sha256 ?? header.x5t ?? ""
    // Microsoft's own library pads what it writes there.
    let thumbprint = name.replacing("=", with: "")
    let found = app.certificates.first {
      thumbprint == (header.sha256 == nil ? $0.legacyThumbprint : $0.thumbprint)
    }
    guard let found else { throw refusal("The key was not found.", of: name) }
    guard found.isValid(at: now) else { throw refusal("The key used is expired.", of: name) }
    return found
  }

  private func check(
    _ certificate: ClientCertificate, _ padding: _RSA.Signing.Padding
  ) throws(EntraError) {
    let isSigned = certificate.publicKey?.isValidSignature(
      _RSA.Signing.RSASignature(rawRepresentation: signature),
      for: SHA256.hash(data: Array(signedText.utf8)), padding: padding)
    guard isSigned == true else {
      throw refusal(
        "The provided signature value did not match the expected signature value.", of: certificate.sha1)
    }
  }

  private func refusal(_ reason: String, of thumbprint: String) -> EntraError {
    EntraError(
      700_027,
      "Client assertion contains an invalid signature. [Reason - \(reason), Thumbprint of key used by client:"
        + " '\(thumbprint)']")
  }

  private static func read(_ part: Substring) -> JSONValue? {
    Base64URL.decode(part).flatMap { try? JSONValue(parsing: $0, limits: .request) }
  }
}
