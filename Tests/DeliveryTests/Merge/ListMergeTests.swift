import Core
import Foundation
import JSON
import MIME
import StoreTesting
import Testing
import Vault

@testable import Delivery
@testable import Store

/// Merges whose messages belong to a list.
@Suite(.timeLimit(.minutes(10))) struct ListMergeTests {
  private static let links = UnsubscribeLinks(
    publicURL: "https://mail.example.com", vault: Vault(key: .random()))

  private static func sample(_ count: Int) throws -> Merge {
    var merge = try Merge.sample(count)
    merge.common.list = MailingList(ListID("news"), links)
    merge.common.text = "Leave: {{{rcpt.unsubscribeUrl}}}"
    return merge
  }

  /// Whom a link is about.
  private static func recipient(of link: String?) throws -> ListRecipient {
    let parts = try #require(
      link?.wholeMatch(of: /<?https:\/\/mail\.example\.com\/unsubscribe\?data=(.+)&sig=([^>]+)>?/))
    return try links.recipient(data: String(parts.1), signature: String(parts.2))
  }

  private static func link(in text: String?) -> String? {
    text?.trimmingPrefix("Leave: ").trimmingCharacters(in: .whitespacesAndNewlines)
  }

  struct Skipping: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let count: Int
    let skipped: Set<Int>
  }

  private static let cases = [
    Skipping(testDescription: "nobody", count: 3, skipped: []),
    Skipping(testDescription: "the first", count: 3, skipped: [0]),
    Skipping(testDescription: "the last", count: 3, skipped: [2]),
    Skipping(testDescription: "all", count: 3, skipped: [0, 1, 2]),
    Skipping(testDescription: "three of a thousand", count: 1000, skipped: [0, 417, 999]),
  ]

  @Test(arguments: StoreEngine.allCases, cases)
  func `who has left is skipped, and each of the others gets a link of their own`(
    engine: StoreEngine, skipping: Skipping
  ) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      try await bench.suppress(skipping.skipped)
      var merge = try Self.sample(skipping.count)
      merge.common.idempotency = IdempotencyKey(key: "k", bodyHash: [1])
      // What is skipped is not rendered.
      for index in skipping.skipped { merge.entries[index].params = [:] }
      let preview = try await outbox.preview(merge)
      #expect((preview.first == nil) == (skipping.skipped.count == skipping.count))
      let receipt = try await outbox.submit(merge)
      #expect(receipt.idempotency == .miss && receipt.warnings == [])
      for merged in [receipt.merged, preview.messages] {
        #expect(merged.map(\.address) == (0..<skipping.count).map { "r\($0)@example.com" })
        for (index, message) in merged.enumerated() {
          let isSkipped = skipping.skipped.contains(index)
          #expect((message.queueID == nil) == isSkipped && (message.messageID == nil) == isSkipped)
          #expect(
            message.skipped
              == (isSkipped ? MergedMessage.Skip(ListID("news"), reason: "reason \(index)") : nil))
        }
      }
      let queued = skipping.count - skipping.skipped.count
      #expect(try await outbox.entries(PageRequest()).total == queued)
      #expect(try await bench.chunks() == queued)
      #expect(try await bench.events().count == queued)
      for message in receipt.merged {
        guard let id = message.queueID else { continue }
        let mime = MIMEMessage(parsing: try await bench.content(of: id))
        let inHeader = try Self.recipient(of: mime.field("List-Unsubscribe")?.value)
        #expect(
          inHeader
            == ListRecipient(
              workspace: .default, account: AccountID("anna"), list: ListID("news"),
              recipient: message.address, messageID: message.messageID))
        #expect(try Self.recipient(of: Self.link(in: mime.text)) == inHeader)
        #expect(mime.field("List-ID")?.value == "<news.mail.example.com>")
        #expect(mime.field("List-Unsubscribe-Post")?.value == "List-Unsubscribe=One-Click")
      }
    }
  }

  @Test(arguments: StoreEngine.allCases, [Set([1]), [0, 1, 2]])
  func `a repeat gets the receipt with its skips, whoever has left or come back since`(
    engine: StoreEngine, skipped: Set<Int>
  ) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      try await bench.suppress(skipped)
      var merge = try Self.sample(3)
      merge.common.idempotency = IdempotencyKey(key: "k", bodyHash: [1])
      let first = try await outbox.submit(merge)
      try await bench.store.write { (tx: borrowing Transaction) in
        for index in skipped {
          _ = try tx.deleteSuppression(of: "r\(index)@example.com", from: ListID("news"), in: .default)
        }
      }
      try await bench.suppress([2])
      bench.time.advance(by: .seconds(3600))
      try await outbox.sweepOnce()
      for answer in [
        try await outbox.submit(merge),
        try await outbox.underKey(merge.common.idempotency, of: AccountID("anna"), in: .default, nil) { _ in
          nil
        },
      ] {
        #expect(answer?.idempotency == .hit && answer?.merged == first.merged)
        #expect(answer?.queueID == first.queueID && answer?.messageID == first.messageID)
      }
      #expect(try await outbox.entries(PageRequest()).total == 3 - skipped.count)
      merge.common.idempotency?.bodyHash = [2]
      #expect(await problem { try await outbox.submit(merge) }?.code == .idempotencyMismatch)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `who leaves after the messages were composed gets none`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var merge = try Self.sample(3)
      merge.common.idempotency = IdempotencyKey(key: "k", bodyHash: [1])
      let template = try await outbox.messageTemplate(of: merge.common)
      var rounds = 0
      // As `submit` does it.
      let receipt = try await outbox.asSender(AccountID("anna"), in: .default) { sender in
        let composed = try await outbox.composed(merge, template, of: sender)
        if rounds < 2 { try await bench.suppress([rounds]) }
        rounds += 1
        try await outbox.store(composed.messages, nil)
        let receipt = try await outbox.commit(merge, composed, sender, nil)
        if receipt == nil { #expect(try await outbox.entries(PageRequest()).total == 0) }
        return receipt
      }
      #expect(rounds == 3 && receipt.idempotency == .miss)
      #expect(receipt.merged.map { $0.skipped != nil } == [true, true, false])
      #expect(try await outbox.entries(PageRequest()).total == 1)
      #expect(try await outbox.submit(merge).merged == receipt.merged)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `people who leave while a merge is submitted are messages or skips, and none is lost`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let merge = try Self.sample(200)
      let receipts = try await withThrowingTaskGroup(of: SubmissionReceipt?.self) { group in
        for index in 0..<16 {
          group.addTask {
            try await bench.suppress([index])
            return nil
          }
        }
        for _ in 0..<4 { group.addTask { try await outbox.submit(merge) } }
        return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
      }
      for receipt in receipts {
        #expect(receipt.merged.map(\.address) == merge.entries.map(\.to.address.text))
        let skipped = receipt.merged.indices.filter { receipt.merged[$0].skipped != nil }
        #expect(skipped.allSatisfy { $0 < 16 } && receipt.queueIDs.count + skipped.count == 200)
      }
      let queued = receipts.reduce(0) { $0 + $1.queueIDs.count }
      #expect(receipts.count == 4)
      #expect(try await outbox.entries(PageRequest()).total == queued)
      #expect(try await outbox.submit(merge).queueIDs.count == 184)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `other lists, and messages of none, are sent to those who have left this one`(engine: StoreEngine)
    async throws
  {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      try await bench.suppress([0], list: "other")
      #expect(try await outbox.submit(try Self.sample(2)).queueIDs.count == 2)
      var plain = try Merge.sample(2)
      plain.entries[0].to = NamedAddress(address: try EmailAddress("R0@Example.COM"))
      try await bench.suppress([0])
      #expect(try await outbox.submit(plain).queueIDs.count == 2)
      plain.common.list = MailingList(ListID("news"), Self.links)
      let receipt = try await outbox.submit(plain)
      #expect(receipt.merged[0].skipped != nil && receipt.merged[0].address == "R0@Example.COM")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a plain message of a list has the link of its header in its texts`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      for own in [nil, "<own@example.com>"] {
        var submission = try Submission.sample()
        submission.list = MailingList(ListID("news"), Self.links)
        submission.text = "Leave: {{{rcpt.unsubscribeUrl}}}"
        submission.values = TemplateValues()
        submission.messageID = try own.map { try MessageID($0) }
        let receipt = try await outbox.submit(submission)
        let shown = try await outbox.preview(submission)
        for (mime, id) in [
          (try await bench.content(of: receipt.queueID), receipt.messageID), (shown.mime, shown.messageID),
        ] {
          let message = MIMEMessage(parsing: mime)
          let recipient = try Self.recipient(of: Self.link(in: message.text))
          #expect(recipient == (try Self.recipient(of: message.field("List-Unsubscribe")?.value)))
          #expect(recipient.recipient == "bert@example.com" && recipient.messageID == id)
        }
        submission.list = nil
        let missing = await problem { [submission] in try await outbox.submit(submission) }
        #expect(missing?.code == .templateMissingVariable)
        #expect(missing?.summary.contains("“rcpt.unsubscribeUrl”") == true)
      }
    }
  }

  @Test func `receipts that were stored before there were skips are read`() throws {
    let stored = #"[{"address":"a@b.test","messageID":"<x@b.test>","queueID":"q_1"}]"#
    let merged = try JSONDecoder().decode([MergedMessage].self, from: Data(stored.utf8))
    #expect(merged.map(\.queueID) == [QueueID("q_1")] && merged.map(\.skipped) == [nil])
  }
}

extension Bench {
  /// Takes those recipients of sample merges off the list, one by one.
  fileprivate func suppress(_ indices: Set<Int>, list: String = "news") async throws {
    let now = time.now
    for index in indices {
      let address = "r\(index)@example.com"
      let entry = SuppressionRecord(
        workspace: .default, list: ListID(list), addressKey: address, address: address,
        account: AccountID("anna"), source: "api", reason: "reason \(index)", created: now)
      _ = try await store.write { (tx: borrowing Transaction) in try tx.insert(entry) }
    }
  }
}
