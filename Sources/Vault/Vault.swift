package import Core
import Crypto
import Foundation

/// Seals secrets for the database and signs what leaves the house and comes back.
///
/// A box is: format 1, key id (8 bytes), nonce (12), ciphertext, tag (16), by AES-256-GCM (NIST SP 800-38D)
/// with a fresh random nonce each. The box's identity is authenticated with it, so a box copied to another row
/// or column does not open there.
package struct Vault: Sendable {
  private let current: (id: [UInt8], key: SymmetricKey)
  private let keys: [[UInt8]: SymmetricKey]
  private let signing: MasterKey

  /// - Parameter older: keys that only open what they once sealed.
  package init(key: MasterKey, older: [MasterKey] = []) {
    current = (key.id, key.derived(for: "seal"))
    keys = Dictionary(
      ([key] + older).map { ($0.id, $0.derived(for: "seal")) }, uniquingKeysWith: { first, _ in first })
    signing = key
  }

  package func seal(_ secret: Secret, for identity: BoxIdentity) -> [UInt8] {
    seal(Array(secret.reveal().utf8), for: identity)
  }

  package func seal(_ plain: [UInt8], for identity: BoxIdentity) -> [UInt8] {
    let header = [Self.format] + current.id
    do {
      let box = try AES.GCM.seal(plain, using: current.key, authenticating: header + identity.bytes)
      return header + Array(box.nonce) + Array(box.ciphertext) + Array(box.tag)
    } catch {
      // Only a key of a wrong size fails, and ours are made in one place.
      preconditionFailure("AES-256-GCM refused a key of 256 bits: \(error)")
    }
  }

  /// - Throws: `vault.wrongKey` for a box that another key sealed, `vault.invalidBox` for one that was changed
  ///   or belongs elsewhere.
  package func open(_ box: [UInt8], for identity: BoxIdentity) throws(Problem) -> [UInt8] {
    guard box.count >= Self.overhead, box[0] == Self.format else { throw .vaultInvalidBox(identity) }
    let header = Array(box[..<9])
    guard let key = keys[Array(header.dropFirst())] else { throw .vaultWrongKey(identity) }
    do {
      let sealed = try AES.GCM.SealedBox(combined: box[9...])
      return Array(try AES.GCM.open(sealed, using: key, authenticating: header + identity.bytes))
    } catch {
      throw .vaultInvalidBox(identity)
    }
  }

  package func openSecret(_ box: [UInt8], for identity: BoxIdentity) throws(Problem) -> Secret {
    Secret(String(decoding: try open(box, for: identity), as: UTF8.self))
  }

  /// HMAC-SHA256 with a separate key for each purpose.
  package func sign(_ bytes: [UInt8], purpose: String) -> [UInt8] {
    Array(HMAC<SHA256>.authenticationCode(for: bytes, using: signing.derived(for: "sign " + purpose)))
  }

  /// Takes the same time wherever the first difference is.
  package func verify(_ signature: [UInt8], of bytes: [UInt8], purpose: String) -> Bool {
    HMAC<SHA256>.isValidAuthenticationCode(
      signature, authenticating: bytes, using: signing.derived(for: "sign " + purpose))
  }

  private static let format: UInt8 = 1
  private static let overhead = 1 + 8 + 12 + 16
}

/// Never shows a key, however it is printed.
extension Vault: CustomStringConvertible, CustomReflectable {
  package var description: String { "Vault" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Where a box belongs: table, key and column, for example `oauth2_grant`, `default`, `alice`, `refresh_token`.
package struct BoxIdentity: Sendable, CustomStringConvertible {
  private let parts: [String]

  package init(_ parts: String...) {
    self.parts = parts
  }

  /// Each part after its length, so that no two lists of parts read the same.
  var bytes: [UInt8] {
    parts.flatMap { Array("\($0.utf8.count):\($0)".utf8) }
  }

  package var description: String { parts.joined(separator: "/") }
}
