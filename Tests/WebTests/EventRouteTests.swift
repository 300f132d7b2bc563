import Core
import Events
import Logging
import Store
import StoreTesting
import Testing
import Web

@Suite struct EventRouteTests {
  @Test func `events are read by cursor, each once and in order`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      for subject in ["one", "two", "three"] { _ = try await web.submit(subject, from: "sales") }
      let first = try await web.send("GET", "/v1/events?account=sales&limit=2")
      #expect(first.numbers == [1, 2] && first.json["next"] as? Int == 2, "\(first)")
      let second = try await web.send("GET", "/v1/events?account=sales&since=2")
      #expect(second.numbers == [3] && second.json["next"] as? Int == 3)
      let third = try await web.send("GET", "/v1/events?account=sales&since=3")
      #expect(third.numbers == [] && third.json["next"] as? Int == 3)
      #expect(first.body.contains(#""event":"messageQueued""#) || first.body.contains(#""data":{"#))
    }
  }

  @Test func `events of the whole workspace are read by one cursor`() async throws {
    try await TestGateway.open { web in
      for account in ["sales", "board"] {
        try await web.addAccount(account, in: "default")
        _ = try await web.submit("one", from: account)
      }
      let now = web.time.now
      try await web.services.store.write { (tx: borrowing Transaction) in
        _ = try tx.append(
          EventRecord(
            workspace: .default, account: nil, kind: "clientSecretExpiring", data: #"{"days":7}"#,
            created: now))
      }
      let sequencer = EventSequencer(
        store: web.services.store, time: web.time, node: NodeID("test"), logger: Logger(label: "test"))
      try await sequencer.placeAll()
      var (since, accounts, pages): (Int, [String?], String) = (0, [], "")
      for number in 1... {
        let page = try await web.send("GET", "/v1/events?limit=1&since=\(since)")
        guard let event = (page.json["events"] as? [[String: Any]])?.first else { break }
        #expect(page.numbers == [number], "\(page)")
        accounts.append(event["account"] as? String)
        pages += page.body
        since = try #require(page.json["next"] as? Int)
      }
      #expect(Set(accounts) == ["sales", "board", nil])
      #expect(pages.contains(#""data":{"days":7}"#))
    }
  }

  @Test func `an account that is gone still tells its end, and one that never was tells nothing`()
    async throws
  {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      _ = try await web.send("DELETE", "/v1/account/sales")
      #expect(try await web.send("GET", "/v1/events?account=sales").body.contains("accountDeleted"))
      #expect(try await web.send("GET", "/v1/events?account=nobody").problem == "account.notFound")
      #expect(try await web.send("GET", "/v1/events?since=-1").problem == "request.invalidField")
      #expect(try await web.send("GET", "/v1/events?limit=0").problem == "request.invalidField")
    }
  }

  @Test func `a token of one account reads its events alone`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      try await web.addAccount("board", in: "default")
      _ = try await web.submit("Secret plan", from: "board")
      let token = try await web.token(in: "default", account: "sales")
      #expect(try await web.send("GET", "/v1/events?account=sales", token: token).status == 200)
      #expect(try await web.send("GET", "/v1/events?account=board", token: token).status == 404)
      #expect(try await web.send("GET", "/v1/events", token: token).status == 403)
    }
  }
}

extension WebAnswer {
  fileprivate var numbers: [Int]? {
    (json["events"] as? [[String: any Sendable]])?.compactMap { $0["id"] as? Int }
  }
}
