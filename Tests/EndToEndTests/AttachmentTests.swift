import Foundation
import Testing

/// Attachments that are longer than what a request keeps in memory.
@Suite struct AttachmentTests {
  @Test func `A long attachment arrives once, though its request is repeated`() async throws {
    try await Rig.run { rig in
      try await rig.sandbox.settings(["sendLagMs": 0])
      let mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(2))
      let account = try #require(try await rig.connectDaemon([mailboxes[0]]).first)
      let content = Data((0..<1_500_000).map { UInt8(truncatingIfNeeded: $0 / 7) })
      let body: JSON = [
        "subject": "Plan", "text": "Attached.", "to": [["address": .string(mailboxes[1])]],
        "attachments": [["filename": "plan.bin", "content": .string(content.base64EncodedString())]],
      ]
      let path = "/v1/account/\(account)/submit"
      let first = try await rig.gateway.post(path, body, idempotencyKey: "plan").expect()
      let again = try await rig.gateway.post(path, body, idempotencyKey: "plan").expect()
      #expect(first["idempotency"]["status"].text == "MISS")
      #expect(again["idempotency"]["status"].text == "HIT")
      #expect(again["queueId"].text == first["queueId"].text)
      try await eventually("nothing waits any more") { try await rig.gateway.outboxTotal() == 0 }
      #expect(try await rig.sandbox.subjects(of: mailboxes[1]) == ["Plan"])
      let mailbox = try await rig.http.send("GET", rig.sandbox.origin + "/mailbox/" + mailboxes[1])
      let link = try #require(mailbox.body.firstMatch(of: /href="(\/mailbox\/[^"\/]+\/[^"]+)"/)?.1)
      let page = try await rig.http.send("GET", rig.sandbox.origin + link)
      #expect(page.body.contains("plan.bin") && page.body.contains("1.4 MB"), "\(page.body)")
    }
  }
}
