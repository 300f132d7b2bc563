import Core
import Logging
import Sandbox
import ServiceLifecycle
import Testing

@testable import HTTP
@testable import Microsoft

/// The neighbour that stands in for Microsoft, at its most awkward, for the length of `body`.
func withSandbox(
  _ body: @escaping @Sendable (SandboxState, Cloud, HTTPExchange) async throws -> Void
) async throws {
  var configuration = SandboxConfiguration()
  configuration.port = 0
  let state = try SandboxState()
  state.settings.newIdOnSend = true
  state.settings.replaceMessageId = true
  state.settings.strictRotation = true
  let (listening, continuation) = AsyncStream.makeStream(of: SandboxPorts.self)
  var logger = Logger(label: "sandbox")
  logger.logLevel = .error
  let server = try SandboxServer(configuration: configuration, state: state, logger: logger) {
    continuation.yield($0)
  }
  let group = ServiceGroup(services: [server], logger: logger)
  try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask {
      defer { continuation.finish() }
      try await group.run()
    }
    let ports = try #require(await listening.first { _ in true })
    let cloud = try Cloud(replacing: "http://localhost:\(ports.http)")
    try await withHTTP { http in try await body(state, cloud, http) }
    await group.triggerGracefulShutdown()
    try await tasks.waitForAll()
  }
}

extension EntraClient {
  init(_ app: SandboxDirectory.App) {
    self.init(clientID: app.clientId, credential: app.secret.map { .secret(Secret($0)) } ?? .none)
  }
}
