import Core
import StoreTesting
import Testing

@Suite struct TokenRouteTests {
  @Test func `a token is made, works, is listed without itself, and is revoked`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let made = try await web.send(
        "POST", "/v1/tokens", #"{"description":"CRM","account":"sales","expires":"2999-01-01"}"#)
      let token = try #require(made.text("token"), "\(made)")
      let id = try #require(made.text("id"))
      #expect(try await web.send("GET", "/v1/account/sales", token: token).status == 200)
      let list = try await web.send("GET", "/v1/tokens?account=sales")
      #expect(list.json["total"] as? Int == 1 && list.body.contains("CRM"))
      #expect(!list.body.contains(token))
      #expect(try await web.send("GET", "/v1/tokens?account=board").json["total"] as? Int == 0)
      #expect(try await web.send("DELETE", "/v1/tokens/\(id)").status == 200)
      #expect(try await web.send("GET", "/v1/account/sales", token: token).problem == "token.invalid")
      #expect(try await web.send("DELETE", "/v1/tokens/\(id)").problem == "token.notFound")
    }
  }

  @Test func `a token in the query counts once, and two are refused`() async throws {
    try await TestGateway.open { web in
      let token = try await web.token(in: "default")
      let path = "/v1/accounts?access_token=\(token)"
      #expect(try await web.send("GET", path, token: nil).status == 200)
      let twice = try await web.send("GET", path + "&access_token=\(token)", token: nil)
      #expect(twice.status == 400 && twice.problem == "request.invalidField")
      #expect(!twice.body.contains(token))
    }
  }

  @Test(arguments: [
    (#"{"description":"x","scopes":["*"]}"#, 403, "token.scope"),
    (#"{"description":"x","scopes":["api","*"]}"#, 403, "token.scope"),
    (#"{"description":"x","account":"nobody"}"#, 404, "account.notFound"),
    (#"{"description":"x","expires":"2001-01-01"}"#, 400, "request.invalidField"),
    (#"{"description":"x","expires":"soon"}"#, 400, "request.invalidField"),
    (#"{"description":"x","scopes":[]}"#, 400, "request.invalidField"),
    (#"{"description":"x","scopes":["root"]}"#, 400, "request.invalidField"),
    (#"{"description":"x","scopes":["metrics"]}"#, 400, "request.notSupported"),
    (#"{"description":"x","ip":"10.0.0.1"}"#, 400, "request.notSupported"),
    (#"{"scopes":["api"]}"#, 400, "request.invalidField"),
  ])
  func `nobody makes a token that may more, or that makes no sense`(
    body: String, status: Int, problem: String
  ) async throws {
    try await TestGateway.open { web in
      let token = try await web.token(in: "default")
      let answer = try await web.send("POST", "/v1/tokens", body, token: token)
      #expect(answer.status == status && answer.problem == problem, "\(answer)")
      #expect(try await web.send("GET", "/v1/tokens").json["total"] as? Int == 1)
    }
  }

  @Test func `a token outlives none that made it`() async throws {
    try await TestGateway.open { web in
      let made = try await web.send("POST", "/v1/tokens", #"{"description":"a","expires":"2500-01-01"}"#)
      let token = try #require(made.text("token"), "\(made)")
      let later = try await web.send(
        "POST", "/v1/tokens", #"{"description":"b","expires":"2500-01-02"}"#, token: token)
      #expect(later.problem == "request.invalidField")
      _ = try await web.send("POST", "/v1/tokens", #"{"description":"c"}"#, token: token)
      let list = try await web.send("GET", "/v1/tokens")
      let tokens = try #require(list.json["tokens"] as? [[String: any Sendable]])
      #expect(
        tokens.map { $0["expires"] as? String } == ["2500-01-01T00:00:00.000Z", "2500-01-01T00:00:00.000Z"])
    }
  }

  @Test func `a token revokes none with more rights than its own`() async throws {
    try await TestGateway.open { web in
      _ = try await web.token(in: "default", scopes: ["*"])
      let list = try await web.send("GET", "/v1/tokens")
      let id = try #require((list.json["tokens"] as? [[String: any Sendable]])?.first?["id"] as? String)
      let small = try await web.token(in: "default")
      #expect(try await web.send("DELETE", "/v1/tokens/\(id)", token: small).problem == "token.scope")
      #expect(try await web.send("DELETE", "/v1/tokens/\(id)").status == 200)
    }
  }

  @Test func `a token for SMTP is made and revoked by one for the API, and opens nothing here`() async throws
  {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let token = try await web.token(in: "default")
      let body = #"{"description":"printer","scopes":["smtp"],"account":"sales"}"#
      let made = try await web.send("POST", "/v1/tokens", body, token: token)
      let password = try #require(made.text("token"), "\(made)")
      for path in ["/v1/account/sales", "/v1/outbox", "/v1/tokens"] {
        let answer = try await web.send("GET", path, token: password)
        #expect(answer.status == 403 && answer.problem == "token.scope", "\(path)")
      }
      let id = try #require(made.text("id"))
      #expect(try await web.send("DELETE", "/v1/tokens/\(id)", token: token).status == 200)
    }
  }

  @Test func `the tokens of an account go with it`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let token = try await web.token(in: "default", account: "sales")
      #expect(try await web.send("DELETE", "/v1/account/sales", token: token).status == 200)
      try await web.addAccount("sales", in: "default")
      web.time.advance(by: .seconds(2))
      #expect(try await web.send("GET", "/v1/account/sales", token: token).problem == "token.invalid")
    }
  }
}
