import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

/// Why no reply came.
///
/// `wasSent` answers the only question that a repeat depends on: whether a byte of the request may have left
/// this machine. It is taken from what happened on the socket and never guessed from the kind of error, since
/// the same error (a reset, a timeout) occurs on both sides of that line.
package struct HTTPFailure: Error, Sendable, Hashable {
  package var wasSent: Bool
  package var reason: Reason

  package enum Reason: String, Sendable, CaseIterable {
    case nameUnknown = "its name could not be resolved"
    case refused = "no connection could be made"
    case connectTimeout = "connecting took too long"
    case untrusted = "the TLS handshake failed"
    case busy = "too many requests were waiting for a connection"
    case closed = "the connection was closed"
    case timeout = "the reply took too long"
    case malformed = "the reply was not valid HTTP"
    case tooLarge = "the reply was too large"
    case cancelled = "the request was cancelled"
    case unusable = "the request could not be made"
    case other = "the connection failed"
  }
}

extension HTTPFailure {
  /// For a request that was not sent.
  package var remedy: String {
    reason == .untrusted
      ? "Trust the certificate authority of the proxy between this machine and Microsoft."
      : "Check DNS, the firewall and the internet connection."
  }
}

extension HTTPFailure.Reason {
  /// Words for what went wrong; decides nothing.
  init(_ error: any Error) {
    switch error {
    case is CancellationError: self = .cancelled
    case let error as HTTPClientError: self = Self.table.first { $0.0 == error }?.1 ?? .other
    case let error as NIOConnectionError:
      self = error.connectionErrors.isEmpty ? .nameUnknown : .refused
      if error.connectionErrors.contains(where: { $0.error is ChannelError }) { self = .connectTimeout }
    case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: self = .untrusted
    case is ReplyTooLarge: self = .tooLarge
    case let error as IOError: self = error.errnoCode == ECONNREFUSED ? .refused : .closed
    default: self = String(reflecting: type(of: error)).hasPrefix("NIOHTTP1.") ? .malformed : .other
    }
  }

  private static let table: [(HTTPClientError, Self)] = [
    (.connectTimeout, .connectTimeout),
    (.tlsHandshakeTimeout, .connectTimeout),
    (.getConnectionFromPoolTimeout, .busy),
    (.remoteConnectionClosed, .closed),
    (.readTimeout, .timeout),
    (.writeTimeout, .timeout),
    (.deadlineExceeded, .timeout),
    (.cancelled, .cancelled),
    (.alreadyShutdown, .cancelled),
    (.invalidURL, .unusable),
    (.emptyHost, .unusable),
    (.emptyScheme, .unusable),
  ]
}

/// The reply outgrew the limit of its request.
struct ReplyTooLarge: Error {}
