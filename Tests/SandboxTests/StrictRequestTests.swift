import Core
import Foundation
import Testing

@testable import Sandbox

/// What a client says is done, or refused: nothing is ignored.
@Suite struct StrictRequestTests {
  private static let recipient = #""toRecipients": [{"emailAddress": {"address": "bob@contoso.test"}}]"#

  @Test(
    arguments: [
      // Not JSON.
      (
        #"{"subject": "a", "subject": "b"}"#, "RequestBodyRead", "Multiple properties with the name 'subject'"
      ),
      ("{\"subject\": \"line1\nline2\"}", "BadRequest", "JSON"),
      (#"{"subject": "\ud800"}"#, "BadRequest", "JSON"),
      (#"{"subject": "a"} {}"#, "BadRequest", "JSON"),
      ("\u{FEFF}{}", "BadRequest", "JSON"),
      (#"{"subject": "a",}"#, "BadRequest", "JSON"),
      ("", "BadRequest", "JSON"),
      // Names that a type does not have.
      (#"{"Subject": "a"}"#, "RequestBodyRead", "'Subject'"),
      (#"{"body": {"content": "a", "kind": "html"}}"#, "RequestBodyRead", "itemBody"),
      (#"{"body": "a"}"#, "RequestBodyRead", "'body'"),
      (#"{"from": {"emailAddress": {"address": "a@b.test"}, "x": 1}}"#, "RequestBodyRead", "recipient"),
      (
        #"{"internetMessageHeaders": [{"name": "x-a", "value": "b", "x": 1}]}"#, "RequestBodyRead",
        "internetMessageHeader"
      ),
      (#"{"flag": "flagged"}"#, "RequestBodyRead", "'flag'"),
      (#"{"flag": {"flagStatus": "red"}}"#, "RequestBodyRead", "'red'"),
      (
        ##"{"attachments": [{"@odata.type": "#microsoft.graph.fileAttachment", "name": "a"}]}"##,
        "ErrorRequiredPropertyMissing", "missing"
      ),
      // What Exchange does and the sandbox does not.
      (#"{"multiValueExtendedProperties": []}"#, "SandboxNotSupported", "multiValueExtendedProperties"),
      (#"{"extensions": []}"#, "SandboxNotSupported", "not supported by this sandbox"),
      (
        ##"{"attachments": [{"@odata.type": "#microsoft.graph.referenceAttachment", "name": "a"}]}"##,
        "SandboxNotSupported", "referenceAttachment"
      ),
      // Values of follow-up flags, receipts and extended properties.
      (#"{"flag": {"flagStatus": "flagged", "dueDateTime": {}}}"#, "ErrorRequiredPropertyMissing", "missing"),
      (
        #"{"flag": {"flagStatus": "flagged", "dueDateTime": {"dateTime": "2026-12-01T09:00:00", "timeZone": "UTC"}}}"#,
        "ErrorRequiredPropertyMissing", "start date"
      ),
      (
        #"{"flag": {"flagStatus": "flagged", "startDateTime": {"dateTime": "soon", "timeZone": "UTC"}}}"#,
        "RequestBodyRead", "startDateTime"
      ),
      (
        #"""
        {"flag": {"flagStatus": "flagged",
         "startDateTime": {"dateTime": "2026-12-01T09:00:00", "timeZone": "Mars/Base"}}}
        """#, "RequestBodyRead", "startDateTime"
      ),
      (
        #"""
        {"flag": {"flagStatus": "notFlagged",
         "completedDateTime": {"dateTime": "2026-12-01T09:00:00", "timeZone": "UTC"}}}
        """#, "ErrorInvalidPropertySet", "notFlagged"
      ),
      (#"{"inferenceClassification": "red"}"#, "RequestBodyRead", "'red'"),
      (#"{"isReadReceiptRequested": "yes"}"#, "RequestBodyRead", "isReadReceiptRequested"),
      (
        #"{"singleValueExtendedProperties": [{"id": "String 1042", "value": "x"}]}"#, "ErrorInvalidProperty",
        "1042"
      ),
      (
        #"{"singleValueExtendedProperties": [{"id": "String 0x1042"}]}"#, "ErrorRequiredPropertyMissing",
        "missing"
      ),
      (
        #"{"singleValueExtendedProperties": [{"id": "String 0x1042", "value": "a\r\nBcc: b"}]}"#,
        "ErrorInvalidPropertySet", "0x1042"
      ),
      // Annotations.
      (##"{"@odata.type": "#microsoft.graph.event"}"##, "RequestBodyRead", "not compatible"),
      (
        #"{"body": {"@odata.type": "microsoft.graph.recipient", "content": "a"}}"#, "RequestBodyRead",
        "itemBody"
      ),
      (#"{"@odata.colour": "red"}"#, "SandboxNotSupported", "@odata.colour"),
      (#"{"@contoso.colour": "red"}"#, "SandboxNotSupported", "@contoso.colour"),
      (#"{"colour@odata.type": "red"}"#, "RequestBodyRead", "'colour'"),
    ] as [(String, String, String)])
  func `A message that Graph or the sandbox would not take whole is refused`(
    body: String, code: String, named: String
  ) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.graph("POST", "/me/messages", body: body)
      #expect(answer.status == 400)
      #expect(answer.errorCode == code)
      #expect(answer.errorMessage?.contains(named) == true)
      #expect(try await sandbox.messages("alice@contoso.test").isEmpty)
    }
  }

  @Test func `Invalid UTF-8 is refused by Graph, by Entra and by the control API`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let token = try sandbox.token()
      let json = Array(#"{"subject": ""#.utf8) + [0xFF] + Array(#""}"#.utf8)
      let graph = try await sandbox.send(
        "POST", "/v1.0/me/messages",
        headers: ["authorization": "Bearer \(token)", "content-type": "application/json"], bytes: json)
      #expect(graph.errorCode == "BadRequest")
      let control = try await sandbox.send(
        "POST", "/sandbox/settings", headers: ["content-type": "application/json"], bytes: json)
      #expect(control.status == 400)
      #expect(control.errorMessage?.contains("UTF-8") == true)
      let entra = try await sandbox.send(
        "POST", "/common/oauth2/v2.0/token", headers: ["content-type": "application/x-www-form-urlencoded"],
        bytes: Array("client_id=".utf8) + [0xFF])
      #expect(entra.entraCode == 9_002_313)
    }
  }

  @Test func `What is noted on a draft is kept until it is sent, and after`() async throws {
    for newID in [false, true] {
      try await SandboxHarness.run { sandbox async throws in
        try await sandbox.settings(#"{"sendLagMs": 0, "newIdOnSend": \#(newID)}"#)
        let body = """
          {"subject": "s", "categories": ["Red"], "isRead": false, "flag": {"flagStatus": "flagged"}, \
          \(Self.recipient)}
          """
        let draft = try await sandbox.graph("POST", "/me/messages", body: body)
        #expect(draft.json["categories"] as? [String] == ["Red"])
        #expect(draft.json["isRead"] as? Bool == false)
        #expect((draft.json["flag"] as? [String: String])?["flagStatus"] == "flagged")
        #expect(
          try await sandbox.graph("POST", "/me/sendMail", body: #"{"message": \#(body)}"#).status == 202)
        let sent = try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first)
        #expect(sent["categories"] as? [String] == ["Red"])
        let received = try #require(try await sandbox.messages("bob@contoso.test", "inbox").first)
        #expect((received["categories"] as? [String])?.isEmpty == true)
      }
    }
  }

  @Test func `Parameters of actions are known, given once, and sent as JSON`() async throws {
    try await SandboxHarness.run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let path = "/me/messages/\(draft.id)"
      func code(_ method: String, _ path: String, _ body: String, _ type: String = "application/json")
        async throws -> String?
      {
        try await sandbox.graph(method, path, headers: ["content-type": type], body: body).errorCode
      }
      let twice = #"{"message": {\#(Self.recipient)}, "Message": {}}"#
      #expect(try await code("POST", "/me/sendMail", twice) == "RequestBodyRead")
      #expect(
        try await code("POST", path + "/move", #"{"destinationId": "inbox", "x": 1}"#) == "RequestBodyRead")
      #expect(
        try await code("POST", path + "/move", #"{"destinationId": "inbox"}"#, "text/html") == "BadRequest")
      #expect(try await code("PATCH", path, #"{"subject": "x"}"#, "text/plain") == "BadRequest")
      #expect(try await code("PATCH", path, #"{"attachments": []}"#) == "ErrorInvalidPropertySet")
      #expect(try await code("POST", path + "/send", #"{"comment": "x"}"#) == "RequestBodyRead")
      let found = try await sandbox.graph("GET", path)
      #expect(found.json["isDraft"] as? Bool == true && found.json["subject"] as? String == "Signal")
      #expect(try await sandbox.graph("POST", path + "/send", body: "{}").status == 202)
    }
  }

  @Test(arguments: [
    "/me?$top=1", "/me?$select=colour", "/me/mailFolders/inbox?$filter=x", "/me/mailFolders/inbox?$select=x",
    "/me/messages?top=1&$top=2", "/me/messages?$top=1&$top=1", "/me/messages?colour=red",
    "/me/messages?$top=%zz",
    "/me/messages?$filter=%ff", "/me/messages/$count?$top=1",
  ])
  func `A query option that is not applied is refused`(path: String) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.graph("GET", path)
      #expect(answer.status == 400)
      #expect(["ErrorInvalidUrlQuery", "BadRequest", "SandboxNotSupported"].contains(answer.errorCode))
    }
  }

  @Test func `A folder and a person show what was selected, and an option needs no dollar sign`() async throws
  {
    try await SandboxHarness.run { sandbox async throws in
      let folder = try await sandbox.graph("GET", "/me/mailFolders/drafts?$select=id")
      #expect(Set(folder.json.keys) == ["@odata.context", "id"])
      let user = try await sandbox.graph("GET", "/me?select=mail")
      #expect(Set(user.json.keys) == ["@odata.context", "mail"])
    }
  }

  @Test(arguments: [
    ("grant_type=refresh_token&grant_type=refresh_token", 9_000_411),
    ("grant_type=refresh_token&client_id=a&client%5Fid=a", 9_000_411),
    ("grant_type=%", 9_002_313), ("grant_type=%4", 9_002_313), ("grant_type=%zz", 9_002_313),
    ("grant_type=%C3%28", 9_002_313), ("grant_type=a\u{0}", 9_002_313), ("grant_type=a%0a", 70003),
    (#"{"grant_type":"refresh_token"}"#, 900_144),
  ])
  func `A form that is malformed or names a parameter twice is refused`(body: String, number: Int)
    async throws
  {
    try await SandboxHarness.run { sandbox async throws in
      let headers = ["content-type": "application/x-www-form-urlencoded"]
      let answer = try await sandbox.send(
        "POST", "/contoso.test/oauth2/v2.0/token", headers: headers, body: body)
      #expect(answer.status == 400)
      #expect(answer.entraCode == number)
      #expect(number == 70003 || answer.string("error") == "invalid_request")
    }
  }

  @Test(arguments: ["state=a&state=b", "state=%zz"])
  func `The sign-in page says so when its request is malformed`(query: String) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let answer = try await sandbox.get("/common/oauth2/v2.0/authorize?" + query)
      #expect(answer.status == 400)
      #expect(answer.body.contains("AADSTS9"))
    }
  }

  @Test(
    arguments: [
      ("POST", "settings?sendLagMs=0", "{}", "parameters"),
      ("GET", "requests?since=1", nil, "parameters"),
      ("DELETE", "faults", #"{"path": "/x"}"#, "path"),
      ("POST", "settings", #"{"sendLagMs": 0, "sendLagMs": 1}"#, "twice"),
      ("POST", "settings", #"{"colour": null}"#, "colour"),
      ("POST", "consents", #"{"user": "alice@contoso.test", "clientId": "x", "scopes": [], "x": 1}"#, "x"),
      ("POST", "revoke", #"{"user": "alice@contoso.test", "x": 1}"#, "x"),
      ("POST", "revoke", "{}", "user"),
    ] as [(String, String, String?, String)])
  func `A control request that is not understood whole is refused`(
    method: String, path: String, body: String?, named: String
  ) async throws {
    try await SandboxHarness.run { sandbox async throws in
      let headers = body == nil ? [:] : ["content-type": "application/json"]
      let answer = try await sandbox.send(method, "/sandbox/" + path, headers: headers, body: body)
      #expect(answer.status == 400)
      #expect(answer.errorMessage?.contains(named) == true)
      #expect(sandbox.state.settings == SandboxSettings())
    }
  }
}
