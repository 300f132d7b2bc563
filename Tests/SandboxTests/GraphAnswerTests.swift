import Foundation
import JSON
import NIOHTTP1
import Testing

@testable import Sandbox

private let sixHeaders = Array(repeating: #"{"name": "x-a", "value": "b"}"#, count: 6).joined(separator: ",")

/// What is answered has the documented names and types, and documented requests are understood.
@Suite struct GraphAnswerTests {
  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      try await body(sandbox)
    }
  }

  private func expect(_ answer: Answer, like fixture: String) throws {
    let differences = GraphFixture.differences(
      try JSONValue(parsing: answer.body), from: try GraphFixture.json(fixture))
    #expect(differences == [])
  }

  @Test func `A draft is made from the documented request and shown in the documented shape`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graph(
        "POST", "/me/messages", body: GraphFixture.text("create-draft-request"))
      #expect(draft.status == 201)
      try expect(draft, like: "message")
      #expect(draft.json["importance"] as? String == "low")
      #expect(draft.json["bodyPreview"] as? String == "They were awesome!")
      #expect(draft.headers.first(name: "odata-version") == "4.0")
      #expect(draft.headers.first(name: "location")?.hasPrefix(sandbox.origin + "/v1.0/users('") == true)

      try expect(try await sandbox.graph("GET", "/me/messages/\(draft.id)"), like: "message")
      try expect(try await sandbox.graph("GET", "/me"), like: "user")
      try expect(try await sandbox.graph("GET", "/me/mailFolders/drafts"), like: "mail-folder")
      let source = try await sandbox.graph("GET", "/me/messages/\(draft.id)/$value")
      #expect(source.body.contains("x-custom-header-group-id: NV001"))
      #expect(source.body.contains("Bcc: erin@outlook.test"))
    }
  }

  @Test func `The documented sendMail request is sent with its attachment`() async throws {
    try await run { sandbox async throws in
      let body = try GraphFixture.text("send-mail-request")
      #expect(try await sandbox.graph("POST", "/me/sendMail", body: body).status == 202)
      let received = try #require(try await sandbox.messages("bob@contoso.test", "inbox").first)
      #expect(received["hasAttachments"] as? Bool == true)
      let token = try sandbox.token("bob@contoso.test")
      let path = "/me/messages/\(received.text("id"))/attachments"
      let list = try await sandbox.graph("GET", path, token: token)
      let id = try #require(list.list.first).text("id")
      let attachment = try await sandbox.graph("GET", "\(path)/\(id)", token: token)
      try expect(attachment, like: "attachment")
      #expect(attachment.json["contentBytes"] as? String == "SGVsbG8gV29ybGQh")
      #expect(try await sandbox.graph("GET", "\(path)/\(id)/$value", token: token).body == "Hello World!")
    }
  }

  @Test func `Pages follow each other without a gap or a repetition`() async throws {
    try await run { sandbox async throws in
      for number in 0..<5 {
        let mime = message(id: "<\(number)@x.test>", subject: "Message \(number)")
        #expect(try await sandbox.graphMIME("/me/sendMail", mime).status == 202)
      }
      var next: String? =
        "/v1.0/me/mailFolders/sentitems/messages?%24top=2&$select=sender,subject&$count=true"
      var subjects: [String] = []
      let headers = ["authorization": "Bearer \(try sandbox.token())"]
      while let path = next {
        let page = try await sandbox.send("GET", path, headers: headers, body: nil)
        #expect(page.json["@odata.count"] as? Int == 5)
        next = page.json["@odata.nextLink"] as? String
        if let next {
          #expect(next.hasPrefix(sandbox.origin + "/v1.0/me/mailFolders/sentitems/messages?"))
          try expect(page, like: "message-list")
        }
        subjects += page.list.map { $0.text("subject") }
      }
      #expect(subjects == (0..<5).reversed().map { "Message \($0)" })
    }
  }

  @Test func `A filter finds by Message-ID, state and date`() async throws {
    try await run { sandbox async throws in
      for id in ["<a@x.test>", "<b@x.test>"] {
        _ = try await sandbox.graphMIME("/me/sendMail", message(id: id))
      }
      _ = try await sandbox.graphMIME("/me/messages", message(id: "<c@x.test>"))
      func count(_ filter: String, _ folder: String = "") async throws -> Int {
        let query = FormFields([("$filter", filter), ("$top", "50")]).urlEncoded
        return try await sandbox.graph("GET", "/me\(folder)/messages?\(query)").list.count
      }
      #expect(try await count("internetMessageId eq '<a@x.test>'") == 1)
      #expect(try await count("internetMessageId eq '<a@x.test>' and isDraft eq true") == 0)
      #expect(try await count("internetMessageId eq '<c@x.test>'", "/mailFolders/sentitems") == 0)
      #expect(try await count("isDraft eq false") == 2)
      #expect(try await count("sentDateTime ge 2020-01-01T00:00:00Z") == 3)
      #expect(try await count("createdDateTime lt 2020-01-01T00:00:00Z") == 0)
    }
  }

  @Test func `A draft changes, moves and goes to Deleted Items, and its ordinary id with it`() async throws {
    try await run { sandbox async throws in
      try await sandbox.settings(#"{"dropUnknownHeaders": false}"#)
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let change = #"{"subject": "Corrected", "isRead": false, "categories": ["Red"], "id": "ignored"}"#
      let changed = try await sandbox.graph("PATCH", "/me/messages/\(draft.id)", body: change)
      #expect(changed.json["subject"] as? String == "Corrected")
      #expect(changed.json["internetMessageId"] as? String == "<one@heliograph.test>")
      #expect(changed.json["changeKey"] as? String != draft.json["changeKey"] as? String)
      let source = try await sandbox.graph("GET", "/me/messages/\(draft.id)/$value").body
      #expect(source.contains("X-Heliograph-Id: q_1"))
      #expect(source.contains("Subject: Corrected"))

      let moved = try await sandbox.graph(
        "POST", "/me/messages/\(draft.id)/move", body: #"{"DestinationId": "archive"}"#)
      #expect(moved.status == 201)
      #expect(try await sandbox.graph("GET", "/me/messages/\(draft.id)").errorCode == "ErrorItemNotFound")
      #expect(try await sandbox.graph("DELETE", "/me/messages/\(moved.id)").status == 204)
      #expect(try await sandbox.messages("alice@contoso.test", "deleteditems").count == 1)
    }
  }

  @Test func `An immutable id stays when the message moves`() async throws {
    try await run { sandbox async throws in
      let prefer = ["prefer": #"outlook.body-content-type="text", IdType="ImmutableId""#]
      let draft = try await sandbox.graphMIME("/me/messages", message(), headers: prefer)
      _ = try await sandbox.graph(
        "POST", "/me/messages/\(draft.id)/move", body: #"{"destinationId":"inbox"}"#)
      let found = try await sandbox.graph("GET", "/me/messages/\(draft.id)", headers: prefer)
      #expect(found.id == draft.id)
      #expect(found.headers.first(name: "preference-applied")?.contains("ImmutableId") == true)
    }
  }

  @Test func `The ids of a request come back, and an error has the documented shape`() async throws {
    try await run { sandbox async throws in
      let id = GraphID(epoch: 0, mailbox: MailboxID(uuid: UUID()), kind: .immutable, number: 1).text
      let answer = try await sandbox.graph(
        "GET", "/me/messages/\(id)", headers: ["client-request-id": "mine"])
      #expect(answer.status == 404)
      try expect(answer, like: "error")
      #expect(answer.headers.first(name: "client-request-id") == "mine")
      #expect(answer.headers.first(name: "request-id")?.isEmpty == false)
    }
  }

  @Test(
    arguments: [
      ("GET", "/me/messages/x", nil, 400, "ErrorInvalidIdMalformed"),
      ("GET", "/me/mailFolders/nowhere", nil, 400, "ErrorInvalidIdMalformed"),
      ("GET", "/me/colours", nil, 400, "BadRequest"), ("GET", "/me/messages/x/paint", nil, 400, "BadRequest"),
      ("GET", "/me/calendar", nil, 400, "SandboxNotSupported"),
      ("POST", "/me/messages/x/createReply", "{}", 400, "ErrorInvalidIdMalformed"),
      ("POST", "/me/mailFolders/inbox/copy", "{}", 400, "ErrorInvalidParameter"),
      ("POST", "/me/mailFolders/inbox/move", "{}", 400, "ErrorInvalidParameter"),
      ("GET", "/me/messages/x/reply", nil, 405, "Request_BadRequest"),
      ("POST", "/me/messages/x/attachments/createUploadSession", "{}", 400, "ErrorInvalidParameter"),
      ("GET", "/me/messages/x/attachments/createUploadSession", nil, 405, "Request_BadRequest"),
      ("POST", "/me/messages/x/attachments", "{}", 400, "ErrorRequiredPropertyMissing"),
      ("POST", "/me/mailFolders", "{}", 400, "ErrorRequiredPropertyMissing"),
      ("PATCH", "/me", "{}", 405, "Request_BadRequest"),
      ("GET", "/me/messages?$top=0", nil, 400, "ErrorInvalidUrlQuery"),
      ("GET", "/me/messages?$top=1001", nil, 400, "ErrorInvalidUrlQuery"),
      ("GET", "/me/messages?$format=x", nil, 400, "SandboxNotSupported"),
      ("GET", "/me/messages?$filter=isRead", nil, 400, "ErrorInvalidUrlQueryFilter"),
      ("GET", "/me/messages?$filter=isRead%20eq%20true&$orderby=sentDateTime", nil, 400, "InefficientFilter"),
      ("GET", "/me/messages?$select=colour", nil, 400, "BadRequest"),
      ("POST", "/me/messages", "{", 400, "BadRequest"),
      ("POST", "/me/messages", "[]", 400, "BadRequest"),
      ("POST", "/me/messages", #"{"colour": "red"}"#, 400, "RequestBodyRead"),
      ("POST", "/me/messages", #"{"subject": 1}"#, 400, "RequestBodyRead"),
      ("POST", "/me/messages", #"{"toRecipients": [{"address": "a@b"}]}"#, 400, "RequestBodyRead"),
      ("POST", "/me/sendMail", "{}", 400, "ErrorInvalidParameter"),
      ("POST", "/me/sendMail", #"{"message": {}, "colour": 1}"#, 400, "RequestBodyRead"),
      ("POST", "/me/sendMail", #"{"message": {"subject": "x"}}"#, 400, "ErrorInvalidRecipients"),
      (
        "POST", "/me/sendMail", #"{"message": {"toRecipients": [{"emailAddress": {"address": "no"}}]}}"#, 400,
        "ErrorInvalidRecipients"
      ),
      (
        "POST", "/me/messages", #"{"internetMessageHeaders": [{"name": "List-Id", "value": "x"}]}"#, 400,
        "InvalidInternetMessageHeader"
      ),
      (
        "POST", "/me/messages",
        #"{"internetMessageHeaders": [\#(sixHeaders)]}"#, 400, "InvalidInternetMessageHeaderCollection"
      ),
    ] as [(String, String, String?, Int, String)])
  func `A refusal carries Graph's code`(
    method: String, path: String, body: String?, status: Int, code: String
  ) async throws {
    try await run { sandbox async throws in
      let answer = try await sandbox.graph(method, path, body: body)
      #expect(answer.status == status)
      #expect(answer.errorCode == code)
      #expect(try await sandbox.messages("alice@contoso.test").isEmpty)
    }
  }

  @Test(arguments: [40, 600, 100_000])
  func `JSON that is nested too deeply is refused`(depth: Int) async throws {
    try await run { sandbox async throws in
      for (open, close) in [("[", "]"), (#"{"a":"#, "}")] {
        let body = String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
        let answer = try await sandbox.graph("POST", "/me/messages", body: #"{"body": \#(body)}"#)
        #expect(answer.errorCode == "BadRequest")
        #expect(try await sandbox.postJSON("/sandbox/settings", body).status == 400)
      }
    }
  }

  @Test func `MIME must be base64, and the size of a request is limited`() async throws {
    try await run { sandbox async throws in
      let plain = ["content-type": "text/plain"]
      let broken = try await sandbox.graph("POST", "/me/sendMail", headers: plain, body: "From: alice")
      #expect(broken.status == 400)
      #expect(broken.errorCode == "ErrorMimeContentInvalidBase64String")
      let folded = Data(message().utf8).base64EncodedString(options: .lineLength76Characters)
      #expect(try await sandbox.graph("POST", "/me/sendMail", headers: plain, body: folded).status == 202)
      let large = String(repeating: "A", count: (4 << 20) + 4)
      let refused = try await sandbox.graph("POST", "/me/sendMail", headers: plain, body: large)
      #expect(refused.status == 413)
      #expect(refused.errorCode == "ErrorMessageSizeExceeded")
    }
  }
}
