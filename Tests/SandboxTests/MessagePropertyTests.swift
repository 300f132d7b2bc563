import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// What a client sets on a message is kept, shown again, and arrives where it should.
@Suite struct MessagePropertyTests {
  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      try await body(sandbox)
    }
  }

  private static let recipient = #""toRecipients": [{"emailAddress": {"address": "bob@contoso.test"}}]"#
  private static let shade = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Shade"
  private static let header = "String {00020386-0000-0000-C000-000000000046} Name X-Order"
  private static let marks = """
    "categories": ["Red", "Blue"], "inferenceClassification": "other",
    "flag": {"flagStatus": "flagged",
      "startDateTime": {"dateTime": "2026-12-01T09:00:00", "timeZone": "Europe/Berlin"},
      "dueDateTime": {"dateTime": "2026-12-02T09:00:00.5", "timeZone": "UTC"}},
    "isReadReceiptRequested": true, "isDeliveryReceiptRequested": true,
    "singleValueExtendedProperties": [{"id": "\(shade)", "value": "Green"}, {"id": "\(header)", "value": "A 7"},
      {"id": "String 0x1042", "value": "<parent@x.test>"}, {"id": "String 0x1045", "value": "<https://x.test/u>"}]
    """

  private static func expand(_ ids: String...) -> String {
    let filter = ids.map { "id eq '\($0)'" }.joined(separator: " or ")
    return "?" + FormFields([("$expand", "singleValueExtendedProperties($filter=\(filter))")]).urlEncoded
  }

  private static func properties(_ answer: Answer) -> [String] {
    let all = answer.json["singleValueExtendedProperties"] as? [[String: Any]] ?? []
    return all.map { $0.text("id") + "=" + $0.text("value") }
  }

  private func expectMarks(_ item: [String: Any], arrived: Bool = false) throws {
    #expect(item["isReadReceiptRequested"] as? Bool == true)
    #expect(item["isDeliveryReceiptRequested"] as? Bool == true)
    #expect(item["singleValueExtendedProperties"] == nil)
    #expect(item["categories"] as? [String] == (arrived ? [] : ["Red", "Blue"]))
    #expect(item.text("inferenceClassification") == (arrived ? "focused" : "other"))
    let flag = try #require(item["flag"] as? [String: Any])
    #expect(flag.text("flagStatus") == (arrived ? "notFlagged" : "flagged"))
    let due = flag["dueDateTime"] as? [String: String]
    #expect(due == (arrived ? nil : ["dateTime": "2026-12-02T09:00:00.5000000", "timeZone": "UTC"]))
    let start = flag["startDateTime"] as? [String: String]
    #expect(
      start == (arrived ? nil : ["dateTime": "2026-12-01T09:00:00.0000000", "timeZone": "Europe/Berlin"]))
  }

  private func expectArrival(_ sandbox: SandboxHarness) async throws {
    try expectMarks(try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first))
    let received = try #require(try await sandbox.messages("bob@contoso.test", "inbox").first)
    try expectMarks(received, arrived: true)
    let headers = received["internetMessageHeaders"] as? [[String: String]] ?? []
    for (name, value) in [
      ("Disposition-Notification-To", "<alice@contoso.test>"), ("Return-Receipt-To", "<alice@contoso.test>"),
      ("In-Reply-To", "<parent@x.test>"), ("X-Order", "A 7"), ("List-Unsubscribe", "<https://x.test/u>"),
    ] {
      #expect(headers.filter { $0["name"] == name }.map { $0["value"] } == [value])
    }
    let bob = try sandbox.token("bob@contoso.test")
    let source = try await sandbox.graph("GET", "/me/messages/\(received.text("id"))/$value", token: bob)
    #expect(source.body.contains("\r\nX-Order: A 7\r\n") || source.body.hasPrefix("X-Order: A 7\r\n"))
    // The property set of the sender stays with the sender.
    let seen = try await sandbox.graph(
      "GET", "/me/messages/\(received.text("id"))" + Self.expand(Self.shade, Self.header, "String 0x1042"),
      token: bob)
    #expect(
      Self.properties(seen) == [
        "String {00020386-0000-0000-c000-000000000046} Name X-Order=A 7", "String 0x1042=<parent@x.test>",
      ])
  }

  @Test func `A draft keeps them from its creation, and they arrive`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graph("POST", "/me/messages", body: "{\(Self.marks), \(Self.recipient)}")
      #expect(draft.status == 201, "\(draft.body)")
      try expectMarks(draft.json)
      let seen = try await sandbox.graph(
        "GET", "/me/messages/\(draft.id)" + Self.expand(Self.shade, "String 0x1042"))
      #expect(Self.properties(seen) == ["\(Self.shade)=Green", "String 0x1042=<parent@x.test>"])
      #expect(try await sandbox.graph("POST", "/me/messages/\(draft.id)/send").status == 202)
      try await expectArrival(sandbox)
    }
  }

  @Test(arguments: [false, true])
  func `A change keeps them, of a JSON draft and of a MIME draft`(isMIME: Bool) async throws {
    try await run { sandbox async throws in
      let draft =
        isMIME
        ? try await sandbox.graphMIME("/me/messages", message())
        : try await sandbox.graph("POST", "/me/messages", body: #"{"subject": "s", \#(Self.recipient)}"#)
      let before = try await sandbox.graph("GET", "/me/messages/\(draft.id)/$value").body
      let changed = try await sandbox.graph("PATCH", "/me/messages/\(draft.id)", body: "{\(Self.marks)}")
      #expect(changed.status == 200, "\(changed.body)")
      try expectMarks(changed.json)
      // Only fields are added.
      let after = try await sandbox.graph("GET", "/me/messages/\(draft.id)/$value").body
      #expect(after.hasSuffix(before))
      #expect(try await sandbox.graph("POST", "/me/messages/\(draft.id)/send").status == 202)
      try await expectArrival(sandbox)
    }
  }

  @Test func `sendMail keeps them`() async throws {
    try await run { sandbox async throws in
      let body = #"{"message": {\#(Self.marks), \#(Self.recipient)}}"#
      #expect(try await sandbox.graph("POST", "/me/sendMail", body: body).status == 202)
      try await expectArrival(sandbox)
    }
  }

  @Test func `What was set is taken back, and a received message takes notes but no new words`() async throws
  {
    try await run { sandbox async throws in
      let draft = try await sandbox.graph("POST", "/me/messages", body: "{\(Self.marks), \(Self.recipient)}")
      let path = "/me/messages/\(draft.id)"
      let change = #"""
        {"isReadReceiptRequested": false, "isDeliveryReceiptRequested": false, "categories": [],
         "flag": {"flagStatus": "complete"}, "importance": "high"}
        """#
      let changed = try await sandbox.graph("PATCH", path, body: change)
      let flag = try #require(changed.json["flag"] as? [String: Any])
      #expect(flag.text("flagStatus") == "complete" && flag["dueDateTime"] != nil)
      #expect((flag["completedDateTime"] as? [String: String])?["timeZone"] == "UTC")
      let source = try await sandbox.graph("GET", path + "/$value").body
      #expect(!source.contains("Receipt-To") && !source.contains("Disposition-Notification-To"))
      #expect(source.contains("Importance: high") && source.contains("In-Reply-To: <parent@x.test>"))
      let none = try await sandbox.graph("PATCH", path, body: #"{"flag": {"flagStatus": "notFlagged"}}"#)
      #expect(none.json["flag"] as? [String: String] == ["flagStatus": "notFlagged"])

      _ = try await sandbox.graph("POST", path + "/send")
      let bob = try sandbox.token("bob@contoso.test")
      let received = try #require(try await sandbox.messages("bob@contoso.test", "inbox").first).text("id")
      let noted = try await sandbox.graph(
        "PATCH", "/me/messages/\(received)", token: bob, body: #"{"importance": "low", \#(Self.marks)}"#)
      #expect(noted.status == 200 && noted.json["importance"] as? String == "low")
      try expectMarks(noted.json)
      for refused in [
        #"{"subject": "x"}"#, #"{"body": {"content": "x"}}"#, #"{"internetMessageHeaders": []}"#,
      ] {
        let answer = try await sandbox.graph("PATCH", "/me/messages/\(received)", token: bob, body: refused)
        #expect(answer.errorCode == "ErrorInvalidPropertySet")
      }
    }
  }

  @Test func `The flags of a message say what it is, and make one that is no draft`() async throws {
    try await run { sandbox async throws in
      try await sandbox.settings(#"{"sendLagMs": 60000}"#)
      let flags = Self.expand("Integer 0x0E07")
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let path = "/me/messages/\(draft.id)"
      #expect(Self.properties(try await sandbox.graph("GET", path + flags)) == ["Integer 0xe07=9"])
      let sent = try await sandbox.graph("POST", path + "/send")
      #expect(sent.status == 202)
      #expect(Self.properties(try await sandbox.graph("GET", path + flags)) == ["Integer 0xe07=13"])
      let property = #"{"singleValueExtendedProperties": [{"id": "Integer 0x0E07", "value": "4"}]}"#
      let made = try await sandbox.graph("POST", "/me/messages", body: property)
      #expect(made.json["isDraft"] as? Bool == false && made.json["isRead"] as? Bool == false)
      #expect(try await sandbox.graph("PATCH", path, body: property).errorCode == "ErrorInvalidPropertySet")
    }
  }

  @Test func `A change by an old ETag is refused, and changes nothing`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let path = "/me/messages/\(draft.id)"
      let old = try #require(draft.json["@odata.etag"] as? String)
      let changed = try await sandbox.graph(
        "PATCH", path, headers: ["if-match": old], body: #"{"isRead": false}"#)
      #expect(changed.status == 200)
      let new = try #require(changed.json["@odata.etag"] as? String)
      #expect(new != old)
      let requests: [(String, String, String?)] = [
        ("PATCH", path, #"{"subject": "x"}"#), ("DELETE", path, nil), ("POST", path + "/send", nil),
        ("POST", path + "/move", #"{"destinationId": "inbox"}"#),
      ]
      for (method, path, body) in requests {
        for tag in [old, "what", #"W/"""#] {
          let refused = try await sandbox.graph(method, path, headers: ["if-match": tag], body: body)
          #expect(refused.status == 412)
          #expect(refused.errorCode == "ErrorIrresolvableConflict")
        }
      }
      let same = try await sandbox.graph("GET", path)
      #expect(same.json["@odata.etag"] as? String == new && same.json["subject"] as? String == "Signal")
      #expect(try await sandbox.messages("bob@contoso.test").isEmpty)
      #expect(
        try await sandbox.graph("POST", path + "/send", headers: ["if-match": "\(old), \(new)"]).status == 202
      )
      let copy = try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first).text("id")
      #expect(
        try await sandbox.graph("DELETE", "/me/messages/\(copy)", headers: ["if-match": "*"]).status == 204)
    }
  }
}
