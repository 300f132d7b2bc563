import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

/// Who a message is from, and in whose mailbox its copy lies.
@Suite struct SendingAuthorTests {
  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      try await body(sandbox)
    }
  }

  private static func address(_ message: [String: Any], _ name: String) -> String {
    let who = message[name] as? [String: Any]
    return (who?["emailAddress"] as? [String: Any])?.text("address") ?? ""
  }

  @Test(
    arguments: [
      ("alice", "/me/sendMail", "info", "alice", "info"),
      ("alice", "/users/info@contoso.test/sendMail", "info", "info", "info"),
      ("bob", "/me/sendMail", "sales", "bob", "sales"),
      ("alice", "/me/sendMail", "support", "alice", "alice"),
      ("alice", "/users/support@contoso.test/sendMail", "support", "support", "alice"),
      ("bob", "/me/sendMail", "support", "bob", "bob"),
    ])
  func `Send As shows the other as the sender, and Send on Behalf the person`(
    user: String, path: String, author: String, mailbox: String, sender: String
  ) async throws {
    try await run { sandbox async throws in
      let token = try sandbox.token("\(user)@contoso.test", scopes: ["Mail.Send", "Mail.Send.Shared"])
      let mime = message(from: "\(author)@contoso.test", to: "carol@fabrikam.test")
      #expect(try await sandbox.graphMIME(path, mime, token: token).status == 202)
      let own = try #require(try await sandbox.messages("\(mailbox)@contoso.test", "sentitems").first)
      let received = try #require(try await sandbox.messages("carol@fabrikam.test", "inbox").first)
      for copy in [own, received] {
        #expect(Self.address(copy, "from") == "\(author)@contoso.test")
        #expect(Self.address(copy, "sender") == "\(sender)@contoso.test")
        let headers = copy["internetMessageHeaders"] as? [[String: String]] ?? []
        let written = headers.filter { $0["name"] == "Sender" }.compactMap { $0["value"] }
        #expect(written.count == (sender == author ? 0 : 1))
        #expect(written.allSatisfy { $0.contains("<\(sender)@contoso.test>") })
      }
    }
  }

  @Test(arguments: [("alice", true), ("bob", false)])
  func `Rights may be given in a person's mailbox too`(user: String, mayRead: Bool) async throws {
    try await run { sandbox async throws in
      let change = #"""
        {"user": "mailbox001@contoso.test",
         "members": [{"user": "alice@contoso.test", "fullAccess": true, "sendOnBehalf": true}]}
        """#
      let directory = try await sandbox.postJSON("/sandbox/users", change)
      #expect(directory.body.contains(#""sendOnBehalf":true"#))
      let scopes = ["Mail.Read.Shared", "Mail.Send.Shared"]
      let token = try sandbox.token("\(user)@contoso.test", scopes: scopes)
      let list = try await sandbox.graph("GET", "/users/mailbox001@contoso.test/messages", token: token)
      #expect(list.status == (mayRead ? 200 : 403))
      let sent = try await sandbox.graphMIME(
        "/me/sendMail", message(from: "mailbox001@contoso.test"), token: token)
      #expect(sent.status == (mayRead ? 202 : 403))
    }
  }

  @Test(arguments: [false, true])
  func `An alias is replaced by the primary address unless aliases may send`(allowed: Bool) async throws {
    try await run { sandbox async throws in
      try await sandbox.settings(#"{"sendFromAlias": \#(allowed)}"#)
      let change = #"{"user": "alice@contoso.test", "aliases": ["archer@contoso.test"]}"#
      #expect(try await sandbox.postJSON("/sandbox/users", change).body.contains("archer@contoso.test"))
      #expect(try await sandbox.graphMIME("/me/sendMail", message(from: "Archer@contoso.test")).status == 202)
      let expected = allowed ? "Archer@contoso.test" : "alice@contoso.test"
      for mailbox in ["alice@contoso.test", "bob@contoso.test"] {
        let copy = try #require(try await sandbox.messages(mailbox).first)
        #expect(Self.address(copy, "from") == expected && Self.address(copy, "sender") == expected)
        let headers = copy["internetMessageHeaders"] as? [[String: String]] ?? []
        #expect(headers.first { $0["name"] == "From" }?["value"]?.contains("<\(expected)>") == true)
      }
      // Mail to the alias arrives, and nobody else may have it.
      let bob = try sandbox.token("bob@contoso.test")
      let mime = message(from: "bob@contoso.test", to: "archer@contoso.test")
      #expect(try await sandbox.graphMIME("/me/sendMail", mime, token: bob).status == 202)
      #expect(try await sandbox.messages("alice@contoso.test", "inbox").count == 1)
      let taken = #"{"user": "bob@contoso.test", "aliases": ["archer@contoso.test"]}"#
      #expect(try await sandbox.postJSON("/sandbox/users", taken).status == 400)
    }
  }

  @Test func `A person's proxy addresses are shown when they are selected`() async throws {
    try await run { sandbox async throws in
      for (user, alias) in [
        ("alice@contoso.test", "archer@contoso.test"), ("erin@outlook.test", "e@outlook.test"),
      ] {
        let change = #"{"user": "\#(user)", "aliases": ["\#(alias)"]}"#
        #expect(try await sandbox.postJSON("/sandbox/users", change).status == 200)
        let token = try sandbox.token(user)
        let shown = try await sandbox.graph("GET", "/me?$select=mail,proxyAddresses", token: token)
        let isWork = user == "alice@contoso.test"
        #expect(
          shown.json["proxyAddresses"] as? [String] == (isWork ? ["SMTP:\(user)", "smtp:\(alias)"] : []))
        #expect(try await sandbox.graph("GET", "/me", token: token).json["proxyAddresses"] == nil)
      }
    }
  }

  @Test(arguments: [(500, 202), (501, 400)])
  func `A message has at most 500 recipients`(count: Int, status: Int) async throws {
    try await run { sandbox async throws in
      func people(_ range: Range<Int>) -> String {
        range.map { #"{"emailAddress": {"address": "p\#($0)@far.test"}}"# }.joined(separator: ",")
      }
      let body = #"""
        {"toRecipients": [\#(people(0..<200))], "ccRecipients": [\#(people(200..<400))],
         "bccRecipients": [\#(people(400..<count))]}
        """#
      let draft = try await sandbox.graph("POST", "/me/messages", body: body)
      #expect(draft.status == 201)
      let sent = try await sandbox.graph("POST", "/me/messages/\(draft.id)/send")
      #expect(sent.status == status)
      #expect(sent.errorCode == (status == 202 ? nil : "ErrorInvalidRecipients"))
    }
  }

  @Test func `An access policy refuses in its own words`() async throws {
    try await run { sandbox async throws in
      let policy = #"""
        {"clientId": "a0000000-0000-4000-8000-000000000001",
         "mailboxScope": {"kind": "accessPolicy", "mailboxes": ["alice@contoso.test"]}}
        """#
      #expect(try await sandbox.postJSON("/sandbox/apps", policy).status == 200)
      let token = try sandbox.appToken()
      #expect(
        try await sandbox.graph("GET", "/users/alice@contoso.test/messages", token: token).status == 200)
      let refused = try await sandbox.graph("GET", "/users/bob@contoso.test/messages", token: token)
      #expect(refused.status == 403 && refused.errorCode == "ErrorAccessDenied")
      #expect(refused.errorMessage == "Access to OData is disabled.")
    }
  }
}
