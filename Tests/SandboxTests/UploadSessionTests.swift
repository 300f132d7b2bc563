import AsyncHTTPClient
import Core
import Foundation
import MIME
import NIOCore
import NIOHTTP1
import Testing

@testable import Sandbox

/// `createUploadSession` and the URL that it gives.
@Suite struct UploadSessionTests {
  private static let start = Instant(microseconds: 1_795_000_000_000_000)
  private static let file = SandboxHarness.file

  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    let clock = SandboxClock(wall: { Self.start })
    try await SandboxHarness.run(clock: clock) { sandbox async throws in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      try await body(sandbox)
    }
  }

  @Test(arguments: ["AttachmentItem", "attachmentItem"])
  func `A file comes in ranges, is an attachment after the last, and is sent`(parameter: String) async throws
  {
    try await run { sandbox async throws in
      let immutable = ["prefer": #"IdType="ImmutableId""#]
      let draft = try await sandbox.mimeDraft(headers: immutable)
      let opened = try await sandbox.graph(
        "POST", "/me/messages/\(draft.id)/attachments/microsoft.graph.createUploadSession",
        headers: immutable,
        body:
          #"{"\#(parameter)": {"attachmentType": "file", "name": "film.mp4", "size": \#(Self.file.count)}}"#)
      #expect(opened.status == 201)
      #expect(opened.json.text("@odata.context").hasSuffix("/v1.0/$metadata#microsoft.graph.uploadSession"))
      #expect(opened.nextRanges == ["0-"])
      #expect(opened.json.text("expirationDateTime") == (Self.start + .seconds(86_400)).description)
      let url = opened.uploadURL
      #expect(url.hasPrefix("\(sandbox.origin)/outlook/api/v2.0/Users('"))
      #expect(url.contains("')/Messages('\(draft.id)')/AttachmentSessions('") && url.contains("?authtoken="))

      let first = try await sandbox.put(url, Self.file[..<2_000_000], "bytes 0-1999999/\(Self.file.count)")
      #expect(first.status == 200)
      #expect(Set(first.json.keys) == ["@odata.context", "ExpirationDateTime", "nextExpectedRanges"])
      #expect(first.json.text("@odata.context").hasSuffix("/AttachmentSessions/$entity"))
      #expect(first.json.text("ExpirationDateTime") == opened.json.text("expirationDateTime"))
      #expect(first.nextRanges == ["2000000"])
      let seen = try await sandbox.send("GET", url, headers: [:], body: nil)
      #expect(seen.status == 200 && seen.nextRanges == ["2000000"])
      #expect(try await sandbox.attachments(draft.id).count == 1)

      let last = try await sandbox.upload(Self.file, to: url, from: 2_000_000, step: 4 << 20)
      #expect(last.status == 201 && last.bytes.isEmpty)
      #expect(last.headers.first(name: "content-length") == "0")
      let location = try #require(last.headers.first(name: "location"))
      let id = try #require(location.firstMatch(of: /Attachments\('(.*)'\)$/)?.1)
      let path = "/me/messages/\(draft.id)/attachments/\(id)"
      // Whatever form of id the later request asks for.
      for headers in [immutable, [:]] {
        let attachment = try await sandbox.graph(
          "GET", path + "?$select=id,name,size,contentType", headers: headers)
        #expect(
          attachment.json.text("name") == "film.mp4" && attachment.json.text("contentType") == "video/mp4")
        #expect(try #require(attachment.json["size"] as? Int) > Self.file.count)
      }
      #expect(try await sandbox.graph("GET", path + "/$value").bytes == Self.file)
      #expect(try await sandbox.send("GET", url, headers: [:], body: nil).status == 404)

      #expect(try await sandbox.graph("POST", "/me/messages/\(draft.id)/send").status == 202)
      let message = MIMEMessage(parsing: try await sandbox.received())
      #expect(message.attachments.map(\.name) == ["small.ics", "film.mp4"])
      #expect(message.attachments.last?.content == Self.file)
      #expect(message.text == "The plain words.")
    }
  }

  @Test func `An inline file does not count as an attachment`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let opened = try await sandbox.openUpload(
        draft.id, more: #", "isInline": true, "contentId": "film@x", "contentType": "image/png""#)
      #expect(try await sandbox.upload(Self.file, to: opened.uploadURL).status == 201)
      let path = "/me/messages/\(draft.id)"
      #expect(try await sandbox.graph("GET", path).json["hasAttachments"] as? Bool == false)
      let list = try await sandbox.graph(
        "GET", path + "/attachments?$select=isInline,contentType,microsoft.graph.fileAttachment/contentId")
      #expect(list.list.first?["isInline"] as? Bool == true && list.list.first?.text("contentId") == "film@x")
      #expect(list.list.first?.text("contentType") == "image/png")
    }
  }

  @Test(
    arguments: [
      (
        #"{"AttachmentItem": {"attachmentType": "file", "name": "a", "size": 3145727}}"#,
        "ErrorAttachmentSizeShouldNotBeLessThanMinimumSize"
      ),
      (#"{"AttachmentItem": {"attachmentType": "file", "name": "a"}}"#, "ErrorRequiredPropertyMissing"),
      (#"{"AttachmentItem": {"attachmentType": "file", "size": 4000000}}"#, "ErrorRequiredPropertyMissing"),
      (#"{"AttachmentItem": {"name": "a", "size": 4000000}}"#, "ErrorRequiredPropertyMissing"),
      (
        #"{"AttachmentItem": {"attachmentType": "item", "name": "a", "size": 4000000}}"#,
        "SandboxNotSupported"
      ),
      (#"{"AttachmentItem": {"attachmentType": "film", "name": "a", "size": 4000000}}"#, "RequestBodyRead"),
      (#"{"AttachmentItem": {"attachmentType": "file", "name": "a", "size": "4000000"}}"#, "RequestBodyRead"),
      (
        #"{"AttachmentItem": {"attachmentType": "file", "name": "a", "size": 4e6, "colour": 1}}"#,
        "RequestBodyRead"
      ),
      (
        #"{"AttachmentItem": {"attachmentType": "file", "name": "a\nb", "size": 4000000}}"#,
        "ErrorInvalidPropertySet"
      ),
      (#"{"item": {}}"#, "RequestBodyRead"), ("{}", "ErrorInvalidParameter"),
    ])
  func `A session that Outlook would not open is refused`(body: String, code: String) async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let answer = try await sandbox.graph(
        "POST", "/me/messages/\(draft.id)/attachments/createUploadSession", body: body)
      #expect(answer.status == 400 && answer.errorCode == code, "\(answer.body)")
    }
  }

  @Test func `A session is for a draft, and for who may write it`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let reader = try sandbox.token(scopes: ["Mail.Read", "Mail.Send"])
      #expect(try await sandbox.openUpload(draft.id, token: reader).errorCode == "ErrorAccessDenied")
      let unknown = GraphID(
        epoch: 0, mailbox: MailboxID(uuid: UUID()), kind: .immutable, number: 1
      ).text
      #expect(try await sandbox.openUpload(unknown).status == 404)
      let opened = try await sandbox.openUpload(draft.id)
      _ = try await sandbox.graph("POST", "/me/messages/\(draft.id)/send")
      let sent = try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first)
      #expect(try await sandbox.openUpload(sent.text("id")).errorCode == "ErrorInvalidOperation")
      // Permanently, from Deleted Items.
      for _ in 0..<2 { _ = try await sandbox.graph("DELETE", "/me/messages/\(sent.text("id"))") }
      let late = try await sandbox.put(
        opened.uploadURL, Self.file[..<10], "bytes 0-9/\(Self.file.count)")
      #expect(late.status == 404 && late.errorCode == "ErrorItemNotFound")
    }
  }

  @Test func `A range is the next one, of the file that was announced`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let url = try await sandbox.openUpload(draft.id).uploadURL
      let total = Self.file.count
      #expect(try await sandbox.put(url, Self.file[..<100], "bytes 0-99/\(total)").nextRanges == ["100"])
      for (range, count, status, code) in [
        ("bytes 0-99/\(total)", 100, 416, "fragmentOverlap"),
        ("bytes 99-198/\(total)", 100, 416, "fragmentOverlap"),
        ("bytes 200-299/\(total)", 100, 416, "fragmentOutOfOrder"),
        ("bytes 100-\(total)/\(total)", total - 99, 416, "fragmentOutOfOrder"),
        ("bytes 100-199/\(total + 1)", 100, 400, "fragmentLengthMismatch"),
        ("bytes 100-199/\(total)", 99, 400, "fragmentLengthMismatch"),
        ("bytes 100-199/\(total)", 101, 400, "fragmentLengthMismatch"),
        ("bytes 100-199/*", 100, 400, "ErrorInvalidRequest"),
        ("bytes 199-100/\(total)", 100, 400, "ErrorInvalidRequest"),
        ("100-199/\(total)", 100, 400, "ErrorInvalidRequest"),
        (nil, 100, 400, "ErrorInvalidRequest"),
      ] as [(String?, Int, Int, String)] {
        let answer = try await sandbox.put(url, [UInt8](repeating: 0, count: count), range)
        #expect(answer.status == status && answer.errorCode == code, "\(range ?? "none"): \(answer.body)")
      }
      #expect(try await sandbox.send("GET", url, headers: [:], body: nil).nextRanges == ["100"])
      #expect(try await sandbox.upload(Self.file, to: url, from: 100).status == 201)
      let id = try #require(try await sandbox.attachments(draft.id).first?.text("id"))
      #expect(
        try await sandbox.graph("GET", "/me/messages/\(draft.id)/attachments/\(id)/$value").bytes == Self.file
      )
    }
  }

  @Test func `A range has a known length, 4 MB at most, and is no text`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let total = 9 << 20
      let url = try await sandbox.openUpload(draft.id, size: total).uploadURL
      var chunked = HTTPClientRequest(url: url)
      chunked.method = .PUT
      chunked.headers = ["content-range": "bytes 0-9/\(total)", "content-type": "application/octet-stream"]
      chunked.body = .stream(
        AsyncStream {
          $0.yield(ByteBuffer(bytes: 0..<10))
          $0.finish()
        }, length: .unknown)
      #expect(try await sandbox.client.execute(chunked, timeout: .seconds(30)).status == .lengthRequired)
      let long = [UInt8](repeating: 0, count: (4 << 20) + 1)
      let tooLong = try await sandbox.put(url, long, "bytes 0-\(long.count - 1)/\(total)")
      #expect(tooLong.status == 413 && tooLong.errorCode == "maxFragmentLengthExceeded")
      let text = ["content-type": "text/plain"]
      #expect(try await sandbox.put(url, [1], "bytes 0-0/\(total)", headers: text).status == 415)
      let whole = try await sandbox.put(url, long.dropLast(), "bytes 0-\(long.count - 2)/\(total)")
      #expect(whole.nextRanges == [String(4 << 20)])
    }
  }

  @Test func `The URL is all that it takes, as it was given`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let url = try await sandbox.openUpload(draft.id).uploadURL
      let range = "bytes 0-9/\(Self.file.count)"
      let bearer = ["authorization": "Bearer \(try sandbox.token())"]
      let bare = String(url.prefix { $0 != "?" })
      for (url, headers, status) in [
        (url, bearer, 401), (bare, [:], 401), (bare + "?authtoken=eyJx", [:], 401), (url + "&x=1", [:], 400),
        (url.replacing("AttachmentSessions('", with: "AttachmentSessions('x"), [:], 404),
        (url.replacing("/Messages('", with: "/Messages('x"), [:], 404),
      ] {
        let answer = try await sandbox.put(url, Self.file[..<10], range, headers: headers)
        #expect(answer.status == status && answer.errorCode != nil, "\(url)")
      }
      #expect(try await sandbox.send("POST", url, headers: [:], body: "").status == 405)
      let encoded = url.replacing("'", with: "%27").replacing("@", with: "%40")
      #expect(try await sandbox.put(encoded, Self.file[..<10], range).status == 200)
      let gone = try await sandbox.send("DELETE", url, headers: [:], body: nil)
      #expect(gone.status == 204 && gone.bytes.isEmpty)
      let late = try await sandbox.put(url, Self.file[10..<20], "bytes 10-19/\(Self.file.count)")
      #expect(late.status == 404 && late.errorCode == "uploadSessionNotFound")
      #expect(try await sandbox.send("DELETE", url, headers: [:], body: nil).status == 404)
    }
  }

  @Test func `A session expires when it was said to, whatever came meanwhile`() async throws {
    try await run { sandbox async throws in
      try await sandbox.settings(#"{"uploadSessionLifetime": 60}"#)
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let opened = try await sandbox.openUpload(draft.id)
      #expect(opened.json.text("expirationDateTime") == (Self.start + .seconds(60)).description)
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 59}"#)
      let total = Self.file.count
      let before = try await sandbox.put(opened.uploadURL, Self.file[..<10], "bytes 0-9/\(total)")
      #expect(before.json.text("ExpirationDateTime") == opened.json.text("expirationDateTime"))
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 1}"#)
      let after = try await sandbox.put(opened.uploadURL, Self.file[10..<20], "bytes 10-19/\(total)")
      #expect(after.status == 401 && after.errorCode == "InvalidAuthenticationToken")
      #expect(try await sandbox.openUpload(draft.id).status == 201)
      #expect(try await sandbox.put(opened.uploadURL, [1], "bytes 10-10/\(total)").status == 404)
    }
  }

  @Test func `A file that is too large for its message is refused at the range that passes the limit`()
    async throws
  {
    try await run { sandbox async throws in
      try await sandbox.settings(#"{"messageSizeLimit": 3500000}"#)
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let opened = try await sandbox.openUpload(draft.id, size: 200 << 20)
      #expect(opened.status == 201)
      let part = [UInt8](repeating: 5, count: 2_000_000)
      #expect(try await sandbox.put(opened.uploadURL, part, "bytes 0-1999999/\(200 << 20)").status == 200)
      let over = try await sandbox.put(opened.uploadURL, part, "bytes 2000000-3999999/\(200 << 20)")
      #expect(over.status == 413 && over.errorCode == "ErrorMessageSizeExceeded")
      #expect(over.errorMessage == "The message exceeds the maximum supported size.")
      #expect(try await sandbox.attachments(draft.id).isEmpty)
    }
  }

  @Test func `The log never shows the token of an upload URL`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let url = try await sandbox.openUpload(draft.id).uploadURL
      _ = try await sandbox.put(url, Self.file[..<10], "bytes 0-9/\(Self.file.count)")
      _ = try await sandbox.send("GET", url, headers: [:], body: nil)
      let token = try #require(url.split(separator: "=").last)
      #expect(token.count > 60)
      let log = try await sandbox.get("/sandbox/requests").body
      #expect(log.contains("AttachmentSessions") && log.contains("authtoken=\(token.prefix(8))"))
      #expect(!log.contains(token.prefix(20)))
      #expect(
        sandbox.state.log.entries.suffix(2).map(\.user) == ["alice@contoso.test", "alice@contoso.test"])
      #expect(sandbox.state.log.entries.suffix(2).first?.body == "(10 bytes of a file)")
    }
  }
}
