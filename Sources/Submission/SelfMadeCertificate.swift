import Crypto
import Foundation
import SwiftASN1
import X509

/// A certificate that nobody has signed but itself, for a gateway that has been given none.
struct SelfMadeCertificate {
  /// DER.
  let certificate: [UInt8]
  let key: [UInt8]

  init(name: String, now: Date = Date()) throws {
    let key = P256.Signing.PrivateKey()
    let publicKey = Certificate.PublicKey(key.publicKey)
    let subject = try DistinguishedName { CommonName(String(name.prefix(64))) }
    let day: TimeInterval = 86_400
    let certificate = try Certificate(
      version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: publicKey, notValidBefore: now - day,
      notValidAfter: now + 825 * day, issuer: subject, subject: subject,
      extensions: Certificate.Extensions {
        Critical(BasicConstraints.notCertificateAuthority)
        Critical(KeyUsage(digitalSignature: true))
        try ExtendedKeyUsage([.serverAuth])
        SubjectAlternativeNames(Self.names(name))
        SubjectKeyIdentifier(hash: publicKey)
      },
      issuerPrivateKey: Certificate.PrivateKey(key))
    var serializer = DER.Serializer()
    try serializer.serialize(certificate)
    self.certificate = serializer.serializedBytes
    self.key = Array(key.derRepresentation)
  }

  private static func names(_ name: String) -> [GeneralName] {
    let numbers = name.split(separator: ".").compactMap { UInt8($0) }
    let own: GeneralName =
      numbers.count == 4 ? .ipAddress(ASN1OctetString(contentBytes: numbers[...])) : .dnsName(name)
    return [own, .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1]))]
  }
}
