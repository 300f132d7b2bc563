import Crypto
import Foundation
import NIOSSL
import SwiftASN1
import X509

/// The certificate of the TLS listener, created at each start, valid for the loopback names and the host.
struct ServerCertificate {
  private let certificate: Certificate
  private let key: P256.Signing.PrivateKey

  /// - Parameter directory: where the authority is kept.
  init(directory: URL, host: String, now: Date = Date()) throws {
    let authority = try CertificateAuthority(directory: directory, now: now)
    key = P256.Signing.PrivateKey()
    var names: [GeneralName] = [
      .dnsName("localhost"), .dnsName("*.localhost"),
      .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
      .ipAddress(ASN1OctetString(contentBytes: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])),
    ]
    if !HostGuard.isLoopback(host) { names.append(Self.generalName(host)) }
    certificate = try authority.issue(
      for: Certificate.PublicKey(key.publicKey), names: names, now: now)
  }

  func tlsConfiguration() throws -> TLSConfiguration {
    let leaf = try NIOSSLCertificate(bytes: certificate.derBytes(), format: .der)
    let privateKey = try NIOSSLPrivateKey(bytes: Array(key.derRepresentation), format: .der)
    return .makeServerConfiguration(
      certificateChain: [.certificate(leaf)], privateKey: .privateKey(privateKey))
  }

  private static func generalName(_ host: String) -> GeneralName {
    let numbers = host.split(separator: ".").compactMap { UInt8($0) }
    guard numbers.count == 4 else { return .dnsName(host) }
    return .ipAddress(ASN1OctetString(contentBytes: numbers[...]))
  }
}
