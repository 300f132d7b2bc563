package import Core
import Crypto
import CryptoExtras
import Foundation
import SwiftASN1
import X509

/// A certificate with its private key, with which an app authenticates in place of a secret (Microsoft Learn,
/// "Microsoft identity platform application authentication certificate credentials").
package struct ClientCertificate: Sendable {
  /// base64url of the certificate's SHA-256: `x5t#S256`.
  package let thumbprint: String
  /// The SHA-1 in hexadecimal, by which the portal lists the certificates of an app.
  package let portalThumbprint: String
  /// As RFC 4514 writes it: `CN=heliograph`.
  package let subject: String
  package let notBefore: Instant
  package let notAfter: Instant
  let key: _RSA.Signing.PrivateKey

  /// The minimum of both Microsoft and swift-crypto.
  static let leastBits = 2048

  /// Reads a PEM text that contains the certificate and its private key, in any order. Of several certificates, as
  /// a chain has, the one that belongs to the key is used.
  package init(pem: Secret) throws(Problem) {
    let parts = PEMPart.parts(of: pem.reveal())
    guard !parts.isEmpty else { throw Problem.certificate("This is not a PEM text.") }
    key = try Self.key(in: parts)
    let certificates = try Self.certificates(in: parts)
    let publicKey = key.publicKey.derRepresentation
    guard
      let (certificate, der) = certificates.first(where: {
        _RSA.Signing.PublicKey($0.0.publicKey)?.derRepresentation == publicKey
      })
    else {
      throw Problem.certificate("The private key does not belong to the certificate.", remedy: .both)
    }
    thumbprint = Data(SHA256.hash(data: der)).base64URL
    portalThumbprint = Insecure.SHA1.hash(data: der).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }.joined()
    subject = oneLine(certificate.subject.description, limit: 200)
    notBefore = Instant(certificate.notValidBefore)
    notAfter = Instant(certificate.notValidAfter)
  }

  private static func key(in parts: [PEMPart]) throws(Problem) -> _RSA.Signing.PrivateKey {
    let keys = parts.filter { $0.label.hasSuffix("PRIVATE KEY") }
    guard let part = keys.first else {
      throw Problem.certificate("The PEM text contains no private key.", remedy: .both)
    }
    guard keys.count == 1 else {
      throw Problem.certificate("The PEM text contains \(keys.count) private keys.", remedy: .both)
    }
    guard !part.isEncrypted else {
      throw Problem.certificate(
        "The private key is protected by a password.",
        remedy: .other("Remove it with “openssl pkey -in key.pem -out plain.pem”; it is kept sealed here."))
    }
    guard let bytes = part.bytes else {
      throw Problem.certificate("The private key cannot be read.", remedy: .both)
    }
    guard let key = try? _RSA.Signing.PrivateKey(unsafeDERRepresentation: bytes) else {
      let document = PEMDocument(type: part.label, derBytes: bytes)
      let isKey = (try? Certificate.PrivateKey(pemDocument: document)) != nil
      throw Problem.certificate(
        isKey ? "The private key is not an RSA key." : "The private key cannot be read.",
        remedy: isKey ? .another : .both)
    }
    guard key.keySizeInBits >= leastBits else {
      throw Problem.certificate(
        "The RSA key has \(key.keySizeInBits) bits, fewer than \(leastBits).", remedy: .another)
    }
    return key
  }

  private static func certificates(
    in parts: [PEMPart]
  ) throws(Problem) -> [(Certificate, [UInt8])] {
    let candidates = parts.filter { $0.label == "CERTIFICATE" }
    guard !candidates.isEmpty else {
      throw Problem.certificate("The PEM text contains no certificate.", remedy: .both)
    }
    let certificates = candidates.compactMap { part in
      part.bytes.flatMap { der in (try? Certificate(derEncoded: der)).map { ($0, der) } }
    }
    guard !certificates.isEmpty else {
      throw Problem.certificate("The certificate cannot be read.", remedy: .both)
    }
    return certificates
  }
}

extension Instant {
  fileprivate init(_ date: Date) {
    self.init(microseconds: Int64(date.timeIntervalSince1970) * 1_000_000)
  }
}

/// One part of a PEM text (RFC 7468). Text around the parts is ignored, and so are line breaks: a form's
/// single line has none left.
struct PEMPart {
  /// `CERTIFICATE`, `PRIVATE KEY`, ...
  var label: String
  /// `nil` when the content is not base64, or does not end.
  var bytes: [UInt8]?
  /// In PKCS #8, or in the older form with a `Proc-Type` line.
  var isEncrypted: Bool

  /// A chain of certificates and a key stay far below; more is not read.
  static let limit = 64 * 1024

  static func parts(of text: String) -> [PEMPart] {
    guard text.utf8.count <= limit else { return [] }
    var parts: [PEMPart] = []
    var rest = text[...]
    while let begin = rest.firstRange(of: "-----BEGIN "),
      let labelEnd = rest[begin.upperBound...].firstRange(of: "-----")
    {
      let label = String(rest[begin.upperBound..<labelEnd.lowerBound])
      let end = rest[labelEnd.upperBound...].firstRange(of: "-----END \(label)-----")
      let content = end.map { rest[labelEnd.upperBound..<$0.lowerBound] }
      parts.append(PEMPart(label: label, content: content))
      rest = rest[(end?.upperBound ?? labelEnd.upperBound)...]
    }
    return parts
  }

  private init(label: String, content: Substring?) {
    self.label = label
    isEncrypted = label.hasPrefix("ENCRYPTED") || content?.contains("ENCRYPTED") == true
    let base64 = content.map { String($0.filter { !$0.isWhitespace }) }
    bytes = base64.flatMap { Data(base64Encoded: $0) }.flatMap { $0.isEmpty ? nil : Array($0) }
  }
}

extension Problem {
  /// How to get a PEM text that an app can use.
  enum CertificateRemedy {
    case both
    case another
    case other(String)
  }

  /// Why a PEM text cannot be used to authenticate an app. Quotes no part of the text.
  static func certificate(_ summary: String, remedy: CertificateRemedy = .both) -> Problem {
    let words =
      switch remedy {
      case .both:
        "Paste both parts in one text: the certificate that is uploaded to the app, from BEGIN CERTIFICATE, and "
          + "its private key, from BEGIN PRIVATE KEY."
      case .another:
        "Make another with “openssl req -x509 -newkey rsa:3072 -nodes -days 730 -subj /CN=heliograph -keyout "
          + "key.pem -out cert.pem”, upload cert.pem to the app, and paste both files here."
      case .other(let text): text
      }
    return Problem(.appCertificateInvalid, summary, remedy: words)
  }
}
