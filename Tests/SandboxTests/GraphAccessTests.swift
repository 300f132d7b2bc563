import Foundation
import NIOHTTP1
import Testing

@testable import Sandbox

@Suite struct GraphAccessTests {
  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.settings(#"{"sendLagMs": 0}"#)
      try await body(sandbox)
    }
  }

  @Test func `A token that does not hold is refused in Graph's words`() async throws {
    try await run { sandbox async throws in
      let good = try sandbox.token()
      let cases: [(String, String)] = [
        ("", "Access token is empty."),
        ("abc", "CompactToken parsing failed with error code: 80049217"),
        (String(good.dropLast(8)) + "AAAAAAAA", "Access token validation failure. Invalid signature."),
        (
          try sandbox.token(audience: "https://outlook.office.com"),
          "Access token validation failure. Invalid audience."
        ),
        (try sandbox.token(lifetime: .seconds(-1)), "Lifetime validation failed, the token is expired."),
      ]
      for (token, message) in cases {
        let answer = try await sandbox.graph("GET", "/me", token: token)
        #expect(answer.status == 401)
        #expect(answer.errorCode == "InvalidAuthenticationToken")
        #expect(answer.errorMessage == message)
        let challenge = try #require(answer.headers.first(name: "www-authenticate"))
        #expect(challenge.hasPrefix("Bearer"))
        #expect(challenge.contains("authorization_uri=\"\(sandbox.origin)/common/oauth2/authorize\""))
      }
      _ = try await sandbox.postJSON("/sandbox/clock", #"{"advanceSeconds": 7200}"#)
      #expect(try await sandbox.graph("GET", "/me", token: good).status == 401)
    }
  }

  @Test(
    arguments: [
      (["User.Read"], "GET", "/me", 200, nil),
      (["Mail.Send"], "GET", "/me", 403, "Authorization_RequestDenied"),
      (["User.Read"], "GET", "/me/messages", 403, "ErrorAccessDenied"),
      (["Mail.Send"], "GET", "/me/messages", 403, "ErrorAccessDenied"),
      (["Mail.Send"], "POST", "/me/messages", 403, "ErrorAccessDenied"),
      (["Mail.Read"], "GET", "/me/messages", 200, nil),
      (["Mail.Read"], "POST", "/me/messages", 403, "ErrorAccessDenied"),
      (["Mail.Read.Shared"], "GET", "/me/messages", 200, nil),
      (["Mail.ReadBasic"], "GET", "/me/messages", 200, nil),
      (["Mail.ReadWrite"], "POST", "/me/messages", 201, nil),
      (["Mail.ReadWrite"], "POST", "/me/sendMail", 403, "ErrorAccessDenied"),
      (["Mail.Send"], "POST", "/me/sendMail", 202, nil),
      (["Mail.Read"], "GET", "/users/bob@contoso.test/messages", 403, "ErrorAccessDenied"),
      (["Mail.Read.Shared"], "GET", "/users/bob@contoso.test/messages", 403, "ErrorAccessDenied"),
      (["Mail.Read"], "GET", "/users/info@contoso.test/messages", 403, "ErrorAccessDenied"),
      (["Mail.Read.Shared"], "GET", "/users/info@contoso.test/messages", 200, nil),
      (["Mail.Read.Shared"], "GET", "/users/nobody@contoso.test/messages", 404, "ErrorInvalidUser"),
      (["Mail.Read.Shared"], "GET", "/users/carol@fabrikam.test/messages", 404, "ErrorInvalidUser"),
      (["User.Read"], "GET", "/users/nobody@contoso.test", 404, "Request_ResourceNotFound"),
      (["User.Read"], "GET", "/users/bob@contoso.test", 403, "Authorization_RequestDenied"),
    ] as [([String], String, String, Int, String?)])
  func `A person may do what the scopes of the token say`(
    scopes: [String], method: String, path: String, status: Int, code: String?
  ) async throws {
    try await run { sandbox async throws in
      let token = try sandbox.token(scopes: scopes)
      let answer =
        method == "POST"
        ? try await sandbox.graphMIME(path, message(), token: token)
        : try await sandbox.graph(method, path, token: token)
      #expect(answer.status == status)
      #expect(answer.errorCode == code)
    }
  }

  @Test(
    arguments: [
      (["Mail.Send"], "POST", "/me/sendMail", 400, "BadRequest"),
      (["Mail.Send"], "POST", "/users/alice@contoso.test/sendMail", 202, nil),
      (["Mail.Read"], "POST", "/users/alice@contoso.test/sendMail", 403, "ErrorAccessDenied"),
      (["Mail.Read"], "GET", "/users/bob@contoso.test/messages", 200, nil),
      (
        ["Mail.ReadWrite"], "GET", "/users/nomailbox@contoso.test/messages", 404,
        "MailboxNotEnabledForRESTAPI"
      ),
      (["User.Read.All"], "GET", "/users/bob@contoso.test", 200, nil),
      ([], "GET", "/users/bob@contoso.test", 403, "Authorization_RequestDenied"),
      (["Mail.Read"], "GET", "/users/carol@fabrikam.test/messages", 404, "ErrorInvalidUser"),
    ] as [([String], String, String, Int, String?)])
  func `An application may do what its roles say, in every mailbox of the tenant`(
    roles: [String], method: String, path: String, status: Int, code: String?
  ) async throws {
    try await run { sandbox async throws in
      let token = try sandbox.appToken(roles: roles)
      let answer =
        method == "POST"
        ? try await sandbox.graphMIME(path, message(), token: token)
        : try await sandbox.graph(method, path, token: token)
      #expect(answer.status == status)
      #expect(answer.errorCode == code)
    }
  }

  @Test func `A basic reader sees no body`() async throws {
    try await run { sandbox async throws in
      let draft = try await sandbox.graphMIME("/me/messages", message())
      let token = try sandbox.token(scopes: ["Mail.ReadBasic"])
      let seen = try await sandbox.graph("GET", "/me/messages/\(draft.id)", token: token)
      #expect(seen.json["subject"] as? String == "Signal")
      #expect(seen.json["body"] == nil)
      #expect(seen.json["bodyPreview"] == nil)
      #expect(try await sandbox.graph("GET", "/me/messages/\(draft.id)/$value", token: token).status == 403)
    }
  }

  @Test func `The author must be the mailbox, or a shared one with the scope for it`() async throws {
    try await run { sandbox async throws in
      for path in ["/me/sendMail", "/me/messages"] {
        let made = try await sandbox.graphMIME(path, message(from: "bob@contoso.test"))
        let sent = made.status == 201 ? try await sandbox.graph("POST", "/me/messages/\(made.id)/send") : made
        #expect(sent.status == 403)
        #expect(sent.errorCode == "ErrorSendAsDenied")
      }
      let mime = message(from: "info@contoso.test")
      #expect(try await sandbox.graphMIME("/me/sendMail", mime).status == 403)
      let shared = try sandbox.token(scopes: ["Mail.Send.Shared"])
      #expect(try await sandbox.graphMIME("/me/sendMail", mime, token: shared).status == 202)
      #expect(
        try await sandbox.graphMIME("/users/info@contoso.test/sendMail", mime, token: shared).status == 202)
      let own = try #require(try await sandbox.messages("alice@contoso.test", "sentitems").first)
      #expect("\(own["from"] ?? "")".contains("info@contoso.test"))
      #expect("\(own["sender"] ?? "")".contains("info@contoso.test"))
      #expect(try await sandbox.messages("info@contoso.test", "sentitems").count == 1)
    }
  }

  @Test func `A personal account reads its own mailbox`() async throws {
    try await run { sandbox async throws in
      let token = try sandbox.token("erin@outlook.test")
      let mime = message(from: "erin@outlook.test", to: "alice@contoso.test")
      #expect(try await sandbox.graphMIME("/me/sendMail", mime, token: token).status == 202)
      #expect(try await sandbox.messages("alice@contoso.test", "inbox").count == 1)
    }
  }

  @Test func `The fifth request of an app in a mailbox at a time is throttled`() async throws {
    try await run { sandbox async throws in
      let alice = try #require(sandbox.state.directory.user("alice@contoso.test"))
      let mailbox = try #require(MailboxID(alice.id))
      let lane = GraphGate.Lane(clientID: "a0000000-0000-4000-8000-000000000001", mailbox: mailbox)
      @Sendable func with(_ holders: Int, _ body: @Sendable () async throws -> Void) async throws {
        guard holders > 0 else { return try await body() }
        try await sandbox.state.graphGate.pass(lane, limit: 4) { try await with(holders - 1, body) }
      }
      try await with(3) { () async throws in
        #expect(try await sandbox.graph("GET", "/me/messages").status == 200)
      }
      try await with(4) { () async throws in
        let refused = try await sandbox.graph("GET", "/me/messages")
        #expect(refused.status == 429)
        #expect(refused.errorCode == "ApplicationThrottled")
        #expect(refused.headers.first(name: "retry-after") == "1")
        let other = try sandbox.token("bob@contoso.test")
        #expect(try await sandbox.graph("GET", "/me/messages", token: other).status == 200)
      }
      #expect(try await sandbox.graph("GET", "/me/messages").status == 200)
    }
  }
}
