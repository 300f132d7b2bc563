import Access
import Core
import Foundation
import StoreTesting
import Testing
import Vault
import Web

@testable import Store

@Suite struct SettingsRouteTests {
  @Test(arguments: StoreEngine.allCases)
  func `settings are shown with their sources, set, and cleared to their defaults`(
    engine: StoreEngine
  ) async throws {
    try await TestGateway.open(engine) { web in
      let fresh = try await web.send("GET", "/v1/settings")
      #expect(fresh.json["webhooksEnabled"] as? Bool == false, "\(fresh)")
      #expect(fresh.json["webhookEvents"] as? [String] == ["*"] && fresh.json["webhooks"] is NSNull)
      #expect(fresh.json["serviceSecret"] is NSNull && fresh.text("serviceUrl") == "http://localhost:3000")
      let sources = fresh.json["sources"] as? [String: String] ?? [:]
      #expect(Set(sources.keys) == Set(WorkspaceSetting.allCases.map(\.rawValue) + ["serviceUrl"]))
      #expect(Set(sources.values) == ["default"])

      let values = #"""
        "webhooksEnabled":true,"webhooks":"https://crm.example/hook?a=1","webhookEvents":["messageSent","messageNew"],
        "webhooksCustomHeaders":[{"key":"Authorization","value":"Bearer x"},{"key":"X-Empty"}],
        "notifyHeaders":["List-ID"],"notifyText":true,"notifyTextSize":1024,"notifyWebSafeHtml":true,
        "notifyAttachments":true,"notifyAttachmentSize":0,"notificationBaseUrl":"http://[2001:db8::1]:8443/x",
        "locale":"pt-BR","timezone":"Europe/Tallinn"
        """#
      let set = try await web.send("POST", "/v1/settings", "{\(values)}")
      #expect((set.json["updated"] as? [String])?.count == WorkspaceSetting.allCases.count - 1, "\(set)")
      let now = try await web.send("GET", "/v1/settings")
      let wanted = try #require(
        JSONSerialization.jsonObject(
          with: Data(
            "{\(values.replacing("Bearer x", with: "******").replacing(#""X-Empty"}"#, with: #""X-Empty","value":"******"}"#))}"
              .utf8))
          as? [String: Any])
      for (name, value) in wanted {
        #expect((now.json[name] as? NSObject) == (value as? NSObject), "\(name)")
        #expect((now.json["sources"] as? [String: String])?[name] == "api")
      }

      let names = wanted.keys.map { #""\#($0)":null"# }.joined(separator: ",")
      #expect(try await web.send("POST", "/v1/settings", "{\(names)}").status == 200)
      #expect(try await web.send("GET", "/v1/settings").body == fresh.body)
      #expect(try await web.rows(of: "default")["setting"] == nil)
    }
  }

  @Test func `what is left out of a change stays as it is`() async throws {
    try await TestGateway.open { web in
      _ = try await web.send("POST", "/v1/settings", #"{"webhooks":"https://a.example/","notifyText":true}"#)
      let changed = try await web.send("POST", "/v1/settings", #"{"notifyText":false}"#)
      #expect(changed.json["updated"] as? [String] == ["notifyText"])
      let now = try await web.send("GET", "/v1/settings?webhooks=true&notifyText=1")
      #expect(
        now.body
          == #"{"webhooks":"https://a.example/","notifyText":false,"sources":{"webhooks":"api","notifyText":"api"}}"#
      )
      #expect(try await web.send("POST", "/v1/settings", "{}").json["updated"] as? [String] == [])
    }
  }

  @Test func `flags of the query select; the names of events are shown on request`() async throws {
    try await TestGateway.open { web in
      let events = try await web.send("GET", "/v1/settings?eventTypes=true")
      #expect(Set(events.json.keys) == ["eventTypes", "sources"])
      #expect((events.json["eventTypes"] as? [String])?.contains("messageSent") == true)
      #expect(try await web.send("GET", "/v1/settings").json["eventTypes"] == nil)
      #expect(try await web.send("GET", "/v1/settings?webhooks=false").json["locale"] is NSNull)
      let unknown = try await web.send("GET", "/v1/settings?webhook=true")
      #expect(unknown.status == 400 && unknown.problem == "request.unknownField")
      let later = try await web.send("GET", "/v1/settings?openAiModel=true")
      #expect(later.status == 400 && later.problem == "request.notSupported")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the service secret is sealed, opened for those who sign, and never shown`(
    engine: StoreEngine
  ) async throws {
    try await TestGateway.open(engine) { web in
      let secret = "a secret of forty-two and more characters"
      let set = try await web.send("POST", "/v1/settings", #"{"serviceSecret":"\#(secret)"}"#)
      #expect(set.json["updated"] as? [String] == ["serviceSecret"])
      let shown = try await web.send("GET", "/v1/settings")
      #expect(shown.json["serviceSecret"] as? Bool == true && !shown.body.contains(secret))
      let box = try #require(try await web.services.settings.settings(of: .default).serviceSecret)
      #expect(String(decoding: box, as: UTF8.self).contains(secret) == false)
      let opened = try web.vault.openSecret(box, for: .setting(.serviceSecret, in: .default))
      #expect(opened.reveal() == secret)
      #expect(throws: Problem.self) {
        try web.vault.openSecret(box, for: .setting(.serviceSecret, in: WorkspaceID("other")))
      }
      for value in [#""******""#, "true", #""short""#, #""""#] {
        let answer = try await web.send("POST", "/v1/settings", #"{"serviceSecret":\#(value)}"#)
        #expect(answer.status == 400 && answer.body.contains("serviceSecret"), "\(answer)")
      }
      let mask = try await web.send("POST", "/v1/settings", #"{"serviceSecret":"******"}"#)
      #expect(mask.body.contains("is the mask, not a secret"))
      #expect(try await web.services.settings.settings(of: .default).serviceSecret == box)
      _ = try await web.send("POST", "/v1/settings", #"{"serviceSecret":null}"#)
      #expect(try await web.send("GET", "/v1/settings").json["serviceSecret"] is NSNull)
    }
  }

  static let refused: [(body: String, words: String)] = [
    (#""webhooks":"crm.example""#, "must be a URL"), (#""webhooks":"ftp://crm.example/""#, "must be a URL"),
    (#""webhooks":"https://""#, "must have a host"), (#""webhooks":"/hook""#, "must be a URL"),
    (#""webhooks":"https://crm.example/#top""#, "fragment"),
    (#""webhooks":"https://u:p@crm.example/""#, "user name or password"),
    (#""webhooks":"https://crm.example/ä""#, "percent-encoded"),
    (#""webhooks":"https://crm.example/<x>""#, "percent-encoded"),
    (#""webhooks":"https://crm..example/""#, "host"), (#""webhooks":"https://:443/""#, "host"),
    (#""webhooks":"https://crm.example:0/""#, "host"), (#""webhooks":"https://crm.example:70000/""#, "host"),
    (#""webhooks":"https://[fe80::1%eth0]/""#, "percent-encoded"),
    (#""webhooks":"https://[fe80::1%25e]/""#, "host"), (#""webhooks":"https://[x]/""#, "host"),
    (#""webhooks":"https://crm%2eexample/""#, "host"), (#""webhooks":"""#, "must not be empty"),
    (#""webhooks":"http://10.0.0.1/""#, "a private network"),
    (#""webhooks":true"#, "must be a string"), (#""webhooks":["https://a.example/"]"#, "must be a string"),
    (#""webhooksEnabled":"true""#, "must be true or false"),
    (#""webhooksEnabled":1"#, "must be true or false"),
    (#""webhookEvents":["messageSnt"]"#, "webhookEvents[0]"), (#""webhookEvents":"*""#, "must be a list"),
    (#""webhookEvents":[null]"#, "webhookEvents[0]"),
    (#""webhooksCustomHeaders":[{"key":"Content-Length","value":"1"}]"#, "Heliograph sets itself"),
    (#""webhooksCustomHeaders":[{"key":"transfer-encoding","value":"x"}]"#, "Heliograph sets itself"),
    (#""webhooksCustomHeaders":[{"key":"X-EE-Wh-Signature","value":"x"}]"#, "Heliograph sets itself"),
    (#""webhooksCustomHeaders":[{"key":"Proxy-Authorization","value":"x"}]"#, "Heliograph sets itself"),
    (#""webhooksCustomHeaders":[{"key":"X Y","value":"x"}]"#, "not the name of a header field"),
    (#""webhooksCustomHeaders":[{"key":"X:Y","value":"x"}]"#, "not the name of a header field"),
    (#""webhooksCustomHeaders":[{"key":"X","value":"a\r\nEvil: 1"}]"#, "must be one line"),
    (#""webhooksCustomHeaders":[{"key":"X","value":"é"}]"#, "must be ASCII"),
    (#""webhooksCustomHeaders":[{"value":"x"}]"#, "webhooksCustomHeaders[0].key"),
    (#""notifyTextSize":-1"#, "notifyTextSize"), (#""notifyTextSize":1.5"#, "notifyTextSize"),
    (#""locale":"english!""#, "must be a language"), (#""locale":"e""#, "must be a language"),
    (#""timezone":"Europe/Nowhere""#, "Europe/Nowhere"),
    (#""serviceUrl":"https://mail.example""#, "HELIOGRAPH_PUBLIC_URL"),
    (#""trackOpens":true"#, "not supported"), (#""deliveryAttempts":3"#, "not supported"),
    (#""webhook":"https://a.example/""#, "not a field"),
  ]

  @Test(arguments: refused)
  func `what makes no sense is refused by name, and nothing is changed`(body: String, words: String)
    async throws
  {
    try await TestGateway.open { web in
      let answer = try await web.send("POST", "/v1/settings", #"{"notifyText":true,\#(body)}"#)
      #expect(answer.status == 400 && answer.body.contains(words), "\(answer)")
      #expect(try await web.send("GET", "/v1/settings").json["notifyText"] as? Bool == false)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `each workspace has its own, and a token of one account reads none`(engine: StoreEngine) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addWorkspace("north")
      try await web.addAccount("sales", in: "north")
      let north = try await web.token(in: "north")
      let sales = try await web.token(in: "north", account: "sales")
      _ = try await web.send("POST", "/v1/settings", #"{"webhooks":"https://north.example/"}"#, token: north)
      #expect(try await web.send("GET", "/v1/settings").json["webhooks"] is NSNull)
      #expect(
        try await web.send("GET", "/v1/settings", token: north).text("webhooks") == "https://north.example/")
      for (method, body) in [("GET", nil), ("POST", "{}")] {
        let refused = try await web.send(method, "/v1/settings", body, token: sales)
        #expect(refused.status == 403 && refused.problem == "token.scope", "\(refused)")
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what the configuration file sets is read-only until it no longer does`(engine: StoreEngine)
    async throws
  {
    try await TestGateway.open(engine) { web in
      _ = try await web.send("POST", "/v1/settings", #"{"locale":"et"}"#)
      var declared = SettingsChange()
      declared.set(.webhooks, to: .plain(.text("https://file.example/")))
      declared.set(.serviceSecret, to: .secret(Secret("a secret of the configuration file")))
      declared.set(.timezone, to: nil)
      let store = web.services.store
      let (first, vault) = (declared, web.vault)
      let none = try await store.write { (tx: borrowing Transaction) in try tx.declare(first, vault) }
      #expect(none == [])
      let shown = try await web.send("GET", "/v1/settings?webhooks=1&serviceSecret=1&locale=1")
      #expect(
        shown.json["sources"] as? [String: String] == [
          "webhooks": "configuration", "serviceSecret": "configuration", "locale": "api",
        ])
      for body in [#"{"webhooks":null}"#, #"{"locale":"en","serviceSecret":"another secret text"}"#] {
        let refused = try await web.send("POST", "/v1/settings", body)
        #expect(refused.status == 409 && refused.problem == "configuration.declared", "\(refused)")
      }
      #expect(try await web.send("GET", "/v1/settings").text("locale") == "et")
      let gone = try await store.write { (tx: borrowing Transaction) in
        try tx.declare(SettingsChange(), vault)
      }
      #expect(gone == [.webhooks, .serviceSecret])
      #expect(try await web.send("GET", "/v1/settings").text("webhooks") == "https://file.example/")
      #expect(try await web.send("POST", "/v1/settings", #"{"webhooks":null}"#).status == 200)
    }
  }
}

/// Custom header fields are secrets.
@Suite struct SealedHeaderTests {
  @Test(arguments: StoreEngine.allCases)
  func `what an earlier version has stored in the clear is sealed at the start`(engine: StoreEngine)
    async throws
  {
    try await TestGateway.open(engine) { web in
      let json = #"[{"key":"X-Old","value":"in the clear"}]"#
      try await web.services.store.write { (tx: borrowing Transaction) in
        try tx.set(.webhooksCustomHeaders, to: .text("x"), in: .default)
        try tx.execute(
          "UPDATE setting SET value = $1 WHERE name = 'webhooksCustomHeaders'", json)
      }
      try await web.services.settings.applyAll(in: .default)
      let settings = try await web.services.settings.settings(of: .default)
      let fields = try settings.customHeaders(in: .default, web.vault)
      #expect(fields.map(\.name) == ["X-Old"] && fields.map { $0.value?.reveal() } == ["in the clear"])
      let left = try await web.services.store.read { (tx: borrowing Transaction) in
        try tx.plainCustomHeaders()
      }
      #expect(left.isEmpty && settings.sources[.webhooksCustomHeaders] == .api)
    }
  }
}

/// What the settings name is posted to like any route.
@Suite struct SettingsWebhookTests {
  @Test(arguments: StoreEngine.allCases)
  func `the settings name a route, which follows them`(engine: StoreEngine) async throws {
    try await TestGateway.open(engine) { web in
      let path = "/v1/webhookRoutes/webhookRoute/default"
      #expect(try await web.send("GET", path).status == 404)
      let bodies: [(settings: String, enabled: Bool, url: String, events: [String])] = [
        (#"{"webhooks":"https://crm.example/hook"}"#, false, "https://crm.example/hook", ["*"]),
        (#"{"webhooksEnabled":true}"#, true, "https://crm.example/hook", ["*"]),
        (#"{"webhookEvents":["messageSent"]}"#, true, "https://crm.example/hook", ["messageSent"]),
        (#"{"webhooks":"https://erp.example/"}"#, true, "https://erp.example/", ["messageSent"]),
        (
          #"{"webhooksCustomHeaders":[{"key":"X-Team","value":"a"}]}"#, true, "https://erp.example/",
          ["messageSent"]
        ),
        (#"{"webhooks":null}"#, false, "https://erp.example/", ["messageSent"]),
      ]
      for (settings, enabled, url, events) in bodies {
        #expect(try await web.send("POST", "/v1/settings", settings).status == 200)
        let route = try await web.send("GET", path)
        #expect(route.json["enabled"] as? Bool == enabled, "\(settings): \(route)")
        #expect(route.text("targetUrl") == url && route.json["events"] as? [String] == events, "\(settings)")
      }
      let stored = try await web.services.settings.settings(of: .default)
      #expect(
        try stored.customHeaders(in: .default, web.vault).map { $0.value?.reveal() } == ["a"],
        "what is sealed can be opened")
      let masked =
        #"{"webhooksCustomHeaders":[{"key":"x-team","value":"******"},{"key":"X-New","value":"b"}]}"#
      #expect(try await web.send("POST", "/v1/settings", masked).status == 200)
      let kept = try await web.services.settings.settings(of: .default)
      #expect(
        try kept.customHeaders(in: .default, web.vault).map { $0.value?.reveal() } == ["a", "b"],
        "the mask keeps what is there")
      #expect(try await web.send("POST", "/v1/settings", bodies[4].settings).status == 200)
      let headers = try await web.send("GET", path).json["customHeaders"] as? [[String: String]]
      #expect(headers == [["key": "X-Team", "value": "******"]])
      // It is changed where it comes from, but may be switched and get a new key.
      for (method, body) in [("PUT", #"{"targetUrl":"https://x.example/"}"#), ("DELETE", "")] {
        let refused = try await web.send(method, path, body.isEmpty ? nil : body)
        #expect(refused.status == 400 && refused.body.contains("POST /v1/settings"), "\(refused)")
      }
      #expect(try await web.send("PUT", path, #"{"enabled":true}"#).status == 200)
      #expect(try await web.send("POST", path + "/secret", "{}").text("secret")?.hasPrefix("whsec_") == true)
    }
  }
}
