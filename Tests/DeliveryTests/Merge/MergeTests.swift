import Core
import Foundation
import JSON
import MIME
import StoreTesting
import Testing

@testable import Delivery
@testable import Store

/// One message for many recipients.
@Suite(.timeLimit(.minutes(10))) struct MergeTests {
  @Test(arguments: StoreEngine.allCases)
  func `each recipient gets a message of its own`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var merge = try Merge.sample(3)
      merge.common.values?.params = ["city": "Bern", "name": "nobody"]
      merge.entries[1].messageID = try MessageID("<own@example.com>")
      merge.entries[2].sendAt = bench.time.now + .seconds(3600)
      let receipt = try await outbox.submit(merge)
      #expect(receipt.merged.map(\.address) == (0..<3).map { "r\($0)@example.com" })
      #expect(receipt.merged[1].messageID == "<own@example.com>")
      #expect(receipt.merged.map { $0.sendAt == nil } == [true, true, false])
      let ids = receipt.queueIDs
      #expect(ids.count == 3 && ids == ids.sorted { $0.rawValue < $1.rawValue })
      for (index, id) in ids.enumerated() {
        let entry = try await outbox.entry(id)
        #expect(entry.envelopeTo == ["r\(index)@example.com"] && entry.subject == "Hello R\(index)")
        let mime = MIMEMessage(parsing: try await bench.content(of: id))
        #expect(mime.text == "R\(index) of Bern, r\(index)@example.com\r\n")
        #expect(mime.field("X-Heliograph-Id")?.value == id.rawValue)
      }
      #expect(try await bench.events().map(\.kind) == Array(repeating: "messageQueued", count: 3))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `all are accepted or none, and the fault names its entry`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let cases: [(inout Merge) throws -> (ProblemCode, String)] = [
        { merge in
          merge.entries[417].params = [:]
          return (.templateMissingVariable, "mailMerge[417]: The variable “params.name” has no value.")
        },
        { merge in
          merge.entries[417].params = ["name": "a\nb"]
          return (.templateInvalidVariable, "mailMerge[417].subject: the value of “name”")
        },
        { merge in
          merge.entries[417].messageID = try MessageID("<q_06gzpt26rw3abrkj7j1zs7s2d4@example.com>")
          return (.messageInvalidHeader, "mailMerge[417]: ")
        },
        { merge in
          let long = JSONValue.string(String(repeating: "x", count: 3 << 20))
          for index in merge.entries.indices { merge.entries[index].params = ["name": "x", "city": long] }
          return (.messageTooLarge, "mailMerge[0]: ")
        },
        { merge in
          merge.common.text = "{{#list}}{{.}}{{/list}}"
          let list = JSONValue.array(Array(repeating: "x", count: 1500))
          for index in merge.entries.indices { merge.entries[index].params = ["name": "x", "list": list] }
          return (.templateLimit, "mailMerge[444].text: rendering all messages takes more than 2000000 tags")
        },
        { merge in
          let long = JSONValue.string(String(repeating: "x", count: 100_000))
          for index in merge.entries.indices { merge.entries[index].params = ["name": "x", "city": long] }
          return (.messageTooLarge, "The texts of the first ")
        },
      ]
      for change in cases {
        var merge = try Merge.sample(1000)
        let (code, message) = try change(&merge)
        let problem = await problem { try await outbox.submit(merge) }
        #expect(problem?.code == code)
        #expect(problem?.summary.hasPrefix(message) == true, "\(problem?.summary ?? "")")
      }
      #expect(try await outbox.entries(PageRequest()).total == 0)
      #expect(try await bench.events().isEmpty)
      #expect(try await bench.chunks() == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a key covers the whole, and a repeat gets the same list`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var merge = try Merge.sample(5)
      merge.entries[3].to = NamedAddress(name: "Ada “the \"first\"”", address: merge.entries[3].to.address)
      merge.entries[4].sendAt = bench.time.now + .seconds(60)
      merge.common.idempotency = IdempotencyKey(key: "k", bodyHash: [1])
      let first = try await outbox.submit(merge)
      bench.time.advance(by: .seconds(3600))
      let second = try await outbox.submit(merge)
      #expect(first.idempotency == .miss && second.idempotency == .hit)
      #expect(second.merged == first.merged && first.merged.count == 5)
      #expect(try await outbox.entries(PageRequest()).total == 5)
      #expect(try await bench.chunks() == 5)
      merge.common.idempotency?.bodyHash = [2]
      #expect(await problem { try await outbox.submit(merge) }?.code == .idempotencyMismatch)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `of requests with one key at the same time one is accepted`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let receipts = try await withThrowingTaskGroup(of: SubmissionReceipt?.self) { group in
        for _ in 0..<16 {
          group.addTask {
            var merge = try Merge.sample(20)
            merge.common.idempotency = IdempotencyKey(key: "k", bodyHash: [1])
            do {
              return try await outbox.submit(merge)
            } catch let problem as Problem where problem.code == .idempotencyInProgress {
              return nil
            }
          }
        }
        return try await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
      }
      #expect(Set(receipts.map(\.merged)).count == 1)
      #expect(receipts.count { $0.idempotency == .miss } == 1)
      #expect(try await outbox.entries(PageRequest()).total == 20)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account that is renamed meanwhile signs with its new name`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      _ = try await outbox.submit(try Merge.sample(1))
      try await bench.store.write { (tx: borrowing Transaction) in
        guard var account = try tx.account(AccountID("anna"), in: .default)?.account else { return }
        account.name = "Anna Renamed"
        try tx.upsert(account)
      }
      let receipt = try await outbox.submit(try Merge.sample(2))
      for id in receipt.queueIDs {
        let mime = String(decoding: try await bench.content(of: id), as: UTF8.self)
        #expect(mime.contains("From: Anna Renamed <anna@example.com>"))
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an attachment is stored once`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let (merge, segment) = try await bench.merge(50, attachment: 100_000, outbox)
      let receipt = try await outbox.submit(merge)
      #expect(try await bench.chunks() == segment.chunks + 2 * 50)
      for id in receipt.queueIDs {
        let mime = MIMEMessage(parsing: try await bench.content(of: id))
        #expect(mime.attachments.map(\.content.count) == [100_000])
      }
    }
  }

  @Test func `messages that are taken apart have the layout that reading each would give`() async throws {
    try await Bench.run(.sqlite) { bench in
      let outbox = bench.outbox(FakeMailbox())
      for size in [3_000_000, 2_999_999, 3_000_001, 57 * 60_000] {
        var (merge, _) = try await bench.merge(3, attachment: size, outbox)
        merge.common.html = "<p>{{name}} {{city}}</p><img src=\"cid:x\">"
        for index in merge.entries.indices {
          merge.entries[index].params = [
            "name": "x", "city": .string(String(repeating: "é", count: index * 999)),
          ]
        }
        let receipt = try await outbox.submit(merge)
        for id in receipt.queueIDs {
          var scanner = PartScanner()
          scanner.feed(try await bench.content(of: id)[...])
          let layout = try await bench.layout(of: id)
          #expect(layout == scanner.finish())
          #expect(layout?.files.map(\.size) == [size])
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a merge is previewed by its first message, and nothing is queued`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var merge = try Merge.sample(3)
      let preview = try await outbox.preview(merge)
      let first = MIMEMessage(parsing: try #require(preview.first).mime)
      #expect(first.field("To")?.value.contains("r0@example.com") == true)
      #expect(preview.messages.count == 3)
      #expect(try await outbox.entries(PageRequest()).total == 0)
      merge.entries[2].params = [:]
      #expect(await problem { try await outbox.preview(merge) }?.code == .templateMissingVariable)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the messages are delivered one by one, with the file that they share`(engine: StoreEngine)
    async throws
  {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox)
      let (merge, _) = try await bench.merge(5, attachment: 3_200_000, outbox)
      let receipt = try await outbox.submit(merge)
      try await outbox.running {
        for id in receipt.queueIDs { try await bench.until(outbox, id, .done) }
      }
      #expect(mailbox.sent.count == 5)
      let content = (0..<3_200_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      for files in mailbox.sentFiles.values { #expect(files.map(\.content) == [content]) }
      #expect(mailbox.sentFiles.count == 5)
    }
  }

  @Test func `a merge of a thousand is queued in the order of its entries`() async throws {
    try await Bench.run(.sqlite) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let receipt = try await outbox.submit(try Merge.sample(1000))
      #expect(receipt.merged.count == 1000)
      let list = try await outbox.entries(PageRequest(size: 1000))
      #expect(list.total == 1000)
      // The newest first.
      #expect(list.elements.map(\.queueID).reversed() == receipt.queueIDs)
    }
  }
}

