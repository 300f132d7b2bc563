import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// What Exchange does to messages besides carrying them.
@Suite struct ExchangeBehaviourTests {
  private func run(
    _ settings: String = "", _ body: @escaping @Sendable (SandboxHarness) async throws -> Void
  ) async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.settings("{\"sendLagMs\": 0\(settings)}")
      try await body(sandbox)
    }
  }

  // Header fields.

  @Test(arguments: [false, true])
  func `Own copies show no header fields unless a setting says so`(shown: Bool) async throws {
    try await run(#", "dropUnknownHeaders": false, "sentCopyHeaders": \#(shown)"#) { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      _ = try await sandbox.graphMIME("/me/sendMail", message(id: "<two@x.test>"))
      let tail = "?$select=internetMessageHeaders"
      for folder in ["drafts", "sentitems"] {
        let list = try await sandbox.graph("GET", "/me/mailFolders/\(folder)/messages" + tail).list
        #expect(list.map { $0["internetMessageHeaders"] != nil } == [shown])
      }
      #expect(
        try await sandbox.graph("GET", "/me/messages/\(draft.id)/$value").body.contains(
          "X-Heliograph-Id: q_1"))
      let bob = try sandbox.token("bob@contoso.test")
      let received = try await sandbox.graph("GET", "/me/messages" + tail, token: bob)
      #expect(received.list.map { $0["internetMessageHeaders"] != nil } == [true])
    }
  }

  private static let strange = message().replacing(
    "X-Heliograph-Id: q_1\r\n",
    with:
      "X-Heliograph-Id: q_1\r\nAuto-Submitted: auto-generated\r\nX-Unheard: 1\r\nReturn-Path: <x@y.test>\r\n"
      + "X-Priority: 3\r\nList-Unsubscribe: <https://x.test/u>\r\n"
      + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n")

  /// The fields that remain, in the order of `names`.
  private static func remaining(_ sandbox: SandboxHarness, _ path: String) async throws -> [String] {
    let names = [
      "X-Heliograph-Id", "Auto-Submitted", "X-Unheard", "Return-Path", "X-Priority", "List-Unsubscribe",
      "List-Unsubscribe-Post",
    ]
    let source = try await sandbox.graph("GET", path + "/$value").body
    return names.filter { source.contains("\r\n\($0): ") }
  }

  @Test func `A mailbox drops the fields that it does not know, until a JSON draft or a property made them`()
    async throws
  {
    try await run { sandbox async throws in
      func draft() async throws -> [String] {
        let draft = try await sandbox.graphMIME("/me/messages", Self.strange)
        return try await Self.remaining(sandbox, "/me/messages/\(draft.id)")
      }
      #expect(try await draft() == ["X-Priority", "List-Unsubscribe"])
      let json = #"{"internetMessageHeaders": [{"name": "x-heliograph-id", "value": "made"}]}"#
      #expect(try await sandbox.graph("POST", "/me/messages", body: json).status == 201)
      #expect(try await draft() == ["X-Heliograph-Id", "X-Priority", "List-Unsubscribe"])

      let other = try await sandbox.graphMIME("/me/messages", message())
      let property = #"""
        {"singleValueExtendedProperties":
          [{"id": "String {00020386-0000-0000-C000-000000000046} Name X-Unheard", "value": "made"}]}
        """#
      #expect(try await sandbox.graph("PATCH", "/me/messages/\(other.id)", body: property).status == 200)
      #expect(try await draft() == ["X-Heliograph-Id", "X-Unheard", "X-Priority", "List-Unsubscribe"])
      // Each mailbox learns for itself.
      let bob = try sandbox.token("bob@contoso.test")
      let mime = Self.strange.replacing("alice@", with: "bob@")
      #expect(try await sandbox.graphMIME("/me/sendMail", mime, token: bob).status == 202)
      let sent = try #require(try await sandbox.messages("bob@contoso.test", "sentitems").first)
      #expect(!"\(sent["internetMessageHeaders"] ?? "")".contains("Heliograph"))
    }
  }

  @Test func `All fields stay when the setting is off`() async throws {
    try await run(#", "dropUnknownHeaders": false"#) { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", Self.strange)
      #expect(try await Self.remaining(sandbox, "/me/messages/\(draft.id)").count == 7)
    }
  }

  // Conversations and drafts.

  @Test(arguments: [
    "In-Reply-To: <one@heliograph.test>", "References: <one@heliograph.test> <gone@x.test>",
    "References: <gone@x.test>\r\nIn-Reply-To: <one@heliograph.test>",
  ])
  func `A reply joins the conversation of what it answers, in both mailboxes`(field: String) async throws {
    try await run { sandbox async throws in
      _ = try await sandbox.graphMIME("/me/sendMail", message())
      let bob = try sandbox.token("bob@contoso.test")
      let reply =
        field + "\r\n" + message(from: "bob@contoso.test", to: "alice@contoso.test", id: "<two@x.test>")
      #expect(try await sandbox.graphMIME("/me/sendMail", reply, token: bob).status == 202)
      let alien = message(from: "bob@contoso.test", to: "alice@contoso.test", id: "<three@x.test>")
      #expect(try await sandbox.graphMIME("/me/sendMail", alien, token: bob).status == 202)
      for mailbox in ["alice@contoso.test", "bob@contoso.test"] {
        let all = try await sandbox.messages(mailbox)
        func item(_ id: String) throws -> [String: Any] {
          try #require(all.first { $0.text("internetMessageId") == id })
        }
        let (first, second, third) = (
          try item("<one@heliograph.test>"), try item("<two@x.test>"), try item("<three@x.test>")
        )
        #expect(first.text("conversationId") == second.text("conversationId"))
        #expect(first.text("conversationId") != third.text("conversationId"))
        let index = try #require(Data(base64Encoded: first.text("conversationIndex")))
        let longer = try #require(Data(base64Encoded: second.text("conversationIndex")))
        #expect(index.count == 22 && longer.count == 27 && longer.starts(with: index))
        let query =
          "?" + FormFields([("$filter", "conversationId eq '\(first.text("conversationId"))'")]).urlEncoded
        let token = try sandbox.token(mailbox)
        #expect(try await sandbox.graph("GET", "/me/messages" + query, token: token).list.count == 2)
      }
    }
  }

  @Test func `A Thread-Index says the conversation too`() async throws {
    try await run { sandbox async throws in
      let root = Data([1, 2, 3, 4, 5, 6] + Array(repeating: 7, count: 16)).base64EncodedString()
      let longer = Data([1, 2, 3, 4, 5, 6] + Array(repeating: 7, count: 16) + [1, 2, 3, 4, 5])
        .base64EncodedString()
      let first = try await sandbox.graphMIME(
        "/me/messages", "Thread-Index: \(root)\r\n" + message(id: "<a@x.test>"))
      let second = try await sandbox.graphMIME(
        "/me/messages", "Thread-Index: \(longer)\r\n" + message(id: "<b@x.test>"))
      #expect(first.json["conversationId"] as? String == second.json["conversationId"] as? String)
      #expect(second.json["conversationIndex"] as? String == longer)
    }
  }

  @Test func `A MIME draft keeps its date, and has nothing to say about a delivery receipt`() async throws {
    try await run { sandbox async throws in
      let mime = "Date: Mon, 02 Mar 2026 10:00:00 +0100\r\n" + message()
      let draft = try await sandbox.graphMIME("/me/messages", mime)
      #expect(draft.json["sentDateTime"] as? String == "2026-03-02T09:00:00Z")
      #expect(draft.json["receivedDateTime"] as? String == draft.json["createdDateTime"] as? String)
      #expect(draft.json["receivedDateTime"] as? String != draft.json["sentDateTime"] as? String)
      #expect(draft.json["isDeliveryReceiptRequested"] is NSNull)
      #expect(draft.json["isReadReceiptRequested"] as? Bool == false)
      let json = try await sandbox.graph("POST", "/me/messages", body: "{}")
      #expect(json.json["isDeliveryReceiptRequested"] as? Bool == false)
      let asks = try await sandbox.graphMIME(
        "/me/messages", "Return-Receipt-To: <alice@contoso.test>\r\n" + message())
      #expect(asks.json["isDeliveryReceiptRequested"] as? Bool == true)
      _ = try await sandbox.graph("POST", "/me/messages/\(draft.id)/send")
      let sent = try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first)
      #expect(sent["isDeliveryReceiptRequested"] as? Bool == false)
      #expect(sent.text("sentDateTime") != "2026-03-02T09:00:00Z")
    }
  }

  // Bodies.

  @Test func `A body is shown in the form that was asked for, HTML as a whole and harmless document`()
    async throws
  {
    try await run { sandbox async throws in
      let html = #"<p onclick=\"x()\">Hi <script>alert(1)</script>there</p>"#
      let made = try await sandbox.graph(
        "POST", "/me/messages", body: #"{"body": {"contentType": "html", "content": "\#(html)"}}"#)
      let plain = try await sandbox.graphMIME("/me/messages", message())
      func content(_ id: String, _ prefer: String?) async throws -> (type: String, text: String) {
        let headers = prefer.map { ["prefer": $0] } ?? [:]
        let answer = try await sandbox.graph("GET", "/me/messages/\(id)?$select=body", headers: headers)
        #expect(answer.headers.first(name: "preference-applied") == prefer)
        let body = try #require(answer.json["body"] as? [String: Any])
        return (body.text("contentType"), body.text("content"))
      }
      let shown = try await content(made.id, nil)
      #expect(shown.type == "html" && shown.text.hasPrefix("<html>\r\n<head>\r\n<meta"))
      #expect(shown.text.contains("<p>Hi there</p>"))
      let unsafe = try await content(made.id, "outlook.allow-unsafe-html")
      #expect(unsafe.text.contains("<script>alert(1)</script>") && unsafe.text.contains("onclick"))
      let text = try await content(made.id, #"outlook.body-content-type="text""#)
      #expect(text.type == "text" && text.text.contains("Hi there") && !text.text.contains("<"))
      let wrapped = try await content(plain.id, #"outlook.body-content-type="html""#)
      #expect(wrapped.type == "html" && wrapped.text.hasPrefix("<html>"))
      #expect(wrapped.text.contains("The sun is out.<br>"))
      let own = try await content(plain.id, nil)
      #expect(own.type == "text" && own.text == "The sun is out.\r\n")
      // What is sent is what was written.
      let source = try await sandbox.graph("GET", "/me/messages/\(made.id)/$value").body
      #expect(source.contains("onclick"))
    }
  }

  @Test(
    arguments: [
      ("a<script>x</script>b", "ab"), ("a<SCRIPT src=x>x</ScRiPt >b", "ab"),
      ("<iframe src=x>y</iframe>z", "z"),
      (#"<img src="a>b" onerror=run() alt=x>"#, #"<img src="a>b" alt=x>"#),
      (#"<a href="javascript:x()">y</a>"#, "<a>y</a>"),
      (#"<a href=" JavaScript:x()" id=z>y</a>"#, "<a id=z>y</a>"),
      (#"<a href="https://x.test/on?onclick=1">y</a>"#, #"<a href="https://x.test/on?onclick=1">y</a>"#),
      ("<embed src=x><b>y</b>", "<b>y</b>"), ("a < b", "a < b"), ("<script>never ends", ""),
    ])
  func `Markup that could act is taken out`(html: String, safe: String) {
    #expect(HTMLText.safe(html) == safe)
  }

  @Test(
    arguments: [
      ("one\ntwo", "one\r\ntwo"), ("one\r\n\r\ntwo\r\n", "one\r\n\r\ntwo"), ("  a \t b  \n  c", "a b\r\nc"),
      ("\n\n a", "a"), ("", ""), (String(repeating: "a", count: 300), String(repeating: "a", count: 255)),
    ])
  func `A preview keeps the lines of a body`(text: String, preview: String) {
    #expect(MessageBody(kind: .text, content: text).preview == preview)
  }
}
