import Core
import Store
import StoreTesting
import Testing

/// `webhooks` and `webhooksCustomHeaders` of an account.
@Suite struct AccountWebhooksRouteTests {
  private static let url = "https://own.example/hook"
  private static var body: String {
    #"{"webhooks":"\#(url)","webhooksCustomHeaders":[{"key":"Authorization","value":"Bearer secret-of-anna"}]}"#
  }

  @Test(arguments: StoreEngine.allCases)
  func `they are set, shown with masked values, kept and taken away`(engine: StoreEngine) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addAccount("anna", in: "default")
      let path = "/v1/account/anna"
      #expect(try await web.send("GET", path).json["webhooks"] == nil)
      #expect(try await web.send("PUT", path, Self.body).status == 200)
      let shown = try await web.send("GET", path)
      #expect(shown.text("webhooks") == Self.url && !shown.body.contains("secret-of-anna"), "\(shown)")
      let masked = [["key": "Authorization", "value": "******"]]
      #expect(shown.json["webhooksCustomHeaders"] as? [[String: String]] == masked)
      #expect(try await web.send("GET", "/v1/accounts").body.contains(Self.url))
      // As it was shown, with another URL.
      let again =
        #"{"webhooks":"https://other.example/","webhooksCustomHeaders":[{"key":"Authorization","value":"******"}]}"#
      #expect(try await web.send("PUT", path, again).status == 200)
      #expect(try await web.send("PUT", path, #"{"name":"Anna"}"#).status == 200)
      let changed = try await web.send("GET", path)
      #expect(changed.text("webhooks") == "https://other.example/" && changed.text("name") == "Anna")
      #expect(changed.json["webhooksCustomHeaders"] as? [[String: String]] == masked)
      #expect(try await web.send("PUT", path, #"{"webhooks":""}"#).status == 200)
      let without = try await web.send("GET", path)
      #expect(without.json["webhooks"] == nil && without.json["webhooksCustomHeaders"] == nil)
      #expect(try await web.send("GET", "/v1/webhookRoutes").json["total"] as? Int == 0)
    }
  }

  @Test func `the route is listed, and its account is named where it cannot be changed`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("anna", in: "default")
      #expect(try await web.send("PUT", "/v1/account/anna", Self.body).status == 200)
      let list = try await web.send("GET", "/v1/webhookRoutes")
      let route = try #require((list.json["webhooks"] as? [[String: Any]])?.first)
      #expect(route["accounts"] as? [String] == ["anna"] && route["targetUrl"] as? String == Self.url)
      let path = "/v1/webhookRoutes/webhookRoute/\(route["id"] as? String ?? "")"
      for (method, body) in [("PUT", #"{"enabled":false}"#), ("DELETE", nil)] {
        let refused = try await web.send(method, path, body)
        #expect(refused.status == 400 && refused.body.contains("PUT /v1/account/anna"), "\(refused)")
      }
      #expect(try await web.send("DELETE", "/v1/account/anna").status == 200)
      #expect(try await web.send("GET", path).problem == "webhook.routeNotFound")
    }
  }

  @Test(arguments: [
    (#""webhooks":"https://u:p@own.example/""#, "request.invalidField"),
    (#""webhooks":"own.example""#, "request.invalidField"),
    (#""webhooks":"http://169.254.169.254/""#, "webhook.addressRefused"),
    (#""webhooksCustomHeaders":[{"key":"X-A","value":"b"}]"#, "webhook.invalid"),
    (#""webhooks":"","webhooksCustomHeaders":[{"key":"X-A","value":"b"}]"#, "webhook.invalid"),
    (#""webhooks":"https://own.example/","webhooksCustomHeaders":[{"key":"Host"}]"#, "request.invalidField"),
  ])
  func `with what cannot be posted to, no account is made`(fields: String, problem: String) async throws {
    try await TestGateway.open { web in
      try await web.addAccount("anna", in: "default")
      let app = try await web.account("anna").app
      let refused = try await web.send(
        "POST", "/v1/account",
        #"{"account":"s","oauth2":{"provider":"\#(app)","auth":{"user":"s@contoso.test"}},\#(fields)}"#)
      #expect(refused.problem == problem, "\(refused)")
      #expect(try await web.send("GET", "/v1/account/s").problem == "account.notFound")
    }
  }
}
