import Accounts
import Core
import Store
import StoreTesting
import Testing

/// Who may call, and in whose name.
@Suite struct PrincipalTests {
  @Test func `a token acts in its own workspace and in no other`() async throws {
    try await TestGateway.open { web in
      try await web.addWorkspace("north")
      try await web.addWorkspace("south")
      let north = try await web.token(in: "north")
      #expect(try await web.send("GET", "/v1/accounts", token: north).status == 200)
      for workspace in ["south", "default", "nowhere"] {
        let answer = try await web.send(
          "GET", "/v1/accounts", token: north, headers: ["Heliograph-Workspace": workspace])
        #expect(answer.status == 404)
        #expect(answer.problem == "workspace.notFound")
      }
      let own = try await web.send(
        "GET", "/v1/accounts", token: north, headers: ["Heliograph-Workspace": "north"])
      #expect(own.status == 200)
    }
  }

  @Test func `an operator acts in the workspace that the header names`() async throws {
    try await TestGateway.open { web in
      try await web.addWorkspace("north")
      let issued = try await web.token(in: "default", scopes: ["*"])
      for token in [TestGateway.prepared, issued] {
        let made = try await web.send(
          "POST", "/v1/oauth2",
          #"{"name":"A","provider":"outlook","clientId":"22222222-2222-4222-8222-222222222226"}"#,
          token: token, headers: ["Heliograph-Workspace": "north"])
        #expect(made.status == 200, "\(made)")
        let here = try await web.send(
          "GET", "/v1/oauth2", token: token, headers: ["Heliograph-Workspace": "north"])
        let there = try await web.send("GET", "/v1/oauth2", token: token)
        #expect(here.json["total"] as? Int ?? 0 > 0)
        #expect(there.json["total"] as? Int == 0)
        let nowhere = try await web.send(
          "GET", "/v1/oauth2", token: token, headers: ["Heliograph-Workspace": "nowhere"])
        #expect(nowhere.problem == "workspace.notFound")
      }
    }
  }

  @Test func `the scope of everything makes no operator outside the workspace default`() async throws {
    try await TestGateway.open { web in
      try await web.addWorkspace("north")
      let north = try await web.token(in: "north", scopes: ["*"])
      let answer = try await web.send(
        "GET", "/v1/accounts", token: north, headers: ["Heliograph-Workspace": "default"])
      #expect(answer.problem == "workspace.notFound")
    }
  }

  @Test func `a token of one account is kept to it`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      try await web.addAccount("board", in: "default")
      let sales = try await web.token(in: "default", scopes: ["*"], account: "sales")
      #expect(try await web.send("GET", "/v1/account/sales", token: sales).status == 200)
      let other = try await web.send("GET", "/v1/account/board", token: sales)
      #expect(other.problem == "account.notFound")
      #expect(try await web.send("GET", "/v1/account/%62oard", token: sales).status == 404)
      for path in ["/v1/accounts", "/v1/oauth2"] {
        let answer = try await web.send("GET", path, token: sales)
        #expect(answer.status == 403)
        #expect(answer.problem == "token.scope")
      }
    }
  }

  @Test func `a token of one account sees the messages of no other`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      try await web.addAccount("board", in: "default")
      let sales = try await web.token(in: "default", account: "sales")
      let own = try await web.submit("Offer", from: "sales")
      let foreign = try await web.submit("Secret plan", from: "board")
      let list = try await web.send("GET", "/v1/outbox", token: sales)
      #expect(list.json["total"] as? Int == 1)
      #expect(!list.body.contains("Secret plan"))
      #expect(try await web.send("GET", "/v1/outbox/\(foreign)", token: sales).problem == "queue.notFound")
      #expect(try await web.send("DELETE", "/v1/outbox/\(foreign)", token: sales).problem == "queue.notFound")
      #expect(try await web.send("GET", "/v1/outbox/\(own)", token: sales).status == 200)
      #expect(try await web.send("DELETE", "/v1/outbox/\(own)", token: sales).status == 200)
    }
  }
}
