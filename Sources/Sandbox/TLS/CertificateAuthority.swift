import Crypto
import Foundation
import SwiftASN1
import X509

/// The authority that signs the sandbox's own certificate. Clients are configured once to trust
/// `ca.pem`: it is kept across starts, together with its key.
struct CertificateAuthority {
  let certificate: Certificate
  private let key: P256.Signing.PrivateKey

  /// Reads the authority in `directory`, or creates one unless that one is valid for another month.
  init(directory: URL, now: Date) throws {
    let certificateFile = directory.appending(path: "ca.pem")
    let keyFile = directory.appending(path: "ca.key")
    if let kept = Self(certificateFile: certificateFile, keyFile: keyFile, now: now) {
      self = kept
      return
    }
    key = P256.Signing.PrivateKey()
    certificate = try Self.selfSigned(key: key, now: now)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try Self.writePrivately(key.pemRepresentation, to: keyFile)
    try Data(certificate.serializeAsPEM().pemString.utf8).write(to: certificateFile, options: .atomic)
  }

  private init?(certificateFile: URL, keyFile: URL, now: Date) {
    guard let pem = try? String(contentsOf: certificateFile, encoding: .utf8),
      let certificate = try? Certificate(pemEncoded: pem),
      let keyPEM = try? String(contentsOf: keyFile, encoding: .utf8),
      let key = try? P256.Signing.PrivateKey(pemRepresentation: keyPEM),
      certificate.publicKey == Certificate.PublicKey(key.publicKey),
      certificate.notValidBefore <= now, certificate.notValidAfter > now + 30 * .day
    else { return nil }
    self.certificate = certificate
    self.key = key
  }

  private static func selfSigned(key: P256.Signing.PrivateKey, now: Date) throws -> Certificate {
    let name = try DistinguishedName { CommonName("Heliograph sandbox CA") }
    let publicKey = Certificate.PublicKey(key.publicKey)
    return try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
      notValidBefore: now - .day, notValidAfter: now + 3650 * .day, issuer: name, subject: name,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.isCertificateAuthority(maxPathLength: 0))
        Critical(KeyUsage(keyCertSign: true, cRLSign: true))
        SubjectKeyIdentifier(hash: publicKey)
      },
      issuerPrivateKey: Certificate.PrivateKey(key))
  }

  /// A certificate for a TLS server that is reached by those names and addresses.
  func issue(
    for publicKey: Certificate.PublicKey, names: [GeneralName], now: Date
  ) throws -> Certificate {
    try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey,
      notValidBefore: now - .day, notValidAfter: min(now + 397 * .day, certificate.notValidAfter),
      issuer: certificate.subject, subject: DistinguishedName { CommonName("localhost") },
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames(names)
        SubjectKeyIdentifier(hash: publicKey)
        AuthorityKeyIdentifier(
          keyIdentifier: SubjectKeyIdentifier(hash: certificate.publicKey).keyIdentifier)
      },
      issuerPrivateKey: Certificate.PrivateKey(key))
  }

  private static func writePrivately(_ text: String, to file: URL) throws {
    try? FileManager.default.removeItem(at: file)
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o600]
    guard FileManager.default.createFile(atPath: file.path, contents: Data(text.utf8), attributes: attributes)
    else { throw CocoaError(.fileWriteUnknown) }
  }
}

extension TimeInterval {
  fileprivate static let day: TimeInterval = 86_400
}

extension Certificate {
  /// The certificate's bytes (DER).
  func derBytes() throws -> [UInt8] {
    var serializer = DER.Serializer()
    try serializer.serialize(self)
    return serializer.serializedBytes
  }
}
