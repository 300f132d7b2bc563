import Core
import Crypto
import CryptoExtras
import Foundation
import JSON

/// A JWT that an app signs with its certificate's key (RFC 7523 section 2.2; RFC 7518 section 3.5 for PS256).
enum ClientAssertion {
  static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
  /// Entra accepts no more than ten minutes.
  static let lifetime: Duration = .seconds(600)

  /// - Parameters:
  ///   - endpoint: the token endpoint to which it goes.
  ///   - id: used once.
  static func make(
    clientID: String, endpoint: String, certificate: ClientCertificate, now: Instant, id: UUID = UUID()
  ) -> String? {
    let header: JSONValue = [
      "alg": "PS256", "typ": "JWT", "x5t#S256": .string(certificate.thumbprint),
    ]
    let claims: JSONValue = [
      "aud": .string(endpoint), "iss": .string(clientID), "sub": .string(clientID),
      "jti": .string(id.uuidString.lowercased()), "nbf": JSONValue(now.wholeSeconds),
      "iat": JSONValue(now.wholeSeconds), "exp": JSONValue((now + lifetime).wholeSeconds),
    ]
    let signed = [header, claims].map { Data($0.serialized()).base64URL }.joined(separator: ".")
    let digest = SHA256.hash(data: Data(signed.utf8))
    guard let signature = try? certificate.key.signature(for: digest, padding: .PSS) else { return nil }
    return signed + "." + signature.rawRepresentation.base64URL
  }
}

extension Instant {
  fileprivate var wholeSeconds: Int64 { microseconds / 1_000_000 }
}