extension SubmissionReceipt {
  /// Of the entries that are messages.
  var queueIDs: [QueueID] { merged.compactMap(\.queueID) }
}

extension Merge {
  static func sample(_ count: Int) throws -> Merge {
    var common = Submission(account: AccountID("anna"))
    common.subject = "Hello {{name}}"
    common.text = "{{params.name}} of {{#city}}{{city}}{{/city}}, {{rcpt.address}}"
    common.values = TemplateValues()
    return Merge(
      common,
      entries: try (0..<count).map {
        Entry(
          to: NamedAddress(address: try EmailAddress("r\($0)@example.com")),
          params: ["name": .string("R\($0)")])
      })
  }
}

extension Bench {
  /// A merge with a file of so many bytes.
  func merge(_ count: Int, attachment size: Int, _ outbox: Outbox) async throws -> (Merge, SegmentRecord) {
    var content = outbox.incomingContent(of: AccountID("anna"), in: .default, key: nil)
    try await content.append((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) }, to: 0, isLast: true)
    try await content.storeAttachments()
    var merge = try Merge.sample(count)
    merge.common.storedContent = content.stored
    merge.common.attachments = [
      Attachment(
        name: "a.bin", contentType: "application/octet-stream", contentID: nil, isInline: false,
        body: content.body(of: 0))
    ]
    return (merge, try #require(content.stored[0]))
  }

  func chunks() async throws -> Int {
    try await store.read { (tx: borrowing Transaction) in
      try tx.row("SELECT count(*) AS total FROM chunk") { Int(try $0.integer("total")) } ?? 0
    }
  }

  func layout(of id: QueueID) async throws -> MessageLayout? {
    let text = try await store.read { (tx: borrowing Transaction) in try tx.message(.default, id)?.layout }
    return try text.map { try JSONDecoder().decode(MessageLayout.self, from: Data($0.utf8)) }
  }
}
