import Core
import Foundation
import Testing

@testable import Sandbox

@Suite struct DirectoryControlTests {
  @Test func `An app is made, used, changed and forgotten`() async throws {
    try await SandboxHarness.run { sandbox in
      let made = try await sandbox.postJSON(
        "/sandbox/apps",
        #"""
        {"displayName": "Mine", "kind": "web", "tenant": "contoso.test", "secret": "s~1", "secretExpires": 600,
         "redirectUris": ["http://localhost/oauth"], "delegatedScopes": ["Mail.Send"]}
        """#)
      #expect(made.status == 200)
      let app = try #require(sandbox.state.directory.app(made.string("clientId") ?? ""))
      let token = try #require(
        try await sandbox.redeem(try await sandbox.code(app: app), app: app).string("refresh_token"))
      let asID = try await sandbox.refresh(token, app: app, ["client_secret": app.secretId ?? ""])
      #expect(asID.entraCode == 7_000_215)
      sandbox.state.clock.advance(by: .seconds(601))
      #expect(try await sandbox.refresh(token, app: app).entraCode == 7_000_222)
      let change = #"{"clientId": "\#(app.clientId)", "secret": "s~2", "secretExpires": 31536000}"#
      let changed = try await sandbox.postJSON("/sandbox/apps", change)
      #expect(changed.string("displayName") == "Mine")
      #expect(try await sandbox.refresh(token, app: app).entraCode == 7_000_215)
      #expect(try await sandbox.refresh(token, app: app, ["client_secret": "s~2"]).status == 200)
      _ = try await sandbox.postJSON("/sandbox/reset", "{}")
      #expect(sandbox.state.directory.app(app.clientId) == nil)
    }
  }

  @Test func `A certificate is registered with an app`() async throws {
    try await SandboxHarness.run { sandbox in
      let pem = try #require(try sandbox.certifiedDaemon().certificates.first?.pem)
      let body = try JSONSerialization.data(
        withJSONObject: ["clientId": Apps.web.clientId, "certificates": [pem]] as [String: Any])
      let changed = try await sandbox.postJSON("/sandbox/apps", String(decoding: body, as: UTF8.self))
      #expect(changed.status == 200)
      let app = try #require(sandbox.state.directory.app(Apps.web.clientId))
      let proof = try sandbox.proof(sandbox.assertion(for: app, segment: "common").signed(with: app))
      let answer = try await sandbox.redeem(
        try await sandbox.code(), proof.merging(["client_secret": ""]) { $1 })
      #expect(answer.status == 200)
    }
  }

  @Test func `People and shared mailboxes are made, and have mail`() async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      let made = try await sandbox.postJSON(
        "/sandbox/users", #"{"user": "zoe@contoso.test", "displayName": "Zoe Zimt"}"#)
      #expect(made.status == 200)
      #expect(made.string("kind") == "work")
      let personal = try await sandbox.postJSON(
        "/sandbox/users", #"{"user": "gus@outlook.test", "kind": "personal"}"#)
      #expect(personal.string("tenantId") == SandboxDirectory.consumersTenantID)
      #expect(personal.id.hasPrefix("00000000-0000-0000-"))
      let shared = try await sandbox.postJSON(
        "/sandbox/users",
        #"""
        {"user": "desk@contoso.test", "kind": "shared", "members": [{"user": "zoe@contoso.test", "sendAs": true}]}
        """#)
      #expect(shared.status == 200)
      let token = try sandbox.token("zoe@contoso.test", scopes: ["Mail.Send.Shared"])
      let mime = message(from: "desk@contoso.test", to: "gus@outlook.test")
      #expect(try await sandbox.graphMIME("/me/sendMail", mime, token: token).status == 202)
      #expect(try await sandbox.messages("gus@outlook.test", "inbox").count == 1)
      _ = try await sandbox.postJSON("/sandbox/users", #"{"user": "zoe@contoso.test", "hasMailbox": false}"#)
      let gone = try await sandbox.graph("GET", "/me/messages", token: try sandbox.token("zoe@contoso.test"))
      #expect(gone.errorCode == "MailboxNotEnabledForRESTAPI")
      _ = try await sandbox.postJSON("/sandbox/reset", "{}")
      #expect(try await sandbox.get("/sandbox/messages?user=gus@outlook.test").status == 404)
    }
  }

  @Test(
    arguments: [
      ("apps", #"{"clientId": "x"}"#, "GUID"), ("apps", #"{"kind": "robot"}"#, "web, native, daemon"),
      ("apps", #"{"redirectUris": "http://localhost"}"#, "list of strings"),
      ("apps", #"{"redirects": [{"uri": "http://localhost", "platform": "tv"}]}"#, "web, spa, publicClient"),
      ("apps", #"{"certificates": ["-----BEGIN CERTIFICATE-----"]}"#, "PEM"),
      ("apps", #"{"tenant": "nowhere.test"}"#, "nowhere.test"), ("apps", #"{"colour": "red"}"#, "colour"),
      ("apps", #"{"mailboxScope": {"mailboxes": ["nobody@x.test"]}}"#, "nobody@x.test"),
      ("users", "{}", "user"), ("users", #"{"user": "x@nowhere.test"}"#, "nowhere.test"),
      ("users", #"{"user": "x@contoso.test", "members": [{"user": "nobody@x.test"}]}"#, "nobody@x.test"),
      ("tenants", "{}", "tenant"), ("tenants", #"{"tenant": "x.test", "consentPolicy": "x"}"#, "managed"),
    ])
  func `A change that is not understood changes nothing`(
    path: String, body: String, named: String
  ) async throws {
    try await SandboxHarness.run { sandbox in
      let before = try await sandbox.get("/sandbox/directory").body
      let answer = try await sandbox.postJSON("/sandbox/" + path, body)
      #expect(answer.status == 400)
      #expect(answer.errorMessage?.contains(named) == true)
      #expect(try await sandbox.get("/sandbox/directory").body == before)
    }
  }
}

@Suite struct SharedMailboxTests {
  /// Who; method and path; the From of the message; status and code.
  static let cases: [(String, String, String, Int, String?)] = [
    ("alice", "/users/sales@contoso.test/messages", "sales", 201, nil),
    ("alice", "/users/sales@contoso.test/sendMail", "sales", 403, "ErrorSendAsDenied"),
    ("alice", "/me/sendMail", "sales", 403, "ErrorSendAsDenied"),
    ("bob", "/users/sales@contoso.test/messages", "sales", 403, "ErrorAccessDenied"),
    ("bob", "/users/sales@contoso.test/sendMail", "sales", 403, "ErrorAccessDenied"),
    ("bob", "/me/sendMail", "sales", 202, nil),
    ("bob", "/users/info@contoso.test/sendMail", "info", 202, nil),
    ("bob", "/users/info@contoso.test/messages", "info", 201, nil),
    ("mailbox001", "/users/info@contoso.test/messages", "info", 403, "ErrorAccessDenied"),
    ("mailbox001", "/users/info@contoso.test/sendMail", "info", 403, "ErrorAccessDenied"),
    ("mailbox001", "/me/sendMail", "info", 403, "ErrorSendAsDenied"),
  ]

  @Test(arguments: cases)
  func `Rights in a shared mailbox are given one by one`(
    user: String, path: String, author: String, status: Int, code: String?
  ) async throws {
    try await SandboxHarness.run { sandbox in
      let scopes = ["Mail.ReadWrite", "Mail.Send", "Mail.ReadWrite.Shared", "Mail.Send.Shared"]
      let token = try sandbox.token("\(user)@contoso.test", scopes: scopes)
      let answer = try await sandbox.graphMIME(path, message(from: "\(author)@contoso.test"), token: token)
      #expect(answer.status == status)
      #expect(answer.errorCode == code)
    }
  }

  @Test(arguments: [
    ("junk@contoso.test", "junk@contoso.test"), ("junk+bob@contoso.test", "bob@contoso.test"),
  ])
  func `Some messages end in Junk Email`(recipient: String, mailbox: String) async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      #expect(try await sandbox.graphMIME("/me/sendMail", message(to: recipient)).status == 202)
      #expect(try await sandbox.messages(mailbox, "junkemail").count == 1)
      #expect(try await sandbox.messages(mailbox, "inbox").isEmpty)
    }
  }
}
