import Foundation
import StoreTesting
import Testing

/// What becomes of a message when Microsoft throttles, fails or stays silent.
@Suite struct OutcomeTests {
  @Test(arguments: StoreEngine.allCases)
  func `An Idempotency-Key sends one message, and refuses another body`(engine: StoreEngine) async throws {
    try await Rig.run(engine) { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let (sender, recipient) = try rig.pair
      let account = try await rig.connectDaemon([sender])[0]
      let answers = try await withThrowingTaskGroup(of: JSON.self) { tasks in
        for _ in 0..<8 {
          tasks.addTask {
            try await rig.gateway.submit("once", from: account, to: recipient, idempotencyKey: "k").expect()
          }
        }
        return try await tasks.reduce(into: []) { $0.append($1) }
      }
      #expect(Set(answers.map { $0["queueId"].text }).count == 1)
      #expect(answers.count { $0["idempotency"]["status"].text == "MISS" } == 1)
      let other = try await rig.gateway.submit("other", from: account, to: recipient, idempotencyKey: "k")
      #expect(other.status == 409)
      other.expectRefusal("idempotency.mismatch")
      try await rig.expectArrivedOnce("once", at: recipient)
    }
  }

  @Test(arguments: ["hold", "resend"])
  func `A lost reply on a send-only grant follows the account's unknownOutcome`(policy: String) async throws {
    try await Rig.run(environment: ["HELIOGRAPH_UNKNOWN_OUTCOME_WAIT": "1"]) { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let alice = "alice@contoso.test"
      let link = try await rig.signInLink(
        ["account": "alice", "unknownOutcome": .string(policy)], app: ["skipScopes": ["Mail.ReadWrite"]])
      var browser = Browser(http: rig.http)
      _ = try await rig.signIn(&browser, link, as: alice)
      let body: JSON = [
        "to": [["address": "bob@contoso.test"], ["address": "lost-reply@contoso.test"]],
        "subject": "silence", "text": "Is anybody there?",
      ]
      let accepted = try await rig.gateway.post("/v1/account/alice/submit", body).expect()
      let id = try #require(accepted["queueId"].text)
      if policy == "hold" {
        let held = try await eventually("the message is held") { () -> JSON? in
          let entry = try await rig.gateway.outboxEntry(id)
          return entry["state"].text == "held" ? entry : nil
        }
        #expect(held["progress"]["error"]["code"].text == "delivery.unknownOutcome", "\(held)")
        try await rig.expectArrivedOnce("silence", at: "bob@contoso.test")
        #expect(try await rig.sandbox.requests().count { $0.isSendMail } == 1)
        #expect(try await rig.gateway.send("DELETE", "/v1/outbox/\(id)").expect()["deleted"].bool == true)
      } else {
        try await eventually("the message was sent again") {
          try await rig.sandbox.subjects(of: "bob@contoso.test").count { $0 == "silence" } == 2
        }
      }
      try await eventually("the outbox is empty") { try await rig.gateway.outboxTotal() == 0 }
      #expect(try await rig.sandbox.requests().allSatisfy { !$0.isDraft })
    }
  }

  @Test(arguments: [500, 502, 503, 504])
  func `A message that was sent although the reply was an error is not sent again`(status: Int) async throws {
    try await Rig.run(environment: ["HELIOGRAPH_UNKNOWN_OUTCOME_WAIT": "1"]) { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let (sender, recipient) = try rig.pair
      let account = try await rig.connectDaemon([sender])[0]
      for path in ["*/messages", "*/send"] {
        try await rig.sandbox.fault(["path": .string(path), "then": .number(Double(status)), "count": 1])
      }
      _ = try await rig.gateway.submit("in spite of it", from: account, to: recipient).expect()
      try await eventually("the outbox is empty") { try await rig.gateway.outboxTotal() == 0 }
      try await rig.expectArrivedOnce("in spite of it", at: recipient)
      #expect(try await rig.sandbox.requests().count { $0.isSend } == 1)
    }
  }

