import AsyncHTTPClient
package import Core
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Sends one request and reads the whole reply. Never repeats a request and never follows a redirect.
///
/// AsyncHTTPClient repeats nothing but connecting, and that is turned off: a request that is handed to a
/// connection which has just ended fails, and `HTTPFailure.wasSent` says on which side of the line.
///
/// Shared by everything that talks to Microsoft, so that connections are shared too. Whoever creates one ends
/// it with `shutdown()`.
package final class HTTPExchange: Sendable {
  let client: HTTPClient
  private let loops: LoopChooser
  private let userAgent: String
  private let exchangeTimeout: TimeAmount
  private let sendsRequestID: Bool

  /// DNS, TCP and TLS together. Microsoft's front doors answer within a second; ten allow for a lost SYN twice.
  package static let connectTimeout: Duration = .seconds(10)
  /// The whole exchange. Longer than the 90 s after which Graph itself gives up on a request with a 504, so
  /// that a slow mailbox is answered by Graph and not by our clock.
  package static let exchangeTimeout: Duration = .seconds(100)
  /// Bytes per second that a line must carry; a body gets that much longer. A megabit.
  static let slowestUpload = 128 * 1024
  /// An unused connection is closed after this. Far less than the minute or more for which Microsoft's front
  /// doors, and the firewalls between, keep one: a request written to a connection that the other side has
  /// just given up is a request whose fate is unknown.
  package static let idleTimeout: Duration = .seconds(4)
  /// Connections per host. A mailbox may have four requests in flight; this lets 64 mailboxes be served at once.
  package static let connectionsPerHost = 256

  package struct Configuration: Sendable {
    /// `Heliograph/1.2.3`, sent as User-Agent.
    package var userAgent: String
    /// A PEM file with certificates that are trusted in addition to the system's own.
    package var trustRootsPath: String?
    package var connectTimeout = HTTPExchange.connectTimeout
    package var exchangeTimeout = HTTPExchange.exchangeTimeout
    package var idleTimeout = HTTPExchange.idleTimeout
    /// Whether requests have a `client-request-id`. Microsoft's support asks for it; Graph and Entra write it into
    /// their logs and echo it.
    package var sendsRequestID = true
    /// The address that stands for a host's name, whatever DNS says; certificates are checked against the name.
    var pinned: (host: String, address: IPAddress)?

    package init(userAgent: String = "Heliograph", trustRootsPath: String? = nil) {
      self.userAgent = userAgent
      self.trustRootsPath = trustRootsPath
    }
  }

  /// Throws `configuration.invalid` when the file of trust roots cannot be read.
  package init(_ configuration: Configuration = Configuration()) throws(Problem) {
    var tls = TLSConfiguration.makeClientConfiguration()
    tls.minimumTLSVersion = .tlsv12
    if let path = configuration.trustRootsPath {
      guard let roots = try? NIOSSLCertificate.fromPEMFile(path), !roots.isEmpty else {
        throw Problem.unreadableTrustRoots(path)
      }
      tls.additionalTrustRoots = [.certificates(roots)]
    }
    var settings = HTTPClient.Configuration(
      tlsConfiguration: tls, redirectConfiguration: .disallow,
      timeout: .init(
        connect: TimeAmount(configuration.connectTimeout),
        // For downloads, which have no other: this long without a byte.
        read: TimeAmount(configuration.exchangeTimeout)))
    if let pinned = configuration.pinned { settings.dnsOverride = [pinned.host: pinned.address.description] }
    // One request per connection at a time: over HTTP/2 a lost connection would lose the fate of many.
    settings.httpVersion = .http1Only
    settings.connectionPool.idleTimeout = TimeAmount(configuration.idleTimeout)
    settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = Self.connectionsPerHost
    settings.connectionPool.retryConnectionEstablishment = false
    client = HTTPClient(eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: settings)
    loops = LoopChooser(MultiThreadedEventLoopGroup.singleton)
    userAgent = configuration.userAgent
    exchangeTimeout = TimeAmount(configuration.exchangeTimeout)
    sendsRequestID = configuration.sendsRequestID
  }

  /// Ends open connections; requests in flight fail.
  package func shutdown() async throws {
    try await client.shutdown()
  }

  /// Throws only when not even the status of the reply is known.
  package func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPReply {
    guard !Task.isCancelled else { throw HTTPFailure(wasSent: false, reason: .cancelled) }
    let outgoing: HTTPClient.Request
    do {
      outgoing = try HTTPClient.Request(
        url: request.url, method: request.method, headers: headers(of: request),
        body: request.body.map { .byteBuffer(ByteBuffer(bytes: $0)) })
    } catch {
      throw HTTPFailure(wasSent: false, reason: .unusable)
    }
    let collector = ReplyCollector(limit: request.replyLimit)
    let upload = TimeAmount.seconds(Int64((request.body?.count ?? 0) / Self.slowestUpload))
    let place = loops.take()
    defer { loops.giveBack(place) }
    // The collector on the loop of the socket: what it is told is then never behind what was written there.
    let task = client.execute(
      request: outgoing, delegate: collector, eventLoop: .delegateAndChannel(on: place.loop),
      deadline: .now() + exchangeTimeout + upload)
    do {
      return try await withTaskCancellationHandler {
        try await task.get()
      } onCancel: {
        task.cancel()
      }
    } catch {
      return try collector.whatIsKnown(after: error)
    }
  }

  func headers(of request: HTTPRequest) -> HTTPHeaders {
    var headers = request.headers
    headers.replaceOrAdd(name: "User-Agent", value: userAgent)
    if !headers.contains(name: "Accept") { headers.add(name: "Accept", value: "application/json") }
    if sendsRequestID {
      headers.replaceOrAdd(name: "client-request-id", value: UUID().uuidString.lowercased())
    }
    return headers
  }
}
