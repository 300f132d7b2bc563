import ArgumentParser
import AsyncHTTPClient
import Core
import Foundation
import Gateway
import Logging
import Sandbox
import ServiceLifecycle
import UnixSignals
import Vault

struct Demo: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send a message end to end, with Microsoft simulated on this machine.",
    discussion: """
      Starts the sandbox and a gateway, registers an OAuth2 app through the REST API, signs in as a browser \
      would, submits a message and waits until it is in the recipient's mailbox. Both then keep running until Ctrl-C.

      Nothing leaves this machine. The gateway's data is in a new temporary folder, unless --data names one.
      """)

  @Option(help: "Port of the gateway.") var port: UInt16 = 3000
  @Option(help: "Port of the sandbox.") var sandboxPort: UInt16 = 4000
  @Option(help: .init("Folder for the gateway's data.", valueName: "dir")) var data: String?
  @Flag(help: "Exit once the message has arrived, with status 0; with the reason and status 1 otherwise.")
  var exit =
    false

  func run() async throws {
    let folder = data ?? NSTemporaryDirectory() + "heliograph-demo-\(UUID().uuidString.prefix(8))"
    let token = Digest.randomToken()
    let sandbox = "http://localhost:\(sandboxPort)"
    let settings = try Settings(
      flags: [.port: String(port), .data: folder, .microsoft: sandbox, .logLevel: "warning"],
      environment: [Setting.preparedToken.variable: token.reveal()])
    var logger = Logger(label: "demo", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = .warning
    defer { if data == nil { try? FileManager.default.removeItem(atPath: folder) } }
    let sandboxReady = Signal()
    let gatewayReady = Signal()
    let server = try sandboxServer(logger) { _ in sandboxReady.give() }
    let installation = Installation(try Configuration(settings), logger: logger)
    let gateway = Play {
      try await sandboxReady.wait()
      try await installation.serve { _ in gatewayReady.give() }
    }
    let tour = Play { [port, exit] in
      try await gatewayReady.wait()
      try await DemoTour.run(
        gateway: "http://localhost:\(port)", sandbox: sandbox, token: token, staysUp: !exit)
      if !exit { try await gracefulShutdown() }
    }
    // Whatever ends first ends the demo: the tour, a signal, or a server whose port is in use. A failure
    // cancels the others, because code that waits for a server to start is not informed of a graceful shutdown.
    let services = [server, gateway, tour].map { (service: any Service) in
      ServiceGroupConfiguration.ServiceConfiguration(
        service: service, successTerminationBehavior: .gracefullyShutdownGroup,
        failureTerminationBehavior: .cancelGroup)
    }
    try await ServiceGroup(
      configuration: .init(
        services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    ).run()
  }

  private func sandboxServer(
    _ logger: Logger, _ onListening: @escaping @Sendable (SandboxPorts) async -> Void
  ) throws -> SandboxServer {
    var configuration = SandboxConfiguration()
    configuration.port = Int(sandboxPort)
    return try SandboxServer(
      configuration: configuration, state: try SandboxState(), logger: logger, onListening: onListening)
  }

}

/// A part of the demo that runs concurrently with the others.
private struct Play: Service {
  let body: @Sendable () async throws -> Void

  init(_ body: @escaping @Sendable () async throws -> Void) {
    self.body = body
  }

  func run() async throws { try await body() }
}

/// Waits for one thing to happen once.
struct Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() {
    (stream, continuation) = AsyncStream.makeStream()
  }

  func give() { continuation.finish() }

  func wait() async throws {
    for await _ in stream {}
    try Task.checkCancellation()
  }
}
