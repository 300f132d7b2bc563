import Crypto
import CryptoExtras
import Foundation
import JSON
import X509

/// The RSA key of this sandbox: JSON Web Signatures with RS256 (RFC 7515, RFC 7518 section 3.3).
package struct SigningKey: Sendable {
  /// The thumbprint of `certificate`, as Entra names its keys.
  let keyID: String
  /// Self-signed, in DER: some clients verify with it instead of with the numbers of the key.
  let certificate: Data
  private let key: _RSA.Signing.PrivateKey

  package init() throws {
    key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
    let name = try DistinguishedName { CommonName("Heliograph sandbox") }
    // Of all times that the clock may show.
    let issued = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
      notValidBefore: Date(timeIntervalSince1970: 0),
      notValidAfter: Date(timeIntervalSince1970: 7_258_118_400),
      issuer: name, subject: name, extensions: Certificate.Extensions {},
      issuerPrivateKey: Certificate.PrivateKey(key))
    certificate = Data(try issued.derBytes())
    keyID = Base64URL.encode(Insecure.SHA1.hash(data: certificate))
  }

  func sign(_ payload: JSONValue) throws -> String {
    let header: JSONValue = ["typ": "JWT", "alg": "RS256", "kid": .string(keyID)]
    let input = [header, payload].map { Base64URL.encode($0.serialized()) }.joined(separator: ".")
    let signature = try key.signature(for: SHA256.hash(data: Array(input.utf8)), padding: .insecurePKCS1v1_5)
    return input + "." + Base64URL.encode(signature.rawRepresentation)
  }

  /// The payload of a token that we signed; `nil` for every other text.
  func verified(_ token: String) -> JSONValue? {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let payload = Base64URL.decode(parts[1]),
      let signature = Base64URL.decode(parts[2])
    else { return nil }
    let isOurs = key.publicKey.isValidSignature(
      _RSA.Signing.RSASignature(rawRepresentation: signature),
      for: SHA256.hash(data: Array((parts[0] + "." + parts[1]).utf8)), padding: .insecurePKCS1v1_5)
    return isOurs ? try? JSONValue(parsing: payload, limits: .request) : nil
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

  /// `nil` unless `text` is base64url without padding.
  static func decode(_ text: some StringProtocol) -> Data? {
    guard !text.utf8.contains(where: { "+/=".utf8.contains($0) }) else { return nil }
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
}
