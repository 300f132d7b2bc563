import Foundation
import Logging
import Testing

@testable import Core
@testable import Sandbox

@Suite struct ShellTests {
  @Test func `The directory lists every kind of tenant, user and app`() async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.get("/sandbox/directory")
      #expect(answer.status == 200)
      let directory = sandbox.state.directory
      #expect((answer.json["tenants"] as? [Any])?.count == directory.tenants.count)
      #expect((answer.json["users"] as? [Any])?.count == directory.users.count)
      #expect(Set(directory.users.map(\.kind)) == [.work, .shared, .personal])
      #expect(directory.users.contains { !$0.hasMailbox })
      #expect(Set(directory.apps.map(\.kind)) == [.web, .native, .daemon])
      #expect(Set(directory.apps.map(\.clientId)).count == directory.apps.count)
      let apps = answer.json["apps"] as? [[String: Any]] ?? []
      #expect(apps.allSatisfy { $0.keys.contains("secret") })
    }
  }

  @Test(arguments: ["evil.test", "localhost.evil.test", "localhost:x", "10.0.0.1", "127.0.0.1.evil.test"])
  func `A request for another host is misdirected`(host: String) async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.get("/sandbox/directory", headers: ["host": host])
      #expect(answer.status == 421)
    }
  }

  @Test(arguments: ["localhost", "LOCALHOST:80", "127.0.0.1", "127.9.9.9:1", "[::1]:4000", "login.localhost"])
  func `The loopback names are answered`(host: String) async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.get("/sandbox/directory", headers: ["host": host])
      #expect(answer.status == 200)
    }
  }

  @Test func `A control request is JSON and comes from no other page`() async throws {
    try await SandboxHarness.run { sandbox in
      let plain = try await sandbox.send(
        "POST", "/sandbox/consents", headers: ["content-type": "text/plain"], body: "{}")
      #expect(plain.status == 415)
      let foreign = try await sandbox.send(
        "POST", "/sandbox/reset", headers: ["origin": "https://evil.test"], body: nil)
      #expect(foreign.status == 403)
    }
  }

  @Test func `A host that others reach needs consent`() throws {
    let state = try SandboxState()
    var configuration = SandboxConfiguration()
    configuration.host = "0.0.0.0"
    #expect(throws: Problem.self) {
      _ = try SandboxServer(configuration: configuration, state: state, logger: Logger(label: "sandbox"))
    }
    configuration.allowRemote = true
    _ = try SandboxServer(configuration: configuration, state: state, logger: Logger(label: "sandbox"))
  }

  @Test func `A port in use is a problem with its number`() async throws {
    try await SandboxHarness.run { sandbox in
      var configuration = SandboxConfiguration()
      configuration.port = sandbox.ports.http
      let second = try SandboxServer(
        configuration: configuration, state: sandbox.state, logger: Logger(label: "sandbox"))
      let problem = await #expect(throws: Problem.self) { try await second.run() }
      #expect(problem?.summary.contains(String(sandbox.ports.http)) == true)
    }
  }
}
