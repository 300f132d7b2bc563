import ArgumentParser
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import UnixSignals

struct SandboxCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sandbox",
    abstract: "Simulate Microsoft on this machine: Entra sign-in and Graph mail, in memory.",
    discussion: """
      Serves Entra v2.0 and Graph v1.0 for two fictitious tenants, with people, mailboxes and app registrations \
      that are created at start. Open its page to read the mailboxes; GET /sandbox/directory lists everything, \
      including secrets. Nothing leaves this machine, and nothing is stored.

      Microsoft's own libraries refuse http: use --tls-port and trust ca.pem in the data folder.

      The subcommands act on a sandbox that is running.
      """,
    subcommands: [AddFault.self, Clock.self, Reset.self])

  @Option(help: "Address to listen on.") var host = "127.0.0.1"
  @Option(help: "Port; 0 chooses a free one.") var port: UInt16 = 4000
  @Option(help: "Port for TLS; 0 chooses a free one. Default: no TLS.") var tlsPort: UInt16?
  @Option(help: .init("Folder for the certificate authority, ca.pem.", valueName: "dir")) var data: String?
  @Flag(help: "Allow a --host that other machines can reach; the sandbox has no passwords.") var allowRemote =
    false

  func run() async throws {
    var configuration = SandboxConfiguration()
    configuration.host = host
    configuration.port = Int(port)
    configuration.tlsPort = tlsPort.map { Int($0) }
    configuration.dataDirectory = data.map { URL(filePath: $0, directoryHint: .isDirectory) }
    configuration.allowRemote = allowRemote
    var logger = Logger(label: "sandbox", factory: { StreamLogHandler.standardError(label: $0) })
    logger.logLevel = .notice
    let server = try SandboxServer(configuration: configuration, state: try SandboxState(), logger: logger) {
      ports in
      Terminal.announce("The sandbox listens on http://localhost:\(ports.http)")
      if let https = ports.https { Terminal.announce("and on https://localhost:\(https)") }
    }
    let group = ServiceGroup(
      services: [server], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}
