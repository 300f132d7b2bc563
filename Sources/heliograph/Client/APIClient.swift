import AsyncHTTPClient
import Core
import Foundation
import NIOCore
import NIOHTTP1

/// A caller of the REST API, for the commands that are its clients.
struct APIClient: Sendable {
  let url: String
  let token: Secret
  /// Where an operator's token acts; `nil` leaves it to the token.
  var workspace: String?
  let http: HTTPClient

  /// Reads HELIOGRAPH_URL, HELIOGRAPH_TOKEN and HELIOGRAPH_WORKSPACE, runs `body` and closes the connections.
  static func withEnvironment<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (APIClient) async throws -> Value
  ) async throws -> Value {
    let environment = ProcessInfo.processInfo.environment
    guard let token = environment["HELIOGRAPH_TOKEN"], !token.isEmpty else { throw Problem.noToken }
    let http = HTTPClient(eventLoopGroupProvider: .singleton)
    let url = environment["HELIOGRAPH_URL"].flatMap { $0.isEmpty ? nil : $0 } ?? "http://localhost:3000"
    if url.hasPrefix("http://"), !["localhost", "127.0.0.1", "[::1]"].contains(URL(string: url)?.host ?? "") {
      Terminal.error("heliograph: the token goes to \(url) unencrypted; use https between machines.")
    }
    let client = APIClient(
      url: url.hasSuffix("/") ? String(url.dropLast()) : url, token: Secret(token),
      workspace: environment["HELIOGRAPH_WORKSPACE"].flatMap { $0.isEmpty ? nil : $0 }, http: http)
    do {
      let value = try await body(client)
      try await http.shutdown()
      return value
    } catch {
      try? await http.shutdown()
      throw error
    }
  }

  func get(_ path: String, query: [String: String] = [:]) async throws -> APIReply {
    try await send(request(path, query))
  }

  func delete(_ path: String, query: [String: String] = [:]) async throws -> APIReply {
    var request = request(path, query)
    request.method = .DELETE
    return try await send(request)
  }

  private func request(_ path: String, _ query: [String: String]) -> HTTPClientRequest {
    var parts = URLComponents()
    parts.percentEncodedPath = path
    if !query.isEmpty {
      parts.queryItems = query.sorted { $0.key < $1.key }.map { URLQueryItem(name: $0.key, value: $0.value) }
    }
    return HTTPClientRequest(url: url + (parts.string ?? path))
  }

  func post(_ path: String, _ body: some Encodable, headers: [String: String] = [:]) async throws -> APIReply
  {
    try await send(.POST, path, body, headers)
  }

  func put(_ path: String, _ body: some Encodable) async throws -> APIReply {
    try await send(.PUT, path, body, [:])
  }

  private func send(
    _ method: HTTPMethod, _ path: String, _ body: some Encodable, _ headers: [String: String]
  ) async throws -> APIReply {
    var request = HTTPClientRequest(url: url + path)
    request.method = method
    request.headers.add(name: "Content-Type", value: "application/json")
    for (name, value) in headers { request.headers.add(name: name, value: value) }
    request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
    return try await send(request)
  }

  /// Sends a body of any length and reads the answer line by line while it is still being sent.
  func stream(
    _ path: String, _ body: HTTPClientRequest.Body, type: String,
    isolation: isolated (any Actor)? = #isolation,
    _ take: (String) -> Void
  ) async throws {
    var request = HTTPClientRequest(url: url + path)
    request.method = .POST
    request.headers.add(name: "Content-Type", value: type)
    authorize(&request)
    request.body = body
    let response: HTTPClientResponse
    do {
      response = try await http.execute(request, timeout: .hours(24))
    } catch {
      throw Problem.unreachable(url)
    }
    guard response.status == .ok else {
      let refusal = try await response.body.collect(upTo: 1 << 20)
      throw Problem(status: Int(response.status.code), body: Data(refusal.readableBytesView))
    }
    var line = ByteBuffer()
    do {
      for try await piece in response.body {
        line.writeImmutableBuffer(piece)
        while let end = line.readableBytesView.firstIndex(of: UInt8(ascii: "\n")) {
          take(line.readString(length: end - line.readerIndex) ?? "")
          line.moveReaderIndex(forwardBy: 1)
        }
        line.discardReadBytes()
      }
    } catch {
      throw Problem.unreachable(url)
    }
  }

  private func authorize(_ request: inout HTTPClientRequest) {
    request.headers.add(name: "Authorization", value: "Bearer \(token.reveal())")
    if let workspace { request.headers.add(name: "Heliograph-Workspace", value: workspace) }
  }

  private func send(_ request: HTTPClientRequest) async throws -> APIReply {
    var request = request
    authorize(&request)
    let response: HTTPClientResponse
    let body: ByteBuffer
    do {
      response = try await http.execute(request, timeout: .seconds(60))
      body = try await response.body.collect(upTo: 64 << 20)
    } catch {
      throw Problem.unreachable(url)
    }
    let data = Data(body.readableBytesView)
    guard response.status == .ok else { throw Problem(status: Int(response.status.code), body: data) }
    return APIReply(data: data)
  }
}

/// A successful answer: printed as it came with `--json`, read into a value for people.
struct APIReply: Sendable {
  let data: Data

  func read<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
    do {
      return try JSONDecoder().decode(type, from: data)
    } catch {
      throw Problem.unexpectedAnswer
    }
  }

  func printJSON() {
    Terminal.line(String(decoding: data, as: UTF8.self))
  }
}

/// Text of an address as one path segment (RFC 3986 section 3.3).
func pathSegment(_ text: String) -> String {
  // `CharacterSet.alphanumerics` would let alphabets of every script through.
  let plain = CharacterSet(
    charactersIn: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~@")
  return text.addingPercentEncoding(withAllowedCharacters: plain) ?? ""
}
