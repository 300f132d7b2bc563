import StoreTesting
import Testing

/// What becomes of messages while their account cannot send, as it is seen from outside.
@Suite struct AccountStateTests {
  @Test(arguments: StoreEngine.allCases)
  func `A revoked grant is told once, its messages wait, and they go after a new sign-in`(
    engine: StoreEngine
  ) async throws {
    try await Rig.run(engine) { rig in
      // Less than the five minutes that have to remain: every message asks for a token.
      try await rig.sandbox.settings(["sendLagMs": 0, "accessTokenLifetime": 200])
      var browser = Browser(http: rig.http)
      _ = try await rig.signIn(&browser, try await rig.signInLink(["account": "alice"]), as: Self.alice)
      try await rig.send(["first"])
      try await eventually("the first message arrived") {
        try await rig.sandbox.subjects(of: Self.bob) == ["first"]
      }

      let revoke = rig.sandbox.origin + "/sandbox/revoke"
      _ = try await rig.http.send("POST", revoke, json: ["user": .string(Self.alice)]).expect(204)
      let held = ["second", "third", "fourth", "fifth", "sixth"]
      try await rig.send(held)
      try await eventually("the refusal is told") {
        try await rig.events().contains("authenticationError")
      }
      try await rig.send(["seventh"])
      // The whole lane rests when its account is refused, so not every message has met the refusal itself.
      try await eventually("a message waits") { try await rig.waiting("account.notConnected") > 0 }
      #expect(try await rig.gateway.outboxTotal() == 6)
      let account = try await rig.gateway.get("/v1/account/alice").expect()
      #expect(account["state"].text == "authenticationError")
      #expect(account["lastError"]["remedy"].text?.isEmpty == false)
      #expect(
        try await rig.events().filter { $0.hasPrefix("authentication") }
          == ["authenticationSuccess", "authenticationError"])

      try await rig.sandbox.settings(["accessTokenLifetime": 3600])
      let link = try await rig.gateway.post(
        "/v1/authentication/form",
        ["account": "alice", "redirectUrl": .string(rig.sandbox.origin + "/")]
      ).expect()["url"].text
      var later = Browser(http: rig.http)
      _ = try await rig.signIn(&later, try #require(link), as: Self.alice)
      try await eventually("the held messages arrived") {
        try await Set(rig.sandbox.subjects(of: Self.bob)) == Set(["first", "seventh"] + held)
      }
      #expect(try await rig.sandbox.subjects(of: Self.bob).count == 7)
      try await eventually("nothing waits any more") { try await rig.gateway.outboxTotal() == 0 }
      #expect(
        try await rig.events().filter { $0.hasPrefix("authentication") }
          == ["authenticationSuccess", "authenticationError", "authenticationSuccess"])
    }
  }

  @Test func `A paused account's messages wait, over a restart too, and go when it is resumed`() async throws
  {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      var browser = Browser(http: rig.http)
      _ = try await rig.signIn(&browser, try await rig.signInLink(["account": "alice"]), as: Self.alice)
      _ = try await rig.gateway.send("PUT", "/v1/account/alice/pause").expect()
      try await rig.send(["one", "two"])
      try await eventually("a message has met the pause") { try await rig.waiting("account.paused") > 0 }
      try await rig.gateway.killHard()
      try await rig.gateway.start()
      try await rig.send(["three"])
      #expect(try await rig.gateway.outboxTotal() == 3)
      #expect(try await rig.sandbox.subjects(of: Self.bob) == [])
      _ = try await rig.gateway.send("PUT", "/v1/account/alice/resume").expect()
      try await eventually("they arrived") {
        try await Set(rig.sandbox.subjects(of: Self.bob)) == ["one", "two", "three"]
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `Messages wait while the app is disabled, and go when it is enabled`(engine: StoreEngine) async throws
  {
    try await Rig.run(engine) { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      var browser = Browser(http: rig.http)
      _ = try await rig.signIn(&browser, try await rig.signInLink(["account": "alice"]), as: Self.alice)
      let app = try #require(try await rig.gateway.get("/v1/account/alice").expect()["app"].text)
      _ = try await rig.gateway.send("PUT", "/v1/oauth2/\(app)", body: #"{"enabled":false}"#).expect()
      try await rig.send(["one"])
      try await eventually("a message waits") { try await rig.waiting("app.disabled") > 0 }
      try await rig.send(["two", "three"])
      _ = try await rig.gateway.send("PUT", "/v1/oauth2/\(app)", body: #"{"enabled":true}"#).expect()
      try await eventually("they arrived") {
        try await Set(rig.sandbox.subjects(of: Self.bob)) == ["one", "two", "three"]
      }
    }
  }

  fileprivate static let alice = "alice@contoso.test"
  fileprivate static let bob = "bob@contoso.test"
}

extension Rig {
  fileprivate func send(_ subjects: [String]) async throws {
    for subject in subjects {
      _ = try await gateway.submit(subject, from: "alice", to: AccountStateTests.bob).expect()
    }
  }

  /// The kinds of alice's events, read as a program reads them: a few at a time, from where it was.
  fileprivate func events() async throws -> [String] {
    var (kinds, next): ([String], Int) = ([], 0)
    while true {
      let page = try await gateway.get("/v1/events?account=alice&limit=3&since=\(next)").expect()
      let events = page["events"].list
      #expect(events.compactMap { $0["id"].int } == Array(next + 1..<next + 1 + events.count))
      if events.isEmpty { return kinds }
      kinds += events.compactMap { $0["event"].text }
      next = try #require(page["next"].int)
    }
  }

  /// How many messages wait for that reason.
  fileprivate func waiting(_ code: String) async throws -> Int {
    let messages = try await gateway.get("/v1/outbox?pageSize=100").expect()["messages"].list
    return messages.count { $0["progress"]["error"]["problem"].text == code }
  }
}
