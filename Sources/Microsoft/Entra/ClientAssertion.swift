import Core
import Crypto
import CryptoExtras
import Foundation

/// A JWT that an app signs with its certificate's key (RFC 7523 section 2.2; RFC 7518 section 3.5 for PS256).
enum ClientAssertion {
  static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
  /// Entra takes no more than ten minutes.
  static let lifetime: Duration = .seconds(600)

  /// - Parameters:
  ///   - endpoint: the token endpoint to which it goes.
  ///   - id: used once.
  static func make(
    clientID: String, endpoint: String, certificate: ClientCertificate, now: Instant, id: UUID = UUID()
  ) -> String? {
    let header = Header(alg: "PS256", typ: "JWT", thumbprint: certificate.thumbprint)
    let claims = Claims(
      aud: endpoint, iss: clientID, sub: clientID, jti: id.uuidString.lowercased(), nbf: now.wholeSeconds,
      iat: now.wholeSeconds, exp: (now + lifetime).wholeSeconds)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let head = try? encoder.encode(header), let body = try? encoder.encode(claims) else { return nil }
    let signed = head.base64URL + "." + body.base64URL
    let digest = SHA256.hash(data: Data(signed.utf8))
    guard let signature = try? certificate.key.signature(for: digest, padding: .PSS) else { return nil }
    return signed + "." + signature.rawRepresentation.base64URL
  }

  private struct Header: Encodable {
    var alg: String
    var typ: String
    var thumbprint: String

    enum CodingKeys: String, CodingKey {
      case alg
      case typ
      case thumbprint = "x5t#S256"
    }
  }

  private struct Claims: Encodable {
    var aud: String
    var iss: String
    var sub: String
    var jti: String
    var nbf: Int64
    var iat: Int64
    var exp: Int64
  }
}

extension Instant {
  fileprivate var wholeSeconds: Int64 { microseconds / 1_000_000 }
}
