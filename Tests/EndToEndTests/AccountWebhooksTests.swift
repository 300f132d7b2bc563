import Foundation
import Testing

/// An account with a URL of its own, beside the one of the settings.
@Suite struct AccountWebhooksTests {
  @Test func `Each URL gets its own events, and what follows when the account's is taken away`() async throws
  {
    try await Sink.run { shared in
      try await Sink.run { own in
        try await Rig.run(arguments: Rig.webhookArguments) { rig in
          let mailboxes = Array(rig.sandbox.directory.mailboxes.prefix(2))
          _ = try await rig.connectDaemon(mailboxes)
          _ = try await rig.gateway.post(
            "/v1/settings", ["webhooks": .string(shared.url), "webhooksEnabled": true]
          ).expect()
          let set = try await rig.command(["account", "update", "a0", "--webhooks", own.url])
          #expect(set.status == 0, "\(set.errors)")
          for account in ["a0", "a1"] { try await Self.send(3, from: account, to: mailboxes[1], rig) }
          try await eventually("both have their events") {
            Self.sent(own, "a0").count == 3 && Self.sent(shared, "a1").count == 3
          }
          #expect(Self.sent(shared, "a0").isEmpty && Self.sent(own, "a1").isEmpty)

          let taken = try await rig.command(["account", "update", "a0", "--webhooks", ""])
          #expect(taken.status == 0, "\(taken.errors)")
          try await Self.send(3, from: "a0", to: mailboxes[1], rig)
          try await eventually("the settings' URL has what follows") { Self.sent(shared, "a0").count == 3 }
          let numbers = [own, shared].map { sink in
            sink.received.filter { $0.json["account"].text == "a0" }.compactMap { $0.json["sequence"].int }
          }
          #expect(numbers.allSatisfy { $0 == $0.sorted() && Set($0).count == $0.count })
          let first = try #require(numbers[0].first)
          let all = numbers[0] + numbers[1]
          #expect(all == Array(first..<first + all.count), "\(numbers)")
        }
      }
    }
  }

  private static func send(_ count: Int, from account: String, to recipient: String, _ rig: Rig) async throws
  {
    for number in 0..<count {
      let answer = try await rig.gateway.submit("message \(number)", from: account, to: recipient)
      #expect(answer.status == 200)
    }
  }

  private static func sent(_ sink: Sink, _ account: String) -> [Sink.Received] {
    sink.received.filter { $0.json["account"].text == account && $0.json["event"].text == "messageSent" }
  }
}
