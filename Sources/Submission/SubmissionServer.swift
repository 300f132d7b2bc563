package import Access
package import Core
package import Delivery
import Listening
package import Logging
import NIOCore
import NIOPosix
import NIOSSL
import SMTP
import ServiceLifecycle
package import Store

/// The SMTP ports: takes messages from programs and devices into the outbox.
package final class SubmissionServer: Service {
  private typealias Connection = NIOAsyncChannel<ServerSession.Event, ServerSession.Answer>
  private typealias Listener = NIOAsyncChannel<Connection, Never>

  private let configuration: SubmissionConfiguration
  private let clients: Clients
  private let intake: Intake
  private let certificates: CertificateStore
  private let gate: ConnectionGate
  private let logger: Logger

  /// - Throws: `configuration.invalid` when the certificate cannot be used.
  package init(
    _ configuration: SubmissionConfiguration, tokens: TokenDirectory, outbox: Outbox, store: Store,
    time: any Time, logger: Logger
  ) throws {
    self.configuration = configuration
    self.logger = logger
    clients = Clients(tokens: tokens, store: store, time: time, logger: logger)
    intake = Intake(outbox: outbox, store: store, time: time, configuration: configuration, logger: logger)
    certificates = try CertificateStore(configuration.certificate, name: configuration.name, logger: logger)
    gate = ConnectionGate(
      most: configuration.limits.connections, perAddress: configuration.limits.connectionsPerAddress,
      exempt: configuration.networks.map(\.block), logger: logger)
  }

  /// Serves until a graceful shutdown, which lets messages on their way come to an end.
  ///
  /// - Throws: `server.portInUse`.
  package func run() async throws {
    try await run { _ in }
  }

  /// - Parameter onListening: called with the ports once clients can connect, in the order of the configuration.
  package func run(onListening: ([Int]) -> Void) async throws {
    warnOfBridges()
    let ports = [(configuration.port, false), (configuration.tlsPort, true)]
    var listeners: [Listener] = []
    do {
      for case (let port?, let isEncrypted) in ports {
        listeners.append(try await listen(port, isEncrypted: isEncrypted))
      }
    } catch {
      for listener in listeners { try? await listener.channel.close() }
      throw error
    }
    onListening(listeners.compactMap { $0.channel.localAddress?.port })
    try await withThrowingTaskGroup { group in
      for listener in listeners { group.addTask { try await self.serve(listener) } }
      try await group.waitForAll()
    }
  }

  private func listen(_ port: Int, isEncrypted: Bool) async throws -> Listener {
    do {
      let listener: Listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .serverChannelOption(.backlog, value: 512)
        .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
        .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
        .bind(host: configuration.host, port: port) { [self] channel in
          channel.eventLoop.makeCompletedFuture { try connection(channel, isEncrypted: isEncrypted) }
        }
      let (gate, logger) = (gate, logger)
      try await listener.channel.eventLoop.submit {
        try listener.channel.pipeline.syncOperations.addHandler(
          AcceptHandler(gate: gate, logger: logger), position: .first)
      }.get()
      logger.info(
        "The SMTP port is open.",
        metadata: ["port": "\(listener.channel.localAddress?.port ?? port)", "tls": "\(isEncrypted)"])
      return listener
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw Problem.smtpPortInUse(port)
    }
  }

  private func connection(_ channel: any Channel, isEncrypted: Bool) throws -> Connection {
    let address = IPAddress(channel.remoteAddress)
    var session = ServerSession.Configuration(host: configuration.name, sizeLimit: configuration.sizeLimit)
    session.isEncrypted = isEncrypted
    session.offersTLS = !isEncrypted
    session.allowsClearPasswords = configuration.allowsClearPasswords || address?.networkClass == .loopback
    session.needsAuthentication = configuration.networks.network(of: address) == nil
    let pipeline = channel.pipeline.syncOperations
    if isEncrypted { try pipeline.addHandler(NIOSSLServerHandler(context: certificates.context())) }
    try pipeline.addHandler(
      SessionHandler(
        session, limits: configuration.limits, gate: gate, tls: certificates, channel: channel))
    return try NIOAsyncChannel(
      wrappingChannelSynchronously: channel,
      configuration: .init(
        backPressureStrategy: .init(lowWatermark: 1, highWatermark: 2), isOutboundHalfClosureEnabled: false))
  }

  private func serve(_ listener: Listener) async throws {
    try await withGracefulShutdownHandler {
      try await listener.executeThenClose { connections in
        try await withThrowingDiscardingTaskGroup { group in
          for try await connection in connections {
            group.addTask { await self.converse(connection) }
          }
        }
      }
    } onGracefulShutdown: {
      listener.channel.close(promise: nil)
    }
  }

  private func converse(_ connection: Connection) async {
    let channel = connection.channel
    let peer = IPAddress(channel.remoteAddress)
    let network = configuration.networks.network(of: peer)
    var conversation = Conversation(
      clients: clients, intake: intake, limits: configuration.limits, address: peer?.description ?? "unknown",
      client: network.map { Client(workspace: .default, account: $0.account) }, logger: logger)
    await withGracefulShutdownHandler {
      do {
        try await connection.executeThenClose { events, answers in
          for try await event in events { try await answers.write(await conversation.answer(event)) }
        }
      } catch {
        logger.debug("An SMTP connection broke off.", metadata: ["error": "\(error)"])
      }
    } onGracefulShutdown: {
      channel.pipeline.fireUserInboundEventTriggered(SessionHandler.Stop())
    }
    await conversation.reset()
  }

  /// Behind a container's port mapping every client may have the bridge's address.
  private func warnOfBridges() {
    for network in configuration.networks where Self.bridges.contains(where: network.block.contains) {
      logger.warning(
        "smtp-networks lists the gateway of a container bridge: behind it every client looks local, from the internet too.",
        metadata: [
          "network": "\(network.block)",
          "remedy": "List narrower networks, or run the container with the host's network.",
        ])
    }
  }

  /// Docker's default bridge and the first of its own networks, Podman's, slirp4netns' and Docker Desktop's.
  private static let bridges = ["172.17.0.1", "172.18.0.1", "10.88.0.1", "10.0.2.2", "192.168.65.1"]
    .compactMap { IPAddress($0) }
}

extension Problem {
  fileprivate static func smtpPortInUse(_ port: Int) -> Problem {
    Problem(
      .serverPortInUse, "Port \(port) is in use by another program.",
      remedy: "Stop that program, or choose another port with --smtp-port or --smtp-tls-port.")
  }
}
