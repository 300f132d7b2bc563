import Core
import Store
import StoreTesting
import Testing
import Web

/// What the outbox says of one message.
@Suite struct OutboxRouteTests {
  @Test func `Exchange's Message-ID stands beside ours once it is known`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let id = try await web.submit("Offer", from: "sales")
      let before = try await web.send("GET", "/v1/outbox/\(id)")
      #expect(before.text("messageId")?.hasPrefix("<\(id)@") == true)
      #expect(before.json["exchangeMessageId"] == nil)
      try await web.services.store.write { (tx: borrowing Transaction) in
        try tx.setExchangeMessageID("<DB9P@exchange.test>", of: QueueID("\(id)"), in: .default)
      }
      let after = try await web.send("GET", "/v1/outbox/\(id)")
      #expect(after.text("messageId") == before.text("messageId"))
      #expect(after.text("exchangeMessageId") == "<DB9P@exchange.test>")
    }
  }

  @Test func `An entry says what became of the message for each recipient, the list does not`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let body =
        #"{"to":{"address":"bob@contoso.test"},"bcc":{"address":"carol@contoso.test"},"text":"x"}"#
      let receipt = try await web.send("POST", "/v1/account/sales/submit", body)
      let id = try #require(receipt.text("queueId"))
      func recipients() async throws -> [[String]] {
        let entry = try await web.send("GET", "/v1/outbox/\(id)").json["recipients"] as? [[String: Any]]
        return try #require(entry).map { recipient in
          ["address", "role", "state"].map { recipient[$0] as? String ?? "" }
        }
      }
      #expect(
        try await recipients() == [
          ["bob@contoso.test", "to", "queued"], ["carol@contoso.test", "bcc", "queued"],
        ])
      #expect(try await !web.send("GET", "/v1/outbox").body.contains("recipients"))
      #expect(try await web.send("DELETE", "/v1/outbox/\(id)").status == 200)
      #expect(try await recipients().map(\.[2]) == ["cancelled", "cancelled"])
    }
  }

  @Test func `A message's warnings are in its receipt and in its entry, and not in the list`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let body = #"{"to":{"address":"bob@contoso.test"},"text":"x","headers":{"Comments":"none"}}"#
      let receipt = try await web.send("POST", "/v1/account/sales/submit", body)
      let warnings = ["Exchange removes the header field Comments; recipients will not see it."]
      #expect(receipt.json["warnings"] as? [String] == warnings, "\(receipt)")
      let id = try #require(receipt.text("queueId"))
      let entry = try await web.send("GET", "/v1/outbox/\(id)")
      #expect(entry.json["warnings"] as? [String] == warnings, "\(entry)")
      #expect(try await !web.send("GET", "/v1/outbox").body.contains("warnings"))
      let plain = try await web.submit("Offer", from: "sales")
      #expect(try await web.send("GET", "/v1/outbox/\(plain)").json["warnings"] == nil)
    }
  }
}

