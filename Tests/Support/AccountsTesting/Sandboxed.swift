package import AsyncHTTPClient
package import Core
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import Sandbox
import ServiceLifecycle
package import StoreTesting

/// A running sandbox, known by its URL alone, and a house that takes it for Microsoft.
package struct Sandboxed: Sendable {
  package let house: House
  package let origin: String
  package let client: HTTPClient

  package static let web = (
    id: "a0000000-0000-4000-8000-000000000001", secret: "web~Secret-Value.of.the.sandbox-0001"
  )
  package static let native = "a0000000-0000-4000-8000-000000000002"
  package static let daemon = (
    id: "a0000000-0000-4000-8000-000000000003", secret: "daemon~Secret-Value.of.the.sandbox-0003"
  )

  package static func run<Value: Sendable>(
    _ engine: StoreEngine, _ body: @escaping @Sendable (Sandboxed) async throws -> Value
  ) async throws -> Value {
    var configuration = SandboxConfiguration()
    configuration.port = 0
    let (listening, continuation) = AsyncStream.makeStream(of: SandboxPorts.self)
    let logger = Logger(label: "sandbox") { _ in .silent }
    let server = try SandboxServer(configuration: configuration, state: try SandboxState(), logger: logger) {
      continuation.yield($0)
    }
    let group = ServiceGroup(services: [server], logger: logger)
    return try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { continuation.finish() }
        try await group.run()
      }
      guard let ports = await listening.first(where: { _ in true }) else {
        try await tasks.waitForAll()
        throw CancellationError()
      }
      let client = HTTPClient(configuration: .init(redirectConfiguration: .disallow))
      let origin = "http://localhost:\(ports.http)"
      let outcome: Result<Value, any Error>
      do {
        outcome = .success(
          try await House.open(engine, microsoft: origin, time: ManualTime(now: .onThisMachine)) { house in
            try await body(Sandboxed(house: house, origin: origin, client: client))
          })
      } catch {
        outcome = .failure(error)
      }
      try await client.shutdown()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      return try outcome.get()
    }
  }

  package func send(_ method: String, _ url: String, type: String? = nil, body: String? = nil) async throws
    -> Answer
  {
    var request = HTTPClientRequest(url: url)
    request.method = HTTPMethod(rawValue: method)
    if let type { request.headers.add(name: "Content-Type", value: type) }
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    let response = try await client.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 16 << 20)
    return Answer(
      status: Int(response.status.code), location: response.headers.first(name: "Location"),
      body: String(buffer: bytes))
  }

  /// A request to the control API.
  @discardableResult
  package func control(_ path: String, _ json: String) async throws -> Answer {
    let answer = try await send("POST", origin + "/sandbox/" + path, type: "application/json", body: json)
    guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    return answer
  }

  /// What was asked of Microsoft, oldest first.
  package func requests(_ path: String, body: String? = nil) async throws -> [Asked] {
    struct Log: Decodable { var value: [Asked] }
    let answer = try await send("GET", origin + "/sandbox/requests")
    return try JSONDecoder().decode(Log.self, from: Data(answer.body.utf8)).value
      .filter { $0.path.hasSuffix(path) && (body == nil || $0.body.contains(body ?? "")) }
  }

  /// How often a token was refreshed.
  package func refreshes() async throws -> Int {
    try await requests("/token", body: "grant_type=refresh_token").count
  }
}

package struct Answer: Sendable {
  package var status: Int
  package var location: String?
  package var body: String
}

package struct UnexpectedAnswer: Error {
  package var answer: Answer
}

package struct Asked: Decodable, Sendable {
  package var method: String
  package var path: String
  package var query: String
  package var body: String
  package var status: Int?
}

extension Instant {
  /// The sandbox's tokens carry the real time, which the house must agree with.
  package static var onThisMachine: Instant {
    Instant(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
  }
}
