import Core
import Foundation
import Testing

@testable import Sandbox

/// Microsoft Learn, "mailFolder resource type".
@Suite struct FolderTests {
  private func create(_ sandbox: SandboxHarness, _ path: String, _ name: String) async throws -> Answer {
    let answer = try await sandbox.graph("POST", path, body: #"{"displayName": "\#(name)"}"#)
    try #require(answer.status == 201, "\(answer.body)")
    return answer
  }

  @Test func `A folder is created, renamed, moved, copied and deleted`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let projects = try await create(sandbox, "/me/mailFolders", "Projects")
      #expect(projects.json.text("@odata.context").hasSuffix("/mailFolders/$entity"))
      #expect(
        Set(projects.json.keys) == Set(MessageJSON.folderProperties + ["@odata.context"]))
      let path = "/me/mailFolders/\(projects.id)"
      let inner = try await create(sandbox, path + "/childFolders", "2026")
      #expect(inner.json.text("parentFolderId") == projects.id)
      try await sandbox.receive(message(), "Projects/2026")
      let counted = try await sandbox.graph("GET", "/me/mailFolders/\(inner.id)")
      #expect(counted.json["totalItemCount"] as? Int == 1 && counted.json["unreadItemCount"] as? Int == 1)

      let renamed = try await sandbox.graph("PATCH", path, body: #"{"displayName": "Work"}"#)
      #expect(renamed.status == 200 && renamed.id == projects.id)
      #expect(renamed.json.text("displayName") == "Work")
      #expect(renamed.json["childFolderCount"] as? Int == 1)
      let moved = try await sandbox.graph("POST", path + "/move", body: #"{"destinationId": "archive"}"#)
      #expect(moved.status == 200 && moved.id == projects.id)
      let copied = try await sandbox.graph("POST", path + "/copy", body: #"{"destinationId": "inbox"}"#)
      #expect(copied.status == 200 && copied.id != projects.id)
      let below = try await sandbox.graph("GET", "/me/mailFolders/\(copied.id)/childFolders")
      #expect(below.list.map { $0["totalItemCount"] as? Int } == [1])
      #expect(try await sandbox.messages("alice@contoso.test").count == 2)

      #expect(try await sandbox.graph("DELETE", path).status == 204)
      let bin = try await sandbox.graph("GET", "/me/mailFolders/deleteditems/childFolders")
      #expect(bin.list.map { $0.text("id") } == [projects.id])
      #expect(try await sandbox.graph("DELETE", path).status == 204)
      #expect(try await sandbox.graph("GET", path).errorCode == "ErrorFolderNotFound")
      #expect(try await sandbox.graph("POST", "/me/mailFolders/\(copied.id)/permanentDelete").status == 204)
      #expect(try await sandbox.messages("alice@contoso.test").isEmpty)
    }
  }

  @Test func `Folders come in pages, hidden ones on request, at any depth`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      for number in 1...12 {
        _ = try await create(sandbox, "/me/mailFolders/inbox/childFolders", "F\(number)")
      }
      let hidden = try await sandbox.graph(
        "POST", "/me/mailFolders/inbox/childFolders", body: #"{"displayName": "H", "isHidden": true}"#)
      #expect(hidden.json["isHidden"] as? Bool == true)
      let first = try await sandbox.graph("GET", "/me/mailFolders/inbox/childFolders?$select=displayName")
      #expect(first.list.count == 10)
      let next = try await sandbox.followed(first.json.text("@odata.nextLink"))
      #expect(next.list.map { $0.text("displayName") } == ["F11", "F12"])
      let all = try await sandbox.graph(
        "GET", "/me/mailFolders/inbox/childFolders?includeHiddenFolders=true&$top=100&$count=true")
      #expect(all.list.count == 13 && all.json["@odata.count"] as? Int == 13)
      let deep = try await create(sandbox, "/me/mailFolders/\(hidden.id)/childFolders", "Deep")
      let deeper = try await create(
        sandbox, "/me/mailFolders/inbox/childFolders/\(deep.id)/childFolders", "Deeper")
      let listed = try await sandbox.graph("GET", "/me/mailFolders/\(deep.id)/childFolders")
      #expect(listed.list.map { $0.text("id") } == [deeper.id])
    }
  }

