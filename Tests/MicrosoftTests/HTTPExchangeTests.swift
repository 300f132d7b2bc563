import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

@testable import HTTP
@testable import Microsoft

@Suite struct HTTPExchangeTests {
  @Test func `a port on which nobody listens sends nothing`() async throws {
    let port = try await WireServer.refusedPort()
    for host in ["127.0.0.1", "localhost"] {
      #expect(try await failure("http://\(host):\(port)/") == HTTPFailure(wasSent: false, reason: .refused))
    }
  }

  @Test func `a name that cannot be resolved sends nothing`() async throws {
    // A label over 63 bytes fails before any name server is asked.
    let name = String(repeating: "a", count: 64) + ".test"
    #expect(try await failure("http://\(name)/") == HTTPFailure(wasSent: false, reason: .nameUnknown))
  }

  @Test func `a TLS handshake that is answered with garbage sends nothing`() async throws {
    try await WireServer.run(greeting: .garbage("220 mail.example ESMTP\r\n")) { server in
      let failure = try await failure("https://127.0.0.1:\(server.port)/")
      #expect(failure == HTTPFailure(wasSent: false, reason: .untrusted))
    }
  }

  @Test func `a TLS handshake that is cut off sends nothing`() async throws {
    try await WireServer.run(greeting: .hangUp) { server in
      let failure = try await failure("https://127.0.0.1:\(server.port)/")
      #expect(failure.wasSent == false)
    }
  }

  @Test func `a TLS handshake that never ends sends nothing`() async throws {
    try await WireServer.run { server in
      var configuration = HTTPExchange.Configuration()
      configuration.connectTimeout = .milliseconds(200)
      let failure = try await failure("https://127.0.0.1:\(server.port)/", configuration)
      #expect(failure == HTTPFailure(wasSent: false, reason: .connectTimeout))
    }
  }

  @Test func `a server that hangs up after reading the request has it`() async throws {
    try await WireServer.run(react: { _ in .hangUp }) { server in
      let failure = try await failure(server.origin)
      #expect(failure == HTTPFailure(wasSent: true, reason: .closed))
      #expect(server.requests.count == 1)
    }
  }

  @Test func `a server that never answers has the request`() async throws {
    try await WireServer.run(react: { _ in .silence }) { server in
      var configuration = HTTPExchange.Configuration()
      configuration.exchangeTimeout = .seconds(1)
      let failure = try await failure(server.origin, configuration)
      #expect(failure == HTTPFailure(wasSent: true, reason: .timeout))
      await server.waitForRequests(1)
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: ["HTTP/1.1 20", "not HTTP at all\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-len"])
  func `a reply that ends or fails before its status is known is lost`(start: String) async throws {
    try await WireServer.run(react: { _ in .raw(start) }) { server in
      let failure = try await failure(server.origin)
      #expect(failure.wasSent)
    }
  }

  @Test func `a reply that ends in its body is known by its status`() async throws {
    let half = "HTTP/1.1 202 Accepted\r\nrequest-id: r1\r\ncontent-length: 10\r\n\r\n{\"a\""
    try await WireServer.run(react: { _ in .raw(half) }) { server in
      let reply = try await withHTTP { try await $0.send(post(server.origin)) }
      #expect(reply.status == 202)
      #expect(reply.headers.first(name: "request-id") == "r1")
      #expect(reply.cut != nil)
    }
  }

  @Test func `a reply over the limit is read no further`() async throws {
    let page = String(repeating: "x", count: 1 << 20)
    try await WireServer.run(react: { _ in .answer(200, body: page) }) { server in
      var request = post(server.origin)
      request.replyLimit = 1 << 16
      let reply = try await withHTTP { [request] in try await $0.send(request) }
      #expect(reply.status == 200)
      #expect(reply.cut == .tooLarge)
      #expect(reply.body.count <= 1 << 16)
    }
  }

  @Test func `a redirect is a reply and is not followed`() async throws {
    try await WireServer.run(react: { _ in .answer(307, headers: ["location": "/elsewhere"]) }) { server in
      let reply = try await withHTTP { try await $0.send(post(server.origin)) }
      #expect(reply.status == 307)
      #expect(server.requests.count == 1)
    }
  }

  @Test func `a connection that dies between two requests loses the second and repeats nothing`() async throws
  {
    try await WireServer.run(react: { $0.target == "/2" ? .hangUp : .answer(200) }) { server in
      try await withHTTP { http in
        _ = try await http.send(post(server.origin + "/1"))
        await #expect(throws: HTTPFailure(wasSent: true, reason: .closed)) {
          try await http.send(post(server.origin + "/2"))
        }
        _ = try await http.send(post(server.origin + "/3"))
      }
      #expect(server.requests.map(\.target) == ["/1", "/2", "/3"])
    }
  }

  @Test func `a connection that has been idle is closed by us`() async throws {
    try await WireServer.run(react: { _ in .answer(200) }) { server in
      var configuration = HTTPExchange.Configuration()
      configuration.idleTimeout = .milliseconds(100)
      try await withHTTP(configuration) { http in
        _ = try await http.send(post(server.origin))
        await server.waitForClose()
      }
    }
    #expect(HTTPExchange.idleTimeout <= .seconds(5))
  }

  @Test func `a cancelled request that had left is lost`() async throws {
    try await WireServer.run(react: { _ in .silence }) { server in
      try await withHTTP { http in
        let task = Task { try await http.send(post(server.origin)) }
        await server.waitForRequests(1)
        task.cancel()
        await #expect(throws: HTTPFailure(wasSent: true, reason: .cancelled)) { try await task.value }
      }
    }
  }

