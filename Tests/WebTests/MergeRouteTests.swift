import Core
import StoreTesting
import Testing

/// `mailMerge` of a submission.
@Suite struct MergeRouteTests {
  private static func body(_ entries: [String], _ members: String = "") -> String {
    #"{"subject":"Hi {{params.name}}","text":"x","mailMerge":[\#(entries.joined(separator: ","))]\#(members)}"#
  }

  private static func entry(_ name: String, _ members: String = "") -> String {
    #"{"to":{"name":"\#(name)","address":"\#(name)@contoso.test"},"params":{"name":"\#(name)"}\#(members)}"#
  }

  @Test(arguments: StoreEngine.allCases)
  func `each entry is a message, and a repeat gets the same reply`(engine: StoreEngine) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addAccount("sales", in: "default")
      let body = Self.body(
        [
          Self.entry("ada"), Self.entry("bob", #","sendAt":"2099-01-01T00:00:00Z","messageId":"<b@x.test>""#),
        ],
        #","attachments":[{"filename":"a.txt","content":"aGVsbG8="}]"#)
      func submit(_ body: String) async throws -> WebAnswer {
        try await web.send("POST", "/v1/account/sales/submit", body, headers: ["Idempotency-Key": "k"])
      }
      let first = try await submit(body)
      #expect(
        first.status == 200 && first.json["messageId"] == nil && first.json["queueId"] == nil, "\(first)")
      let list = try #require(first.json["mailMerge"] as? [[String: Any]], "\(first)")
      #expect(list.map { ($0["to"] as? [String: String])?["name"] } == ["ada", "bob"])
      #expect(list.allSatisfy { $0["success"] as? Bool == true })
      #expect(list[0]["sendAt"] == nil && list[1]["sendAt"] as? String == "2099-01-01T00:00:00.000Z")
      #expect(list[1]["messageId"] as? String == "<b@x.test>")
      let second = try await submit(body)
      let (before, after) = (
        first.body.split(separator: "mailMerge"), second.body.split(separator: "mailMerge")
      )
      #expect(before[1] == after[1], "\(second)")
      #expect((second.json["idempotency"] as? [String: String])?["status"] == "HIT")
      #expect(try await web.send("GET", "/v1/outbox").json["total"] as? Int == 2)
      let entry = try await web.send("GET", "/v1/outbox/\(try #require(list[0]["queueId"] as? String))")
      #expect(entry.text("subject") == "Hi ada")
      #expect(try await web.rows(of: "default")["segment"] == 1)
      #expect(try await submit(Self.body([Self.entry("ada")])).problem == "idempotency.mismatch")
    }
  }

  @Test func `what is wrong is told with its entry, and nothing is accepted`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      var many = (0..<1000).map { Self.entry("r\($0)") }
      many[417] = #"{"to":{"address":"nobody"},"params":{"name":"x"}}"#
      let one = Self.entry("ada")
      let cases: [(String, String, String)] = [
        (Self.body(many), "message.invalidAddress", "mailMerge[417].to.address: "),
        (Self.body(many + [one]), "request.invalidField", "mailMerge: has 1001 elements"),
        (Self.body([]), "request.invalidField", "mailMerge: must have at least 1"),
        (Self.body([one, #"{"params":{}}"#]), "request.invalidField", "mailMerge[1].to: is required"),
        (
          Self.body([one, Self.entry("bob", #","messageId":"x""#)]), "request.invalidField",
          "mailMerge[1].messageId"
        ),
        (
          Self.body([one, #"{"to":{"address":"b@contoso.test"}}"#]), "template.missingVariable",
          "mailMerge[1]: The variable “params.name” has no value"
        ),
        (
          Self.body([one], #","to":{"address":"b@contoso.test"}"#), "request.invalidField",
          "to: cannot be given"
        ),
        (
          Self.body([one], #","cc":{"address":"b@contoso.test"}"#), "request.invalidField",
          "cc: cannot be given"
        ),
        (
          Self.body([one], #","bcc":{"address":"b@contoso.test"}"#), "request.invalidField",
          "bcc: cannot be given"
        ),
        (Self.body([one], #","messageId":"<a@b>""#), "request.invalidField", "messageId: cannot be given"),
        (
          Self.body([one], #","envelope":{"to":["b@contoso.test"]}"#), "request.invalidField",
          "envelope: cannot"
        ),
        (#"{"raw":"eDogeQ0KDQo=","mailMerge":[\#(one)]}"#, "request.invalidField", "raw: cannot be given"),
      ]
      for (body, problem, message) in cases {
        let answer = try await web.send("POST", "/v1/account/sales/submit", body)
        #expect(answer.problem == problem && answer.text("message")?.contains(message) == true, "\(answer)")
      }
      #expect(try await web.send("GET", "/v1/outbox").json["total"] as? Int == 0)
      let rows = try await web.rows(of: "default")
      #expect(["message", "chunk", "segment", "idempotency"].allSatisfy { rows[$0] == nil }, "\(rows)")
    }
  }

  @Test func `a dry run shows the first message`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let answer = try await web.send(
        "POST", "/v1/account/sales/submit",
        Self.body(
          [Self.entry("ada"), Self.entry("bob")],
          #","dryRun":true,"attachments":[{"filename":"a.txt","content":"aGVsbG8="}]"#))
      #expect(answer.text("preview") != nil && (answer.json["mailMerge"] as? [Any])?.count == 2, "\(answer)")
      #expect(!answer.body.contains("queueId"))
      let rows = try await web.rows(of: "default")
      #expect(["message", "chunk", "segment"].allSatisfy { rows[$0] == nil }, "\(rows)")
    }
  }

  @Test(arguments: StoreEngine.allCases, [[], ["bob"], ["ada", "bob"]])
  func `who has left the list is told as skipped`(engine: StoreEngine, left: [String]) async throws {
    try await TestGateway.open(engine) { web in
      try await web.addAccount("sales", in: "default")
      for name in left {
        let entry = #"{"account":"sales","recipient":"\#(name)@contoso.test","reason":"on request"}"#
        #expect(try await web.send("POST", "/v1/blocklist/news", entry).status == 200)
      }
      let names = ["ada", "bob"]
      let members = #","listId":"News""#
      let queued = names.count - left.count
      let body = Self.body(names.map { Self.entry($0) }, members)
      let dry = try await web.send(
        "POST", "/v1/account/sales/submit",
        Self.body(names.map { Self.entry($0) }, members + #","dryRun":true"#))
      #expect(dry.status == 200 && dry.text("response") == "Dry run", "\(dry)")
      #expect((dry.text("preview") == nil) == (queued == 0) && !dry.body.contains("queueId"), "\(dry)")
      var answers = [dry]
      for status in ["MISS", "HIT"] {
        let answer = try await web.send(
          "POST", "/v1/account/sales/submit", body, headers: ["Idempotency-Key": "k"])
        #expect(answer.status == 200 && answer.text("response") == "Queued for delivery", "\(answer)")
        #expect((answer.json["idempotency"] as? [String: String])?["status"] == status)
        #expect(answer.json["messageId"] == nil && answer.json["queueId"] == nil)
        answers.append(answer)
      }
      for answer in answers {
        let list = try #require(answer.json["mailMerge"] as? [[String: Any]], "\(answer)")
        #expect(list.map { $0["success"] as? Bool } == names.map { !left.contains($0) })
        for name in left {
          let skipped =
            #"{"success":false,"to":{"name":"\#(name)","address":"\#(name)@contoso.test"},"#
            + #""skipped":{"reason":"on request","listId":"news"}}"#
          #expect(answer.body.contains(skipped), "\(answer)")
        }
      }
      #expect(try await web.send("GET", "/v1/outbox").json["total"] as? Int == queued)
    }
  }

  @Test func `without rendering braces stay as they are`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let answer = try await web.send(
        "POST", "/v1/account/sales/submit", Self.body([Self.entry("ada")], #","render":false"#))
      let list = try #require(answer.json["mailMerge"] as? [[String: Any]], "\(answer)")
      let entry = try await web.send("GET", "/v1/outbox/\(try #require(list[0]["queueId"] as? String))")
      #expect(entry.text("subject") == "Hi {{params.name}}")
    }
  }
}
