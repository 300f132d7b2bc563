import Foundation
import HTML
import Testing

@testable import Sandbox

@Suite struct RequestPageTests {
  @Test func `The log is shown newest first with what was asked and answered`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      #expect(try await sandbox.get("/requests").body.contains("No requests yet"))
      _ = try await sandbox.graph("GET", "/me")
      _ = try await sandbox.get("/common/nothing?x=%3Cb%3E<script>")
      let page = try await sandbox.get("/requests").body
      let (newer, older) = (page.range(of: "/common/nothing"), page.range(of: "/v1.0/me"))
      #expect(try #require(newer).lowerBound < #require(older).lowerBound)
      for words in [
        "<span class=\"status\">200</span>", "<span class=\"status refused\">404</span>",
        "alice@contoso.test",
        "authorization: Bearer ", "userPrincipalName", "data-last=\"2\"", "id=\"none\" hidden",
      ] {
        #expect(page.contains(words), "\(words)")
      }
      #expect(page.matches(of: /<script>/).count == 1)
    }
  }

  @Test func `A connection that was closed has no status`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      _ = try await sandbox.postJSON("/sandbox/faults", #"{"close": "before"}"#)
      await #expect(throws: (any Error).self) { try await sandbox.graph("GET", "/me") }
      let page = try await sandbox.get("/requests").body
      #expect(
        page.contains("<span class=\"status failed\">closed</span>") && page.contains("without a reply"))
    }
  }

  @Test(arguments: [
    ("/ME/messages", 1), ("NOTHING", 1), ("bob@contoso.test", 1), ("planted", 1), ("nowhere", 0), ("", 3),
    ("post", 1),
  ])
  func `The log is searched by any of its text`(text: String, count: Int) async throws {
    try await SandboxHarness.run { sandbox async throws in
      _ = try await sandbox.graph("GET", "/me/messages", token: try sandbox.token("bob@contoso.test"))
      _ = try await sandbox.graph("POST", "/users/x/messages", body: #"{"subject": "Planted"}"#)
      _ = try await sandbox.get("/common/nothing")
      let query = FormFields([(name: "text", value: text)]).urlEncoded
      let page = try await sandbox.get("/requests?" + query).body
      #expect(page.matches(of: /<li><details>/).count == count)
      #expect(page.contains("value=\"\(text)\"") && page.contains("data-text=\"\(text)\""))
      #expect(page.contains("None of the 3 requests") == (count == 0) || count > 0)
    }
  }

  @Test func `A page that asks for what is new gets only that, and everything after a reset`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      for path in ["/common/one", "/common/two", "/common/three"] { _ = try await sandbox.get(path) }
      let rows = try await sandbox.get("/requests/rows?after=2&log=0&text=").body
      #expect(
        rows.contains("/common/three") && !rows.contains("/common/two") && rows.contains("data-last=\"3\""))
      #expect(try await sandbox.get("/requests/rows?after=3&log=0&text=").body.contains("<li>") == false)
      _ = try await sandbox.postJSON("/sandbox/reset", "{}")
      _ = try await sandbox.get("/common/four")
      let fresh = try await sandbox.get("/requests/rows?after=9&log=0&text=").body
      #expect(fresh.contains("/common/four") && fresh.contains("data-log=\"1\""))
    }
  }

  @Test func `A long body is cut in the list and whole on its own page`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let text = String(repeating: "x", count: 5000) + "END"
      _ = try await sandbox.graph("POST", "/me/messages", body: "{\"subject\": \"\(text)\"}")
      let list = try await sandbox.get("/requests").body
      #expect(!list.contains("END") && list.contains("href=\"/requests/1\""))
      let page = try await sandbox.get("/requests/1")
      #expect(page.status == 200 && page.body.contains("END"))
    }
  }

  @Test func `The only script is the one that the policy names, and no other page may run any`() async throws
  {
    try await SandboxHarness.run { sandbox async throws in
      let log = try await sandbox.get("/requests")
      let script = try #require(log.body.firstMatch(of: /<script>(.*?)<\/script>/.dotMatchesNewlines()))
        .output.1
      #expect(String(script) == RequestLogPage.script.text)
      let policy = try #require(log.header("content-security-policy"))
      #expect(policy.contains("script-src '\(PageStyle.digest(RequestLogPage.script))'"))
      #expect(policy.contains("connect-src 'self'") && !policy.contains("unsafe"))
      for path in ["/", "/control", "/requests/rows"] {
        let answer = try await sandbox.get(path)
        #expect(answer.header("content-security-policy")?.contains("script") == false)
        #expect(!answer.body.contains("<script"))
      }
    }
  }

  @Test(arguments: [
    ("", "abc", true), ("B", "abc", true), ("bc", "ABC", true), ("bd", "abc", false), ("é", "É", false),
  ])
  func `A filter disregards the case of ASCII letters`(filter: String, text: String, isIn: Bool) {
    #expect(LogFilter(filter).isIn(text) == isIn)
  }
}
