import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// `heliograph sandbox`, started for one run, so that each run meets an empty one.
struct Sandbox: Sendable {
  let child: Child
  let service: Service
  let daemon: Directory.App
  /// The hundred mailboxes of a large customer.
  let mailboxes: [String]

  static func run<Value>(
    _ bench: Bench, isolation: isolated (any Actor)? = #isolation, _ body: (Sandbox) async throws -> Value
  ) async throws -> Value {
    let service = Service(port: try Service.freePort())
    return try await Child.run(
      bench.heliograph, ["sandbox", "--port", "\(service.port)"], log: bench.folder + "/sandbox.log"
    ) { child in
      try await service.untilListening(child)
      _ = try await service.call(.POST, "/sandbox/settings", ["sendLagMs": 0], as: Ignored.self)
      let directory = try await service.call(.GET, "/sandbox/directory", as: Directory.self)
      guard let daemon = directory.apps.first(where: { $0.kind == "daemon" }) else {
        throw Failure("The sandbox has no app with application permissions.")
      }
      let mailboxes = directory.users.map(\.userPrincipalName).filter { $0.hasPrefix("mailbox") }
      guard mailboxes.count == 100 else {
        throw Failure("The sandbox has \(mailboxes.count) mailboxes, not 100.")
      }
      return try await body(Sandbox(child: child, service: service, daemon: daemon, mailboxes: mailboxes))
    }
  }

  /// An app-only token for Graph.
  func token() async throws -> String {
    var request = HTTPClientRequest(url: "\(service.url)/\(daemon.tenantId)/oauth2/v2.0/token")
    request.method = .POST
    request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
    let form = [
      "grant_type": "client_credentials", "client_id": daemon.clientId, "client_secret": daemon.secret ?? "",
      "scope": "\(service.url)/.default",
    ]
    let pairs = form.map { name, value in
      "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
    }
    request.body = .bytes(ByteBuffer(string: pairs.joined(separator: "&")))
    struct Grant: Decodable { var access_token: String }
    let grant: Grant = try await Service.answer(to: request)
    return grant.access_token
  }

  /// Delays each reply of Graph from now on.
  func delay(by latency: Duration) async throws {
    let fault: [String: Any] = ["path": "/v1.0/*", "delayMs": Int(latency.seconds * 1000), "count": 0]
    _ = try await service.call(.POST, "/sandbox/faults", fault, as: Ignored.self)
  }

  /// The requests to Graph, oldest first.
  func requests() async throws -> [LoggedRequest] {
    struct Log: Decodable { var value: [LoggedRequest] }
    return try await service.call(.GET, "/sandbox/requests", as: Log.self).value
  }
}

struct Directory: Decodable, Sendable {
  struct User: Decodable, Sendable {
    var userPrincipalName: String
  }
  struct App: Decodable, Sendable {
    var clientId: String
    var kind: String
    var tenantId: String
    var secret: String?
  }
  var users: [User]
  var apps: [App]
}

struct LoggedRequest: Decodable, Sendable {
  /// Counts all requests since the sandbox started.
  var number: Int
  /// RFC 3339.
  var time: String
  var method: String
  var path: String
  var headers: [String: String]
  var body: String
  var status: Int?
}

extension LoggedRequest {
  /// When it came.
  func moment() throws -> Date {
    try Date.ISO8601FormatStyle(includingFractionalSeconds: time.contains(".")).parse(time)
  }
}

/// An answer whose status says enough.
struct Ignored: Decodable {}
