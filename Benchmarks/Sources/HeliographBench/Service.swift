import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1

/// A server on this machine that is asked for JSON, outside of what is measured.
struct Service: Sendable {
  var port: Int
  /// Sent as a bearer token.
  var token: String?

  var url: String { "http://127.0.0.1:\(port)" }

  /// - Parameter body: a JSON object; `nil` sends no body.
  func call<Answer: Decodable>(
    _ method: HTTPMethod, _ path: String, _ body: [String: Any]? = nil, as: Answer.Type = Answer.self
  ) async throws -> Answer {
    var request = HTTPClientRequest(url: url + path)
    request.method = method
    if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
    if let body {
      request.headers.add(name: "content-type", value: "application/json")
      request.body = .bytes(ByteBuffer(bytes: try JSONSerialization.data(withJSONObject: body)))
    }
    return try await Self.answer(to: request)
  }

  /// Throws for any status but 2xx, with what the answer says.
  static func answer<Answer: Decodable>(to request: HTTPClientRequest) async throws -> Answer {
    let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
    let answer = try await response.body.collect(upTo: 1 << 28)
    guard (200..<300).contains(response.status.code) else {
      let text = String(buffer: answer).prefix(500)
      throw Failure("\(request.method) \(request.url) answered \(response.status.code): \(text)")
    }
    return try JSONDecoder().decode(Answer.self, from: Data(answer.readableBytesView))
  }

  /// Waits until the port accepts connections; looks every half a millisecond.
  func untilListening(_ child: Child) async throws {
    for attempt in 0..<60_000 {
      if Self.accepts(port) { return }
      if attempt.isMultiple(of: 20) { try child.check() }
      try await Task.sleep(for: .microseconds(500))
    }
    throw Failure("Nobody listens on port \(port) after half a minute.")
  }

  /// A port that nobody listens on now.
  static func freePort() throws -> Int {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = loopback(0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let found = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, size) == 0 && getsockname(socket, $0, &size) == 0
      }
    }
    guard found else { throw Failure("There is no free port.") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func accepts(_ port: Int) -> Bool {
    let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(socket) }
    var address = loopback(port)
    return withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  private static func loopback(_ port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    return address
  }
}
