import Foundation
import Testing

@testable import Sandbox

/// Microsoft Learn, "Combine multiple HTTP requests using JSON batching".
@Suite struct BatchTests {
  private func batch(_ sandbox: SandboxHarness, _ parts: [String]) async throws -> Answer {
    try await sandbox.graph("POST", "/$batch", body: #"{"requests": [\#(parts.joined(separator: ","))]}"#)
  }

  private func responses(_ answer: Answer) -> [String: [String: Any]] {
    let list = answer.json["responses"] as? [[String: Any]] ?? []
    return Dictionary(uniqueKeysWithValues: list.map { ($0.text("id"), $0) })
  }

  @Test func `Each part has a reply of its own`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      let item = try await sandbox.receive(message())
      let json = #""headers": {"Content-Type": "application/json"}"#
      let mime = Data(message(id: "<b@x>").utf8).base64EncodedString()
      let answer = try await batch(
        sandbox,
        [
          #"{"id": "1", "method": "GET", "url": "/me/messages?$select=subject"}"#,
          #"{"id": "2", "method": "PATCH", "url": "me/messages/\#(item.id)", \#(json), "body": {"isRead": true}}"#,
          #"{"id": "3", "method": "GET", "url": "/me/messages/\#(item.id)/$value"}"#,
          #"{"id": "4", "method": "GET", "url": "/me/mailFolders/nowhere"}"#,
          #"{"id": "5", "method": "POST", "url": "/me/sendMail", "headers": {"Content-Type": "text/plain"}, "#
            + #""body": "\#(mime)"}"#,
        ])
      #expect(answer.status == 200)
      let all = responses(answer)
      #expect((1...5).map { all["\($0)"]?["status"] as? Int } == [200, 200, 200, 400, 202])
      #expect((all["2"]?["body"] as? [String: Any])?["isRead"] as? Bool == true)
      #expect(
        (all["4"]?["headers"] as? [String: String])?["Content-Type"]?.hasPrefix("application/json") == true)
      let source = (all["3"]?["body"] as? String).flatMap { Data(base64Encoded: $0) }
      #expect(source == Data(message().utf8))
      #expect(all["5"]?["body"] == nil)
    }
  }

  @Test func `What depends on a failure fails, and a fault throttles one part`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await batch(
        sandbox,
        [
          #"{"id": "a", "method": "GET", "url": "/me/mailFolders/nowhere"}"#,
          #"{"id": "b", "method": "GET", "url": "/me/messages", "dependsOn": ["A"]}"#,
          #"{"id": "c", "method": "GET", "url": "/me/messages", "dependsOn": ["b"]}"#,
          #"{"id": "d", "method": "GET", "url": "/me"}"#,
        ])
      #expect(["a", "b", "c", "d"].map { responses(answer)[$0]?["status"] as? Int } == [400, 424, 424, 200])
      _ = try await sandbox.postJSON(
        "/sandbox/faults",
        #"{"path": "*/inbox", "status": 429, "code": "ApplicationThrottled", "retryAfter": 7}"#)
      let throttled = try await batch(
        sandbox,
        ["inbox", "drafts"].map { #"{"id": "\#($0)", "method": "GET", "url": "/me/mailFolders/\#($0)"}"# })
      let inbox = try #require(responses(throttled)["inbox"])
      #expect(inbox["status"] as? Int == 429)
      #expect((inbox["headers"] as? [String: String])?["Retry-After"] == "7")
      #expect(responses(throttled)["drafts"]?["status"] as? Int == 200)
    }
  }

  @Test(arguments: [
    [], [#"{"id": "1", "method": "GET", "url": "/me"}"#, #"{"id": "1", "method": "GET", "url": "/me"}"#],
    Array(repeating: "", count: 21).indices.map { #"{"id": "\#($0)", "method": "GET", "url": "/me"}"# },
    [
      #"{"id": "1", "method": "POST", "url": "/$batch", "headers": {"Content-Type": "application/json"}, "body": {}}"#
    ],
    [#"{"id": "1", "method": "POST", "url": "/me/messages", "body": {}}"#],
    [#"{"id": "1", "method": "GET", "url": "/me", "dependsOn": ["2"]}"#], [#"{"id": "1", "method": "GET"}"#],
    [#"{"id": "1", "method": "LOOK", "url": "/me"}"#], [#"{"method": "GET", "url": "/me"}"#],
    [#"{"id": "1", "method": "GET", "url": "/me", "colour": 1}"#],
  ])
  func `A batch that is not one is refused as a whole`(parts: [String]) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await batch(sandbox, parts)
      #expect(answer.status == 400)
      #expect(answer.errorCode == "BadRequest")
    }
  }

  @Test func `A batch has one token`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let body = #"{"requests": [{"id": "1", "method": "GET", "url": "/me"}]}"#
      #expect(try await sandbox.graph("POST", "/$batch", token: "x", body: body).status == 401)
      #expect(try await sandbox.graph("GET", "/$batch").status == 405)
    }
  }
}
