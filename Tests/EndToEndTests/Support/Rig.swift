import Foundation
import StoreTesting

/// One test's own world: a folder, a sandbox and a gateway on ports of their own, and a client for both.
struct Rig: Sendable {
  let folder: URL
  let http: HTTP
  let sandbox: SandboxProcess
  let gateway: GatewayProcess
  /// The gateway's database, when it is PostgreSQL.
  let databaseURL: String?

  /// Runs `body` with a sandbox and a gateway that both answer, and removes everything afterwards.
  static func run<Value: Sendable>(
    _ engine: StoreEngine = .sqlite, arguments: [String] = [], environment: [String: String] = [:],
    server: PostgresServer? = nil, isDiskSmall: Bool = false, _ body: (Rig) async throws -> Value
  ) async throws -> Value {
    try await withFolder { folder in
      try await withDatabaseURL(engine, server) { databaseURL in
        try await HTTP.run { http in
          var environment = environment
          if let databaseURL { environment["HELIOGRAPH_DATABASE_URL"] = databaseURL }
          let sandbox = try await SandboxProcess(folder: folder, http: http)
          let gateway = GatewayProcess(
            folder: folder, http: http, sandbox: sandbox, arguments: arguments, environment: environment,
            isDiskSmall: isDiskSmall)
          let rig = Rig(
            folder: folder, http: http, sandbox: sandbox, gateway: gateway, databaseURL: databaseURL)
          return try await rig.run(body)
        }
      }
    }
  }

  private func run<Value>(_ body: (Rig) async throws -> Value) async throws -> Value {
    let result: Result<Value, any Error>
    do {
      try await gateway.start()
      result = .success(try await body(self))
    } catch {
      let log = gateway.errors.split(separator: "\n").suffix(20).joined(separator: "\n")
      result = .failure(RigFailure(description: "\(error)\nThe gateway's last words:\n\(log)"))
    }
    try await gateway.killHard()
    try await sandbox.child.killHard()
    return try result.get()
  }

  /// An app with application permissions and one connected account for each mailbox, named `a0`, `a1`, ...
  func connectDaemon(_ mailboxes: [String], _ more: [String: JSON] = [:]) async throws -> [String] {
    let app = try await gateway.register(sandbox.directory.app("daemon"))
    let accounts = mailboxes.indices.map { "a\($0)" }
    for (account, mailbox) in zip(accounts, mailboxes) {
      try await gateway.connect(account, mailbox: mailbox, app: app, more)
    }
    return accounts
  }

  /// Runs `heliograph` beside the gateway, on the same data.
  func command(
    _ arguments: [String], input: String = ""
  ) async throws -> (status: Int32, output: String, errors: String) {
    try await Program.run(arguments, environment: clientEnvironment, input: input, in: folder)
  }

  /// Of commands that are clients of the gateway, and of those that open its database.
  var clientEnvironment: [String: String] {
    gateway.environment.merging(
      ["HELIOGRAPH_URL": gateway.origin, "HELIOGRAPH_TOKEN": gateway.token]) { $1 }
  }

  /// An API token made by `token issue`.
  func issueToken(_ scopes: [String]) async throws -> String {
    let flags = scopes.flatMap { ["--scope", $0] }
    let made = try await command(["token", "issue", "--data", gateway.data.path] + flags)
    guard made.status == 0 else { throw RigFailure(description: "token issue: \(made.errors)") }
    return made.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

struct RigFailure: Error, CustomStringConvertible {
  let description: String
}

func withFolder<Value>(
  isolation: isolated (any Actor)? = #isolation, _ body: (URL) async throws -> Value
) async throws -> Value {
  let folder = FileManager.default.temporaryDirectory.appending(path: "heliograph-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try await body(folder)
}

private func withDatabaseURL<Value>(
  _ engine: StoreEngine, _ server: PostgresServer?, isolation: isolated (any Actor)? = #isolation,
  _ body: (String?) async throws -> Value
) async throws -> Value {
  guard engine == .postgres else { return try await body(nil) }
  let server = if let server { server } else { try await PostgresServer.shared() }
  let name = try await server.createDatabase()
  let result: Result<Value, any Error>
  do { result = .success(try await body(server.url(of: name))) } catch { result = .failure(error) }
  try await server.dropDatabase(name)
  return try result.get()
}
