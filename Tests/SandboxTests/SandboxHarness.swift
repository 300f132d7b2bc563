import AsyncHTTPClient
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOSSL
import ServiceLifecycle

@testable import Sandbox

/// A running sandbox on a free port, and a client that follows no redirect.
struct SandboxHarness {
  let state: SandboxState
  let ports: SandboxPorts
  let client: HTTPClient
  /// Where `ca.pem` is; `nil` without TLS.
  let dataDirectory: URL?

  var origin: String { "http://localhost:\(ports.http)" }
  var secureOrigin: String { "https://localhost:\(ports.https ?? 0)" }

  /// One for all tests: making them takes longer than most of them.
  private static let signingKey = Result { try SigningKey() }
  private static let clientKey = Result { try ClientKey() }

  /// Starts a sandbox, runs `body` against it, and stops it.
  static func run<Value: Sendable>(
    configuration: SandboxConfiguration = SandboxConfiguration(), clock: SandboxClock = SandboxClock(),
    _ body: @escaping @Sendable (SandboxHarness) async throws -> Value
  ) async throws -> Value {
    var configuration = configuration
    configuration.port = 0
    let state = try SandboxState(clock: clock, signingKey: signingKey.get(), clientKey: clientKey.get())
    let (listening, continuation) = AsyncStream.makeStream(of: SandboxPorts.self)
    var logger = Logger(label: "sandbox")
    logger.logLevel = .error
    let server = try SandboxServer(configuration: configuration, state: state, logger: logger) {
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
      var settings = HTTPClient.Configuration(redirectConfiguration: .disallow)
      if let directory = configuration.dataDirectory {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .file(directory.appending(path: "ca.pem").path)
        settings.tlsConfiguration = tls
      }
      let client = HTTPClient(configuration: settings)
      let outcome: Result<Value, any Error>
      do {
        outcome = .success(
          try await body(
            SandboxHarness(
              state: state, ports: ports, client: client, dataDirectory: configuration.dataDirectory)))
      } catch {
        outcome = .failure(error)
      }
      try await client.shutdown()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      return try outcome.get()
    }
  }

  /// The same with a TLS listener, whose authority the client trusts.
  static func runWithTLS<Value: Sendable>(
    _ body: @escaping @Sendable (SandboxHarness) async throws -> Value
  ) async throws -> Value {
    var configuration = SandboxConfiguration()
    configuration.tlsPort = 0
    let directory = URL.temporaryDirectory.appending(path: "sandbox-\(UUID().uuidString)")
    configuration.dataDirectory = directory
    defer { try? FileManager.default.removeItem(at: directory) }
    return try await run(configuration: configuration, body)
  }

  func get(_ path: String, headers: [String: String] = [:]) async throws -> Answer {
    try await send("GET", path, headers: headers, body: nil)
  }

  func postJSON(_ path: String, _ body: String) async throws -> Answer {
    try await send("POST", path, headers: ["content-type": "application/json"], body: body)
  }

  func postForm(
    _ path: String, _ fields: [(String, String)], headers: [String: String] = [:]
  ) async throws -> Answer {
    let body = FormFields(fields.map { (name: $0.0, value: $0.1) }).urlEncoded
    let type = ["content-type": "application/x-www-form-urlencoded"]
    return try await send("POST", path, headers: type.merging(headers) { $1 }, body: body)
  }

  /// - Parameter path: a path at the sandbox's plain origin, or a whole URL.
  func send(
    _ method: String, _ path: String, headers: [String: String], body: String?
  ) async throws -> Answer {
    try await send(method, path, headers: headers, bytes: body.map { Array($0.utf8) })
  }

  func send(
    _ method: String, _ path: String, headers: [String: String], bytes: [UInt8]?
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: path.hasPrefix("http") ? path : origin + path)
    request.method = HTTPMethod(rawValue: method)
    for (name, value) in headers { request.headers.replaceOrAdd(name: name, value: value) }
    if let bytes { request.body = .bytes(ByteBuffer(bytes: bytes)) }
    let response = try await client.execute(request, timeout: .seconds(30))
    let bytes = try await response.body.collect(upTo: 256 << 20)
    return Answer(
      status: Int(response.status.code), headers: response.headers, bytes: Array(bytes.readableBytesView))
  }
}

struct Answer: Sendable {
  var status: Int
  var headers: HTTPHeaders
  var bytes: [UInt8]
  var body: String { String(decoding: bytes, as: UTF8.self) }

  var json: [String: Any] {
    (try? JSONSerialization.jsonObject(with: Data(body.utf8))) as? [String: Any] ?? [:]
  }

  func decoded<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    try JSONDecoder().decode(type, from: Data(body.utf8))
  }
}
