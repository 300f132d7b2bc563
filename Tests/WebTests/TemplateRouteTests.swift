import Core
import StoreTesting
import Testing

/// Templates, and messages of them, by the API.
@Suite struct TemplateRouteTests {
  private static let template =
    #"{"name":"Welcome","content":{"subject":"Hello {{params.name}}","html":"<p>{{params.name}}"}}"#

  @Test func `a template is made, read, changed, listed and deleted`() async throws {
    try await TestGateway.open { web in
      let made = try await web.send("POST", "/v1/templates/template", Self.template)
      #expect(made.json["created"] as? Bool == true, "\(made)")
      let path = "/v1/templates/template/\(try #require(made.text("id")))"
      let shown = try await web.send("GET", path)
      #expect(shown.text("name") == "Welcome" && shown.text("format") == "html")
      #expect(shown.text("missingVariables") == "fail")
      let changed = try await web.send(
        "PUT", path,
        #"{"content":{"text":"Hi","html":""},"missingVariables":"default","defaults":{"name":"you"}}"#)
      #expect(changed.json["updated"] as? Bool == true, "\(changed)")
      let after = try await web.send("GET", path)
      #expect(
        after.json["content"] as? [String: String] == ["subject": "Hello {{params.name}}", "text": "Hi"])
      #expect(after.json["defaults"] as? [String: String] == ["name": "you"])
      let list = try await web.send("GET", "/v1/templates")
      #expect(list.json["total"] as? Int == 1 && !list.body.contains("content"), "\(list)")
      let preview = try await web.send("POST", path + "/preview", "{}")
      #expect(preview.text("subject") == "Hello you", "\(preview)")
      #expect(try await web.send("DELETE", path).json["deleted"] as? Bool == true)
      let gone = try await web.send("GET", path)
      #expect(gone.status == 404 && gone.text("code") == "TemplateNotFound")
    }
  }

  @Test(
    arguments: [
      (#"{"name":"x","content":{"html":"a\n{{#if x}}"}}"#, "template.invalid", "content.html: line 2"),
      (#"{"name":"x","format":"markdown","content":{}}"#, "request.notSupported", "markdown"),
      (#"{"name":"x"}"#, "request.invalidField", "content: is required"),
      (#"{"name":"x","content":{},"missingVariables":"default"}"#, "request.invalidField", "defaults"),
      (#"{"name":"x","content":{},"defaults":{}}"#, "request.invalidField", "defaults"),
      (#"{"account":"nobody","name":"x","content":{}}"#, "account.notFound", "nobody"),
      (#"{"name":"x","content":{"subject":"a\nb"}}"#, "request.invalidField", "content.subject"),
    ])
  func `what cannot be a template is refused`(body: String, problem: String, message: String) async throws {
    try await TestGateway.open { web in
      let answer = try await web.send("POST", "/v1/templates/template", body)
      #expect(answer.problem == problem && answer.text("message")?.contains(message) == true, "\(answer)")
    }
  }

  @Test func `a message of a template is previewed and submitted`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let made = try await web.send("POST", "/v1/templates/template", Self.template)
      let id = try #require(made.text("id"))
      func submit(_ members: String) async throws -> WebAnswer {
        try await web.send(
          "POST", "/v1/account/sales/submit", #"{"to":{"address":"bob@contoso.test"},\#(members)}"#)
      }
      let preview = try await submit(
        #""template":"\#(id)","render":{"params":{"name":"Ada"}},"locale":"en-GB","tz":"Europe/Bern","dryRun":true"#
      )
      #expect(preview.problem == "request.invalidField" && preview.text("message")?.contains("tz") == true)
      let tried = try await submit(#""template":"\#(id)","render":{"params":{"name":"Ada"}},"dryRun":true"#)
      #expect(tried.text("preview") != nil && tried.text("queueId") == nil, "\(tried)")
      let sent = try await submit(
        #""template":"\#(id)","render":{"params":{"name":"Ada"}},"locale":"en-GB","tz":"Europe/Berlin""#)
      let entry = try await web.send("GET", "/v1/outbox/\(try #require(sent.text("queueId"), "\(sent)"))")
      #expect(entry.text("subject") == "Hello Ada")
      let refusals: [(String, String, String)] = [
        (#""template":"\#(id)","text":"x""#, "request.invalidField", "text: cannot be given together"),
        (#""template":"\#(id)","raw":"eA==""#, "request.invalidField", "raw: cannot be given together"),
        (#""template":"\#(id)","render":false"#, "request.invalidField", "render"),
        (#""template":"\#(id)","render":true"#, "request.invalidField", "must be an object or false"),
        (#""template":"\#(id)""#, "template.missingVariable", "“params.name” has no value"),
        (#""template":"none""#, "template.notFound", "none"),
        (#""text":"{{x}}","render":{"format":"markdown"}"#, "request.notSupported", "markdown"),
        (#""text":"x","locale":"english language""#, "request.invalidField", "locale"),
      ]
      for (members, problem, message) in refusals {
        let answer = try await submit(members)
        #expect(answer.problem == problem && answer.text("message")?.contains(message) == true, "\(answer)")
      }
    }
  }

  @Test func `the templates of an account go with force, and with the account`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let body = #"{"account":"sales","name":"x","content":{"text":"x"}}"#
      for _ in 0..<2 { #expect(try await web.send("POST", "/v1/templates/template", body).status == 200) }
      let path = "/v1/templates/account/sales"
      #expect(try await web.send("DELETE", path).problem == "request.invalidField")
      #expect(try await web.rows(of: "default")["template"] == 2)
      #expect(try await web.send("DELETE", path + "?force=true").json["flushed"] as? Bool == true)
      #expect(try await web.rows(of: "default")["template"] == nil)
      #expect(try await web.send("POST", "/v1/templates/template", body).status == 200)
      #expect(try await web.send("DELETE", "/v1/account/sales").status == 200)
      #expect(try await web.rows(of: "default")["template"] == nil)
    }
  }
}
