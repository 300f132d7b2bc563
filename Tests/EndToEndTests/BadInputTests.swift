import StoreTesting
import Testing

/// Every refusal says what is wrong and what to do, and leaves nothing behind.
@Suite struct BadInputTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var path = "/v1/account/a0/submit"
    var body: String
    var status = 400
    var problem: String
    /// What the message has to name.
    var names: [String] = []
  }

  private static let to = #""to": [{"address": "bob@contoso.test"}]"#

  private static let cases = [
    Case(
      testDescription: "an unknown field", body: #"{\#(to), "subjetc": "x"}"#,
      problem: "request.unknownField", names: ["subjetc"]),
    Case(
      testDescription: "an unknown field inside another", body: #"{"to": [{"adress": "bob@contoso.test"}]}"#,
      problem: "request.unknownField", names: ["adress"]),
    Case(
      testDescription: "a field of the vocabulary that is not built", body: #"{\#(to), "gateway": "t"}"#,
      problem: "request.notSupported", names: ["gateway"]),
    Case(
      testDescription: "a number for the subject", body: #"{\#(to), "subject": 7}"#,
      problem: "request.invalidField", names: ["subject"]),
    Case(
      testDescription: "a text where an address belongs", body: #"{"to": "bob@contoso.test"}"#,
      problem: "request.invalidField", names: ["to"]),
    Case(
      testDescription: "a text for the headers", body: #"{\#(to), "headers": "X: y"}"#,
      problem: "request.invalidField", names: ["headers"]),
    Case(
      testDescription: "an attachment that is not base64",
      body: #"{\#(to), "attachments": [{"filename": "x", "content": "%%%"}]}"#,
      problem: "request.invalidField", names: ["attachments[0].content"]),
    Case(
      testDescription: "a line break in an address",
      body: #"{"to": [{"address": "bob@contoso.test\r\nBcc: eve@contoso.test"}]}"#,
      problem: "message.invalidAddress", names: ["to[0].address"]),
    Case(
      testDescription: "a line feed in an address",
      body: #"{"bcc": [{"address": "bob\n@contoso.test"}]}"#,
      problem: "message.invalidAddress", names: ["bcc[0].address"]),
    Case(
      testDescription: "a line break in a name",
      body: #"{"to": [{"name": "Bob\r\nBcc: eve@contoso.test", "address": "bob@contoso.test"}]}"#,
      problem: "request.invalidField", names: ["to[0].name"]),
    Case(
      testDescription: "a line break in the subject",
      body: #"{\#(to), "subject": "x\r\nBcc: eve@contoso.test"}"#,
      problem: "request.invalidField", names: ["subject"]),
    Case(
      testDescription: "a line break in a header",
      body: #"{\#(to), "headers": {"X-A": "b\r\nBcc: e@x.test"}}"#,
      problem: "request.invalidField", names: ["X-A"]),
    Case(
      testDescription: "no address in an address", body: #"{"to": [{"address": "nobody"}]}"#,
      problem: "message.invalidAddress", names: ["to[0].address"]),
    Case(
      testDescription: "no recipient", body: #"{"subject": "x", "text": "y"}"#,
      problem: "message.noRecipient"),
    Case(
      testDescription: "a recipient in the header whom the envelope leaves out",
      body: #"{\#(to), "envelope": {"to": ["alice@contoso.test"]}}"#, problem: "envelope.mismatch"),
    Case(testDescription: "no JSON", body: "to=bob@contoso.test", problem: "request.malformed"),
    Case(testDescription: "JSON cut short", body: #"{"to": [{"address": "bo"#, problem: "request.malformed"),
    Case(testDescription: "a list where an object belongs", body: "[]", problem: "request.malformed"),
    Case(testDescription: "nothing", body: "", problem: "request.malformed"),
    Case(
      testDescription: "a body over the limit",
      body: #"{\#(to), "text": "\#(String(repeating: "x", count: 5000))"}"#, status: 413,
      problem: "request.tooLarge", names: ["4096"]),
    Case(
      testDescription: "an unknown account", path: "/v1/account/nobody/submit", body: "{\(to)}", status: 404,
      problem: "account.notFound", names: ["nobody"]),
    Case(
      testDescription: "an unknown path", path: "/v1/acount", body: "{}", status: 404,
      problem: "request.notFound", names: ["/v1/acount"]),
    Case(
      testDescription: "an unknown field of an app", path: "/v1/oauth2",
      body: #"{"name": "x", "provider": "outlook", "clientId": "y", "clientsecret": "z"}"#,
      problem: "request.unknownField", names: ["clientsecret"]),
    Case(
      testDescription: "an app of an unknown provider", path: "/v1/oauth2",
      body: #"{"name": "x", "provider": "outlok", "clientId": "y"}"#,
      problem: "request.invalidField", names: ["provider"]),
    Case(
      testDescription: "an account of an unknown app", path: "/v1/account",
      body:
        #"{"account": "n", "name": "n", "oauth2": {"provider": "none", "auth": {"user": "bob@contoso.test"}}}"#,
      status: 404, problem: "app.notFound", names: ["none"]),
    Case(
      testDescription: "a sign-in link without a place to come back to", path: "/v1/authentication/form",
      body: #"{"account": "n"}"#, problem: "request.invalidField", names: ["redirectUrl"]),
    Case(
      testDescription: "a sign-in link that leads to a script", path: "/v1/authentication/form",
      body: #"{"account": "n", "redirectUrl": "javascript:alert(1)"}"#,
      problem: "request.invalidField", names: ["redirectUrl"]),
  ]

  @Test(arguments: StoreEngine.allCases)
  func `Each kind of bad input is refused by name and stores nothing`(engine: StoreEngine) async throws {
    try await Rig.run(engine, arguments: ["--body-limit", "4096"]) { rig in
      _ = try await rig.connectDaemon(["alice@contoso.test"])
      let before = try await rig.counts()
      for bad in Self.cases {
        let answer = try await rig.gateway.send("POST", bad.path, body: bad.body)
        #expect(answer.status == bad.status, "\(bad.testDescription): \(answer)")
        answer.expectRefusal(bad.problem)
        for name in bad.names {
          #expect(answer.json["message"].text?.contains(name) == true, "\(bad.testDescription): \(answer)")
        }
      }
      #expect(try await rig.counts() == before)
    }
  }

  @Test func `Without a token, or with one for something else, nothing is done`() async throws {
    try await Rig.run { rig in
      let account = try await rig.connectDaemon(["alice@contoso.test"])[0]
      let metrics = try await rig.issueToken(["metrics"])
      let before = try await rig.counts()
      for (token, status, problem) in [
        ("", 401, "token.missing"), ("no-such-token", 401, "token.invalid"), (metrics, 403, "token.scope"),
      ] {
        let body: JSON = ["to": [["address": "bob@contoso.test"]], "subject": "x"]
        let answer = try await rig.gateway.post("/v1/account/\(account)/submit", body, token: token)
        #expect(answer.status == status)
        answer.expectRefusal(problem)
        let reading = try await rig.gateway.get("/v1/oauth2", token: token)
        #expect(reading.status == status)
      }
      #expect(try await rig.counts() == before)
    }
  }
}

extension Rig {
  fileprivate func counts() async throws -> [Int?] {
    [
      try await gateway.outboxTotal(), try await gateway.get("/v1/accounts").expect()["total"].int,
      try await gateway.get("/v1/oauth2").expect()["total"].int,
    ]
  }
}
