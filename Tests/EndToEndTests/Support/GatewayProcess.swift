import Foundation
import Synchronization

/// `heliograph serve` as a process of its own, which may be killed and started again, and its REST API.
final class GatewayProcess: Sendable {
  let port: Int
  let origin: String
  /// An operator's token, prepared in the environment.
  let token = "prepared-" + UUID().uuidString.lowercased() + UUID().uuidString.lowercased()
  let data: URL
  private let arguments: [String]
  let environment: [String: String]
  private let isDiskSmall: Bool
  private let folder: URL
  private let http: HTTP
  private let current = Mutex<Child?>(nil)

  /// - Parameter isDiskSmall: puts the data folder on a file system of 8 MB, which only the gateway sees and
  ///   which goes with it. Needs root.
  init(
    folder: URL, http: HTTP, sandbox: SandboxProcess, arguments: [String], environment: [String: String],
    isDiskSmall: Bool
  ) {
    port = FreePort.take()
    origin = "http://localhost:\(port)"
    data = folder.appending(path: "gateway")
    self.folder = folder
    self.isDiskSmall = isDiskSmall
    self.http = http
    self.arguments =
      ["serve", "--port", "\(port)", "--data", data.path, "--url", origin, "--microsoft", sandbox.origin]
      + arguments
    self.environment = environment.merging(["HELIOGRAPH_PREPARED_TOKEN": token]) { $1 }
  }

  /// The process that runs now, or ran last.
  var child: Child? { current.withLock { $0 } }
  var errors: String { child?.errors ?? "" }

  /// Starts it and returns when it answers.
  func start() async throws {
    let child = try await launch()
    try await eventually("the gateway answers") { [self] in
      guard child.isRunning else { throw UnexpectedAnswer(description: "the gateway ended: \(child.errors)") }
      return (try? await http.send("GET", origin + "/health"))?.status == 200
    }
  }

  /// Starts it and returns at once.
  @discardableResult
  func launch() async throws -> Child {
    var command = [Program.heliograph.path] + arguments
    if isDiskSmall {
      try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
      let script = #"mount -t tmpfs -o size=8m tmpfs "$0" && exec "$@""#
      command = ["/usr/bin/unshare", "--mount", "/bin/sh", "-c", script, data.path] + command
    }
    let child = try await Child(
      URL(filePath: command[0]), Array(command.dropFirst()), environment: environment, name: "gateway",
      folder: folder)
    current.withLock { $0 = child }
    return child
  }

  /// The data folder as the gateway sees it.
  func disk() throws -> URL {
    guard let child else { throw UnexpectedAnswer(description: "the gateway was never started") }
    return URL(filePath: "/proc/\(child.pid)/root" + data.path)
  }

  func killHard() async throws { try await child?.killHard() }

  /// SIGTERM, and the status it leaves with.
  @discardableResult
  func stop() async throws -> Int32 {
    guard let child else { return 0 }
    child.signal(SIGTERM)
    return try await child.status()
  }

  func get(_ path: String, token: String? = nil) async throws -> Answer {
    try await send("GET", path, token: token)
  }

  func post(
    _ path: String, _ body: JSON, idempotencyKey: String? = nil, token: String? = nil
  ) async throws -> Answer {
    try await send(
      "POST", path, body: body.written, headers: idempotencyKey.map { [("Idempotency-Key", $0)] } ?? [],
      token: token)
  }

  /// - Parameter token: another than the prepared one; an empty text for none.
  func send(
    _ method: String, _ path: String, body: String? = nil, headers: [(String, String)] = [],
    token: String? = nil
  ) async throws -> Answer {
    var all = headers
    let token = token ?? self.token
    if !token.isEmpty { all.append(("Authorization", "Bearer " + token)) }
    if body != nil, !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
      all.append(("Content-Type", "application/json"))
    }
    return try await http.send(method, origin + path, headers: all, body: body)
  }
}

// What the tests ask of it again and again.
extension GatewayProcess {
  /// Registers an app of the sandbox; returns its id here.
  func register(_ app: SandboxProcess.Directory.App, _ more: [String: JSON] = [:]) async throws -> String {
    var body: [String: JSON] = [
      "name": "An app", "provider": app.kind == "daemon" ? "outlookService" : "outlook",
      "clientId": .string(app.clientId), "enabled": true,
      "authority": .string(app.kind == "daemon" ? app.tenantId : "common"),
    ]
    if let secret = app.secret { body["clientSecret"] = .string(secret) }
    let answer = try await post("/v1/oauth2", .object(body.merging(more) { $1 })).expect()
    guard let id = answer["id"].text else { throw UnexpectedAnswer(description: "no app id in \(answer)") }
    return id
  }

  /// Makes an account with application permissions and waits until it is connected.
  func connect(
    _ account: String, mailbox: String, app: String, _ more: [String: JSON] = [:]
  ) async throws {
    let body: [String: JSON] = [
      "account": .string(account), "name": .string(account), "email": .string(mailbox),
      "oauth2": ["provider": .string(app), "auth": ["user": .string(mailbox)]],
    ]
    _ = try await post("/v1/account", .object(body.merging(more) { $1 })).expect()
    try await untilConnected(account)
  }

  func untilConnected(_ account: String) async throws {
    try await eventually("\(account) is connected") {
      try await self.get("/v1/account/\(account)").expect()["state"].text == "connected"
    }
  }

  /// Submits a message that its subject identifies; returns what was answered.
  func submit(
    _ subject: String, from account: String, to recipient: String, idempotencyKey: String? = nil
  ) async throws -> Answer {
    let body: JSON = [
      "to": [["address": .string(recipient)]], "subject": .string(subject), "text": "Proof of delivery.",
    ]
    return try await post("/v1/account/\(account)/submit", body, idempotencyKey: idempotencyKey)
  }

  func outboxEntry(_ queueID: String) async throws -> JSON {
    try await get("/v1/outbox/\(queueID)").json
  }

  /// How many messages the outbox shows.
  func outboxTotal() async throws -> Int {
    try await get("/v1/outbox?pageSize=1").expect()["total"].int ?? -1
  }
}
