import Foundation
import Glibc
import NIOHTTP1
import Testing

/// Clients that take without giving, against the built program with 300 descriptors.
@Suite struct HostileClientTests {
  @Test func `Four hundred connections that say nothing keep nobody out`() async throws {
    try await withGateway { gateway in
      let silent = try (0..<400).map { _ in try HalfOpen(port: gateway.port) }
      defer { for connection in silent { connection.close() } }
      // A connection that the client had kept open may be among those that are closed.
      try await eventually("the gateway answers beside them") {
        (try? await gateway.http.send("GET", gateway.origin + "/health"))?.status == 200
      }
      #expect(gateway.child.isRunning)
      #expect(gateway.child.errors.ranges(of: "Connections are refused or closed").count == 1)
      #expect(!gateway.child.errors.contains("Waiting on child channel"))
    }
  }

  @Test(arguments: [("", ""), (#"{"to":{"address":"a@b.test"},"attachments":[{"content":""#, #""}]}"#)])
  func `Twenty large bodies at once are answered or told to come again`(start: String, end: String)
    async throws
  {
    try await withGateway { gateway in
      let body = start + String(repeating: "x", count: 25_000_000) + end
      let answers = try await withThrowingTaskGroup(of: Answer.self) { group in
        for number in 0..<20 {
          // Every other one has no right to send anything.
          let token = number.isMultiple(of: 2) ? gateway.token : "wrong"
          group.addTask {
            try await gateway.http.send(
              "POST", gateway.origin + "/v1/account/a/submit",
              headers: [("Authorization", "Bearer " + token), ("Content-Type", "application/json")],
              body: body)
          }
        }
        return try await group.reduce(into: [Answer]()) { $0.append($1) }
      }
      #expect(answers.filter { $0.status == 401 }.count == 10)
      // There is no such account, which is told when the body has been read.
      #expect(answers.filter { [400, 404, 413, 503].contains($0.status) }.count == 10)
      for answer in answers where answer.status == 503 {
        #expect(answer.headers.first(name: "Retry-After") != nil)
      }
      #expect(try gateway.peakMemory() < 300_000_000)
    }
  }

  @Test func `The limit of open files is raised as far as the system allows`() async throws {
    try await withGateway(limit: "-S -n") { gateway in
      let limits = try String(contentsOfFile: "/proc/\(gateway.child.pid)/limits", encoding: .utf8)
      let line = try #require(limits.split(separator: "\n").first { $0.hasPrefix("Max open files") })
      let numbers = line.split(separator: " ").compactMap { Int($0) }
      #expect(numbers.count == 2 && numbers[0] == numbers[1] && numbers[0] > 300, "\(line)")
    }
  }

  private struct Gateway: Sendable {
    let child: Child
    let http: HTTP
    let port: Int
    let token: String

    var origin: String { "http://127.0.0.1:\(port)" }

    /// Bytes (proc(5), VmHWM).
    func peakMemory() throws -> Int {
      let status = try String(contentsOfFile: "/proc/\(child.pid)/status", encoding: .utf8)
      let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      let words = line?.split(whereSeparator: \.isWhitespace) ?? []
      return try #require(words.count > 1 ? Int(words[1]) : nil) * 1024
    }
  }

  /// A gateway of its own that cannot reach Microsoft, with `ulimit -n 300`.
  private func withGateway(limit: String = "-n", _ body: (Gateway) async throws -> Void) async throws {
    try await withFolder { folder in
      try await HTTP.run { http in
        let (port, token) = (FreePort.take(), "prepared-" + UUID().uuidString + UUID().uuidString)
        let child = try await Child(
          URL(filePath: "/bin/sh"),
          [
            "-c", #"ulimit \#(limit) 300 && exec "$0" "$@""#, Program.heliograph.path, "serve", "--port",
            "\(port)",
            "--data", folder.appending(path: "gateway").path, "--microsoft", "http://127.0.0.1:1",
          ], environment: ["HELIOGRAPH_PREPARED_TOKEN": token], name: "gateway", folder: folder)
        let gateway = Gateway(child: child, http: http, port: port, token: token)
        try await eventually("the gateway answers: \(child.errors)") {
          (try? await http.send("GET", gateway.origin + "/health"))?.status == 200
        }
        let result: Result<Void, any Error>
        do { result = .success(try await body(gateway)) } catch { result = .failure(error) }
        try await child.killHard()
        try result.get()
      }
    }
  }
}

/// A connection whose request never ends.
private struct HalfOpen {
  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    let connected = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
    guard connected else {
      throw UnexpectedAnswer(description: "connect: \(String(cString: strerror(errno)))")
    }
    _ = send(descriptor, "GET /health HT", 14, Int32(MSG_NOSIGNAL))
  }

  func close() { _ = Glibc.close(descriptor) }
}
