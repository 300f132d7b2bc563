import API
import Access
import Core
import Store
import StoreTesting
import Testing

/// What a token's restrictions and permissions allow.
@Suite struct TokenLimitTests {
  /// Every operation, with what a token's permissions must allow for it.
  static let grants = [
    "postAccountSubmit": "send/submit", "postSubmit": "send/submit", "postAccountUpload": "send/submit",
    "putAccountUpload": "send/submit", "getAccountUpload": "send/submit",
    "deleteAccountUpload": "send/submit",
    "getTemplates": "read/template", "postTemplate": "write/template", "getTemplate": "read/template",
    "putTemplate": "write/template", "deleteTemplate": "destructive/template",
    "previewTemplate": "read/template", "deleteAccountTemplates": "destructive/template",
    "getOutbox": "read/outbox", "getOutboxEntry": "read/outbox", "putOutboxEntry": "write/outbox",
    "deleteOutboxEntry": "destructive/outbox", "putOutboxEntryRelease": "write/outbox",
    "getMailboxes": "read/mailbox", "getMessages": "read/message", "getMessage": "read/message",
    "getMessageSource": "read/message", "getText": "read/message", "getAttachment": "read/message",
    "putMessage": "write/message", "putMessageMove": "write/message", "deleteMessage": "destructive/message",
    "putOutboxEntryRetry": "write/outbox", "getOutboxEntrySource": "read/outbox",
    "putOutboxCancel": "destructive/outbox", "putOutboxRetry": "write/outbox",
    "putOutboxRelease": "write/outbox", "putOutboxReschedule": "write/outbox", "postAccount": "write/admin",
    "getAccounts": "read/account",
    "postAccountsImport": "write/admin", "getAccount": "read/account", "putAccount": "write/admin",
    "deleteAccount": "destructive/account", "putAccountPause": "write/account",
    "putAccountResume": "write/account", "putAccountReconnect": "write/account",
    "getAccountOAuthToken": "read/admin", "verifyAccount": "send/account",
    "postAuthenticationForm": "write/admin", "postAuthenticationDevice": "write/admin",
    "getAuthenticationDevice": "read/admin", "postOAuth2App": "write/admin", "getOAuth2Apps": "read/admin",
    "getOAuth2App": "read/admin", "putOAuth2App": "write/admin", "deleteOAuth2App": "destructive/admin",
    "verifyOAuth2App": "send/admin", "getOAuth2AppRegistration": "read/admin",
    "planOAuth2AppRegistration": "read/admin", "getEvents": "read/events",
    "getEventStream": "read/events", "getChanges": "read/events", "getWebhookRoutes": "read/webhook",
    "postWebhookRoutes": "write/webhook", "getWebhookRoute": "read/webhook",
    "putWebhookRoute": "write/webhook", "deleteWebhookRoute": "destructive/webhook",
    "postWebhookRouteSecret": "write/webhook", "postWebhookRouteTest": "write/webhook",
    "getWebhookRoutePosts": "read/webhook", "postWebhookRouteReplay": "write/webhook",
    "postTokens": "write/admin",
    "getTokens": "read/admin", "deleteToken": "destructive/admin", "postWorkspaces": "write/admin",
    "getWorkspaces": "read/admin", "getWorkspace": "read/admin", "putWorkspace": "write/admin",
    "getBlocklists": "read/blocklist", "getBlocklist": "read/blocklist", "postBlocklist": "write/blocklist",
    "deleteBlocklist": "destructive/blocklist", "getSettings": "read/admin", "postSettings": "write/admin",
    "deleteWorkspace": "destructive/admin", "getHealth": "read/diagnostics", "getOpenAPI": "read/diagnostics",
  ]

