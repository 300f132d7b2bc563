import AsyncHTTPClient
import ContractTesting
import Foundation
import NIOCore
import NIOHTTP1
import Testing

/// Sends requests as they are said: follows no redirect, repeats nothing.
struct HTTP: Sendable {
  let client: HTTPClient

  /// An HTTP client for the length of `body`.
  static func run<Value: Sendable>(_ body: (HTTP) async throws -> Value) async throws -> Value {
    var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
    configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 128
    configuration.connectionPool.retryConnectionEstablishment = false
    let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(HTTP(client: client)))
    } catch {
      result = .failure(error)
    }
    try await client.shutdown()
    return try result.get()
  }

  func send(
    _ method: String, _ url: String, headers: [(String, String)] = [], body: String? = nil
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url)
    request.method = HTTPMethod(rawValue: method)
    request.headers = HTTPHeaders(headers)
    if let body { request.body = .bytes(ByteBuffer(string: body)) }
    let response = try await client.execute(request, timeout: .seconds(patience.components.seconds))
    let bytes = try await response.body.collect(upTo: 256 << 20)
    let differences = ContractCheck.differences(
      method: method, target: Self.target(of: url), status: Int(response.status.code),
      body: bytes.readableBytesView)
    #expect(differences == [], "\(method) \(url): \(String(buffer: bytes).prefix(2000))")
    return Answer(
      url: url, status: Int(response.status.code), headers: response.headers, body: String(buffer: bytes))
  }

  /// What stands in the request line.
  private static func target(of url: String) -> String {
    guard let scheme = url.range(of: "://") else { return url }
    return String(url[scheme.upperBound...].drop { $0 != "/" })
  }

  func send(_ method: String, _ url: String, json: JSON) async throws -> Answer {
    try await send(method, url, headers: [("Content-Type", "application/json")], body: json.written)
  }
}

struct Answer: Sendable, CustomStringConvertible {
  let url: String
  let status: Int
  let headers: HTTPHeaders
  let body: String

  var json: JSON { (try? JSONDecoder().decode(JSON.self, from: Data(body.utf8))) ?? .null }
  var description: String { "\(status) from \(url): \(body.prefix(2000))" }

  /// The body as JSON.
  ///
  /// - Throws: `UnexpectedAnswer` when the status is another.
  func expect(_ expected: Int = 200) throws -> JSON {
    guard status == expected else { throw UnexpectedAnswer(description: "not \(expected), but \(self)") }
    return json
  }
}

struct UnexpectedAnswer: Error, CustomStringConvertible {
  let description: String
}

extension JSON {
  var written: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? "null"
  }
}
