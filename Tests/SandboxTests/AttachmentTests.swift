import Foundation
import MIME
import NIOHTTP1
import Testing

@testable import Sandbox

/// Attachments that are added to a draft one by one are part of the message that is sent.
@Suite struct AttachmentTests {
  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      try await body(sandbox)
    }
  }

  private static func file(_ name: String, _ content: [UInt8], _ more: String = "") -> String {
    ##"{"@odata.type": "#microsoft.graph.fileAttachment", "name": "\##(name)"\##(more), "##
      + #""contentBytes": "\#(Data(content).base64EncodedString())"}"#
  }

  private static let item = ##"""
    {"@odata.type": "#microsoft.graph.itemAttachment", "name": "Their words", "item": {
      "@odata.type": "microsoft.graph.message", "subject": "Enclosed", "body": {"contentType": "html",
      "content": "<p>Grüße</p>"}, "from": {"emailAddress": {"address": "carol@fabrikam.test"}}}}
    """##

  @Test func `A message from MIME keeps its parts, and gets what was added to it`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.mimeDraft()
      let path = "/me/mailFolders/drafts/messages/\(draft.id)/attachments"
      let long = String(repeating: "Übergrößenträger ", count: 8) + ".pdf"
      let picture = #", "isInline": true, "contentId": "<logo@x>", "contentType": "image/png""#
      let bytes = SandboxHarness.file
      for body in [
        Self.file(long, Array(bytes[..<100_000])), Self.file("a \\\"b\\\".png", [1, 2, 3], picture),
        Self.item,
      ] {
        let added = try await sandbox.graph("POST", path, body: body)
        #expect(added.status == 201, "\(added.body)")
        #expect(added.json["item"] == nil)
      }
      #expect(try await sandbox.graph("POST", "/me/messages/\(draft.id)/send").status == 202)

      let message = MIMEMessage(parsing: try await sandbox.received())
      #expect(message.text == "The plain words." && message.html?.contains("The rich words.") == true)
      #expect(message.messageID == "<large@heliograph.test>")
      #expect(
        message.field("MIME-Version") != nil && message.fields.count { $0.isNamed("Content-Type") } == 1)
      let files = message.attachments
      #expect(files.map(\.name) == ["small.ics", "a \"b\".png", long, nil].map { $0 ?? "Their words" })
      #expect(
        files.map(\.contentType) == ["text/calendar", "image/png", "application/pdf", "message/rfc822"])
      #expect(files.map(\.contentID) == [nil, "logo@x", nil, nil])
      #expect(files.map(\.isInline) == [false, true, false, false])
      #expect(files[1].content == [1, 2, 3] && files[2].content == Array(bytes[..<100_000]))
      #expect(message.root.leaves.contains { $0.contentType["method"] == "REQUEST" })
      let enclosed = MIMEMessage(parsing: files[3].content)
      #expect(enclosed.subject == "Enclosed" && enclosed.html == "<p>Grüße</p>")
      #expect(enclosed.addresses("From").first?.address.text == "carol@fabrikam.test")
    }
  }

  @Test func `The recipient and the sender see the attachments with their names and bytes`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.mimeDraft(to: "bob@contoso.test, carol@fabrikam.test")
      let content = Array(SandboxHarness.file.prefix(70_001))
      let body = Self.file("Köln.xlsx", content)
      #expect(
        try await sandbox.graph("POST", "/me/messages/\(draft.id)/attachments", body: body).status == 201)
      _ = try await sandbox.graph("POST", "/me/messages/\(draft.id)/send")
      for (user, folder) in [
        ("alice@contoso.test", "sentitems"), ("bob@contoso.test", "inbox"), ("carol@fabrikam.test", "inbox"),
      ] {
        let copy = try #require(try await sandbox.messages(user, folder).first)
        let token = try sandbox.token(user)
        #expect(copy["hasAttachments"] as? Bool == true)
        let list = try await sandbox.attachments(copy.text("id"), token: token)
        #expect(list.map { $0.text("name") } == ["small.ics", "Köln.xlsx"])
        let last = try #require(list.last)
        #expect(last.text("contentType").hasSuffix("spreadsheetml.sheet") && last["contentBytes"] == nil)
        let path = "/me/messages/\(copy.text("id"))/attachments/\(last.text("id"))"
        let value = try await sandbox.graph("GET", path + "/$value", token: token)
        #expect(
          value.bytes == content && value.headers.first(name: "content-type")?.hasSuffix(".sheet") == true)
        let whole = try await sandbox.graph("GET", path, token: token)
        #expect(whole.json.text("contentBytes") == Data(content).base64EncodedString())
      }
    }
  }

  @Test func `A message is attached as an item, with the name that it was given`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let path = "/me/messages/\(draft.id)/attachments"
      let added = try await sandbox.graph("POST", path, body: Self.item)
      #expect(added.json.text("@odata.type") == "#microsoft.graph.itemAttachment")
      #expect(added.json.text("name") == "Their words" && added.json["contentType"] is NSNull)
      #expect(added.json["contentBytes"] == nil)
      let item = try await sandbox.graph(
        "GET", "\(path)/\(added.id)?$expand=microsoft.graph.itemAttachment/item")
      #expect((item.json["item"] as? [String: Any])?.text("subject") == "Enclosed")
      for (item, code) in [
        (#"{"@odata.type": "microsoft.graph.event", "subject": "x"}"#, "SandboxNotSupported"),
        (#"{"subject": "x"}"#, "ErrorRequiredPropertyMissing"),
        (#"{"@odata.type": "microsoft.graph.message", "colour": "x"}"#, "RequestBodyRead"),
      ] {
        let body = ##"{"@odata.type": "#microsoft.graph.itemAttachment", "name": "a", "item": \##(item)}"##
        #expect(try await sandbox.graph("POST", path, body: body).errorCode == code)
      }
      let whole = #"{"subject": "Two", "attachments": [\#(Self.item), \#(Self.file("a.txt", [65]))]}"#
      let second = try await sandbox.graph("POST", "/me/messages", body: whole)
      #expect(try await sandbox.attachments(second.id).map { $0.text("name") } == ["Their words", "a.txt"])
    }
  }

  @Test func `A property that is null is as good as left out`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graph("POST", "/me/messages", body: #"{"subject": "Null"}"#)
      let path = "/me/messages/\(draft.id)/attachments"
      let file = Self.file("a.txt", [65], #", "contentId": null, "contentType": null"#)
      #expect(try await sandbox.graph("POST", path, body: file).status == 201)
      #expect(try await sandbox.attachments(draft.id).map { $0.text("name") } == ["a.txt"])
    }
  }

  @Test func `An inline attachment alone is none that counts, and lies beside the HTML`() async throws {
    try await run { sandbox async throws in
      let picture = Self.file(
        "logo.png", [1], #", "isInline": true, "contentId": "logo@x", "contentType": null"#)
      let created = try await sandbox.graph(
        "POST", "/me/messages",
        body: #"""
          {"subject": "Logo", "body": {"contentType": "html", "content": "<img src='cid:logo@x'>"},
           "toRecipients": [{"emailAddress": {"address": "bob@contoso.test"}}]}
          """#)
      let path = "/me/messages/\(created.id)"
      #expect(try await sandbox.graph("POST", path + "/attachments", body: picture).status == 201)
      #expect(try await sandbox.graph("GET", path).json["hasAttachments"] as? Bool == false)
      _ = try await sandbox.graph("POST", path + "/send")
      let root = MIMEMessage(parsing: try await sandbox.received()).root
      #expect(root.contentType.name == "multipart/related" && root.contentType["type"] == "text/html")
      #expect(root.parts.map(\.contentType.name) == ["text/html", "image/png"])
      #expect(root.parts.last?.contentID == "logo@x")
    }
  }

  @Test func `The id of an attachment stays when another one is deleted, and is not given twice`()
    async throws
  {
    try await run { sandbox async throws in
      let draft = try await sandbox.mimeDraft()
      let path = "/me/messages/\(draft.id)/attachments"
      var ids: [String] = []
      for name in ["a.txt", "b.txt", "c.txt"] {
        ids.append(try await sandbox.graph("POST", path, body: Self.file(name, [65])).id)
      }
      #expect(try await sandbox.graph("DELETE", "\(path)/\(ids[2])").status == 204)
      #expect(try await sandbox.graph("DELETE", "\(path)/\(ids[0])").status == 204)
      #expect(try await sandbox.graph("GET", "\(path)/\(ids[1])").json.text("name") == "b.txt")
      #expect(try await sandbox.graph("DELETE", "\(path)/\(ids[0])").errorCode == "ErrorItemNotFound")
      let last = try await sandbox.graph("POST", path, body: Self.file("d.txt", [65]))
      #expect(!ids.contains(last.id))
      // One that came with the message; what was added after it stays.
      let own = try #require(try await sandbox.attachments(draft.id).first)
      #expect(own.text("name") == "small.ics")
      #expect(try await sandbox.graph("DELETE", "\(path)/\(own.text("id"))").status == 204)
      #expect(try await sandbox.attachments(draft.id).map { $0.text("name") } == ["b.txt", "d.txt"])
      _ = try await sandbox.graph("POST", "/me/messages/\(draft.id)/send")
      let message = MIMEMessage(parsing: try await sandbox.received())
      #expect(message.attachments.map(\.name) == ["b.txt", "d.txt"])
      #expect(message.html?.contains("The rich words.") == true)
    }
  }

  @Test func `Attachments that are added at the same time are all there`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      try await withThrowingTaskGroup(of: Int.self) { group in
        for index in 0..<4 {
          group.addTask {
            let body = Self.file("\(index).bin", [UInt8](repeating: 1, count: 50_000))
            return try await sandbox.graph("POST", "/me/messages/\(draft.id)/attachments", body: body).status
          }
        }
        for try await status in group { #expect(status == 201) }
      }
      let names = try await sandbox.attachments(draft.id).map { $0.text("name") }
      #expect(Set(names) == ["0.bin", "1.bin", "2.bin", "3.bin"])
    }
  }

  @Test func `A file is added in one request below 3 MB, and not from it on`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let path = "/me/messages/\(draft.id)/attachments"
      let bytes = SandboxHarness.file
      let most = try await sandbox.graph("POST", path, body: Self.file("a", Array(bytes[..<((3 << 20) - 1)])))
      #expect(most.status == 201)
      let over = try await sandbox.graph("POST", path, body: Self.file("b", Array(bytes[..<(3 << 20)])))
      #expect(over.status == 413 && over.errorCode == "ErrorMessageSizeExceeded")
      #expect(try await sandbox.attachments(draft.id).map { $0.text("name") } == ["a"])
    }
  }

  @Test(arguments: [
    (#""name": "a\nb""#, "ErrorInvalidPropertySet"),
    (#""contentType": "multipart/mixed""#, "ErrorInvalidPropertySet"),
    (#""contentType": "pdf""#, "ErrorInvalidPropertySet"),
    (#""contentId": "a b""#, "ErrorInvalidPropertySet"),
    (#""isInline": "yes""#, "RequestBodyRead"), (#""contentBytes": "%""#, "RequestBodyRead"),
    (#""contentLocation": "x""#, "SandboxNotSupported"), (#""colour": "x""#, "RequestBodyRead"),
  ])
  func `What cannot be an attachment is refused`(members: String, code: String) async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let bytes = members.contains("contentBytes") ? "" : #", "contentBytes": "QQ==""#
      let answer = try await sandbox.graph(
        "POST", "/me/messages/\(draft.id)/attachments",
        body: ##"{"@odata.type": "#microsoft.graph.fileAttachment"\##(bytes), \##(members)}"##)
      #expect(answer.status == 400 && answer.errorCode == code, "\(answer.body)")
      #expect(try await sandbox.attachments(draft.id).isEmpty)
    }
  }

  @Test func `The limits of a message are those that were set, each at its step`() async throws {
    try await run { sandbox async throws in
      try await sandbox.settings(#"{"messageSizeLimit": 100000, "recipientLimit": 2}"#)
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let path = "/me/messages/\(draft.id)"
      let over = try await sandbox.graph(
        "POST", path + "/attachments", body: Self.file("a", [UInt8](repeating: 1, count: 100_000)))
      #expect(over.status == 413 && over.errorCode == "ErrorMessageSizeExceeded")
      // It fits into the mailbox, and not into a message, where it is encoded.
      let added = try await sandbox.graph(
        "POST", path + "/attachments", body: Self.file("a", [UInt8](repeating: 1, count: 90_000)))
      #expect(added.status == 201)
      let sent = try await sandbox.graph("POST", path + "/send")
      #expect(sent.status == 413 && sent.errorCode == "ErrorMessageSizeExceeded")
      #expect(try await sandbox.graph("GET", path).json["isDraft"] as? Bool == true)
      try await sandbox.settings(#"{"messageSizeLimit": 200000}"#)
      #expect(try await sandbox.graph("POST", path + "/send").status == 202)
      let three = message(to: "bob@contoso.test, a@x.test, b@x.test")
      let refused = try await sandbox.graphMIME("/me/sendMail", three)
      #expect(refused.errorCode == "ErrorInvalidRecipients" && refused.errorMessage?.contains("2") == true)
    }
  }

  @Test(arguments: [0, 1, 2, 3, 55, 56, 57, 58, 114, 115, 1000])
  func `The size of a message is known without composing it`(length: Int) throws {
    var message = try Message(parsing: Array(message().utf8))
    message.add(Attachment(name: "a", content: [UInt8](repeating: 7, count: length)))
    message.add(
      Attachment(name: nil, contentType: "message/rfc822", content: Array("Subject: a\r\n\r\nb".utf8)))
    let bytes = message.source.bytes
    #expect(message.source.count == bytes.count)
    let read = MIMEMessage(parsing: bytes)
    #expect(read.attachments.map(\.content) == message.attachments.map(\.content))
    #expect(read.text == "The sun is out.\r\n" && message.headers.last?.name == "Content-Type")
  }

  @Test func `All copies of a message share its content and its attachments`() throws {
    var draft = try Message(parsing: Array(message(bcc: "carol@fabrikam.test").utf8))
    draft.add(Attachment(name: "a", content: [UInt8](repeating: 7, count: 100_000)))
    let person = Correspondent(address: "alice@contoso.test")
    var sent = draft.sent(by: SendingAuthor(from: person, sender: person))
    sent = sent.withoutBcc.replacingMessageID(with: "<other@x.test>")
    func address(_ message: Message) -> UnsafePointer<UInt8>? {
      message.attachments[0].content.withUnsafeBufferPointer(\.baseAddress)
    }
    #expect(address(sent) == address(draft))
    let text = String(decoding: sent.source.bytes, as: UTF8.self)
    #expect(text.contains("<other@x.test>") && !text.contains("carol") && text.contains("BwcHBwcH"))
  }

  @Test(arguments: ["just words", "\r\nwords", "Subject: a", "Subject: a\r\n", "Subject: a\r\n\r\nwords"])
  func `Whatever a message was made of, an attachment is added after it`(text: String) throws {
    var message = try Message(parsing: Array(text.utf8))
    message.add(Attachment(name: "a.bin", content: [0, 255]))
    message.setField("X-One", "1")
    let read = MIMEMessage(parsing: message.source.bytes)
    #expect(read.attachments.map(\.content) == [[0, 255]])
    #expect(read.subject == message.headers.first { $0.isNamed("Subject") }?.value)
    #expect((read.text ?? "") == message.body.content)
    #expect(read.field("X-One")?.value == "1")
  }
}
