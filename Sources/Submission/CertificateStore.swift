import Core
import Foundation
import Logging
import NIOSSL
import Synchronization

/// The certificate that clients are shown, read again when its files have changed.
final class CertificateStore: Sendable {
  private struct State {
    var context: NIOSSLContext
    var version: Version?
    var checked: ContinuousClock.Instant
  }

  /// When the files were changed last.
  private struct Version: Equatable {
    var certificate: Date?
    var key: Date?
  }

  private let source: SubmissionConfiguration.CertificateSource
  private let logger: Logger
  private let state: Mutex<State>

  /// How long a certificate is used before its files are looked at again.
  private static let checkInterval = Duration.seconds(1)

  /// - Parameter name: for whom a certificate is made without files.
  /// - Throws: `configuration.invalid` when the files cannot be used.
  init(_ source: SubmissionConfiguration.CertificateSource, name: String, logger: Logger) throws {
    self.source = source
    self.logger = logger
    let version = Self.version(of: source)
    let context: NIOSSLContext
    switch source {
    case .files(let certificate, let key):
      do {
        context = try Self.context(certificate: certificate, key: key)
      } catch {
        throw Problem.certificate(certificate, key, error)
      }
    case .selfMade:
      context = try Self.context(SelfMadeCertificate(name: name))
      logger.warning(
        "The SMTP port uses a certificate that was made at this start and that no client can check.",
        metadata: [
          "remedy": "Set smtp-certificate and smtp-key to the PEM files of a certificate for \(name)."
        ])
    }
    state = Mutex(State(context: context, version: version, checked: .now))
  }

  /// For the next handshake. Files that cannot be used leave the last certificate in place, which is logged once.
  func context() throws -> NIOSSLContext {
    guard case .files(let certificate, let key) = source else { return state.withLock { $0.context } }
    return state.withLock { state in
      guard state.checked + Self.checkInterval <= .now else { return state.context }
      state.checked = .now
      let version = Self.version(of: source)
      guard version != state.version else { return state.context }
      state.version = version
      do {
        state.context = try Self.context(certificate: certificate, key: key)
        logger.notice(
          "The certificate of the SMTP port was read again.", metadata: ["file": "\(certificate)"])
      } catch {
        let problem = Problem.certificate(certificate, key, error)
        logger.error("\(problem.summary) The last certificate stays in use.")
      }
      return state.context
    }
  }

  private static func version(of source: SubmissionConfiguration.CertificateSource) -> Version? {
    guard case .files(let certificate, let key) = source else { return nil }
    func changed(_ path: String) -> Date? {
      (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
    }
    return Version(certificate: changed(certificate), key: changed(key))
  }

  private static func context(certificate: String, key: String) throws -> NIOSSLContext {
    let chain = try NIOSSLCertificate.fromPEMFile(certificate)
    return try context(chain, NIOSSLPrivateKey(file: key, format: .pem))
  }

  private static func context(_ made: SelfMadeCertificate) throws -> NIOSSLContext {
    try context(
      [NIOSSLCertificate(bytes: made.certificate, format: .der)],
      NIOSSLPrivateKey(bytes: made.key, format: .der))
  }

  /// TLS 1.2 and later (RFC 8996).
  private static func context(_ chain: [NIOSSLCertificate], _ key: NIOSSLPrivateKey) throws -> NIOSSLContext {
    var configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
    configuration.minimumTLSVersion = .tlsv12
    return try NIOSSLContext(configuration: configuration)
  }
}

extension Problem {
  fileprivate static func certificate(_ certificate: String, _ key: String, _ error: any Error) -> Problem {
    Problem(
      .configurationInvalid,
      "The certificate \(certificate) with the key \(key) cannot be used for the SMTP port: \(error).",
      remedy:
        "Set smtp-certificate to a PEM file with the certificate and those that signed it, and smtp-key to one "
        + "with its key, without a passphrase.")
  }
}