  @Test(arguments: Operations.all.map(\.id))
  func `each operation has its action and its group`(id: String) throws {
    let operation = try #require(Operations.all.first { $0.id == id })
    #expect(
      operation.grant.description == Self.grants[id], "\(id) is new, or was changed: decide about it here")
  }

  @Test(arguments: StoreEngine.allCases)
  func `permissions open what they name, and nothing else`(engine: StoreEngine) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addAccount("sales", in: "default")
      let cases: [(permissions: String, method: String, path: String, status: Int)] = [
        (#"{"actions":["read"]}"#, "GET", "/v1/accounts", 200),
        (#"{"actions":["read"]}"#, "GET", "/v1/tokens", 200),
        (#"{"actions":["read"]}"#, "PUT", "/v1/account/sales/pause", 403),
        (#"{"actions":["write"]}"#, "GET", "/v1/accounts", 403),
        (#"{"actions":["write"],"groups":["account"]}"#, "PUT", "/v1/account/sales/pause", 200),
        (#"{"groups":["outbox"]}"#, "GET", "/v1/outbox", 200),
        (#"{"groups":["outbox"]}"#, "GET", "/v1/accounts", 403),
        (#"{"groups":["account","outbox"]}"#, "GET", "/v1/oauth2", 403),
        (#"{"actions":["read","write"]}"#, "DELETE", "/v1/account/sales", 403),
        (#"{"actions":["send"],"groups":["submit"]}"#, "POST", "/v1/account/sales/submit", 400),
      ]
      for (permissions, method, path, status) in cases {
        let made = try await web.send(
          "POST", "/v1/tokens", #"{"description":"x","permissions":\#(permissions)}"#)
        let token = try #require(made.text("token"), "\(made)")
        let answer = try await web.send(method, path, method == "POST" ? "{}" : nil, token: token)
        #expect(answer.status == status, "\(permissions) \(method) \(path): \(answer)")
        if status == 403 { #expect(answer.problem == "token.permission") }
      }
    }
  }

  @Test(arguments: [
    (#""restrictions":{"addresses":["10.0.0.1/8"]}"#, "restrictions.addresses[0]"),
    (#""restrictions":{"addresses":["10.0.0.0/8","printer"]}"#, "restrictions.addresses[1]"),
    (#""restrictions":{"addresses":[]}"#, "restrictions.addresses"),
    (#""restrictions":{"referrers":[]}"#, "restrictions.referrers"),
    (#""restrictions":{"rateLimit":{"maxRequests":1}}"#, "restrictions.rateLimit.timeWindow"),
    (#""restrictions":{"rateLimit":{"maxRequests":0,"timeWindow":1}}"#, "restrictions.rateLimit.maxRequests"),
    (#""restrictions":{"hours":[]}"#, "restrictions.hours"),
    (#""permissions":{"actions":[]}"#, "permissions.actions"),
    (#""permissions":{"actions":["read","delete"]}"#, "permissions.actions[1]"),
    (#""permissions":{"groups":["admin"]}"#, "permissions.groups[0]"),
  ])
  func `what makes no sense is refused at its field`(field: String, path: String) async throws {
    try await TestGateway.open { web in
      let answer = try await web.send("POST", "/v1/tokens", #"{"description":"x",\#(field)}"#)
      #expect(answer.status == 400 && answer.body.contains("\"key\":\"\(path)\""), "\(answer)")
      #expect(try await web.send("GET", "/v1/tokens").json["total"] as? Int == 0)
    }
  }

  @Test func `a rate is 429 with the time to wait, and the next window begins anew`() async throws {
    try await TestGateway.open { web in
      let made = try await web.send(
        "POST", "/v1/tokens",
        #"{"description":"x","restrictions":{"rateLimit":{"maxRequests":2,"timeWindow":30}}}"#)
      let token = try #require(made.text("token"))
      for _ in 0..<2 { #expect(try await web.send("GET", "/v1/accounts", token: token).status == 200) }
      web.time.advance(by: .seconds(10))
      let refused = try await web.send("GET", "/v1/accounts", token: token)
      #expect(refused.status == 429 && refused.problem == "token.rateLimited", "\(refused)")
      #expect(refused.retryAfter == "20")
      web.time.advance(by: .seconds(20))
      #expect(try await web.send("GET", "/v1/accounts", token: token).status == 200)
    }
  }

  @Test func `a token for certain pages needs their Referer`() async throws {
    try await TestGateway.open { web in
      let made = try await web.send(
        "POST", "/v1/tokens",
        #"{"description":"x","restrictions":{"referrers":["https://crm.example/*","*.crm.example/mail"]}}"#)
      let token = try #require(made.text("token"))
      for (referrer, status) in [
        ("https://crm.example/a", 200), ("https://CRM.example/", 200), ("https://a.crm.example/mail", 200),
        ("https://crm.example.evil/", 403), ("https://a.crm.example/mail/x", 403), ("", 403), (nil, 403),
      ] {
        let answer = try await web.send(
          "GET", "/v1/accounts", token: token, headers: referrer.map { ["Referer": $0] } ?? [:])
        #expect(answer.status == status, "\(referrer ?? "none")")
        if status == 403 { #expect(answer.problem == "token.restricted") }
      }
    }
  }

  @Test func `addresses are those of the client, and an unknown one is none of them`() throws {
    var restrictions = TokenRestrictions()
    restrictions.addresses = ["192.0.2.0/24", "2001:db8::1"]
    let principal = Principal(
      workspace: .default, scopes: ["api"], token: TokenID("t"), restrictions: restrictions)
    for address in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1"] {
      try principal.check(address: IPAddress(address))
    }
    for address in ["192.0.3.7", "2001:db8::2", nil] {
      let problem = #expect(throws: Problem.self) {
        try principal.check(address: address.flatMap { IPAddress($0) })
      }
      #expect(problem?.code == .tokenRestricted)
    }
  }

  @Test func `a limited token makes no other, and lists show its limits and its last use`() async throws {
    try await TestGateway.open { web in
      let limits =
        #""restrictions":{"referrers":["*"],"rateLimit":{"maxRequests":5,"timeWindow":60}},"permissions":{"actions":["read","write"]}"#
      let made = try await web.send("POST", "/v1/tokens", #"{"description":"x",\#(limits)}"#)
      let token = try #require(made.text("token"), "\(made)")
      let before = try await web.send("GET", "/v1/tokens")
      #expect(before.body.contains(limits) && !before.body.contains("\"access\""), "\(before)")
      let refused = try await web.send(
        "POST", "/v1/tokens", #"{"description":"y"}"#, token: token, headers: ["Referer": "x"])
      #expect(refused.status == 403 && refused.problem == "token.permission", "\(refused)")
      let after = try await web.send("GET", "/v1/tokens")
      #expect(after.json["total"] as? Int == 1 && after.body.contains("\"access\":{\"time\":"), "\(after)")
    }
  }
}