  @Test func `Nothing is asked of a mailbox before its Retry-After, and another mailbox goes on`()
    async throws
  {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(3))
      let accounts = try await rig.connectDaemon(Array(mailboxes.prefix(2)))
      try await rig.sandbox.fault([
        "user": .string(mailboxes[0]), "status": 429, "code": "ApplicationThrottled", "retryAfter": 10,
      ])
      _ = try await rig.gateway.submit("throttled", from: accounts[0], to: mailboxes[2]).expect()
      try await eventually("it was throttled") {
        try await rig.sandbox.requests().contains { $0.status == 429 }
      }
      for number in 0..<3 {
        _ = try await rig.gateway.submit("more \(number)", from: accounts[0], to: mailboxes[2]).expect()
      }
      _ = try await rig.gateway.submit("free", from: accounts[1], to: mailboxes[2]).expect()
      try await eventually("all messages have arrived") {
        try await rig.sandbox.subjects(of: mailboxes[2]).count == 5
      }
      let requests = try await rig.sandbox.requests()
      let throttled = try #require(requests.firstIndex { $0.status == 429 })
      let next = requests[(throttled + 1)...].first { $0.concerns(mailboxes[0]) }
      let pause = try rig.instant(#require(next)).timeIntervalSince(rig.instant(requests[throttled]))
      #expect(pause >= 9.9, "asked after \(pause) seconds")
      let free = try #require(requests.first { $0.isSend && $0.concerns(mailboxes[1]) })
      #expect(try rig.instant(free) < rig.instant(#require(next)))
    }
  }

  @Test func `A failing token endpoint delays a message and loses no grant`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0, "accessTokenLifetime": 200])
      let link = try await rig.signInLink(["account": "alice"])
      var browser = Browser(http: rig.http)
      _ = try await rig.signIn(&browser, link, as: "alice@contoso.test")
      try await rig.sandbox.settings(["accessTokenLifetime": 3600])
      try await rig.sandbox.fault(["path": "/token", "status": 503, "count": 1])
      try await rig.sandbox.fault(["path": "/token", "close": "before", "count": 1])
      _ = try await rig.gateway.submit("late", from: "alice", to: "bob@contoso.test").expect()
      try await eventually("the message arrived") {
        #expect(try await rig.gateway.get("/v1/account/alice").expect()["state"].text == "connected")
        return try await rig.sandbox.subjects(of: "bob@contoso.test") == ["late"]
      }
      let tokens = try await rig.sandbox.requests().filter { $0.isToken }
      #expect(tokens.contains { $0.status == 503 })
      #expect(tokens.contains { $0.status == nil })
    }
  }

  struct Closing: CustomTestStringConvertible, Sendable {
    let path: String
    let close: String
    var testDescription: String { "\(path) \(close)" }

    static let all = ["*/messages", "*/send"].flatMap { path in
      ["before", "after"].map { Closing(path: path, close: $0) }
    }
  }

  @Test(arguments: Closing.all)
  func `A connection that closes around create or send delivers the message once`(closing: Closing)
    async throws
  {
    try await Rig.run(environment: ["HELIOGRAPH_UNKNOWN_OUTCOME_WAIT": "3"]) { rig in
      try await rig.sandbox.makeAwkward(sendLagMs: 1500)
      let (sender, recipient) = try rig.pair
      let account = try await rig.connectDaemon([sender])[0]
      try await rig.sandbox.fault([
        "path": .string(closing.path), "close": .string(closing.close), "user": .string(sender),
      ])
      _ = try await rig.gateway.submit("fragile", from: account, to: recipient).expect()
      try await eventually("the outbox is empty") { try await rig.gateway.outboxTotal() == 0 }
      // A second copy would be among the drafts until it leaves.
      try await eventually("no draft stays") {
        try await rig.sandbox.subjects(of: sender, folder: "drafts").isEmpty
      }
      try await rig.expectArrivedOnce("fragile", at: recipient)
      #expect(try await rig.sandbox.subjects(of: sender, folder: "sentitems") == ["fragile"])
      #expect(try await rig.sandbox.requests().contains { $0.status == nil })
    }
  }
}

extension Rig {
  fileprivate var pair: (sender: String, recipient: String) {
    get throws {
      let mailboxes = sandbox.directory.mailboxes.suffix(2)
      return (try #require(mailboxes.first), try #require(mailboxes.last))
    }
  }

  /// When the sandbox was asked.
  fileprivate func instant(_ request: SandboxProcess.Request) throws -> Date {
    try Date(request.time, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
  }

  fileprivate func expectArrivedOnce(_ subject: String, at recipient: String) async throws {
    try await eventually("'\(subject)' arrived") {
      try await sandbox.subjects(of: recipient).contains(subject)
    }
    let count = try await sandbox.subjects(of: recipient).count { $0 == subject }
    #expect(count == 1)
  }
}

extension Answer {
  /// Expects an error object that says what is wrong and what to do.
  func expectRefusal(_ problem: String, _ location: SourceLocation = #_sourceLocation) {
    #expect(json["problem"].text == problem, "\(self)", sourceLocation: location)
    for field in ["code", "message", "remedy"] {
      #expect(json[field].text?.isEmpty == false, "no \(field) in \(self)", sourceLocation: location)
    }
    #expect(json["statusCode"].int == status, "\(self)", sourceLocation: location)
  }
}
