import Core
import Store
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
