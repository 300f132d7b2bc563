import Core
import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// Replies to a message in bob's Inbox, and forwards of it, as drafts and sent at once.
@Suite struct ReplyTests {
  private static let bob = "bob@contoso.test"
  private static let people = #"[{"emailAddress": {"address": "dave@fabrikam.test"}}]"#

  private static func original(_ fields: String = "", html: Bool = false) -> String {
    """
    From: Alice <alice@contoso.test>\r
    To: Bob <bob@contoso.test>, info@contoso.test\r
    Cc: Carol <carol@fabrikam.test>\r
    Subject: Signal\r
    Message-ID: <one@heliograph.test>\r
    \(fields)MIME-Version: 1.0\r
    Content-Type: multipart/mixed; boundary="b"\r
    \r
    --b\r
    Content-Type: text/\(html ? "html" : "plain"); charset=utf-8\r
    \r
    \(html ? "<html><body class=\"x\"><p>The sun is out.</p></body></html>" : "The sun is out.")\r
    --b\r
    Content-Type: text/csv\r
    Content-Disposition: attachment; filename="a.csv"\r
    \r
    1,2\r
    --b--\r

    """
  }

  /// - Parameter body: gets the path of the message in bob's mailbox, and a token that allows `scopes`.
  private func run(
    _ mime: String = original(), scopes: [String] = SandboxHarness.everyScope,
    _ body: @escaping @Sendable (SandboxHarness, _ path: String, _ token: String) async throws -> Void
  ) async throws {
    // Wednesday, 18 November 2026, 11:06:40 UTC.
    let start = Instant(microseconds: 1_795_000_000_000_000)
    try await SandboxHarness.run(clock: SandboxClock(wall: { start })) { sandbox async throws in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      #expect(try await sandbox.graphMIME("/me/sendMail", mime).status == 202)
      let received = try #require(try await sandbox.messages(Self.bob, "inbox").first)
      let token = try sandbox.token(Self.bob, scopes: scopes)
      try await body(sandbox, "/me/messages/\(received.text("id"))", token)
    }
  }

  private static func addresses(_ message: [String: Any], _ name: String) -> [String] {
    let people = message[name] as? [[String: Any]] ?? []
    return people.map { ($0["emailAddress"] as? [String: Any])?.text("address") ?? "" }
  }

  private static func content(_ message: [String: Any]) -> String {
    (message["body"] as? [String: Any])?.text("content") ?? ""
  }

