import Foundation
import JSON
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite struct ControlTests {
  @Test func `Settings change one by one and a reset undoes them`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let first = try await sandbox.postJSON("/sandbox/settings", #"{"newIdOnSend": true}"#)
      #expect(first.json["newIdOnSend"] as? Bool == true)
      #expect(first.json["sendLagMs"] as? Int == 2000)
      _ = try await sandbox.postJSON("/sandbox/settings", #"{"sendLagMs": 0}"#)
      #expect(try await sandbox.get("/sandbox/settings").json["newIdOnSend"] as? Bool == true)
      _ = try await sandbox.graphMIME("/me/sendMail", message())
      #expect(try await sandbox.messages("bob@contoso.test").count == 1)
      #expect(try await sandbox.postJSON("/sandbox/reset", "{}").status == 200)
      #expect(sandbox.state.settings == SandboxSettings())
      #expect(try await sandbox.messages("bob@contoso.test").isEmpty)
    }
  }

  @Test func `Each setting has its place among those that can be changed and are documented`() throws {
    let settings = SandboxSettings()
    #expect(
      Set(Mirror(reflecting: settings).children.compactMap(\.label)) == Set(SandboxSettings.all.map(\.name)))
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "docs/sandbox.md")
    let documentation = try String(contentsOf: file, encoding: .utf8)
    for setting in SandboxSettings.all {
      let value = String(decoding: setting.json(in: settings).serialized(), as: UTF8.self)
      #expect(documentation.contains("\n| `\(setting.name)` | \(value) | "), "\(setting.name)")
    }
  }

  @Test(
    arguments: [
      ("settings", #"{"sendLag": 1}"#, "sendLag"),
      ("settings", #"{"sendLagMs": "1"}"#, "sendLagMs"),
      ("settings", #"{"sendLagMs": -1}"#, "sendLagMs"),
      ("settings", #"{"sendLagMs": 0, "newIdOnSend": 1}"#, "newIdOnSend"),
      ("settings", "[]", "JSON object"),
      ("settings", "{", "JSON object"),
      ("clock", "{}", "advanceSeconds"),
      ("clock", #"{"advanceSeconds": "1"}"#, "advanceSeconds"),
      ("clock", #"{"advanceSeconds": 1e300}"#, "advanceSeconds"),
      ("clock", #"{"advanceSeconds": 1, "offsetSeconds": 0}"#, "either"),
      ("reset", #"{"all": true}"#, "all"),
      ("faults", "{}", "status"),
      ("faults", #"{"status": 200}"#, "status"),
      ("faults", #"{"status": 503, "close": "before"}"#, "closes"),
      ("faults", #"{"close": "never"}"#, "before, after"),
      ("faults", #"{"delayMs": 1, "code": "ErrorServerBusy"}"#, "code"),
      ("faults", #"{"status": 503, "user": "nobody@contoso.test"}"#, "nobody@contoso.test"),
      ("faults", #"{"status": 503, "paths": "/x"}"#, "paths"),
      ("faults", #"{"status": 503, "method": "put"}"#, "GET, POST, PUT"),
      ("faults", #"{"status": 503, "skip": -1}"#, "skip"),
      ("faults", #"{"skip": 1}"#, "advanceSeconds"),
    ])
  func `A control request that is not understood changes nothing and says why`(
    path: String, body: String, named: String
  ) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.postJSON("/sandbox/" + path, body)
      #expect(answer.status == 400)
      #expect(answer.errorMessage?.contains(named) == true)
      #expect(sandbox.state.settings == SandboxSettings())
      #expect(sandbox.state.faults.all.isEmpty)
    }
  }

  @Test func `The clock is moved, set, and taken back to the machine's time`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      #expect(try await sandbox.get("/sandbox/clock").json["offsetSeconds"] as? Double == 0)
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 3600.5}"#)
      let moved = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": -1800}"#)
      #expect(moved.json["offsetSeconds"] as? Double == 1800.5)
      let set = try await sandbox.postJSON("/sandbox/clock", #"{"offsetSeconds": 60}"#)
      #expect(set.json["offsetSeconds"] as? Double == 60)
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"offsetSeconds": 0}"#)
      #expect(sandbox.state.clock.offset == .zero)
    }
  }

  @Test(arguments: ["", "?user=", "?user=nobody@contoso.test", "?user=nomailbox@contoso.test"])
  func `Messages are asked for by a mailbox that exists`(query: String) async throws {
    try await SandboxHarness.run { sandbox async throws in
      #expect([400, 404].contains(try await sandbox.get("/sandbox/messages" + query).status))
      let folder = try await sandbox.get("/sandbox/messages?user=bob@contoso.test&folder=attic")
      #expect(folder.errorMessage?.contains("inbox, drafts") == true)
    }
  }

  @Test func `The log shows what was asked of Graph, newest last`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      _ = try await sandbox.graph("GET", "/me")
      _ = try await sandbox.graphMIME("/me/sendMail", message())
      let entries = try await sandbox.get("/sandbox/requests").list
      #expect(entries.map { $0.text("path") } == ["/v1.0/me", "/v1.0/me/sendMail"])
      #expect(entries.map { $0["status"] as? Int } == [200, 202])
      #expect(entries.map { $0["number"] as? Int } == [1, 2])
      #expect(entries.allSatisfy { $0["user"] as? String == "alice@contoso.test" && $0["durationMs"] is Int })
    }
  }
}

@Suite struct FaultTests {
  @Test(
    arguments: [
      (nil, "/v1.0/me", true), ("/me", "/v1.0/me/messages", true), ("/ME/", "/v1.0/me/messages", true),
      ("/users", "/v1.0/me", false), ("*/messages", "/v1.0/me/messages", true),
      ("*/messages", "/v1.0/me/messages/1", false), ("/v1.0/*/send", "/v1.0/me/messages/1/send", true),
      ("/v1.0/*/send", "/v1.0/me/sendMail", false), ("*", "/x", true), ("a*a", "/a", false),
      ("a*a", "a", false),
    ] as [(String?, String, Bool)])
  func `A path is matched as a part, or with stars as a whole`(pattern: String?, path: String, matches: Bool)
  {
    let fault = Fault(path: pattern, status: 503, count: 1)
    #expect(fault.matches("GET", path: path, user: nil) == matches)
  }

  @Test func `A fault meets the user it names, as often as it says`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      _ = try await sandbox.postJSON(
        "/sandbox/faults",
        #"{"user": "bob@contoso.test", "status": 503, "code": "ErrorServerBusy", "retryAfter": 7, "count": 2}"#
      )
      let (alice, bob) = (try sandbox.token(), try sandbox.token("bob@contoso.test"))
      let app = try sandbox.appToken()
      #expect(try await sandbox.graph("GET", "/me", token: alice).status == 200)
      let first = try await sandbox.graph("GET", "/me", token: bob)
      #expect(first.status == 503)
      #expect(first.errorCode == "ErrorServerBusy")
      #expect(first.headers.first(name: "retry-after") == "7")
      #expect(try await sandbox.get("/sandbox/faults").list.first?["count"] as? Int == 1)
      #expect(try await sandbox.graph("GET", "/users/bob@contoso.test", token: app).status == 503)
      #expect(try await sandbox.graph("GET", "/me", token: bob).status == 200)
    }
  }

  @Test func `The token endpoint fails in Entra's words, for the person whose grant it is`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let (alice, bob) = (
        try await sandbox.refreshToken(), try await sandbox.refreshToken("bob@contoso.test")
      )
      _ = try await sandbox.postJSON(
        "/sandbox/faults",
        #"{"path": "/token", "user": "bob@contoso.test", "status": 400, "code": "AADSTS50173"}"#)
      _ = try await sandbox.postJSON(
        "/sandbox/faults", #"{"path": "*/token", "status": 503, "retryAfter": 3, "user": "bob@contoso.test"}"#
      )
      #expect(try await sandbox.refresh(alice).status == 200)
      let revoked = try await sandbox.refresh(bob)
      #expect(revoked.status == 400)
      #expect(revoked.string("error") == "invalid_grant")
      #expect(revoked.json["error_codes"] as? [Int] == [50173])
      let busy = try await sandbox.refresh(bob)
      #expect(busy.status == 503)
      #expect(busy.string("error") == "temporarily_unavailable")
      #expect(busy.header("retry-after") == "3")
      #expect(try await sandbox.refresh(bob).status == 200)
    }
  }

  @Test(arguments: [("before", 0), ("after", 1)])
  func `A connection closes before or after the message is taken`(close: String, messages: Int) async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      _ = try await sandbox.postJSON("/sandbox/faults", #"{"path": "/sendMail", "close": "\#(close)"}"#)
      await #expect(throws: (any Error).self) { try await sandbox.graphMIME("/me/sendMail", message()) }
      #expect(try await sandbox.messages("bob@contoso.test").count == messages)
      #expect(try await sandbox.graphMIME("/me/sendMail", message()).status == 202)
    }
  }

  @Test(arguments: [(500, "UnknownError"), (503, "ErrorServerBusy"), (429, "ApplicationThrottled")])
  func `A message is sent although the answer is a failure`(status: Int, code: String) async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      let fault = #"{"path": "/sendMail", "then": \#(status), "code": "\#(code)", "retryAfter": 4}"#
      let answer = try await sandbox.postJSON("/sandbox/faults", fault)
      #expect(answer.json["then"] as? Int == status)
      let failed = try await sandbox.graphMIME("/me/sendMail", message())
      #expect(failed.status == status && failed.errorCode == code)
      #expect(failed.headers.first(name: "retry-after") == "4")
      #expect(try await sandbox.messages("bob@contoso.test").count == 1)
      #expect(try await sandbox.graphMIME("/me/sendMail", message()).status == 202)
    }
  }

  @Test func `What is refused has not acted, and says why`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      _ = try await sandbox.postJSON("/sandbox/faults", #"{"then": 502, "count": 0}"#)
      let refused = try await sandbox.graph("POST", "/me/sendMail", body: "{}")
      #expect(refused.status == 400 && refused.errorCode == "ErrorInvalidParameter")
      #expect(try await sandbox.refresh("made-up").string("error") == "invalid_grant")
      #expect(try await sandbox.graph("POST", "/me/messages", body: "{}").status == 502)
      #expect(try await sandbox.messages("alice@contoso.test", "drafts").count == 1)
    }
  }

  @Test func `A grant is renewed although the token endpoint answers with a failure`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await sandbox.settings(#"{"strictRotation": true}"#)
      let token = try await sandbox.refreshToken()
      _ = try await sandbox.postJSON("/sandbox/faults", #"{"path": "/token", "then": 503}"#)
      #expect(try await sandbox.refresh(token).status == 503)
      #expect(try await sandbox.refresh(token).string("error") == "invalid_grant")
    }
  }

  @Test(arguments: [
    #"{"then": 200}"#, #"{"then": 600}"#, #"{"then": 500, "status": 500}"#,
    #"{"then": 500, "close": "after"}"#,
    #"{"code": "x", "delayMs": 1}"#,
  ])
  func `A fault that contradicts itself is refused`(body: String) async throws {
    try await SandboxHarness.run { sandbox async throws in
      #expect(try await sandbox.postJSON("/sandbox/faults", body).status == 400)
      #expect(try await sandbox.get("/sandbox/faults").list.isEmpty)
    }
  }

  @Test func `One fault is removed by its id, and no later one gets it`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let first = try await sandbox.postJSON("/sandbox/faults", #"{"status": 500}"#).json["id"] as? Int
      _ = try await sandbox.postJSON("/sandbox/faults", #"{"status": 503}"#)
      let path = "/sandbox/faults/\(try #require(first))"
      #expect(try await sandbox.send("DELETE", path, headers: [:], body: nil).status == 200)
      #expect(try await sandbox.send("DELETE", path, headers: [:], body: nil).status == 404)
      #expect(sandbox.state.faults.all.map(\.status) == [503])
      _ = try await sandbox.postJSON("/sandbox/reset", "{}")
      let third = try await sandbox.postJSON("/sandbox/faults", #"{"status": 500}"#).json["id"] as? Int
      #expect(third == 3)
    }
  }

  @Test func `The sandbox's own pages use up no fault`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      _ = try await sandbox.postJSON("/sandbox/faults", #"{"status": 500}"#)
      for path in ["/", "/favicon.ico", "/sandbox/directory", "/requests", "/mailbox/x", "/control"] {
        #expect(try await sandbox.get(path).status != 500)
      }
      #expect(sandbox.state.faults.all.count == 1 && sandbox.state.log.entries.isEmpty)
    }
  }

  @Test func `A fault without an end lasts until it is deleted`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      _ = try await sandbox.postJSON("/sandbox/faults", #"{"status": 500, "count": 0}"#)
      for _ in 0..<3 { #expect(try await sandbox.graph("GET", "/me", token: "x").status == 500) }
      let answer = try await sandbox.send(
        "DELETE", "/sandbox/faults", headers: ["content-type": "application/json"], body: "{}")
      #expect(answer.status == 200)
      #expect(try await sandbox.graph("GET", "/me").status == 200)
    }
  }
}
