import AsyncHTTPClient
import Foundation
import Glibc
import NIOCore
import NIOHTTP1

/// What clients cost that mean harm or know no better: the processor time that the gateway spends until it has
/// dealt with them, and the most memory it ever had. Each on a gateway of its own.
struct HostileFigure {
  var bench: Bench

  /// Requests that are sent at once, and what they are called.
  private struct Load {
    var name: String
    var path = "/v1/account/a/submit"
    var method = HTTPMethod.POST
    var body: [UInt8] = []
    var count: Int
  }

  func table() async throws -> String {
    var table = Table("Load", "Processor time, ms", "Most memory, MB", "Answers")
    try await measure("nothing", into: &table) { _ in "" }
    try await measure("400 connections that say nothing", into: &table) { gateway in
      try await Self.open(400, port: gateway.service.port)
    }
    for load in loads {
      try await measure(load.name, into: &table) { try await Self.send(load, to: $0) }
    }
    return table.text
  }

  private var loads: [Load] {
    let large =
      Array(#"{"to":[{"address":"a@example.com"}],"text":""#.utf8)
      + Array(repeating: UInt8(ascii: "x"), count: 25_000_000) + Array(#""}"#.utf8)
    let faults = #"{"to":["# + Array(repeating: "{}", count: 60_000).joined(separator: ",") + "]}"
    return [
      Load(name: "20 bodies of 25 MB", body: large, count: 20),
      Load(name: "4 bodies of 25 MB", body: large, count: 4),
      Load(name: "4 bodies with 60,000 faults", body: Array(faults.utf8), count: 4),
      Load(
        name: "a query of 50 KB", path: "/v1/accounts?query=" + String(repeating: "x", count: 50_000),
        method: .GET,
        count: 1),
    ]
  }

  private func measure(
    _ name: String, into table: inout Table, _ load: (Gateway) async throws -> String
  ) async throws {
    bench.note("hostile, \(name)")
    var (time, memory) = (Samples(), Samples())
    var answers = ""
    for _ in 1...bench.rounds {
      try await Gateway.run(bench, data: bench.fresh("hostile"), microsoft: "http://127.0.0.1:1") { gateway in
        let before = try gateway.child.computed()
        answers = try await load(gateway)
        try gateway.child.check()
        time.add((try gateway.child.computed() - before).seconds * 1000)
        memory.add(Double(try gateway.child.memory().peak) / 1_000_000)
      }
    }
    table.add(name, time.text(), memory.text(), answers)
  }

  /// Statuses and how often each came.
  private static func send(_ load: Load, to gateway: Gateway) async throws -> String {
    let statuses = await withTaskGroup(of: UInt.self) { group in
      for _ in 0..<load.count {
        group.addTask {
          var request = HTTPClientRequest(url: gateway.service.url + load.path)
          request.method = load.method
          request.headers = ["authorization": "Bearer \(Gateway.token)", "content-type": "application/json"]
          if load.method == .POST { request.body = .bytes(ByteBuffer(bytes: load.body)) }
          let response = try? await HTTPClient.shared.execute(request, timeout: .seconds(120))
          _ = try? await response?.body.collect(upTo: 1 << 26)
          return response?.status.code ?? 0
        }
      }
      return await group.reduce(into: [UInt: Int]()) { $0[$1, default: 0] += 1 }
    }
    return statuses.sorted { $0.key < $1.key }.map { "\($0.value) × \($0.key)" }.joined(separator: ", ")
  }

  /// Opens connections on which a request never ends, and asks whether the gateway is well beside them.
  private static func open(_ count: Int, port: Int) async throws -> String {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    let descriptors = (0..<count).map { _ in
      let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      withUnsafePointer(to: &address) { pointer in
        _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      _ = Glibc.send(descriptor, "GET /health HT", 14, Int32(MSG_NOSIGNAL))
      return descriptor
    }
    defer { for descriptor in descriptors { close(descriptor) } }
    let health = HTTPClientRequest(url: "http://127.0.0.1:\(port)/health")
    let response = try? await HTTPClient.shared.execute(health, timeout: .seconds(30))
    return "then \(response?.status.code ?? 0)"
  }
}
