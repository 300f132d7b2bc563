import Core
import NIOCore
import Testing

@testable import Web

/// The server as a hostile or clumsy client sees it.
@Suite struct ServerTests {
  private static let good = "GET /client HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

  @Test(arguments: ["", "GET / HT", "POST /count HTTP/1.1\r\nHost: x\r\nX-A: b\r\n"])
  func `a header that never ends closes the connection`(start: String) async throws {
    try await ServerHarness.run({ $0.headTimeout = .milliseconds(200) }) { server in
      let answer = try await server.exchange(start)
      #expect(answer.isEmpty)
    }
  }

  @Test func `a header that comes byte by byte is not waited for longer`() async throws {
    try await ServerHarness.run({ $0.headTimeout = .milliseconds(300) }) { server in
      let client = try await server.connect()
      client.send("GET /client HTTP/1.1\r\nX-A: ")
      client.trickle("x", every: .milliseconds(20))
      let answer = await client.everything()
      #expect(answer.isEmpty)
    }
  }

  @Test func `a body that stops closes the connection`() async throws {
    try await ServerHarness.run({ $0.bodyTimeout = .milliseconds(200) }) { server in
      let answer = try await server.exchange(
        "POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
      #expect(answer.isEmpty)
      #expect(server.log.complaints.isEmpty)
    }
  }

  @Test func `an unused connection is closed, and a second request on it has the time of a first`()
    async throws
  {
    try await ServerHarness.run({ $0.idleTimeout = .seconds(5) }) { server in
      let client = try await server.connect()
      for round in 1...2 {
        client.send("GET /client HTTP/1.1\r\nHost: x\r\n\r\n")
        await client.receive("HTTP/1.1 200", times: round)
      }
      let answers = await client.everything()
      #expect(answers.ranges(of: "HTTP/1.1 200").count == 2)
    }
  }

  @Test func `a client that waits to be asked for its body is asked`() async throws {
    try await ServerHarness.run { server in
      let client = try await server.connect()
      for round in 1...2 {
        client.send("POST /count HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n")
        await client.receive("HTTP/1.1 100 Continue\r\n\r\n", times: round)
        client.send("abc")
        await client.receive("HTTP/1.1 200", times: round)
      }
      await client.close()
    }
  }

  @Test(arguments: ["gzip, chunked", "chunked, chunked", "identity, chunked"])
  func `a transfer coding other than chunked is refused`(coding: String) async throws {
    try await ServerHarness.run { server in
      let answer = try await server.exchange(
        "POST /count HTTP/1.1\r\nHost: x\r\nConnection: close\r\nTransfer-Encoding: \(coding)\r\n\r\n0\r\n\r\n"
      )
      #expect(answer.hasPrefix("HTTP/1.1 400"), "\(answer)")
    }
  }

  @Test func `a refused body leaves the connection usable`() async throws {
    try await ServerHarness.run { server in
      let client = try await server.connect()
      client.send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 4000000\r\n\r\n")
      await client.receive("token.missing")
      try await client.send(bytes: 4_000_000)
      client.send(Self.good)
      let answers = await client.everything()
      #expect(answers.hasPrefix("HTTP/1.1 401"))
      #expect(answers.contains("HTTP/1.1 200"))
    }
  }

  @Test(arguments: ["Connection: close\r\n", "Connection: Close\r\n", ""])
  func `a client that writes all of a refused body first reads the answer`(header: String) async throws {
    try await ServerHarness.run { server in
      let client = try await server.connect()
      client.send("POST /refuse HTTP/1.1\r\nHost: x\r\n\(header)Content-Length: 25000000\r\n\r\n")
      try await client.send(bytes: 25_000_000)
      let answer = await client.receive("token.missing")
      #expect(answer.hasPrefix("HTTP/1.1 401"))
      if header.isEmpty { await client.close() }
      await client.everything()
    }
  }

  @Test func `a refused body that does not end closes the connection`() async throws {
    try await ServerHarness.run({ $0.drainTimeout = .milliseconds(200) }) { server in
      let answer = try await server.exchange(
        "POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc")
      #expect(answer.hasPrefix("HTTP/1.1 401"))
    }
    try await ServerHarness.run({ $0.drainBytes = 1 << 20 }) { server in
      let client = try await server.connect()
      client.send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
      await client.receive("token.missing")
      let failure = await #expect(throws: (any Error).self) { try await client.send(bytes: 100_000_000) }
      #expect(failure != nil)
    }
  }

  @Test(arguments: [
    "GET /client HTTP/1.1\r\n\r\n", "GET /client HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "GET /client HTTP/1.1\r\nHost: a\r\nhOST: b\r\n\r\n", "NONSENSE\r\n\r\n",
    "GET /client HTTP/1.1\r\nHost x\r\n\r\n",
    "GET client HTTP/1.1\r\nHost: x\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}\u{1}",
  ])
  func `a header that is not valid HTTP is answered with 400 and the connection closed`(text: String)
    async throws
  {
    try await ServerHarness.run { server in
      let answer = try await server.exchange(text)
      #expect(answer.hasPrefix("HTTP/1.1 400"))
      #expect(answer.ranges(of: "HTTP/1.1").count == 1)
      #expect(server.log.complaints.isEmpty)
    }
  }

  @Test(arguments: [
    "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX\r\n0\r\n\r\n",
    "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
  ])
  func `a body that is not valid HTTP is answered with 400 and not logged as ours`(rest: String) async throws
  {
    try await ServerHarness.run { server in
      let client = try await server.connect()
      client.send("POST /count HTTP/1.1\r\nHost: x\r\n" + rest)
      let answer = await client.receive("request.malformed")
      #expect(answer.hasPrefix("HTTP/1.1 400"))
      #expect(answer.contains("request.malformed"))
      #expect(server.log.complaints.isEmpty)
      await client.close()
    }
  }

  @Test(arguments: ["a=%zz", "a=1&a=2"])
  func `a form that cannot be read is answered with 400 and not logged as ours`(form: String) async throws {
    try await ServerHarness.run { server in
      let answer = try await server.exchange(
        "POST /form HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: \(form.utf8.count)\r\n\r\n"
          + form)
      #expect(answer.hasPrefix("HTTP/1.1 400"))
      #expect(server.log.complaints.isEmpty)
    }
  }

  @Test func `HTTP/1.0 needs no Host and closes`() async throws {
    try await ServerHarness.run { server in
      let answer = try await server.exchange("GET /client HTTP/1.0\r\n\r\n")
      #expect(answer.contains(" 200 "))
    }
  }

  @Test(arguments: ["GET /client", "GET /nowhere", "POST /refuse"])
  func `every answer says that its type is meant`(line: String) async throws {
    try await ServerHarness.run { server in
      let answer = try await server.exchange("\(line) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
      #expect(answer.lowercased().contains("x-content-type-options: nosniff"))
    }
  }

  @Test func `bodies over the budget are told to come again, and their memory is free afterwards`()
    async throws
  {
    try await ServerHarness.run(bodyMemory: 4 << 20) { server in
      let (first, second) = (try await server.connect(), try await server.connect())
      first.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n")
      try await first.send(bytes: 2_900_000)
      let isTaken = Task { while server.budget.bytesInUse < 2_900_000 { await Task.yield() } }
      await isTaken.value
      second.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n")
      try await second.send(bytes: 3_000_000)
      let refused = await second.receive("server.busy").lowercased()
      #expect(refused.hasPrefix("http/1.1 503"))
      #expect(refused.contains("retry-after: 2"))
      second.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n0123456789")
      let small = await second.receive("HTTP/1.1 200")
      #expect(small.contains("HTTP/1.1 200"), "a small one is taken")
      try await first.send(bytes: 100_000)
      let complete = await first.receive("3000000")
      #expect(complete.hasPrefix("HTTP/1.1 200"))
      await second.close()
      await first.close()
      while server.budget.bytesInUse > 0 { await Task.yield() }
    }
  }

  @Test(.timeLimit(.minutes(10)))
  func `an answer that nobody reads ends the connection`() async throws {
    try await ServerHarness.run({
      ($0.bodyTimeout, $0.slowestBody) = (.milliseconds(100), 1 << 30)
      ($0.headTimeout, $0.idleTimeout) = (.hours(1), .hours(1))
    }) { server in
      let client = try await RawClient(port: server.port, reads: false)
      client.send("GET /large HTTP/1.1\r\nHost: x\r\n\r\nGET / HTTP/1.1\r\nX: ")
      client.trickle("x", every: .milliseconds(20))
      await client.ended()
    }
  }

  @Test func `hundreds that say nothing take no place from one that does`() async throws {
    try await ServerHarness.run({ $0.connections = 8 }) { server in
      var silent: [RawClient] = []
      for _ in 0..<40 { silent.append(try await server.connect()) }
      for client in silent { client.send("GET / HT") }
      let answer = try await server.exchange(Self.good)
      #expect(answer.contains(" 200 "))
      #expect(server.log.complaints == ["Connections are refused or closed: all connections are in use."])
      for client in silent { await client.close() }
    }
  }
}