  @Test(
    arguments: [
      ("createReply", "", ["alice@contoso.test"], [], "RE: Signal"),
      (
        "createReplyAll", "", ["alice@contoso.test", "info@contoso.test"], ["carol@fabrikam.test"],
        "RE: Signal"
      ),
      ("createForward", "", [], [], "FW: Signal"),
      ("microsoft.graph.createReply", "", ["alice@contoso.test"], [], "RE: Signal"),
      ("createReply", "Reply-To: List <list@x.test>\r\n", ["list@x.test"], [], "RE: Signal"),
      (
        "createReplyAll", "Reply-To: list@x.test\r\n", ["list@x.test", "info@contoso.test"],
        ["carol@fabrikam.test"], "RE: Signal"
      ),
    ])
  func `A draft of a reply has the recipients, the subject and the conversation of the original`(
    action: String, fields: String, to: [String], cc: [String], subject: String
  ) async throws {
    try await run(Self.original(fields)) { sandbox, path, token async throws in
      let original = try await sandbox.graph("GET", path, token: token)
      let draft = try await sandbox.graph("POST", path + "/" + action, token: token)
      #expect(draft.status == 201, "\(draft.body)")
      #expect(draft.headers.first(name: "location")?.contains(draft.id) == true)
      #expect(draft.json["isDraft"] as? Bool == true)
      #expect(draft.json.text("subject") == subject)
      #expect(Self.addresses(draft.json, "toRecipients") == to)
      #expect(Self.addresses(draft.json, "ccRecipients") == cc)
      #expect(Self.addresses(["from": [draft.json["from"]]], "from") == [Self.bob])
      #expect(draft.json.text("conversationId") == original.json.text("conversationId"))
      let index = try #require(Data(base64Encoded: draft.json.text("conversationIndex")))
      let before = try #require(Data(base64Encoded: original.json.text("conversationIndex")))
      #expect(index.count == before.count + 5 && index.starts(with: before))
      #expect(draft.json["hasAttachments"] as? Bool == (subject == "FW: Signal"))
      #expect(
        Self.content(draft.json).contains(
          """
          From: Alice <alice@contoso.test>\r
          Sent: Wednesday, November 18, 2026 11:06 AM\r
          To: Bob <bob@contoso.test>; info@contoso.test\r
          Cc: Carol <carol@fabrikam.test>\r
          Subject: Signal\r
          \r
          The sun is out.
          """))
      let source = try await sandbox.graph("GET", "/me/messages/\(draft.id)/$value", token: token).body
      #expect(source.contains("In-Reply-To: <one@heliograph.test>\r\n"))
      #expect(source.contains("References: <one@heliograph.test>\r\n"))
      #expect(try await sandbox.messages(Self.bob, "drafts").count == 1)
    }
  }

  @Test(arguments: [
    ("Signal", "RE: Signal", "FW: Signal"), ("RE: Signal", "RE: Signal", "FW: Signal"),
    ("fwd: Signal", "RE: Signal", "FW: Signal"), ("12: Signal", "RE: 12: Signal", "FW: 12: Signal"),
    ("Today: Signal", "RE: Today: Signal", "FW: Today: Signal"), ("a:b", "RE: a:b", "FW: a:b"),
    ("", "RE: ", "FW: "),
  ])
  func `A prefix of the subject takes the place of another`(subject: String, reply: String, forward: String) {
    #expect(ReplyKind.reply.subject(of: subject) == reply)
    #expect(ReplyKind.forward.subject(of: subject) == forward)
  }

  @Test func `A comment is above the quoted message, in the markup of an HTML body`() async throws {
    try await run(Self.original(html: true)) { sandbox, path, token async throws in
      let answer = try await sandbox.graph(
        "POST", path + "/createReply", token: token, body: #"{"Comment": "<i>Thanks</i>", "Message": null}"#)
      let html = Self.content(answer.json)
      #expect(html.hasPrefix("<html><body class=\"x\">\r\n<div><i>Thanks</i></div>"))
      #expect(html.contains("<b>From:</b> Alice &lt;alice@contoso.test&gt;<br>"))
      #expect(html.hasSuffix("<p>The sun is out.</p></body></html>"))
    }
  }

  @Test(arguments: [
    ("W. Europe Standard Time", "12:06 PM"), ("Asia/Tokyo", "8:06 PM"), ("utc", "11:06 AM"),
  ])
  func `A preference says in which zone the quoted message was sent`(zone: String, time: String) async throws
  {
    try await run { sandbox, path, token async throws in
      let prefer = ["prefer": "outlook.timezone=\"\(zone)\""]
      let answer = try await sandbox.graph("POST", path + "/createReply", token: token, headers: prefer)
      #expect(Self.content(answer.json).contains("2026 \(time)\r\n"))
      #expect(answer.headers.first(name: "preference-applied") == prefer["prefer"])
    }
  }

  @Test func `What the client says of a draft takes the place of what would be filled in`() async throws {
    try await run { sandbox, path, token async throws in
      let body = #"""
        {"message": {"subject": "Other", "body": {"contentType": "html", "content": "<p>Mine</p>"},
         "toRecipients": \#(Self.people), "ccRecipients": [], "importance": "high", "categories": ["Red"],
         "attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "name": "b.txt",
           "contentBytes": "YQ=="}]}}
        """#
      for (action, files) in [("createReplyAll", ["b.txt"]), ("createForward", ["a.csv", "b.txt"])] {
        let draft = try await sandbox.graph("POST", path + "/" + action, token: token, body: body)
        #expect(draft.status == 201, "\(draft.body)")
        #expect(draft.json.text("subject") == "Other")
        #expect(draft.json.text("importance") == "high")
        #expect(draft.json["categories"] as? [String] == ["Red"])
        #expect(Self.addresses(draft.json, "toRecipients") == ["dave@fabrikam.test"])
        #expect(Self.addresses(draft.json, "ccRecipients").isEmpty)
        #expect(Self.content(draft.json).contains("<p>Mine</p>"))
        #expect(!Self.content(draft.json).contains("sun"))
        let attachments = try await sandbox.graph(
          "GET", "/me/messages/\(draft.id)/attachments", token: token)
        #expect(attachments.list.map { $0.text("name") } == files)
      }
    }
  }

  @Test(
    arguments: [
      ("reply", #"{"comment": "Thanks"}"#, "alice@contoso.test", "RE: Signal", ["Mail.Send"]),
      ("microsoft.graph.reply", nil, "alice@contoso.test", "RE: Signal", ["Mail.Send"]),
      ("replyAll", #"{"comment": "Thanks"}"#, "carol@fabrikam.test", "RE: Signal", ["Mail.Send"]),
      ("forward", #"{"ToRecipients": \#(people)}"#, "carol@fabrikam.test", "FW: Signal", ["Mail.Send"]),
      (
        "forward", #"{"comment": "x", "message": {"toRecipients": \#(people)}}"#, "carol@fabrikam.test",
        "FW: Signal", ["Mail.Send"]
      ),
    ] as [(String, String?, String, String, [String])])
  func `A reply is sent at once and saved, with the permission to send alone`(
    action: String, body: String?, recipient: String, subject: String, scopes: [String]
  ) async throws {
    try await run(scopes: scopes) { sandbox, path, token async throws in
      // An external address has no mailbox to look into.
      let body = body?.replacing("dave", with: "carol")
      let answer = try await sandbox.graph("POST", path + "/" + action, token: token, body: body)
      #expect(answer.status == 202, "\(answer.body)")
      #expect(answer.body.isEmpty)
      let own = try #require(try await sandbox.messages(Self.bob, "sentitems").first)
      let received = try #require(
        try await sandbox.messages(recipient, "inbox").first { $0.text("subject") == subject })
      #expect(own.text("subject") == subject)
      #expect(try await sandbox.messages(Self.bob, "drafts").isEmpty)
      #expect(received["hasAttachments"] as? Bool == (action == "forward"))
      let original = try #require(try await sandbox.messages(Self.bob, "inbox").first)
      #expect(own.text("conversationId") == original.text("conversationId"))
      if recipient == "alice@contoso.test" {
        let first = try #require(try await sandbox.messages(recipient, "sentitems").first)
        #expect(received.text("conversationId") == first.text("conversationId"))
      }
    }
  }

  @Test(
    arguments: [
      ("createReply", #"{"comment": "a", "message": {"body": {"content": "b"}}}"#, "ErrorInvalidParameter"),
      ("reply", #"{"comment": "a", "message": {"body": {"content": "b"}}}"#, "ErrorInvalidParameter"),
      (
        "createForward", #"{"toRecipients": \#(people), "message": {"toRecipients": \#(people)}}"#,
        "ErrorInvalidParameter"
      ),
      (
        "forward", #"{"toRecipients": \#(people), "message": {"toRecipients": \#(people)}}"#,
        "ErrorInvalidParameter"
      ),
      ("createForward", #"{"comment": "a"}"#, "ErrorInvalidRecipients"),
      ("createForward", #"{"toRecipients": []}"#, "ErrorInvalidRecipients"),
      ("forward", #"{"comment": "a"}"#, "ErrorInvalidRecipients"),
      ("forward", nil, "ErrorInvalidRecipients"),
      ("createReply", #"{"toRecipients": \#(people)}"#, "RequestBodyRead"),
      ("createReply", #"{"colour": 1}"#, "RequestBodyRead"),
      ("createReply", #"{"comment": 1}"#, "RequestBodyRead"),
      ("createReply", #"{"comment": "a", "Comment": "b"}"#, "RequestBodyRead"),
      ("replyAll", #"{"message": {"colour": 1}}"#, "RequestBodyRead"),
      ("reply", "[", "BadRequest"),
    ] as [(String, String?, String)])
  func `A contradiction is refused and sends nothing`(action: String, body: String?, code: String)
    async throws
  {
    try await run { sandbox, path, token async throws in
      let answer = try await sandbox.graph("POST", path + "/" + action, token: token, body: body)
      #expect(answer.status == 400)
      #expect(answer.errorCode == code)
      #expect(try await sandbox.messages(Self.bob).count == 1)
    }
  }

  @Test(
    arguments: [
      ("createReply", "Mail.Send"), ("createReplyAll", "Mail.Read"), ("createForward", "Mail.Send"),
      ("reply", "Mail.ReadWrite"), ("replyAll", "Mail.ReadWrite"), ("forward", "Mail.ReadWrite"),
      ("copy", "Mail.Read"), ("permanentDelete", "Mail.Read"),
    ])
  func `An action needs its own permission`(action: String, scope: String) async throws {
    try await run(scopes: [scope]) { sandbox, path, token async throws in
      let answer = try await sandbox.graph("POST", path + "/" + action, token: token)
      #expect(answer.status == 403)
      #expect(answer.errorCode == "ErrorAccessDenied")
    }
  }

  private static let mime = """
    From: Bob <bob@contoso.test>\r
    To: dave@fabrikam.test\r
    Bcc: eve@fabrikam.test\r
    Subject: As MIME\r
    \r
    Mine.\r

    """

  @Test(arguments: [
    ("createReply", ["alice@contoso.test"]), ("createReplyAll", ["alice@contoso.test", "info@contoso.test"]),
    ("createForward", ["dave@fabrikam.test"]),
  ])
  func `A draft may come as MIME, and a reply goes to the sender whatever that says`(
    action: String, to: [String]
  ) async throws {
    try await run { sandbox, path, token async throws in
      let original = try await sandbox.graph("GET", path, token: token)
      let draft = try await sandbox.graphMIME(path + "/" + action, Self.mime, token: token)
      #expect(draft.status == 201, "\(draft.body)")
      #expect(draft.json.text("subject") == "As MIME")
      #expect(Self.addresses(draft.json, "toRecipients") == to)
      let isForward = action == "createForward"
      #expect(Self.addresses(draft.json, "bccRecipients") == (isForward ? ["eve@fabrikam.test"] : []))
      #expect(Self.content(draft.json) == "Mine.\r\n")
      #expect(draft.json["hasAttachments"] as? Bool == false)
      #expect(draft.json.text("conversationId") == original.json.text("conversationId"))
      let source = try await sandbox.graph("GET", "/me/messages/\(draft.id)/$value", token: token).body
      #expect(source.contains("In-Reply-To: <one@heliograph.test>\r\n"))
      #expect(source.contains("dave") == isForward && source.contains("eve") == isForward)
    }
  }

  @Test func `A reply as MIME is sent to the sender alone`() async throws {
    try await run(scopes: ["Mail.Send"]) { sandbox, path, token async throws in
      let answer = try await sandbox.graphMIME(path + "/reply", Self.mime, token: token)
      #expect(answer.status == 202)
      let received = try #require(try await sandbox.messages("alice@contoso.test", "inbox").first)
      #expect(Self.addresses(received, "toRecipients") == ["alice@contoso.test"])
      #expect(received.text("subject") == "As MIME")
    }
  }

  @Test(arguments: ["createReply", "createReplyAll", "createForward", "reply", "replyAll", "forward"])
  func `MIME that is not base64 is refused in Microsoft's words`(action: String) async throws {
    try await run { sandbox, path, token async throws in
      let plain = ["content-type": "text/plain"]
      let answer = try await sandbox.graph(
        "POST", path + "/" + action, token: token, headers: plain, body: "From: bob")
      #expect(answer.status == 400)
      #expect(answer.errorCode == "ErrorMimeContentInvalidBase64String")
      #expect(answer.errorMessage == "Invalid base64 string for MIME content.")
    }
  }

  @Test func `A time zone that the sandbox does not know is refused in its own name`() async throws {
    try await run { sandbox, path, token async throws in
      let prefer = ["prefer": #"outlook.timezone="Mars Standard Time""#]
      let answer = try await sandbox.graph("POST", path + "/createReply", token: token, headers: prefer)
      #expect(answer.errorCode == "SandboxNotSupported")
      #expect(answer.errorMessage?.contains("Mars Standard Time") == true)
    }
  }
}
