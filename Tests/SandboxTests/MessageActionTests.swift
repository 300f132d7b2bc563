import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// What is done with one message as a whole.
@Suite struct MessageActionTests {
  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      try await body(sandbox)
    }
  }

  private static let immutable = ["prefer": #"IdType="ImmutableId""#]

  @Test(arguments: ["copy", "microsoft.graph.copy"])
  func `A copy is a message of its own, and the original stays as it is`(action: String) async throws {
    try await run { sandbox async throws in
      let created = try await sandbox.graphMIME("/me/messages", message(), headers: Self.immutable)
      let path = "/me/mailFolders/drafts/messages/\(created.id)"
      let marks = #"{"categories": ["Red"], "flag": {"flagStatus": "flagged"}}"#
      let original = try await sandbox.graph("PATCH", path, headers: Self.immutable, body: marks)
      let copy = try await sandbox.graph(
        "POST", "\(path)/\(action)", headers: Self.immutable, body: #"{"DestinationId": "archive"}"#)
      #expect(copy.status == 201)
      #expect(copy.id != original.id)
      #expect(copy.json["parentFolderId"] as? String != original.json["parentFolderId"] as? String)
      for name in ["subject", "internetMessageId", "conversationId", "receivedDateTime", "sentDateTime"] {
        #expect(copy.json.text(name) == original.json.text(name))
      }
      #expect(copy.json["isDraft"] as? Bool == true)
      #expect(copy.json["categories"] as? [String] == ["Red"])
      let after = try await sandbox.graph("GET", path, headers: Self.immutable)
      #expect(after.json["changeKey"] as? String == original.json["changeKey"] as? String)
      #expect(try await sandbox.messages("alice@contoso.test", "archive").map { $0.text("id") } == [copy.id])
    }
  }

  @Test(arguments: [
    (#"{}"#, 400, "ErrorInvalidParameter"),
    (#"{"destinationId": "nowhere"}"#, 400, "ErrorInvalidIdMalformed"),
    (#"{"destinationId": "inbox", "x": 1}"#, 400, "RequestBodyRead"),
  ])
  func `A copy needs a place`(body: String, status: Int, code: String) async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let answer = try await sandbox.graph("POST", "/me/messages/\(draft.id)/copy", body: body)
      #expect(answer.status == status)
      #expect(answer.errorCode == code)
      #expect(try await sandbox.messages("alice@contoso.test").count == 1)
    }
  }

  @Test func `What is deleted permanently is in no folder`() async throws {
    try await run { sandbox async throws in
      for action in ["permanentDelete", "microsoft.graph.permanentDelete"] {
        let draft = try await sandbox.graphMIME("/me/messages", message())
        let path = "/me/messages/\(draft.id)"
        let refused = try await sandbox.graph("POST", "\(path)/\(action)", body: #"{"x": 1}"#)
        #expect(refused.errorCode == "RequestBodyRead")
        #expect(try await sandbox.graph("POST", "\(path)/\(action)").status == 204)
        #expect(try await sandbox.graph("GET", path).errorCode == "ErrorItemNotFound")
        #expect(try await sandbox.graph("POST", "\(path)/\(action)").status == 404)
        #expect(try await sandbox.messages("alice@contoso.test").isEmpty)
      }
    }
  }

  @Test func `MIME replaces the content of a draft, and what is noted on it stays`() async throws {
    try await run { sandbox async throws in
      let plain = ["content-type": "text/plain"]
      let file = ##"{"@odata.type": "#microsoft.graph.fileAttachment", "name": "a", "contentBytes": "YQ=="}"##
      let draft = try await sandbox.graph(
        "POST", "/me/messages", body: #"{"subject": "s", "categories": ["Red"], "attachments": [\#(file)]}"#)
      let path = "/me/messages/\(draft.id)"
      let mime = Data(message(subject: "Replaced").utf8).base64EncodedString()
      func replace(_ body: String, _ headers: [String: String] = [:]) async throws -> Answer {
        try await sandbox.graph("PUT", path + "/$value", headers: plain.merging(headers) { $1 }, body: body)
      }
      let broken = try await replace("From: alice")
      #expect(broken.status == 400 && broken.errorCode == "ErrorMimeContentInvalidBase64String")
      #expect(try await replace(mime, ["content-type": "text/html"]).errorCode == "SandboxNotSupported")
      #expect(try await replace(mime, ["if-match": #"W/"old""#]).status == 412)
      #expect(try await sandbox.graph("GET", path).json.text("subject") == "s")

      #expect(try await replace(mime, ["if-match": draft.json.text("@odata.etag")]).status == 204)
      let after = try await sandbox.graph("GET", path)
      #expect(after.json.text("subject") == "Replaced")
      #expect(after.json.text("internetMessageId") == "<one@heliograph.test>")
      #expect(after.json["categories"] as? [String] == ["Red"])
      #expect(after.json["hasAttachments"] as? Bool == false)
      #expect(after.json["isDraft"] as? Bool == true)
      #expect(after.json.text("changeKey") != draft.json.text("changeKey"))
      let source = try await sandbox.graph("GET", path + "/$value").body
      #expect(source.hasSuffix("\r\n\r\nThe sun is out.\r\n"))
      #expect(!source.contains("X-Heliograph-Id"))

      #expect(try await sandbox.graph("POST", path + "/send").status == 202)
      let sent = try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first)
      let late = try await sandbox.graph(
        "PUT", "/me/messages/\(sent.text("id"))/$value", headers: plain, body: mime)
      #expect(late.status == 400 && late.errorCode == "ErrorInvalidPropertySet")
      let reader = try sandbox.token(scopes: ["Mail.Read"])
      #expect(
        try await sandbox.graph("PUT", path + "/$value", token: reader, headers: plain, body: mime).status
          == 403)
    }
  }

  @Test func `A minimal reply to a draft that is created or changed has no body`() async throws {
    try await run { sandbox async throws in
      let minimal = ["prefer": #"return=minimal, IdType="ImmutableId""#]
      let created = try await sandbox.graphMIME("/me/messages", message(), headers: minimal)
      #expect(created.status == 204)
      #expect(created.body.isEmpty)
      #expect(created.headers.first(name: "preference-applied") == minimal["prefer"])
      let draft = try #require(try await sandbox.messages("alice@contoso.test", "drafts").first)
      let location = try #require(created.headers.first(name: "location"))
      #expect(location.hasSuffix("/messages('\(draft.text("id"))')"))
      #expect(created.headers.first(name: "odata-entityid") == location)

      let path = "/me/messages/\(draft.text("id"))"
      let changed = try await sandbox.graph("PATCH", path, headers: minimal, body: #"{"subject": "x"}"#)
      #expect(changed.status == 204)
      #expect(changed.body.isEmpty)
      #expect(changed.headers.first(name: "preference-applied") == minimal["prefer"])
      #expect(changed.headers.first(name: "location") == nil)
      #expect(try await sandbox.graph("GET", path).json.text("subject") == "x")
    }
  }
}

/// `translateExchangeIds`.
@Suite struct IDTranslationTests {
  private static func body(_ ids: [String], _ source: String, _ target: String) throws -> String {
    let ids = try #require(String(data: JSONSerialization.data(withJSONObject: ids), encoding: .utf8))
    return #"{"inputIds": \#(ids), "sourceIdType": "\#(source)", "TargetIdType": "\#(target)"}"#
  }

  @Test(arguments: ["translateExchangeIds", "microsoft.graph.translateExchangeIds"])
  func `Ids are translated into each form and back`(action: String) async throws {
    try await SandboxHarness.run { sandbox async throws in
      func translate(_ id: String, _ source: String, _ target: String) async throws -> String {
        let token = try sandbox.token(scopes: ["User.Read"])
        let body = try Self.body([id], source, target)
        let answer = try await sandbox.graph("POST", "/me/" + action, token: token, body: body)
        #expect(answer.status == 200, "\(answer.body)")
        #expect(answer.list.map { $0.text("sourceId") } == [id])
        #expect(answer.json.text("@odata.context").hasSuffix("#Collection(microsoft.graph.convertIdResult)"))
        return answer.list.first?.text("targetId") ?? ""
      }
      let prefer = ["prefer": #"IdType="ImmutableId""#]
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let immutable = try await sandbox.graph("GET", "/me/messages/\(draft.id)", headers: prefer).id
      #expect(try await translate(draft.id, "restId", "restImmutableEntryId") == immutable)
      #expect(try await translate(immutable, "restImmutableEntryId", "RestId") == draft.id)
      let ews = draft.id.replacing("-", with: "/").replacing("_", with: "+")
      #expect(try await translate(draft.id, "restId", "ewsId") == ews)
      #expect(try await translate(ews, "ewsId", "restImmutableEntryId") == immutable)
    }
  }

  @Test func `What is no id of the form, or names nothing, is said beside the others`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let gone = try await sandbox.graphMIME("/me/messages", message())
      _ = try await sandbox.graph("POST", "/me/messages/\(gone.id)/permanentDelete")
      let immutable = try await sandbox.graph(
        "GET", "/me/messages/\(draft.id)", headers: ["prefer": #"IdType="ImmutableId""#]
      ).id
      let body = try Self.body(["x", gone.id, immutable, draft.id], "restId", "restImmutableEntryId")
      let token = try sandbox.appToken(roles: ["User.Read.All"])
      let answer = try await sandbox.graph(
        "POST", "/users/alice@contoso.test/translateExchangeIds", token: token, body: body)
      let codes = answer.list.map { ($0["errorDetails"] as? [String: Any])?.text("code") }
      #expect(codes == ["ErrorInvalidIdMalformed", "ErrorItemNotFound", "ErrorInvalidIdMalformed", nil])
      #expect(answer.list.map { $0.text("targetId") } == ["", "", "", immutable])
    }
  }

  @Test(
    arguments: [
      (#"{"inputIds": [], "sourceIdType": "restId"}"#, "ErrorInvalidParameter", "targetIdType"),
      (
        #"{"inputIds": [], "sourceIdType": "restId", "targetIdType": "colour"}"#, "RequestBodyRead", "colour"
      ),
      (
        #"{"inputIds": [], "sourceIdType": "entryId", "targetIdType": "restId"}"#, "SandboxNotSupported",
        "entryId"
      ),
      (
        #"{"inputIds": [], "sourceIdType": "restId", "targetIdType": "immutableEntryId"}"#,
        "SandboxNotSupported", "immutableEntryId"
      ),
      (
        #"{"inputIds": [\#(Array(repeating: #""x""#, count: 1001).joined(separator: ","))], "#
          + #""sourceIdType": "restId", "targetIdType": "ewsId"}"#, "ErrorInvalidParameter", "1001"
      ),
    ] as [(String, String, String)])
  func `A translation that cannot be made is refused`(body: String, code: String, named: String) async throws
  {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.graph("POST", "/me/translateExchangeIds", body: body)
      #expect(answer.status == 400)
      #expect(answer.errorCode == code)
      #expect(answer.errorMessage?.contains(named) == true)
    }
  }

  @Test func `A translation needs the permission to read a profile, and a mailbox`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let body = try Self.body([], "restId", "ewsId")
      let mail = try sandbox.token(scopes: ["Mail.ReadWrite"])
      let denied = try await sandbox.graph("POST", "/me/translateExchangeIds", token: mail, body: body)
      #expect(denied.status == 403)
      let nobody = try sandbox.token("nomailbox@contoso.test", scopes: ["User.Read"])
      let without = try await sandbox.graph("POST", "/me/translateExchangeIds", token: nobody, body: body)
      #expect(without.errorCode == "MailboxNotEnabledForRESTAPI")
    }
  }
}
