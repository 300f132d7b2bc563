package import Core
import Crypto
package import Foundation

/// Random secrets, and the hashes that represent them in the database.
package enum Digest {
  /// `bytes` random bytes as base64url without padding (RFC 4648 section 5).
  package static func randomToken(bytes: Int = 32) -> Secret {
    var generator = SystemRandomNumberGenerator()
    return Secret(base64URL((0..<bytes).map { _ in UInt8.random(in: 0...(.max), using: &generator) }))
  }

  package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
    Array(SHA256.hash(data: bytes))
  }

  /// Of bytes that come in pieces, until there is none.
  package static func sha256(pieces next: () throws -> Data?) rethrows -> [UInt8] {
    var hash = SHA256()
    while let piece = try next(), !piece.isEmpty { hash.update(data: piece) }
    return Array(hash.finalize())
  }

  /// For secrets of at least 128 random bits, which need no slow hash.
  package static func sha256(_ secret: Secret) -> [UInt8] {
    sha256(Array(secret.reveal().utf8))
  }

  package static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
      .replacing("=", with: "")
  }

  /// `nil` for text that is not base64url.
  package static func bytes(base64URL text: String) -> [UInt8]? {
    let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
    let padding = String(repeating: "=", count: (4 - base64.count % 4) % 4)
    return Data(base64Encoded: base64 + padding).map(Array.init)
  }
}
