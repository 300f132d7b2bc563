import Core
import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
import X509

/// A certificate by which an app authenticates, as its registration stores it.
package struct ClientCertificate: Sendable, Hashable {
  /// The certificate; behind it, when the sandbox has made it, its private key.
  package let pem: String
  /// base64url of the SHA-256 of its bytes: `x5t#S256` of an assertion.
  package let thumbprint: String
  /// The SHA-1 of its bytes in hexadecimal, as the portal shows it.
  package let sha1: String

  /// `nil` unless the text contains a certificate with an RSA key.
  init?(pem: String) {
    guard let certificate = Self.certificate(in: pem),
      _RSA.Signing.PublicKey(certificate.publicKey) != nil, let bytes = try? certificate.derBytes()
    else { return nil }
    self.pem = pem
    thumbprint = Base64URL.encode(SHA256.hash(data: bytes))
    sha1 = Self.hexadecimal(Insecure.SHA1.hash(data: bytes))
  }

  /// `x5t` of an assertion: the older of the two names of a certificate.
  var legacyThumbprint: String {
    let digits = Array(sha1)
    return Base64URL.encode(
      stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) })
  }

  /// Whether the certificate is valid at that instant.
  func isValid(at now: Instant) -> Bool {
    guard let certificate = Self.certificate(in: pem) else { return false }
    let date = Date(timeIntervalSince1970: TimeInterval(now.seconds))
    return certificate.notValidBefore <= date && date <= certificate.notValidAfter
  }

  var publicKey: _RSA.Signing.PublicKey? {
    Self.certificate(in: pem).flatMap { _RSA.Signing.PublicKey($0.publicKey) }
  }

  /// The first one; text around it is ignored.
  private static func certificate(in pem: String) -> Certificate? {
    let documents = (try? PEMDocument.parseMultiple(pemString: pem)) ?? []
    return documents.first { $0.discriminator == "CERTIFICATE" }.flatMap { try? Certificate(pemDocument: $0) }
  }

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }.joined()
  }
}

/// The key behind the certificates of the standard directory.
package struct ClientKey: Sendable {
  private let key: _RSA.Signing.PrivateKey

  /// Takes a moment.
  package init() throws {
    key = try _RSA.Signing.PrivateKey(keySize: .bits2048)
  }

  /// A self-signed certificate, good from the day before for two years, with the private key behind it.
  func certificate(for name: String, now: Instant) throws -> ClientCertificate {
    let subject = try DistinguishedName { CommonName(name) }
    let date = Date(timeIntervalSince1970: TimeInterval(now.seconds))
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: Certificate.PublicKey(key.publicKey),
      notValidBefore: date - 86_400, notValidAfter: date + 730 * 86_400, issuer: subject, subject: subject,
      extensions: Certificate.Extensions { Critical(KeyUsage(digitalSignature: true)) },
      issuerPrivateKey: Certificate.PrivateKey(key))
    let pem = try certificate.serializeAsPEM().pemString + "\n" + key.pkcs8PEMRepresentation + "\n"
    guard let registered = ClientCertificate(pem: pem) else { throw CertificateUnreadable() }
    return registered
  }
}

/// A certificate that was just created cannot be read.
struct CertificateUnreadable: Error {}
