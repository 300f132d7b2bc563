package import Core
import Crypto
import Foundation

/// 256 random bits from which every key of an installation is derived.
package struct MasterKey: Sendable {
  /// Names the key in a box without telling anything about it: the first 8 bytes of a hash of it.
  let id: [UInt8]
  private let key: SymmetricKey

  /// Reads the text form: base64 of 32 bytes, surrounding white space ignored.
  ///
  /// - Throws: `Problem` with `vault.invalidKey`.
  package init(base64 text: Secret) throws(Problem) {
    let trimmed = text.reveal().trimmingCharacters(in: .whitespacesAndNewlines)
    guard let bytes = Data(base64Encoded: trimmed), bytes.count == Self.size else { throw .vaultInvalidKey }
    self.init(SymmetricKey(data: bytes))
  }

  package static func random() -> MasterKey {
    MasterKey(SymmetricKey(size: .bits256))
  }

  /// What `init(base64:)` reads.
  package var base64: Secret {
    Secret(key.withUnsafeBytes { Data($0).base64EncodedString() })
  }

  private init(_ key: SymmetricKey) {
    self.key = key
    id = Array(SHA256.hash(data: Data("heliograph key id".utf8) + key.withUnsafeBytes { Data($0) }).prefix(8))
  }

  /// An independent key for one purpose (HKDF, RFC 5869).
  func derived(for purpose: String) -> SymmetricKey {
    HKDF<SHA256>.deriveKey(
      inputKeyMaterial: key, info: Data("heliograph \(purpose)".utf8), outputByteCount: Self.size)
  }

  private static let size = 32
}