  @Test func `a task that is already cancelled sends nothing`() async throws {
    try await WireServer.run(react: { _ in .answer(200) }) { server in
      try await withHTTP { http in
        let task = Task {
          while !Task.isCancelled { await Task.yield() }
          return try await http.send(post(server.origin))
        }
        task.cancel()
        await #expect(throws: HTTPFailure(wasSent: false, reason: .cancelled)) { try await task.value }
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test func `what is said not to have left never arrives`() async throws {
    try await WireServer.run(react: { _ in .silence }) { server in
      var failures: [Int: HTTPFailure] = [:]
      try await withHTTP { http in
        await withTaskGroup(of: (Int, HTTPFailure?).self) { group in
          for number in 0..<300 {
            let request = post(server.origin + "/\(number)")
            group.addTask {
              let task = Task { await Self.failure(of: request, http) }
              // Anywhere between not yet connected and waiting for the reply.
              for _ in 0..<(number * 3) { await Task.yield() }
              task.cancel()
              return (number, await task.value)
            }
          }
          for await (number, failure) in group { failures[number] = failure }
        }
      }
      let arrived = Set(server.requests.map(\.target))
      #expect(failures.count == 300)
      for (number, failure) in failures where !failure.wasSent { #expect(!arrived.contains("/\(number)")) }
    }
  }

  @Test func `on all event loops, what is said not to have left never arrives`() async throws {
    let farewell = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"
    let react: @Sendable (WireServer.Request) -> WireServer.Reaction = { request in
      switch Int(request.target.dropFirst()).map({ $0 % 4 }) {
      case 0: .answer(200)
      // The connection may be taken for the next request before its end is seen.
      case 1: .raw(farewell)
      case 2: .hangUp
      default: .raw("HTTP/1.1 2")
      }
    }
    var failures: [Int: HTTPFailure] = [:]
    try await WireServer.run(react: react) { server in
      try await withHTTP { http in
        await withTaskGroup(of: (Int, HTTPFailure?).self) { group in
          for number in 0..<1000 {
            if number >= 64, let (number, failure) = await group.next() { failures[number] = failure }
            let request = post(server.origin + "/\(number)")
            group.addTask { (number, await Self.failure(of: request, http)) }
          }
          for await (number, failure) in group { failures[number] = failure }
        }
      }
      let arrived = Set(server.requests.map(\.target))
      #expect(arrived.count == server.requests.count, "nothing is sent twice")
      for number in 0..<1000 {
        guard let failure = failures[number] else {
          #expect(number % 4 < 2, "only what was answered did not fail")
          continue
        }
        if !failure.wasSent { #expect(!arrived.contains("/\(number)")) }
      }
    }
    try await WireServer.run(greeting: .hangUp, react: react) { server in
      try await withHTTP { http in
        await withTaskGroup(of: (Int, HTTPFailure?).self) { group in
          for number in 0..<200 {
            let request = post(server.origin + "/\(number * 4)")
            group.addTask { (number, await Self.failure(of: request, http)) }
          }
          for await (number, failure) in group {
            if server.requests.contains(where: { $0.target == "/\(number * 4)" }) {
              #expect(failure?.wasSent != false)
            }
          }
        }
      }
    }
  }

  @Test func `requests spread over the event loops, and few stay on the first`() {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 3)
    defer { group.shutdownGracefully { _ in } }
    let loops = LoopChooser(group)
    let all = group.makeIterator().map { ObjectIdentifier($0) }
    let places = (0..<6).map { _ in loops.take() }
    #expect(places.map { ObjectIdentifier($0.loop) } == all + all)
    loops.giveBack(places[4])
    #expect(ObjectIdentifier(loops.take().loop) == all[1])
    for place in places where place.loop !== places[4].loop { loops.giveBack(place) }
    #expect(ObjectIdentifier(loops.take().loop) == all[0])
  }

  @Test func `shutting down ends what is in flight`() async throws {
    try await WireServer.run(react: { _ in .silence }) { server in
      let http = try HTTPExchange()
      let task = Task { try await http.send(post(server.origin)) }
      await server.waitForRequests(1)
      try await http.shutdown()
      await #expect(throws: HTTPFailure(wasSent: true, reason: .cancelled)) { try await task.value }
    }
  }

  @Test func `each request says who asks and carries an id for Microsoft's support`() async throws {
    try await WireServer.run(react: { _ in .answer(200) }) { server in
      try await withHTTP { http in
        for _ in 0..<2 {
          _ = try await http.send(HTTPRequest(method: .POST, url: server.origin + "/a%2Fb%3D?q=%27"))
        }
      }
      let requests = server.requests
      #expect(requests.map(\.target) == ["/a%2Fb%3D?q=%27", "/a%2Fb%3D?q=%27"])
      #expect(requests.allSatisfy { $0.headers["user-agent"] == "Heliograph/test" })
      #expect(requests.allSatisfy { $0.headers["content-length"] == "0" })
      #expect(Set(requests.compactMap { $0.headers["client-request-id"] }).count == 2)
    }
  }

  private static func failure(of request: HTTPRequest, _ http: HTTPExchange) async -> HTTPFailure? {
    do throws(HTTPFailure) {
      _ = try await http.send(request)
      return nil
    } catch {
      return error
    }
  }

  private func post(_ url: String) -> HTTPRequest {
    HTTPRequest(method: .POST, url: url, body: Array("body".utf8))
  }

  /// How a POST to `url` fails.
  private func failure(
    _ url: String, _ configuration: HTTPExchange.Configuration = .init()
  ) async throws -> HTTPFailure {
    try await withHTTP(configuration) { http in
      try #require(await #expect(throws: HTTPFailure.self) { try await http.send(post(url)) })
    }
  }
}