  @Test(
    arguments: [
      ("POST", "/me/mailFolders", #"{"displayName": "inbox"}"#, 409, "ErrorFolderExists"),
      ("POST", "/me/mailFolders", #"{"isHidden": true}"#, 400, "ErrorRequiredPropertyMissing"),
      ("POST", "/me/mailFolders", #"{"displayName": ""}"#, 400, "ErrorInvalidPropertySet"),
      ("POST", "/me/mailFolders", #"{"name": "x"}"#, 400, "RequestBodyRead"),
      ("PATCH", "/me/mailFolders/inbox", #"{"displayName": "x"}"#, 403, "ErrorAccessDenied"),
      ("PATCH", "/me/mailFolders/inbox", #"{"isHidden": true}"#, 400, "ErrorInvalidPropertySet"),
      ("DELETE", "/me/mailFolders/archive", nil, 400, "ErrorDeleteDistinguishedFolder"),
      ("POST", "/me/mailFolders/drafts/permanentDelete", nil, 400, "ErrorDeleteDistinguishedFolder"),
      (
        "POST", "/me/mailFolders/drafts/move", #"{"destinationId": "inbox"}"#, 400,
        "ErrorMoveDistinguishedFolder"
      ),
      ("POST", "/me/mailFolders/drafts/move", "{}", 400, "ErrorInvalidParameter"),
      ("POST", "/me/mailFolders/inbox/copy", #"{"destinationId": "inbox"}"#, 400, "ErrorMoveCopyFailed"),
      ("GET", "/me/mailFolders/nowhere", nil, 400, "ErrorInvalidIdMalformed"),
      ("GET", "/me/mailFolders/inbox/childFolders/delta", nil, 400, "SandboxNotSupported"),
    ] as [(String, String, String?, Int, String)])
  func `What cannot be done to a folder is refused`(
    method: String, path: String, body: String?, status: Int, code: String
  ) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.graph(method, path, body: body)
      #expect(answer.status == status)
      #expect(answer.errorCode == code)
    }
  }

  @Test func `Changes of folders are told, and messages in them are none`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let path = "/me/mailFolders/delta"
      let size = ["prefer": "odata.maxpagesize=3"]
      let first = try await sandbox.round(path + "?$select=displayName", headers: size)
      #expect(first.pages.count > 2)
      #expect(first.elements.contains { $0.text("displayName") == "Inbox" })
      #expect(Set(first.elements[0].keys) == ["@odata.type", "id", "displayName"])
      #expect(first.elements[0].text("@odata.type") == "#microsoft.graph.mailFolder")
      let made = try await create(sandbox, "/me/mailFolders", "One")
      let inner = try await create(sandbox, "/me/mailFolders/\(made.id)/childFolders", "Two")
      try await sandbox.receive(message(), "One")
      let second = try await sandbox.round(first.deltaLink)
      #expect(second.present.map { $0.text("displayName") } == ["One", "Two"])
      try await sandbox.receive(message(), "One")
      #expect(try await sandbox.round(second.deltaLink).elements.isEmpty)
      _ = try await sandbox.graph("PATCH", "/me/mailFolders/\(made.id)", body: #"{"displayName": "Three"}"#)
      #expect(try await sandbox.graph("POST", "/me/mailFolders/\(inner.id)/permanentDelete").status == 204)
      let third = try await sandbox.round(second.deltaLink)
      #expect(third.present.map { $0.text("displayName") } == ["Three"])
      #expect(third.removed == [inner.id])
      #expect(try await sandbox.graph("GET", path + "?$top=1").errorCode == "ErrorInvalidUrlQuery")
      #expect(try await sandbox.graph("GET", path + "?$deltatoken=x").errorCode == "InvalidSyncStateData")
    }
  }

  @Test func `A received message keeps its bytes, and what is made up reads like mail`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let raw = "Subject: bare\r\nX-Odd:  spaces \r\n\r\nbody without an end"
      let item = try await sandbox.receive(raw, "Lists/Swift")
      #expect(try await sandbox.graph("GET", "/me/messages/\(item.id)/$value").body == raw)
      try await sandbox.generate(40)
      let page = try await sandbox.graph("GET", "/me/mailFolders/inbox/messages?$top=40&$count=true")
      #expect(page.json["@odata.count"] as? Int == 40)
      #expect(page.list.contains { $0["hasAttachments"] as? Bool == true })
      let newest = try #require(page.list.first)
      let source = try await sandbox.graph("GET", "/me/messages/\(newest.text("id"))/$value")
      #expect(source.body.contains("Subject: \(newest.text("subject"))\r\n"))
      let id = newest.text("internetMessageId")
      let found = try await sandbox.graph(
        "GET", "/me/messages?$filter=internetMessageId%20eq%20'\(percentEncoded(id))'&$select=subject")
      #expect(found.list.map { $0.text("subject") } == [newest.text("subject")])
      for body in [
        #"{"user": "alice@contoso.test"}"#, #"{"user": "alice@contoso.test", "raw": "?"}"#,
        #"{"user": "alice@contoso.test", "generate": {}}"#, #"{"generate": {"count": 1}}"#,
        #"{"user": "alice@contoso.test", "generate": {"count": 1}, "folder": "inbox"}"#,
      ] {
        #expect(try await sandbox.postJSON("/sandbox/messages", body).status == 400)
      }
    }
  }
}
