import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// Every option of a list is obeyed, or refused.
@Suite struct GraphQueryTests {
  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      try await body(sandbox)
    }
  }

  private static func query(_ options: [(String, String)]) -> String {
    "?" + FormFields(options.map { (name: $0.0, value: $0.1) }).urlEncoded
  }

  @Test(
    arguments: [
      ([("$filter", "displayName eq 'Archive'")], ["Archive"]),
      ([("$filter", "DisplayName eq 'archive'")], ["Archive"]),
      (
        [("$filter", "startswith(displayName,'Dele') or displayName eq 'Outbox'")],
        ["Deleted Items", "Outbox"]
      ),
      ([("$filter", "displayName in ('Inbox','Drafts')")], ["Inbox", "Drafts"]),
      ([("$filter", "not (totalItemCount eq 0)")], ["Drafts"]),
      ([("$filter", "unreadItemCount gt 0")], []),
      ([("$top", "2")], ["Inbox", "Drafts"]),
      ([("$top", "2"), ("$skip", "1")], ["Drafts", "Sent Items"]),
      ([("$orderby", "displayName desc"), ("$top", "2")], ["Sent Items", "Outbox"]),
      ([("$filter", "isHidden eq true")], []),
      (
        [("$filter", "isHidden eq true"), ("includeHiddenFolders", "true")],
        ["Clutter", "Scheduled", "Sync Issues"]
      ),
    ] as [([(String, String)], [String])])
  func `A list of folders has the folders that were asked for`(
    options: [(String, String)], names: [String]
  ) async throws {
    try await run { sandbox async throws in
      _ = try await sandbox.graphMIME("/me/messages", message())
      let answer = try await sandbox.graph("GET", "/me/mailFolders" + Self.query(options))
      #expect(answer.status == 200)
      #expect(answer.list.map { $0.text("displayName") } == names)
    }
  }

  @Test func `Folders come in pages, are counted, and show what was selected`() async throws {
    try await run { sandbox async throws in
      let headers = ["authorization": "Bearer \(try sandbox.token())"]
      var next: String? =
        "/v1.0/me/mailFolders?$top=3&$count=true&$select=displayName&$filter="
        + "displayName%20ne%20%27Outbox%27"
      var names: [String] = []
      while let path = next {
        let page = try await sandbox.send("GET", path, headers: headers, body: nil)
        #expect(page.json["@odata.count"] as? Int == 7)
        for folder in page.list { #expect(Set(folder.keys) == ["displayName"]) }
        names += page.list.map { $0.text("displayName") }
        next = page.json["@odata.nextLink"] as? String
        #expect(next?.contains("%24skip=") != false)
      }
      #expect(names.count == 7 && Set(names).count == 7 && !names.contains("Outbox"))
      #expect(try await sandbox.graph("GET", "/me/mailFolders/$count").body == "8")
      let all = try await sandbox.graph("GET", "/me/mailFolders?includeHiddenFolders=true")
      #expect(all.list.count == 10 && all.json["@odata.nextLink"] != nil)
    }
  }

  @Test func `Every folder is read by its name and by the id of its parent`() async throws {
    try await run { sandbox async throws in
      let names = [
        "archive", "clutter", "conflicts", "conversationhistory", "deleteditems", "drafts", "inbox",
        "junkemail",
        "localfailures", "msgfolderroot", "outbox", "recoverableitemsdeletions", "scheduled", "searchfolders",
        "sentitems", "serverfailures", "syncissues",
      ]
      var parents: Set<String> = []
      for name in names {
        let folder = try await sandbox.graph("GET", "/me/mailFolders/\(name)")
        #expect(folder.status == 200)
        #expect(
          try await sandbox.graph("GET", "/me/mailFolders/\(folder.id)").json["id"] as? String == folder.id)
        parents.insert(try #require(folder.json["parentFolderId"] as? String))
      }
      for parent in parents {
        #expect(try await sandbox.graph("GET", "/me/mailFolders/\(parent)").status == 200)
      }
      let root = try await sandbox.graph("GET", "/me/mailFolders/msgfolderroot")
      let inbox = try await sandbox.graph("GET", "/me/mailFolders/inbox")
      #expect(inbox.json["parentFolderId"] as? String == root.id)
      #expect(root.json["childFolderCount"] as? Int == 8)
      let issues = try await sandbox.graph("GET", "/me/mailFolders/syncissues/childFolders")
      #expect(
        issues.list.map { $0.text("displayName") } == ["Conflicts", "Local Failures", "Server Failures"])
      let nested = try await sandbox.graph(
        "GET", "/me/mailFolders/syncissues/childFolders/conflicts/messages")
      #expect(nested.status == 200)
    }
  }

  @Test(
    arguments: [
      (
        "/me/mailFolders?$filter=colour%20eq%20%27x%27", "BadRequest",
        "'colour' on type 'microsoft.graph.mailFolder'"
      ),
      ("/me/mailFolders?$select=colour", "BadRequest", "microsoft.graph.mailFolder"),
      ("/me/mailFolders?$colour=red", "BadRequest", "'$colour' is not supported"),
      ("/me/mailFolders?$expand=childFolders", "SandboxNotSupported", "$expand"),
      ("/me/mailFolders?$search=x", "SandboxNotSupported", "$search"),
      ("/me/mailFolders?$top=0", "ErrorInvalidUrlQuery", "$top"),
      ("/me/mailFolders?$filter=displayName%20eq", "ErrorInvalidUrlQueryFilter", "filter"),
      ("/me/mailFolders/inbox?$top=1", "BadRequest", "only on collections"),
      ("/me/messages?includeHiddenFolders=true", "SandboxNotSupported", "includehiddenfolders"),
      ("/me/messages?$orderby=colour", "BadRequest", "'colour'"),
      ("/me/messages?$orderby=subject%20down", "ErrorInvalidUrlQuery", "$orderby"),
      ("/me/messages?$expand=attachments,extensions", "SandboxNotSupported", "relationship"),
      ("/me/messages?$expand=attachments($select=colour)", "BadRequest", "'colour'"),
      ("/me/messages?$expand=attachments($top=1)", "SandboxNotSupported", "inside $expand"),
      ("/me/messages?$expand=singleValueExtendedProperties", "ErrorInvalidUrlQuery", "$filter"),
      ("/me/messages?$select=subject,attachments", "BadRequest", "'attachments'"),
    ])
  func `An option or a name that a list does not have is refused`(
    path: String, code: String, named: String
  ) async throws {
    try await run { sandbox async throws in
      let answer = try await sandbox.graph("GET", path)
      #expect(answer.status == 400)
      #expect(answer.errorCode == code)
      #expect(answer.errorMessage?.contains(named) == true, "\(answer.body)")
    }
  }

  /// With a picture, a text file and a message inside.
  private static let mixed = """
    From: Alice <alice@contoso.test>\r
    To: bob@contoso.test\r
    Subject: Three parts\r
    Message-ID: <three@x.test>\r
    MIME-Version: 1.0\r
    Content-Type: multipart/mixed; boundary=b\r
    \r
    --b\r
    Content-Type: text/plain\r
    \r
    See below.\r
    --b\r
    Content-Type: text/csv\r
    Content-Disposition: attachment; filename=a.csv\r
    \r
    a;b\r
    --b\r
    Content-Type: message/rfc822\r
    \r
    From: carol@fabrikam.test\r
    Subject: Inner words\r
    Message-ID: <inner@x.test>\r
    \r
    Enclosed.\r
    --b--\r

    """

  @Test func `Attachments are listed as was asked, and one that is a message is an item`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", Self.mixed)
      let path = "/me/messages/\(draft.id)/attachments"
      let all = try await sandbox.graph("GET", path)
      #expect(
        all.list.map { $0.text("@odata.type") } == [
          "#microsoft.graph.fileAttachment", "#microsoft.graph.itemAttachment",
        ])
      let context = try #require(all.json["@odata.context"] as? String)
      #expect(!context.dropFirst(context.count - 30).contains("=") && context.contains("%3D"))
      let item = try #require(all.list.last)
      #expect(item.text("name") == "Inner words")
      #expect(item["contentType"] is NSNull && item["contentBytes"] == nil && item["contentId"] == nil)

      let named = try await sandbox.graph("GET", path + "?$select=name&$top=1&$count=true")
      #expect(named.list.map { Set($0.keys) } == [["@odata.type", "@odata.mediaContentType", "id", "name"]])
      #expect(named.json["@odata.count"] as? Int == 2)
      let next = try #require(named.json["@odata.nextLink"] as? String)
      let second = try await sandbox.send(
        "GET", next, headers: ["authorization": "Bearer \(try sandbox.token())"], body: nil)
      #expect(second.list.map { $0.text("name") } == ["Inner words"])
      let bytes = try await sandbox.graph(
        "GET", path + "?$select=microsoft.graph.fileAttachment/contentBytes")
      #expect(bytes.list.map { $0["contentBytes"] != nil } == [true, false])
      for refused in ["?$select=contentBytes", "?$select=colour"] {
        #expect(try await sandbox.graph("GET", path + refused).errorCode == "BadRequest")
      }
      for refused in ["?$filter=isInline%20eq%20true", "?$orderby=name", "/x?$top=1"] {
        #expect(try await sandbox.graph("GET", path + refused).status == 400)
      }

      let enclosed = try await sandbox.graph(
        "GET", path + "/\(item.text("id"))?$expand=microsoft.graph.itemAttachment/item")
      let inner = try #require(enclosed.json["item"] as? [String: Any])
      #expect(inner.text("@odata.type") == "#microsoft.graph.message" && inner.text("id").isEmpty)
      #expect(inner.text("subject") == "Inner words" && inner.text("internetMessageId") == "<inner@x.test>")
      #expect(
        (enclosed.json["item@odata.context"] as? String)?.hasSuffix("itemAttachment/item/$entity") == true)
      let source = try await sandbox.graph("GET", path + "/\(item.text("id"))/$value")
      #expect(source.body.hasPrefix("From: carol@fabrikam.test\r\n"))
    }
  }

  @Test func `An attachment is added to a draft, sent with it, and taken away`() async throws {
    try await run { sandbox async throws in
      try await sandbox.settings(#"{"dropUnknownHeaders": false}"#)
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let path = "/me/messages/\(draft.id)"
      func added(_ name: String) async throws -> Answer {
        let body =
          ##"{"@odata.type": "#microsoft.graph.fileAttachment", "name": "\##(name)", "contentBytes": "SGVsbG8="}"##
        return try await sandbox.graph("POST", path + "/attachments", body: body)
      }
      let first = try await added("a.txt")
      #expect(first.status == 201 && first.json.text("contentType") == "text/plain")
      // What it takes in the mailbox.
      #expect(try #require(first.json["size"] as? Int) > 5)
      #expect(first.headers.first(name: "location")?.hasSuffix("attachments('\(first.id)')") == true)
      #expect(try await added("b.txt").status == 201)
      #expect(try await sandbox.graph("GET", path).json["hasAttachments"] as? Bool == true)
      #expect(try await sandbox.graph("DELETE", path + "/attachments/\(first.id)").status == 204)
      let source = try await sandbox.graph("GET", path + "/$value").body
      #expect(
        source.contains("b.txt") && !source.contains("a.txt") && source.contains("X-Heliograph-Id: q_1"))
      #expect(try await sandbox.graph("POST", path + "/send").status == 202)
      let received = try #require(try await sandbox.messages("bob@contoso.test", "inbox").first)
      let bob = try sandbox.token("bob@contoso.test")
      let list = try await sandbox.graph("GET", "/me/messages/\(received.text("id"))/attachments", token: bob)
      #expect(list.list.map { $0.text("name") } == ["b.txt"])
      #expect(try await sandbox.graph("DELETE", path + "/attachments/x").errorCode != nil)
    }
  }

  @Test func `A message brings what was expanded, and its selection may name it`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", Self.mixed)
      for tail in ["", "/\(draft.id)"] {
        let answer = try await sandbox.graph(
          "GET", "/me/messages\(tail)?$select=subject,attachments&$expand=attachments($select=id,name)")
        let seen = tail.isEmpty ? try #require(answer.list.first) : answer.json
        #expect(
          Set(seen.keys).subtracting(["@odata.context"]) == ["@odata.etag", "id", "subject", "attachments"])
        let attachments = try #require(seen["attachments"] as? [[String: Any]])
        #expect(attachments.map { $0.text("name") } == ["a.csv", "Inner words"])
        #expect(attachments.allSatisfy { $0["size"] == nil })
      }
    }
  }

  @Test(
    arguments: [
      ("Subject eq 'signal'", ["a", "b"]), ("startswith(subject,'SIG')", ["a", "b"]),
      ("contains(subject,'othe')", ["c"]), ("endswith(subject,'words') or isDraft eq true", ["a", "b", "c"]),
      ("categories/any(c: c eq 'red')", ["b"]), ("not categories/any(c:c eq 'Red')", ["a", "c"]),
      ("importance eq 'high'", ["b"]), ("flag/flagStatus eq 'flagged'", ["b"]),
      ("from/emailAddress/address eq 'ALICE@contoso.test'", ["a", "b", "c"]),
      ("internetMessageId eq '<A@x.test>'", ["a"]), ("internetMessageId ne '<a@x.test>'", ["b", "c"]),
      ("singleValueExtendedProperties/Any(ep: ep/id eq '\(tag)' and ep/value eq 'Q_1')", ["a"]),
      ("singleValueExtendedProperties/any(ep: ep/id eq '\(tag)' and ep/value ne 'q_1')", ["b", "c"]),
      (
        "singleValueExtendedProperties/any(ep: ep/id eq '\(tag)' and startswith(ep/value,'Q_'))",
        ["a", "b", "c"]
      ),
      ("singleValueExtendedProperties/any(ep: ep/id eq '\(tag.lowercased())' and ep/value eq 'q_1')", []),
      ("receivedDateTime ge 2020-01-01 and (isRead eq true and (isDraft eq true))", ["a", "b", "c"]),
    ])
  func `A filter finds what it says`(filter: String, found: [String]) async throws {
    try await run { sandbox async throws in
      try await sandbox.settings(#"{"dropUnknownHeaders": false}"#)
      var ids: [String] = []
      for (mark, name) in ["a", "b", "c"].enumerated() {
        let subject = name == "c" ? "Other words" : "Signal"
        let draft = try await sandbox.graphMIME(
          "/me/messages", message(id: "<\(name)@x.test>", mark: "q_\(mark + 1)", subject: subject))
        ids.append(draft.id)
      }
      let noted = try await sandbox.graph(
        "PATCH", "/me/messages/\(ids[1])",
        body: #"{"categories": ["Red"], "importance": "high", "flag": {"flagStatus": "flagged"}}"#)
      #expect(noted.status == 200)
      let answer = try await sandbox.graph("GET", "/me/messages" + Self.query([("$filter", filter)]))
      #expect(answer.status == 200, "\(answer.body)")
      let names = answer.list.map { $0.text("internetMessageId").dropFirst().prefix(1) }
      #expect(names.sorted() == found.map { $0[...] })
    }
  }

  private static let tag = "String {00020386-0000-0000-C000-000000000046} Name X-Heliograph-Id"

  @Test func `Messages are sorted by several properties`() async throws {
    try await run { sandbox async throws in
      for (name, subject) in [("a", "Two"), ("b", "One"), ("c", "Two")] {
        _ = try await sandbox.graphMIME("/me/messages", message(id: "<\(name)@x.test>", subject: subject))
      }
      func order(_ options: [(String, String)]) async throws -> String {
        try await sandbox.graph("GET", "/me/messages" + Self.query(options)).list
          .map { String($0.text("internetMessageId").dropFirst().prefix(1)) }.joined()
      }
      #expect(try await order([("$orderby", "Subject,internetMessageId desc")]) == "bca")
      #expect(try await order([("$orderby", "from/emailAddress/address desc, subject")]).hasPrefix("b"))
      let filtered = [
        ("$filter", "subject ge 'a' and internetMessageId ge '<'"),
        ("$orderby", "subject desc,internetMessageId"),
      ]
      #expect(try await order(filtered) == "acb")
      let wrong = Self.query([("$filter", "subject ge 'a'"), ("$orderby", "internetMessageId,subject")])
      #expect(try await sandbox.graph("GET", "/me/messages" + wrong).errorCode == "InefficientFilter")
    }
  }

  @Test(
    arguments: [
      ("GET", "/me", "{}", [:], "body"), ("GET", "/me/messages", "{}", [:], "body"),
      ("GET", "/me/messages", nil, ["prefer": "respond-async"], "respond-async"),
      ("GET", "/me/messages", nil, ["prefer": #"IdType="Immutable""#], "idtype"),
      ("GET", "/me/messages", nil, ["prefer": "odata.maxpagesize=many"], "maxpagesize"),
      ("GET", "/me/messages", nil, ["prefer": "return=minimal"], "return=minimal"),
      ("POST", "/me/messages", "{}", ["prefer": "return=minimal, return=representation"], "return="),
      ("GET", "/me/messages", nil, ["if-match": "*"], "If-Match"),
    ] as [(String, String, String?, [String: String], String)])
  func `What the sandbox would ignore is refused in its own name`(
    method: String, path: String, body: String?, headers: [String: String], named: String
  ) async throws {
    try await run { sandbox async throws in
      let answer = try await sandbox.graph(method, path, headers: headers, body: body)
      #expect(answer.status == 400)
      #expect(answer.errorCode == "SandboxNotSupported")
      #expect(answer.errorMessage?.lowercased().contains(named.lowercased()) == true)
      #expect(try await sandbox.messages("alice@contoso.test").isEmpty)
    }
  }

  @Test func `A message that is deleted with a body stays`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let refused = try await sandbox.graph("DELETE", "/me/messages/\(draft.id)", body: "{}")
      #expect(refused.errorCode == "SandboxNotSupported")
      #expect(try await sandbox.messages("alice@contoso.test", "drafts").count == 1)
    }
  }
}