/// Lists with limits, the source of a message, and what is done to many at once.
@Suite struct OutboxSelectionRouteTests {
  @Test func `The list takes a text and times, and tells what is wrong with them`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      for subject in ["Offer 1", "Offer 2", "Invoice"] { _ = try await web.submit(subject, from: "sales") }
      for (query, total) in [
        ("query=offer", 2), ("query=OFFER%201", 1), ("query=%25", 0), ("since=1970-01-01", 3),
        ("until=1970-01-02", 0),
        ("since=9999-12-31T00:00:00Z", 0), ("query=bob%40contoso.test&account=sales&state=queued", 3),
      ] {
        let answer = try await web.send("GET", "/v1/outbox?\(query)")
        #expect(answer.json["total"] as? Int == total, "\(query): \(answer)")
      }
      for (query, field) in [
        ("query=\(String(repeating: "x", count: 257))", "query"),
        ("since=yesterday", "since"),
        ("until=2027-02-30", "until"), ("since=2027-01-02&until=2027-01-02T00:00:00Z", "until"),
      ] {
        let answer = try await web.send("GET", "/v1/outbox?\(query)")
        #expect(answer.status == 400 && answer.body.contains(#""key":"\#(field)""#), "\(query): \(answer)")
      }
    }
  }

  @Test func `Messages that match filters are cancelled; without a filter it takes all`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      for subject in ["Offer 1", "Offer 2", "Invoice"] { _ = try await web.submit(subject, from: "sales") }
      for (body, field) in [
        ("{}", "all"), (#"{"all":false}"#, "all"), (#"{"all":true,"account":"sales"}"#, "account"),
        (#"{"dryRun":true}"#, "all"), (#"{"account":"sales","after":"x"}"#, "after"),
        (#"{"state":"done"}"#, "state"),
        (#"{"since":"2027-01-02","until":"2027-01-01"}"#, "until"),
      ] {
        let answer = try await web.send("PUT", "/v1/outbox/cancel", body)
        #expect(answer.status == 400 && answer.body.contains(#""key":"\#(field)""#), "\(body): \(answer)")
      }
      let trial = try await web.send("PUT", "/v1/outbox/cancel", #"{"query":"offer","dryRun":true}"#)
      #expect(trial.json["changed"] as? Int == 2 && trial.json["matched"] as? Int == 2, "\(trial)")
      #expect(try await web.send("GET", "/v1/outbox").json["total"] as? Int == 3)
      let done = try await web.send("PUT", "/v1/outbox/cancel", #"{"query":"offer"}"#)
      #expect(done.body.hasPrefix(#"{"matched":2,"changed":2,"skipped":0,"until":"#), "\(done)")
      #expect(try await web.send("GET", "/v1/outbox").json["total"] as? Int == 1)
      let held = try await web.send("PUT", "/v1/outbox/release", #"{"as":"sent","all":true}"#)
      #expect(held.body.hasPrefix(#"{"matched":0,"changed":0,"skipped":0,"until":"#), "\(held)")
      let moved = try await web.send(
        "PUT", "/v1/outbox/reschedule", #"{"sendAt":"2999-01-01T00:00:00Z","account":"sales"}"#)
      #expect(moved.body.hasPrefix(#"{"matched":1,"changed":1,"skipped":0,"until":"#), "\(moved)")
      #expect(try await web.send("GET", "/v1/outbox?state=scheduled").json["total"] as? Int == 1)
      let again = try await web.send("PUT", "/v1/outbox/retry", #"{"all":true}"#)
      #expect(again.body.hasPrefix(#"{"matched":1,"changed":0,"skipped":1,"until":"#), "\(again)")
    }
  }

  @Test func `What was accepted after the messages were counted is not among those that are changed`()
    async throws
  {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      for _ in 0..<2 { _ = try await web.submit("Offer", from: "sales") }
      web.time.advance(by: .seconds(1))
      let trial = try await web.send("PUT", "/v1/outbox/cancel", #"{"all":true,"dryRun":true}"#)
      let until = try #require(trial.text("until"))
      web.time.advance(by: .seconds(1))
      let late = try await web.submit("Offer", from: "sales")
      let done = try await web.send("PUT", "/v1/outbox/cancel", #"{"until":"\#(until)"}"#)
      #expect(done.json["changed"] as? Int == 2, "\(done)")
      #expect(try await web.send("GET", "/v1/outbox/\(late)").text("state") == "queued")
    }
  }

  @Test func `The source is the message as a file`() async throws {
    try await TestGateway.open { web in
      try await web.addAccount("sales", in: "default")
      let id = try await web.submit("Offer", from: "sales")
      let source = try await web.send("GET", "/v1/outbox/\(id)/source")
      #expect(source.status == 200 && source.body.contains("\r\nSubject: Offer\r\n"))
      #expect(source.body.hasSuffix("\r\n"))
      #expect(try await web.send("GET", "/v1/outbox/q_none/source").problem == "queue.notFound")
      try await web.services.store.write { (tx: borrowing Transaction) in
        try tx.deleteContent(of: QueueID("\(id)"), in: .default)
      }
      let gone = try await web.send("GET", "/v1/outbox/\(id)/source")
      #expect(gone.status == 410 && gone.problem == "queue.contentDeleted", "\(gone)")
    }
  }
}
