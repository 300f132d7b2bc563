import Core
import Foundation
import Store
import StoreTesting
import Testing
import Vault
import Web

@testable import Accounts

/// `PUT /v1/account/{account}`, and what `GET` knows.
@Suite struct AccountUpdateRouteTests {
  @Test func `what is given changes, and the rest stays`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let before = try await web.account("sales")
      let changes = [
        #"{"name":"Sales"}"#, #"{"email":"shop@contoso.test"}"#, #"{"unknownOutcome":"resend"}"#, "{}",
        #"{"oauth2":{"partial":true}}"#,
        #"{"oauth2":{"provider":"\#(before.app)","auth":{"user":"SALES@contoso.test"}}}"#,
      ]
      for body in changes {
        let answer = try await web.send("PUT", "/v1/account/sales", body)
        #expect(answer.status == 200 && answer.text("account") == "sales", "\(body): \(answer)")
      }
      let after = try await web.account("sales")
      #expect(after.name == "Sales" && after.email == "shop@contoso.test" && after.unknownOutcome == .resend)
      #expect(after.state == .connected && after.mailbox == before.mailbox && after.app == before.app)
    }
  }

  @Test func `what the mailbox may send in a time is shown and set, each limit by itself`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      func pacing() async throws -> NSDictionary {
        try #require(try await web.send("GET", "/v1/account/sales").json["pacing"] as? NSDictionary)
      }
      #expect(try await pacing() == ["recipientsPerDay": 10_000])
      let first = #"{"pacing":{"messagesPerMinute":30}}"#
      #expect(try await web.send("PUT", "/v1/account/sales", first).status == 200)
      #expect(try await pacing() == ["recipientsPerDay": 10_000, "messagesPerMinute": 30])
      let second = #"{"pacing":{"recipientsPerDay":0}}"#
      #expect(try await web.send("PUT", "/v1/account/sales", second).status == 200)
      #expect(try await pacing() == ["messagesPerMinute": 30])
      #expect(
        try await web.send("PUT", "/v1/account/sales", #"{"pacing":{"messagesPerMinute":-1}}"#).status == 400)
    }
  }

  @Test func `another mailbox or app is connected again, with the settings that were left out`() async throws
  {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let app = try await web.account("sales").app
      let partial = #"{"oauth2":{"partial":true,"auth":{"user":"info@contoso.test"}}}"#
      #expect(try await web.send("PUT", "/v1/account/sales", partial).status == 200)
      let moved = try await web.account("sales")
      #expect(moved.mailbox == "info@contoso.test" && moved.app == app && moved.state == .initial)
      #expect(moved.name == "Name of sales")
      // In the same call a client that nobody has entered yet.
      let client =
        #"{"oauth2":{"partial":true,"clientId":"33333333-2222-4222-8222-222222222227","tenant":"fabrikam.test","#
        + #""clientSecret":"a secret"}}"#
      #expect(try await web.send("PUT", "/v1/account/sales", client).status == 200)
      let changed = try await web.account("sales")
      #expect(changed.mailbox == "info@contoso.test" && changed.app != app)
    }
  }

  @Test(arguments: [
    (#"{"email":"bob@contoso.test"}"#, "request.invalidField"),
    (#"{"oauth2":{"partial":true,"auth":{"user":"bob@contoso.test"}}}"#, "request.invalidField"),
    (#"{"oauth2":{"partial":true,"provider":"app_other"}}"#, "request.invalidField"),
    (#"{"oauth2":{"auth":{"user":"anna@contoso.test"}}}"#, "request.invalidField"),
    (#"{"oauth2":{"partial":true,"clientSecret":"x"}}"#, "request.invalidField"),
    (#"{"oauth2":{"partial":true,"authorize":true}}"#, "request.notSupported"),
    (#"{"name":""}"#, "request.invalidField"), (#"{"smtp":{"partial":true}}"#, "request.invalidField"),
    (#"{"copy":true}"#, "request.notSupported"), (#"{"webhooks":"a.example"}"#, "request.invalidField"),
    (#"{"webhooks":"http://127.0.0.1/"}"#, "webhook.addressRefused"),
    (#"{"webhooksCustomHeaders":[{"key":"X-A","value":"b"}]}"#, "webhook.invalid"),
  ])
  func `what does not fit a person's account is refused, and nothing changes`(
    body: String, problem: String
  ) async throws {
    try await TestGateway.open { web in
      try await web.addPersonsAccount("anna")
      let before = try await web.send("GET", "/v1/account/anna")
      let answer = try await web.send("PUT", "/v1/account/anna", body)
      #expect(answer.problem == problem, "\(answer)")
      #expect(try await web.send("GET", "/v1/account/anna").body == before.body)
    }
  }

  @Test func `a masked secret stays, and another one takes its place`() async throws {
    try await TestGateway.open { web in
      try await web.addPersonsAccount("anna")
      let form = #""host":"smtp.office365.com","port":587,"auth":{"user":"\#(TestGateway.clientID)","pass":"#
      let imported = try await web.send(
        "POST", "/v1/account", #"{"account":"b","email":"bert@contoso.test","smtp":{\#(form)"one"}}}"#)
      #expect(imported.status == 200, "\(imported)")
      #expect(try await web.refreshToken("b") == "one")
      // As GET shows it.
      let shown = try #require(try await web.send("GET", "/v1/account/b").json["smtp"])
      let body = try JSONSerialization.data(withJSONObject: ["smtp": shown, "name": "Bert"])
      let kept = try await web.send("PUT", "/v1/account/b", String(decoding: body, as: UTF8.self))
      #expect(kept.status == 200, "\(kept)")
      #expect(try await web.refreshToken("b") == "one")
      #expect(try await web.account("b").name == "Bert")
      let host = #"{"smtp":{"partial":true,"host":"smtp-mail.outlook.com"}}"#
      #expect(try await web.send("PUT", "/v1/account/b", host).status == 200)
      #expect(try await web.account("b").smtp?.host == "smtp-mail.outlook.com")
      let client = #"{"smtp":{"partial":true,"auth":{"user":"44444444-2222-4222-8222-222222222227"}}}"#
      #expect(try await web.send("PUT", "/v1/account/b", client).problem == "request.invalidField")
      let renewed = try await web.send(
        "PUT", "/v1/account/b", #"{"smtp":{"partial":true,"auth":{"pass":"two"}}}"#)
      #expect(renewed.status == 200, "\(renewed)")
      #expect(try await web.refreshToken("b") == "two")
    }
  }

  @Test func `a masked secret of an app stays`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let app = try await web.account("sales").app
      for body in [#"{"clientSecret":"******"}"#, #"{"name":"New","clientSecret":"******"}"#] {
        #expect(try await web.send("PUT", "/v1/oauth2/\(app)", body).status == 200)
        #expect(try await web.secret(of: app) == "a secret of sales")
      }
      #expect(try await web.send("PUT", "/v1/oauth2/\(app)", #"{"clientSecret":"new"}"#).status == 200)
      #expect(try await web.secret(of: app) == "new")
      // It is no secret to begin with.
      let made = try await web.send(
        "POST", "/v1/oauth2",
        #"{"name":"n","provider":"outlook","clientId":"\#(TestGateway.clientID)","clientSecret":"******"}"#)
      #expect(made.problem == "request.invalidField")
    }
  }

  @Test func `what is not known yet is not shown as known`() async throws {
    try await TestGateway.open { web in
      try await web.addPersonsAccount("anna")
      let never = try await web.send("GET", "/v1/account/anna")
      #expect(never.text("state") == "unset" && never.json["sendOnly"] == nil, "\(never)")
      try await web.addAccount("sales", in: "default")
      #expect(try await web.send("GET", "/v1/account/sales").json["sendOnly"] as? Bool == false)
      var untried = try await web.account("sales")
      (untried.id, untried.mailboxFound) = (AccountID("untried"), false)
      try await web.services.store.write { [untried] (tx: borrowing Transaction) in try tx.upsert(untried) }
      #expect(try await web.send("GET", "/v1/account/untried").json["sendOnly"] == nil)
    }
  }

  @Test(arguments: [
    ("PUT", "/reconnect", "{}"), ("PUT", "/reconnect", #"{"reconnect":true}"#), ("PUT", "", "{}"),
    ("PUT", "", #"{"oauth2":{"partial":true}}"#),
  ])
  func `an account that does not exist is not found`(method: String, path: String, body: String) async throws
  {
    try await TestGateway.open { web in
      let answer = try await web.send(method, "/v1/account/nobody" + path, body)
      #expect(answer.status == 404 && answer.problem == "account.notFound", "\(answer)")
    }
  }

  @Test(arguments: [".", "..", "a\u{202E}b", "\u{2066}a", "a\u{200F}"])
  func `an id that would be mistaken in a path or on a line is refused`(id: String) async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let app = try await web.account("sales").app
      let bodies = [
        (
          "/v1/account",
          #"{"account":"\#(id)","name":"n","oauth2":{"provider":"\#(app)","auth":{"user":"n@contoso.test"}}}"#
        ), ("/v1/authentication/form", #"{"account":"\#(id)","redirectUrl":"https://a.example/"}"#),
        ("/v1/authentication/device", #"{"account":"\#(id)","provider":"\#(app)"}"#),
      ]
      for (path, body) in bodies {
        let answer = try await web.send("POST", path, body)
        #expect(answer.problem == "request.invalidField", "\(path): \(answer)")
      }
      let encoded = try #require(id.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
      let read = try await web.send("GET", "/v1/account/\(encoded)")
      #expect(read.status == 400 && read.problem == "request.invalidField", "\(read)")
    }
  }

  @Test(arguments: [
    "..", ".", "../me", "a/../../x", "alice", "", "me/messages", "a@contoso.test/..", "a b@contoso.test",
    "c0000000-0000-4000-8000-00000000000", "%2e%2e",
  ])
  func `what is no mailbox does not become part of a path at Microsoft`(user: String) async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let app = try await web.account("sales").app
      let answer = try await web.send(
        "POST", "/v1/account", #"{"name":"n","oauth2":{"provider":"\#(app)","auth":{"user":"\#(user)"}}}"#)
      #expect(answer.problem == "request.invalidField", "\(answer)")
    }
  }
}

extension TestGateway {
  fileprivate static let clientID = "22222222-2222-4222-8222-222222222228"

  /// One to which nobody has signed in yet.
  fileprivate func addPersonsAccount(_ id: String) async throws {
    let app = try await services.apps.create(
      NewApp(name: "Mail", provider: .outlook, enabled: true, clientID: Self.clientID), in: .default)
    let made = try await send(
      "POST", "/v1/account",
      #"{"account":"\#(id)","email":"\#(id)@contoso.test","oauth2":{"authorize":true,"provider":"\#(app)"}}"#)
    #expect(made.status == 200, "\(made)")
  }

  fileprivate func refreshToken(_ id: String) async throws -> String {
    let grant = try await services.store.read { (tx: borrowing Transaction) in
      try tx.grant(of: AccountID(id), in: .default)
    }
    return try vault.openSecret(
      try #require(grant?.refreshToken), for: .refreshToken(AccountID(id), in: .default)
    ).reveal()
  }

  fileprivate func secret(of app: AppID) async throws -> String? {
    let record = try await services.store.read { (tx: borrowing Transaction) in try tx.app(app, in: .default)
    }
    return try record?.secret(vault)?.reveal()
  }
}
