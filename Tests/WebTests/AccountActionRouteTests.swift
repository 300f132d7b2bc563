import Core
import Store
import StoreTesting
import Testing
import Web

@Suite struct AccountActionRouteTests {
  @Test func `pausing is kept, whatever else happens to the account`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      for _ in 0..<2 {
        let paused = try await web.send("PUT", "/v1/account/sales/pause")
        #expect(paused.json["paused"] as? Bool == true, "\(paused)")
      }
      #expect(try await web.account("sales").paused)
      let reconnected = try await web.send("PUT", "/v1/account/sales/reconnect", #"{"reconnect":true}"#)
      #expect(reconnected.json["reconnect"] as? Bool == true, "\(reconnected)")
      var again = try await web.account("sales")
      again.paused = false
      try await web.services.store.write { [again] (tx: borrowing Transaction) in try tx.upsert(again) }
      #expect(try await web.account("sales").paused)
      _ = try await web.submit("It waits", from: "sales")
      #expect(try await web.send("PUT", "/v1/account/sales/resume").json["paused"] as? Bool == false)
      #expect(try await !web.account("sales").paused)
      #expect(try await web.send("PUT", "/v1/account/nobody/pause").problem == "account.notFound")
      #expect(try await web.send("PUT", "/v1/account/nobody/resume").problem == "account.notFound")
    }
  }

  @Test func `reconnecting forgets what the account was refused`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      try await web.refuse("sales")
      let asked = try await web.send("PUT", "/v1/account/sales/reconnect", "{}")
      #expect(asked.json["reconnect"] as? Bool == false)
      #expect(try await web.account("sales").state == .authenticationError)
      _ = try await web.send("PUT", "/v1/account/sales/reconnect", #"{"reconnect":true}"#)
      let account = try await web.account("sales")
      #expect(account.state == .connecting && account.lastError == nil)
      let nobody = try await web.send("PUT", "/v1/account/nobody/reconnect", #"{"reconnect":true}"#)
      #expect(nobody.problem == "account.notFound")
    }
  }

  @Test func `Microsoft's tokens stay inside unless the operator wants otherwise`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      try await web.holdToken("sales", token: "eyJ-secret")
      let answer = try await web.send("GET", "/v1/account/sales/oauth-token")
      #expect(answer.status == 403 && answer.problem == "token.notExposed")
      #expect(!answer.body.contains("eyJ-secret"))
    }
    try await TestGateway.open(exposesTokens: true) { web in
      try await web.addAccount("sales", in: "default")
      try await web.holdToken("sales", token: "eyJ-secret")
      let answer = try await web.send("GET", "/v1/account/sales/oauth-token")
      #expect(
        answer.text("accessToken") == "eyJ-secret" && answer.json["cached"] as? Bool == true, "\(answer)")
      #expect(answer.text("user") == "sales@contoso.test" && answer.text("provider") == "outlookService")
      // It reaches every mailbox of the app.
      let bound = try await web.token(in: "default", account: "sales")
      let refused = try await web.send("GET", "/v1/account/sales/oauth-token", token: bound)
      #expect(refused.status == 403 && !refused.body.contains("eyJ-secret"))
    }
  }

  @Test func `the token of a shared app is never given out`() async throws {
    try await TestGateway.open(exposesTokens: true) { web in
      try await web.addAccount("sales", in: "default")
      try await web.holdToken("sales", token: "eyJ-secret")
      try await web.shareApp(of: "sales")
      let answer = try await web.send("GET", "/v1/account/sales/oauth-token")
      #expect(answer.status == 403 && answer.problem == "token.notExposed")
      #expect(!answer.body.contains("eyJ-secret"))
    }
  }
}
