import Core
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
package import Logging
import NIOCore
import NIOSSL
import ServiceLifecycle
import Synchronization

/// Microsoft on this machine: Entra and Graph over one in-memory directory, plain and over TLS.
package struct SandboxServer: Service {
  package let state: SandboxState
  private let configuration: SandboxConfiguration
  private let logger: Logger
  private let onListening: @Sendable (SandboxPorts) async -> Void

  /// - Parameter onListening: called once, when every listener is bound.
  package init(
    configuration: SandboxConfiguration,
    state: SandboxState,
    logger: Logger,
    onListening: @escaping @Sendable (SandboxPorts) async -> Void = { _ in }
  ) throws {
    guard configuration.allowRemote || HostGuard.isLoopback(configuration.host) else {
      throw Problem.remoteHost(configuration.host)
    }
    self.configuration = configuration
    self.state = state
    self.logger = logger
    self.onListening = onListening
  }

  /// Serves until graceful shutdown or cancellation. Throws `Problem.portInUse`, or why there is no certificate
  /// for TLS.
  package func run() async throws {
    let bound = BoundPorts(expectsTLS: configuration.tlsPort != nil)
    // Cancelled when the listeners end, for whatever reason.
    async let _ = state.notifier.run { [state] in state.directory.user($0.text) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      let plain = try application(port: configuration.port, scheme: "http", server: .http1(), bound: bound)
      group.addTask { try await run(plain, port: configuration.port) }
      if let tlsPort = configuration.tlsPort {
        guard let directory = configuration.dataDirectory else { throw Problem.noDataDirectory }
        let tls = try ServerCertificate(directory: directory, host: configuration.host).tlsConfiguration()
        let server = try HTTPServerBuilder.tls(.http1(), tlsConfiguration: tls)
        let secure = try application(port: tlsPort, scheme: "https", server: server, bound: bound)
        group.addTask { try await run(secure, port: tlsPort) }
      }
      try await group.waitForAll()
    }
  }

  private func application(
    port: Int, scheme: String, server: HTTPServerBuilder, bound: BoundPorts
  ) throws -> Application<RouterResponder<SandboxContext>> {
    Application(
      router: try router(scheme: scheme), server: server,
      configuration: ApplicationConfiguration(
        address: .hostname(configuration.host, port: port), serverName: nil),
      onServerRunning: { [onListening] channel in
        guard let ports = bound.note(scheme: scheme, port: channel.localAddress?.port ?? port) else { return }
        await onListening(ports)
      },
      logger: logger)
  }

  private func run(_ application: Application<RouterResponder<SandboxContext>>, port: Int) async throws {
    do {
      try await application.run()
    } catch let error as IOError where error.errnoCode == EADDRINUSE {
      throw Problem.portInUse(port)
    }
  }

  private func router(scheme: String) throws -> Router<SandboxContext> {
    let router = Router(context: SandboxContext.self)
    let isWildcard = configuration.host == "0.0.0.0" || configuration.host == "::"
    router.add(middleware: RequestLogMiddleware(log: state.log, clock: state.clock))
    router.add(middleware: HostGuard(scheme: scheme, host: isWildcard ? nil : configuration.host))
    router.add(middleware: FaultMiddleware(state: state))
    try state.addEntraRoutes(to: router)
    try state.addGraphRoutes(to: router)
    try state.addControlRoutes(to: router)
    try state.addPageRoutes(to: router)
    return router
  }
}

/// Waits for the last listener.
private final class BoundPorts: Sendable {
  private struct Ports {
    var http: Int?
    var https: Int?
  }
  private let expectsTLS: Bool
  private let ports = Mutex(Ports())

  init(expectsTLS: Bool) {
    self.expectsTLS = expectsTLS
  }

  /// All ports, once the last of them is known.
  func note(scheme: String, port: Int) -> SandboxPorts? {
    ports.withLock { ports in
      if scheme == "https" { ports.https = port } else { ports.http = port }
      guard let http = ports.http, ports.https != nil || !expectsTLS else { return nil }
      return SandboxPorts(http: http, https: ports.https)
    }
  }
}
