import Foundation
import Testing

@testable import Sandbox

@Suite struct RequestLogTests {
  @Test func `What was asked and answered is kept, newest last`() async throws {
    try await SandboxHarness.run { sandbox in
      _ = try await sandbox.get("/common/v2.0/.well-known/openid-configuration?x=1")
      let wrong = try await sandbox.token(
        segment: "contoso.test", app: Apps.daemon,
        ["grant_type": "client_credentials", "client_secret": "planted-secret"])
      _ = try await sandbox.get("/common/nothing")
      let log = sandbox.state.log.entries
      #expect(log.map(\.method) == ["GET", "POST", "GET"])
      #expect(log.map(\.status) == [200, 401, 404])
      #expect(log.first?.query == "x=1")
      #expect(log[1].path == "/contoso.test/oauth2/v2.0/token")
      #expect(log[1].body.contains("client_secret=planted-secret"))
      #expect(log[1].headers["content-type"] == "application/x-www-form-urlencoded")
      #expect(log[1].headers["host"] == "localhost:\(sandbox.ports.http)")
      #expect(log[1].responseBody == wrong.body)
    }
  }

  @Test func `The sandbox's own requests and pages are left out`() async throws {
    try await SandboxHarness.run { sandbox in
      _ = try await sandbox.get("/sandbox/directory")
      _ = try await sandbox.get("/")
      let entries = sandbox.state.log.entries
      #expect(entries.isEmpty)
    }
  }

  @Test func `The log says whom a request was about, also at Entra`() async throws {
    try await SandboxHarness.run { sandbox in
      let token = try await sandbox.refreshToken("bob@contoso.test")
      _ = try await sandbox.refresh(token)
      _ = try await sandbox.graph("GET", "/users/info@contoso.test", token: try sandbox.appToken())
      let users = sandbox.state.log.entries.suffix(2).map(\.user)
      #expect(users == ["bob@contoso.test", "info@contoso.test"])
    }
  }

  @Test func `Numbers go on after a reset, and an excerpt holds what is newer and matches`() {
    let log = RequestLog()
    for number in 1...5 { log.append(entry("/\(number)", body: "")) }
    #expect(log.excerpt(2) { _ in true }.entries.map(\.number) == [5, 4])
    #expect(log.excerpt(9, after: 3) { _ in true }.entries.map(\.number) == [5, 4])
    let excerpt = log.excerpt(9) { $0.path != "/4" }
    #expect(excerpt.entries.map(\.number) == [5, 3, 2, 1] && excerpt.kept == 5)
    #expect(log.entry(2)?.path == "/2" && log.entry(6) == nil)
    log.reset()
    log.append(entry("/6", body: ""))
    #expect(log.entries.map(\.number) == [6] && log.resets == 1)
  }

  @Test func `The log holds a bounded number of requests and bytes`() {
    let log = RequestLog()
    let body = String(repeating: "x", count: RequestLog.maximumBodyBytes)
    let count = RequestLog.maximumBytes / RequestLog.maximumBodyBytes + 5000
    for number in 0..<count { log.append(entry("\(number)", body: body)) }
    let entries = log.entries
    #expect(entries.last?.path == "\(count - 1)")
    #expect(entries.map(\.body.utf8.count).reduce(0, +) <= RequestLog.maximumBytes)
    #expect(zip(entries, entries.dropFirst()).allSatisfy { (Int($0.path) ?? 0) + 1 == Int($1.path) })
    for number in 0...RequestLog.maximumEntries { log.append(entry("\(number)", body: "")) }
    let paths = log.entries.map(\.path)
    #expect(paths.count == RequestLog.maximumEntries)
    #expect(paths.first == "1")
  }

  private func entry(_ path: String, body: String) -> LoggedRequest {
    LoggedRequest(
      time: "", method: "GET", path: path, query: "", headers: [:], body: body, status: 200,
      responseHeaders: [:], responseBody: "")
  }
}
