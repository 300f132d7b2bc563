import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// Every step of adding a large file can fail, before or after it was carried out.
@Suite struct UploadFaultTests {
  private static let file = SandboxHarness.file

  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    try await SandboxHarness.run { sandbox async throws in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      try await body(sandbox)
    }
  }

  private static func range(_ bytes: Range<Int>) -> String {
    "bytes \(bytes.lowerBound)-\(bytes.upperBound - 1)/\(file.count)"
  }

  private func add(_ fault: String, _ sandbox: SandboxHarness) async throws {
    let answer = try await sandbox.postJSON("/sandbox/faults", fault)
    #expect(answer.status == 200, "\(answer.body)")
  }

  @Test func `The reply to the creation of a session is lost, and another session is made`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      try await add(#"{"method": "POST", "path": "*/createUploadSession", "close": "after"}"#, sandbox)
      await #expect(throws: (any Error).self) { try await sandbox.openUpload(draft.id) }
      let opened = try await sandbox.openUpload(draft.id)
      #expect(try await sandbox.upload(Self.file, to: opened.uploadURL).status == 201)
      #expect(try await sandbox.attachments(draft.id).count == 1)
    }
  }

  @Test func `The second range is received although its reply is lost, or is another status`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      for effect in [#""close": "after""#, #""then": 504"#] {
        let url = try await sandbox.openUpload(draft.id).uploadURL
        try await add(#"{"method": "PUT", "path": "AttachmentSessions", "skip": 1, \#(effect)}"#, sandbox)
        #expect(try await sandbox.put(url, Self.file[..<100], Self.range(0..<100)).status == 200)
        // No fault for a request of another method.
        #expect(try await sandbox.send("GET", url, headers: [:], body: nil).nextRanges == ["100"])
        let second = try? await sandbox.put(url, Self.file[100..<200], Self.range(100..<200))
        #expect(second?.status == (effect.contains("then") ? 504 : nil))
        let again = try await sandbox.put(url, Self.file[100..<200], Self.range(100..<200))
        #expect(again.errorCode == "fragmentOverlap")
        #expect(try await sandbox.send("GET", url, headers: [:], body: nil).nextRanges == ["200"])
        #expect(try await sandbox.upload(Self.file, to: url, from: 200).status == 201)
      }
      #expect(try await sandbox.attachments(draft.id).count == 2)
    }
  }

  @Test func `A range that was refused or cut off before it was read is missing`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let url = try await sandbox.openUpload(draft.id).uploadURL
      try await add(
        #"{"method": "PUT", "path": "AttachmentSessions", "user": "alice@contoso.test", "status": 503, "retryAfter": 3}"#,
        sandbox)
      let first = try await sandbox.put(url, Self.file[..<100], Self.range(0..<100))
      #expect(first.status == 503 && first.headers.first(name: "retry-after") == "3")
      #expect(try await sandbox.upload(Self.file, to: url).status == 201)
    }
  }

  @Test func `A session expires in the middle, and a new one takes the file`() async throws {
    try await run { sandbox async throws in
      try await sandbox.settings(#"{"uploadSessionLifetime": 60}"#)
      let draft = try await sandbox.graphMIME("/me/messages", message())
      try await add(
        #"{"method": "PUT", "path": "AttachmentSessions", "skip": 1, "advanceSeconds": 60}"#, sandbox)
      let url = try await sandbox.openUpload(draft.id).uploadURL
      #expect(try await sandbox.put(url, Self.file[..<100], Self.range(0..<100)).status == 200)
      #expect(try await sandbox.put(url, Self.file[100..<200], Self.range(100..<200)).status == 401)
      let again = try await sandbox.openUpload(draft.id).uploadURL
      #expect(try await sandbox.upload(Self.file, to: again).status == 201)
    }
  }

  @Test func `The last range is refused for the size of the message`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      try await add(
        #"""
        {"method": "PUT", "path": "AttachmentSessions", "skip": 3, "status": 413, "code": "ErrorMessageSizeExceeded"}
        """#, sandbox)
      let url = try await sandbox.openUpload(draft.id).uploadURL
      let last = try await sandbox.upload(Self.file, to: url)
      #expect(last.status == 413 && last.errorCode == "ErrorMessageSizeExceeded")
      #expect(try await sandbox.attachments(draft.id).isEmpty)
    }
  }

  @Test func `An attachment is added although the reply is lost, and added again it is there twice`()
    async throws
  {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let path = "/me/messages/\(draft.id)/attachments"
      let body = ##"{"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": "QQ=="}"##
      try await add(#"{"method": "POST", "path": "*/attachments", "close": "after"}"#, sandbox)
      #expect(try await sandbox.attachments(draft.id).isEmpty)
      await #expect(throws: (any Error).self) { try await sandbox.graph("POST", path, body: body) }
      #expect(try await sandbox.attachments(draft.id).count == 1)
      #expect(try await sandbox.graph("POST", path, body: body).status == 201)
      #expect(try await sandbox.attachments(draft.id).count == 2)
    }
  }

  @Test func `Faults that wait let the next one apply, and count down`() async throws {
    try await run { sandbox async throws in
      try await add(#"{"path": "/me", "skip": 2, "status": 500}"#, sandbox)
      try await add(#"{"path": "/me", "skip": 1, "status": 502, "count": 2}"#, sandbox)
      var statuses: [Int] = []
      for _ in 0..<5 { statuses.append(try await sandbox.graph("GET", "/me").status) }
      #expect(statuses == [200, 502, 500, 502, 200])
    }
  }
}
