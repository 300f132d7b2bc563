import Accounts
import Core
import Store
import StoreTesting
import Testing
import Web

@Suite struct WorkspaceRouteTests {
  @Test func `an operator makes, reads, changes and deletes a workspace`() async throws {
    try await TestGateway.open { web in
      let made = try await web.send(
        "POST", "/v1/workspaces",
        #"{"workspace":"north","name":"North","redirectHosts":["CRM.North.example"]}"#)
      #expect(made.status == 200 && made.text("workspace") == "north", "\(made)")
      let again = try await web.send("POST", "/v1/workspaces", #"{"workspace":"north","name":"N"}"#)
      #expect(again.problem == "workspace.exists")
      let read = try await web.send("GET", "/v1/workspaces/north")
      #expect(read.json["redirectHosts"] as? [String] == ["crm.north.example"])
      try await web.addAccount("sales", in: "north")
      let changed = try await web.send(
        "PUT", "/v1/workspaces/north", #"{"defaultSender":"sales","redirectHosts":[]}"#)
      #expect(changed.status == 200, "\(changed)")
      let after = try await web.send("GET", "/v1/workspaces/north")
      #expect(after.text("defaultSender") == "sales" && after.text("name") == "North")
      let list = try await web.send("GET", "/v1/workspaces")
      #expect(list.json["total"] as? Int == 2)
      #expect(try await web.send("DELETE", "/v1/workspaces/north").problem == "workspace.inUse")
      #expect(try await web.send("DELETE", "/v1/workspaces/north?force=true").status == 200)
      #expect(try await web.send("GET", "/v1/workspaces/north").problem == "workspace.notFound")
      for force in ["", "?force=true"] {
        let answer = try await web.send("DELETE", "/v1/workspaces/default\(force)")
        #expect(answer.problem == "workspace.inUse")
      }
    }
  }

  @Test(arguments: [
    #"{"workspace":"North","name":"N"}"#, #"{"workspace":"a/b","name":"N"}"#, #"{"workspace":"","name":"N"}"#,
    #"{"name":""}"#, #"{"name":"a\r\nb"}"#, #"{"name":"N","redirectHosts":["https://a.example"]}"#,
    #"{"name":"N","redirectHosts":["a.example:80"]}"#, #"{"name":"N","redirectHosts":["a.example/x"]}"#,
    #"{"name":"N","redirectHosts":["u@a.example"]}"#, #"{"name":"N","redirectHosts":[""]}"#,
    #"{"name":"N","redirectHosts":["a b"]}"#,
  ])
  func `a workspace that makes no sense is refused`(body: String) async throws {
    try await TestGateway.open { web in
      let answer = try await web.send("POST", "/v1/workspaces", body)
      #expect(answer.status == 400 && answer.problem == "request.invalidField", "\(answer)")
      #expect(try await web.send("GET", "/v1/workspaces").json["total"] as? Int == 1)
    }
  }

  @Test func `only an operator sees workspaces`() async throws {
    try await TestGateway.open { web in
      try await web.addWorkspace("north")
      let tokens = [
        try await web.token(in: "north", scopes: ["*"]), try await web.token(in: "default"),
      ]
      for token in tokens {
        for (method, path) in [
          ("GET", "/v1/workspaces"), ("POST", "/v1/workspaces"), ("GET", "/v1/workspaces/north"),
          ("PUT", "/v1/workspaces/north"), ("DELETE", "/v1/workspaces/north"),
          ("GET", "/v1/workspaces/nowhere"),
        ] {
          let answer = try await web.send(method, path, "{}", token: token)
          #expect(answer.status == 403 && answer.problem == "token.scope", "\(method) \(path)")
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `deleting a workspace by force leaves nothing of it and everything of the others`(
    engine: StoreEngine
  ) async throws {
    try await TestGateway.open(engine) { web in
      for workspace in ["north", "south"] {
        _ = try await web.furnish(workspace)
      }
      let before = try await web.rows(of: "south")
      #expect(
        Set(before.keys).isSuperset(of: [
          "account", "chunk", "event", "queue", "api_token", "recipient", "hosted_form", "sign_in",
          "device_sign_in",
          "idempotency", "message", "oauth2_app",
        ]))
      let token = try await web.token(in: "north")
      #expect(try await web.send("GET", "/v1/accounts", token: token).status == 200)
      #expect(try await web.send("DELETE", "/v1/workspaces/north?force=true").status == 200)
      #expect(try await web.rows(of: "north") == [:])
      #expect(try await web.rows(of: "south") == before)
      #expect(try await web.send("GET", "/v1/accounts", token: token).problem == "token.invalid")
    }
  }

  @Test func `no table is forgotten when a workspace is deleted`() async throws {
    try await TestGateway.open { web in
      let tables = try await WorkspaceTables.inSchema(web.services.store)
      #expect(tables == Set(WorkspaceTables.counts.keys))
    }
  }

  @Test func `a message without an account goes out from the default sender`() async throws {
    try await TestGateway.open { web in
      let message = #"{"to":[{"address":"bob@contoso.test"}],"subject":"Hello","text":"x"}"#
      let none = try await web.send("POST", "/v1/submit", message)
      #expect(none.status == 400 && none.problem == "workspace.noDefaultSender")
      try await web.addAccount("sales", in: "default")
      _ = try await web.send("PUT", "/v1/workspaces/default", #"{"defaultSender":"sales"}"#)
      let sent = try await web.send("POST", "/v1/submit", message, token: try await web.token(in: "default"))
      let id = try #require(sent.text("queueId"), "\(sent)")
      #expect(try await web.send("GET", "/v1/outbox/\(id)").text("account") == "sales")

      #expect(try await web.send("DELETE", "/v1/account/sales").status == 200)
      #expect(try await web.send("GET", "/v1/workspaces/default").text("defaultSender") == nil)
      #expect(try await web.send("POST", "/v1/submit", message).problem == "workspace.noDefaultSender")
    }
  }
}
