import Foundation
import StoreTesting

/// A gateway with SMTP ports, and what clients of them need.
struct SMTPRig: Sendable {
  let rig: Rig
  let port: Int
  let tlsPort: Int
  /// The mailbox of each account: `a0`, `a1`, ...
  let mailboxes: [String]
  /// A token of the scope `smtp` for all of the workspace.
  let password: String

  static func run<Value: Sendable>(
    _ engine: StoreEngine = .sqlite, arguments: [String] = [], environment: [String: String] = [:],
    isDiskSmall: Bool = false, _ body: (SMTPRig) async throws -> Value
  ) async throws -> Value {
    let (port, tlsPort) = (FreePort.take(), FreePort.take())
    let ports = ["--smtp-port", "\(port)", "--smtp-tls-port", "\(tlsPort)"]
    return try await Rig.run(
      engine, arguments: ports + arguments, environment: environment, isDiskSmall: isDiskSmall
    ) { rig in
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(3))
      _ = try await rig.connectDaemon(mailboxes)
      let token: JSON = ["description": "SMTP", "scopes": ["smtp"]]
      let issued = try await rig.gateway.post("/v1/tokens", token).expect()
      let smtp = SMTPRig(
        rig: rig, port: port, tlsPort: tlsPort, mailboxes: mailboxes, password: issued["token"].text ?? "")
      try await smtp.untilOpen()
      return try await body(smtp)
    }
  }

  func untilOpen() async throws {
    try await eventually("the SMTP port is open") { (try? SMTPClient(port: port)) != nil }
  }

  func arrives(_ subject: String, at mailbox: String? = nil) async throws {
    try await eventually("“\(subject)” has arrived") {
      try await rig.sandbox.subjects(of: mailbox ?? mailboxes[1]).contains(subject)
    }
  }

  /// Runs a client to its end; it must succeed.
  func client(_ program: String, _ arguments: [String], input: String = "") async throws {
    let (status, output, errors) = try await Program.run(
      URL(filePath: program), arguments, input: input, in: rig.folder)
    guard status == 0 else { throw RigFailure(description: "\(program): \(status) \(output) \(errors)") }
  }
}
