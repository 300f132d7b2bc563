import Core
import StoreTesting
import Testing

/// Nothing of one workspace is visible or usable from another: every route of the API is asked with alpha's token
/// for bravo's things.
@Suite struct IsolationTests {
  @Test func `every route has a case`() async throws {
    try await TestGateway.open { web in
      let routes = Set(web.routes.filter { $0.contains(" /v1/") })
      #expect(routes.subtracting(IsolationCase.all.keys) == [], "add them to IsolationCase.all")
      #expect(routes.count > 20)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `another workspace's things are not there`(engine: StoreEngine) async throws {
    try await TestGateway.open(engine) { web in
      let worlds = try await web.twoWorkspaces()
      // What is read first shows what alpha had at first.
      for route in web.routes.sorted() {
        for one in IsolationCase.all[route] ?? [] {
          let answer = try await one.ask(web, route, of: worlds.bravo, token: worlds.alpha.token)
          #expect(one.expected.contains(answer.status), "\(route) \(one.body ?? ""): \(answer)")
          #expect(!answer.body.contains(Furnishing.marker("bravo")), "\(route): \(answer)")
          if let total = one.total { #expect(answer.json["total"] as? Int == total, "\(route): \(answer)") }
        }
      }
      // And all of it is still there for its owner.
      let account = try await web.send(
        "GET", "/v1/account/\(worlds.bravo.account)", token: worlds.bravo.token)
      #expect(account.body.contains(Furnishing.marker("bravo")), "\(account)")
      let message = try await web.send("GET", "/v1/outbox/\(worlds.bravo.queueID)", token: worlds.bravo.token)
      #expect(message.body.contains(Furnishing.marker("bravo")), "\(message)")
      #expect(message.text("state") == "queued")
      #expect(
        try await web.send("GET", "/v1/oauth2/\(worlds.bravo.app)", token: worlds.bravo.token).status == 200)
    }
  }

  @Test func `a token of one account reaches nothing of another, by any route`() async throws {
    try await TestGateway.open { web in
      let worlds = try await web.twoWorkspaces()
      try await web.addAccount("neighbour", in: "bravo")
      let token = try await web.token(in: "bravo", account: "neighbour")
      for route in web.routes where route.contains(" /v1/") {
        for one in IsolationCase.all[route] ?? [] {
          let answer = try await one.ask(web, route, of: worlds.bravo, token: token)
          #expect(!answer.body.contains(Furnishing.marker("bravo")), "\(route): \(answer)")
          // Its own messages, of which there are none, are all that it may list and change.
          let found = answer.json["total"] as? Int ?? answer.json["matched"] as? Int
          let mayList = route == "GET /v1/outbox" || one.body?.contains(#""all":true"#) == true
          #expect(mayList ? found == 0 : [403, 404].contains(answer.status), "\(route)")
        }
      }
    }
  }

  @Test func `the same names in two workspaces are two things`() async throws {
    try await TestGateway.open { web in
      for workspace in ["alpha", "bravo"] {
        try await web.addWorkspace(workspace)
        try await web.addAccount("sales", in: workspace)
      }
      let alpha = try await web.token(in: "alpha")
      let bravo = try await web.token(in: "bravo")
      let bodies = [(alpha, "first"), (bravo, "second"), (alpha, "first"), (bravo, "second")]
      var ids: [String] = []
      for (token, subject) in bodies {
        let answer = try await web.send(
          "POST", "/v1/account/sales/submit",
          #"{"to":[{"address":"bob@contoso.test"}],"subject":"\#(subject)","text":"x"}"#, token: token,
          headers: ["Idempotency-Key": "one key"])
        ids.append(try #require(answer.text("queueId"), "\(answer)"))
      }
      #expect(Set(ids).count == 2 && ids[0] == ids[2] && ids[1] == ids[3])
      #expect(try await web.send("DELETE", "/v1/account/sales", token: alpha).status == 200)
      #expect(try await web.send("GET", "/v1/account/sales", token: bravo).status == 200)
      #expect(try await web.send("GET", "/v1/outbox/\(ids[1])", token: bravo).status == 200)
    }
  }

  @Test func `an operator in one workspace cannot point at another's things either`() async throws {
    try await TestGateway.open { web in
      let worlds = try await web.twoWorkspaces()
      let sender = try await web.send(
        "PUT", "/v1/workspaces/alpha", #"{"defaultSender":"\#(worlds.bravo.account)"}"#)
      #expect(sender.status == 404 && sender.problem == "account.notFound")
      let inAlpha = ["Heliograph-Workspace": "alpha"]
      for path in ["account/\(worlds.bravo.account)", "outbox/\(worlds.bravo.queueID)"] {
        #expect(try await web.send("GET", "/v1/\(path)", headers: inAlpha).status == 404)
      }
    }
  }

  @Test func `a hosted link and its way back belong to one workspace and one browser`() async throws {
    try await TestGateway.open { web in
      let worlds = try await web.twoWorkspaces()
      let (alpha, bravo) = (worlds.alpha.pending, worlds.bravo.pending)
      let crossed = try await web.send(
        "GET", "/oauth?code=x&state=\(bravo.state)", token: nil, headers: ["Cookie": alpha.cookie])
      #expect(crossed.status == 403 && crossed.body.contains("signIn.browserMismatch"))
      #expect(!crossed.body.contains(Furnishing.marker("bravo")))
      let mixed = try await web.send(
        "GET", "/accounts/new?data=\(bravo.data)&sig=\(alpha.signature)", token: nil,
        headers: ["Cookie": alpha.cookie])
      #expect(mixed.status == 400 && mixed.body.contains("form.invalid"))
      #expect(!mixed.body.contains(Furnishing.marker("bravo")))
      // Alpha's link with bravo's app.
      let foreign = try await web.send(
        "POST", "/accounts/new", "data=\(alpha.data)&sig=\(alpha.signature)&app=\(worlds.bravo.signInApp)",
        token: nil, headers: ["Content-Type": "application/x-www-form-urlencoded"])
      #expect(foreign.status == 404, "\(foreign)")
      #expect(!foreign.body.contains(Furnishing.marker("bravo")))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a shared app serves every workspace and is read in none`(engine: StoreEngine) async throws {
    try await TestGateway.open(engine) { web in
      let alpha = try await web.furnish("alpha")
      let made = try await web.send(
        "POST", "/v1/oauth2",
        #"{"name":"\#(Furnishing.marker("default"))","provider":"outlook","enabled":true,"shared":true,"#
          + #""clientId":"11111111-2222-4333-8444-555555555555","clientSecret":"a secret value"}"#)
      let shared = try #require(made.text("id"), "\(made)")
      let form = #"{"redirectUrl":"https://crm.example/back","type":"\#(shared)"}"#
      #expect(try await web.send("POST", "/v1/authentication/form", form, token: alpha.token).status == 200)
      for route in web.routes where route.contains("/v1/oauth2/{app}") {
        for one in IsolationCase.all[route] ?? [] {
          let answer = try await one.ask(web, route, of: alpha, token: alpha.token, app: shared)
          #expect(answer.status == 404, "\(route): \(answer)")
          #expect(!answer.body.contains(Furnishing.marker("default")), "\(route)")
        }
      }
      let list = try await web.send("GET", "/v1/oauth2", token: alpha.token)
      #expect(!list.body.contains(shared))
      // An api token of the operator's own workspace reads it; only sharing is the operator's.
      let refused = try await web.send(
        "POST", "/v1/oauth2",
        #"{"name":"x","provider":"outlook","shared":true,"clientId":"22222222-2222-4222-8222-222222222224"}"#,
        token: alpha.token)
      #expect([400, 403].contains(refused.status), "\(refused)")
      // An app of the operator's that is not shared does not exist for the others.
      let own = try await web.send(
        "POST", "/v1/oauth2",
        #"{"name":"o","provider":"outlook","clientId":"22222222-2222-4222-8222-222222222224"}"#)
      let id = try #require(own.text("id"), "\(own)")
      let unshared = try await web.send(
        "POST", "/v1/authentication/form", #"{"redirectUrl":"https://crm.example/back","type":"\#(id)"}"#,
        token: alpha.token)
      #expect(unshared.problem == "app.notFound")
    }
  }
}

/// How one route is asked for another workspace's thing.
struct IsolationCase: Sendable {
  /// `{account}`, `{app}`, `{signInApp}` and `{clientID}` stand for bravo's.
  var body: String?
  var query = ""
  var contentType = "application/json"
  var range: String?
  var expected: ClosedRange<Int>
  /// How many things of alpha's own there are.
  var total: Int?

  static func absent(_ body: String? = nil, query: String = "") -> IsolationCase {
    IsolationCase(body: body, query: query, expected: 404...404)
  }

  static func list(_ total: Int?, query: String = "") -> IsolationCase {
    IsolationCase(query: query, expected: 200...200, total: total)
  }

  /// Whether or not there is such a thing.
  static func forbidden(_ body: String? = nil) -> IsolationCase {
    IsolationCase(body: body, expected: 403...403)
  }

  /// Nothing of another workspace can be named in it.
  static func own(
    _ body: String? = nil, _ expected: ClosedRange<Int> = 200...200, query: String = ""
  ) -> IsolationCase {
    IsolationCase(body: body, query: query, expected: expected)
  }

  /// Routes that are still to come stand here too; asked is what the router has.
  static let all: [String: [IsolationCase]] = [
    "GET /v1/oauth2": [.list(2)],
    "POST /v1/oauth2": [
      .own(#"{"name":"x","provider":"outlook","clientId":"22222222-2222-4222-8222-222222222222"}"#)
    ],
    "GET /v1/oauth2/{app}": [.absent()],
    "PUT /v1/oauth2/{app}": [.absent(#"{"name":"mine"}"#)],
    "DELETE /v1/oauth2/{app}": [.absent()],
    "POST /v1/oauth2/{app}/verify": [.absent("{}"), .absent(#"{"account":"{account}"}"#)],
    "GET /v1/oauth2/{app}/registration": [.absent()],
    "POST /v1/oauth2/registration": [.own(#"{"name":"x","provider":"outlook"}"#, 200...400)],
    "GET /v1/accounts": [.list(1), .list(0, query: "?query=bravo")],
    "POST /v1/accounts/import": [
      IsolationCase(
        body: "email,client id,refresh token\nx@contoso.test,{clientID},a-token\n", contentType: "text/csv",
        expected: 200...200)
    ],
    "POST /v1/account": [
      .absent(#"{"account":"n","name":"n","oauth2":{"provider":"{app}","auth":{"user":"n@contoso.test"}}}"#),
      // Refused by name, as long as it is not supported.
      IsolationCase(
        body: #"{"account":"n","name":"n","email":"n@contoso.test","oauth2":{"auth":"#
          + #"{"delegatedUser":"n@contoso.test","delegatedAccount":"{account}"}}}"#, expected: 400...404),
      IsolationCase(
        body: #"{"account":"n","name":"n","email":"n@contoso.test","#
          + #""oauth2":{"provider":"{signInApp}","authorize":true}}"#, expected: 400...404),
      IsolationCase(
        body: #"{"account":"n","name":"n","oauth2":{"provider":"{signInApp}","refreshToken":"t","#
          + #""auth":{"user":"n@contoso.test"}}}"#, expected: 400...404),
    ],
    "GET /v1/account/{account}": [.absent()],
    "PUT /v1/account/{account}": [.absent(#"{"name":"mine"}"#)],
    "DELETE /v1/account/{account}": [.absent()],
    "POST /v1/account/{account}/submit": [.absent(message)],
    "POST /v1/account/{account}/verify": [.absent("{}")],
    "PUT /v1/account/{account}/pause": [.absent()],
    "PUT /v1/account/{account}/resume": [.absent()],
    "PUT /v1/account/{account}/reconnect": [.absent(#"{"reconnect":true}"#)],
    "GET /v1/account/{account}/oauth-token": [.absent()],
    "POST /v1/submit": [.own(message, 400...400)],
    "POST /v1/authentication/form": [
      .absent(#"{"redirectUrl":"https://a.example/","type":"{signInApp}"}"#),
      .absent(#"{"redirectUrl":"https://a.example/","type":"{app}"}"#),
    ],
    "POST /v1/authentication/device": [.absent(#"{"provider":"{signInApp}"}"#)],
    "GET /v1/authentication/device/{device}": [.absent()],
    "GET /v1/outbox": [.list(1)],
    "PUT /v1/outbox/cancel": [.own(#"{"account":"{account}"}"#), .own(#"{"all":true}"#)],
    "PUT /v1/outbox/retry": [.own(#"{"account":"{account}"}"#), .own(#"{"all":true}"#)],
    "PUT /v1/outbox/release": [
      .own(#"{"as":"sent","account":"{account}"}"#), .own(#"{"as":"sent","all":true}"#),
    ],
    "PUT /v1/outbox/reschedule": [
      .own(#"{"sendAt":"2099-01-01T00:00:00Z","account":"{account}"}"#),
      .own(#"{"sendAt":"2099-01-01T00:00:00Z","all":true}"#),
    ],
    "GET /v1/outbox/{queueId}": [.absent()],
    "GET /v1/outbox/{queueId}/source": [.absent()],
    "PUT /v1/outbox/{queueId}": [.absent(#"{"sendAt":"2099-01-01T00:00:00Z"}"#)],
    "DELETE /v1/outbox/{queueId}": [.absent()],
    "POST /v1/account/{account}/uploads": [.absent(#"{"size":1}"#)],
    "PUT /v1/account/{account}/uploads/{upload}": [
      IsolationCase(
        body: "x", contentType: "application/octet-stream", range: "bytes 0-0/1", expected: 404...404)
    ],
    "GET /v1/account/{account}/uploads/{upload}": [.absent()],
    "DELETE /v1/account/{account}/uploads/{upload}": [.absent()],
    "PUT /v1/outbox/{queueId}/release": [.absent(#"{"as":"sent"}"#)],
    "PUT /v1/outbox/{queueId}/retry": [.absent()],
    "GET /v1/account/{account}/mailboxes": [.absent()],
    "GET /v1/account/{account}/messages": [.absent(query: "?path=INBOX")],
    "GET /v1/account/{account}/message/{message}": [.absent()],
    "GET /v1/account/{account}/message/{message}/source": [.absent()],
    "GET /v1/account/{account}/text/{text}": [.absent()],
    "GET /v1/account/{account}/attachment/{attachment}": [.absent()],
    "PUT /v1/account/{account}/message/{message}": [.absent("{}")],
    "PUT /v1/account/{account}/message/{message}/move": [.absent(#"{"path":"INBOX"}"#)],
    "DELETE /v1/account/{account}/message/{message}": [.absent()],
    "GET /v1/templates": [.list(0), .absent(query: "?account={account}")],
    "POST /v1/templates/template": [.absent(#"{"account":"{account}","name":"x","content":{"text":"x"}}"#)],
    "GET /v1/templates/template/{template}": [.absent()],
    "PUT /v1/templates/template/{template}": [.absent(#"{"name":"mine"}"#)],
    "DELETE /v1/templates/template/{template}": [.absent()],
    "POST /v1/templates/template/{template}/preview": [.absent("{}")],
    "DELETE /v1/templates/account/{account}": [.absent(query: "?force=true")],
    "GET /v1/events": [.list(nil), .absent(query: "?account={account}")],
    "GET /v1/events/stream": [.absent(query: "?account={account}")],
    // Has no end; EventStreamTests asks it.
    "GET /v1/changes": [],
    "GET /v1/webhookRoutes": [.list(2)],
    "POST /v1/webhookRoutes": [.own(#"{"name":"x","targetUrl":"https://x.example/"}"#)],
    "GET \(route)": [.absent()],
    "PUT \(route)": [.absent(#"{"name":"mine"}"#)],
    "DELETE \(route)": [.absent()],
    "POST \(route)/secret": [.absent("{}")],
    "POST \(route)/test": [.absent()],
    "GET \(route)/posts": [.absent()],
    "POST \(route)/replay": [.absent(#"{"failed":true}"#)],
    "GET /v1/tokens": [.list(1), .list(0, query: "?account={account}")],
    "POST /v1/tokens": [.absent(#"{"description":"x","account":"{account}"}"#)],
    "DELETE /v1/tokens/{token}": [.absent()],
    "GET /v1/workspaces": [.forbidden()],
    "POST /v1/workspaces": [.forbidden(#"{"name":"x"}"#)],
    "GET /v1/workspaces/{workspace}": [.forbidden()],
    "PUT /v1/workspaces/{workspace}": [.forbidden(#"{"name":"x"}"#)],
    "DELETE /v1/workspaces/{workspace}": [.forbidden()],
    "GET /v1/blocklists": [.list(1)],
    "GET /v1/blocklist/{listId}": [.list(0)],
    "POST /v1/blocklist/{listId}": [.absent(#"{"account":"{account}","recipient":"x@contoso.test"}"#)],
    "DELETE /v1/blocklist/{listId}": [.own(query: "?recipient=left@contoso.test")],
    "GET /v1/settings": [.own()],
    "POST /v1/settings": [.own(#"{"webhooks":"https://alpha.example/hook"}"#)],
  ]

  private static let route = "/v1/webhookRoutes/webhookRoute/{webhookRoute}"

  private static let message = #"{"to":[{"address":"bob@contoso.test"}],"subject":"x","text":"x"}"#

  func ask(
    _ web: TestGateway, _ route: String, of other: Furnishing, token: String, app: String? = nil
  ) async throws -> WebAnswer {
    let parts = route.split(separator: " ", maxSplits: 1).map(String.init)
    func filled(_ text: String) -> String {
      text.replacing("{account}", with: other.account).replacing("{app}", with: app ?? other.app)
        .replacing("{signInApp}", with: other.signInApp).replacing("{queueId}", with: other.queueID)
        .replacing("{token}", with: other.tokenID).replacing("{workspace}", with: "bravo")
        .replacing("{listId}", with: "list-of-bravo").replacing("{template}", with: other.template)
        .replacing("{device}", with: other.device).replacing("{upload}", with: other.upload)
        .replacing("{message}", with: "AAMk").replacing("{text}", with: "AAMk")
        .replacing("{attachment}", with: "AAMk~AAMk").replacing("{webhookRoute}", with: other.route)
        .replacing("{clientID}", with: other.clientID)
    }
    return try await web.send(
      parts[0], filled(parts[1] + query), body.map(filled), token: token,
      headers: (body == nil ? [:] : ["Content-Type": contentType])
        .merging(range.map { ["Content-Range": $0] } ?? [:]) { $1 })
  }
}
