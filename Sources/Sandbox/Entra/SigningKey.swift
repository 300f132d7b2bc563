import Crypto
import CryptoExtras
import Foundation

/// The RSA key of this sandbox: JSON Web Signatures with RS256 (RFC 7515, RFC 7518 section 3.3).
package struct SigningKey: Sendable {
  let keyID: String
  private let key: _RSA.Signing.PrivateKey

  package init() throws {
    key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    keyID = Base64URL.encode(Insecure.SHA1.hash(data: key.publicKey.derRepresentation))
  }

  /// Names of claims are written in snake case.
  func sign(_ payload: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let header = try encoder.encode(["typ": "JWT", "alg": "RS256", "kid": keyID])
    let input = Base64URL.encode(header) + "." + Base64URL.encode(try encoder.encode(payload))
    let signature = try key.signature(for: SHA256.hash(data: Array(input.utf8)), padding: .insecurePKCS1v1_5)
    return input + "." + Base64URL.encode(signature.rawRepresentation)
  }

  /// The payload of a token that we signed; `nil` for every other text.
  func verified<Payload: Decodable>(_ token: String, as type: Payload.Type) -> Payload? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Base64URL.decode(parts[1]),
      let signature = Base64URL.decode(parts[2])
    else { return nil }
    let isOurs = key.publicKey.isValidSignature(
      _RSA.Signing.RSASignature(rawRepresentation: signature),
      for: SHA256.hash(data: Array((parts[0] + "." + parts[1]).utf8)), padding: .insecurePKCS1v1_5)
    guard isOurs else { return nil }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try? decoder.decode(type, from: payload)
  }

  /// The public key as JSON Web Key numbers (RFC 7518 section 6.3.1).
  func publicNumbers() throws -> (modulus: String, exponent: String) {
    let numbers = try key.publicKey.getKeyPrimitives()
    return (Base64URL.encode(numbers.modulus), Base64URL.encode(numbers.publicExponent))
  }
}

/// RFC 4648 section 5, without padding.
enum Base64URL {
  static func encode(_ bytes: some Sequence<UInt8>) -> String {
    Data(bytes).base64EncodedString()
      .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  static func decode(_ text: some StringProtocol) -> Data? {
    let standard = String(text).replacing("-", with: "+").replacing("_", with: "/")
    return Data(base64Encoded: standard + String(repeating: "=", count: (4 - standard.count % 4) % 4))
  }
}

enum RandomText {
  /// base64url of that many random bytes.
  static func make(bytes count: Int) -> String {
    var generator = SystemRandomNumberGenerator()
    return Base64URL.encode((0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) })
  }

  /// The same GUID for the same text.
  static func guid(from text: String) -> String {
    let bytes = Array(SHA256.hash(data: Array(text.utf8)).prefix(16))
    let hex = bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    let ends = [0, 8, 12, 16, 20, 32].map { hex.index(hex.startIndex, offsetBy: $0) }
    return zip(ends, ends.dropFirst()).map { hex[$0..<$1] }.joined(separator: "-")
  }

  static func guid() -> String { guid(from: make(bytes: 16)) }

  /// base64url of the text's SHA-256.
  static func digest(_ text: String) -> String {
    Base64URL.encode(SHA256.hash(data: Array(text.utf8)))
  }

  /// Eight, four, four, four and twelve hexadecimal digits, not all zero.
  static func isGUID(_ text: String) -> Bool {
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.map(\.count) == [8, 4, 4, 4, 12] && groups.allSatisfy { $0.allSatisfy(\.isHexDigit) }
      && text.contains { $0 != "0" && $0 != "-" }
  }
}
