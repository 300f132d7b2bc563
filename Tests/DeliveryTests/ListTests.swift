import Core
import MIME
import Store
import StoreTesting
import Testing
import Vault

@testable import Delivery

@Suite(.timeLimit(.minutes(10))) struct ListTests {
  private static let links = UnsubscribeLinks(
    publicURL: "https://Mail.example.com/post", vault: Vault(key: .random()))

  private static func sample(_ list: String, to: [String] = ["bert@example.com"]) throws -> Submission {
    var submission = try Submission.sample(to: to)
    submission.list = MailingList(try #require(ListID(name: list)), links)
    return submission
  }

  @Test(arguments: StoreEngine.allCases)
  func `the fields of a list are in the message, whether composed or raw`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var raw = try Self.sample("news.example.org", to: [])
      raw.text = nil
      raw.subject = nil
      let header = "From: anna@example.com\r\nTo: Bert@example.com\r\nMessage-ID: <own@example.com>\r\n\r\n"
      var reader = RawMessageReader()
      let body = try reader.feed(Array((header + "Hello").utf8)[...]) + reader.finish()
      raw.raw = RawMessage(header: try #require(reader.header), body: .bytes(body))
      for (submission, identifier, address) in [
        (try Self.sample("News"), "<news.mail.example.com>", "bert@example.com"),
        (raw, "<news.example.org>", "Bert@example.com"),
      ] {
        let receipt = try await outbox.submit(submission)
        #expect(receipt.warnings == [])
        let message = MIMEMessage(parsing: try await bench.content(of: receipt.queueID))
        #expect(message.field("List-ID")?.value == identifier)
        #expect(message.field("List-Unsubscribe-Post")?.value == "List-Unsubscribe=One-Click")
        let link = try #require(message.field("List-Unsubscribe")?.value)
        let parts = try #require(
          link.wholeMatch(of: /<https:\/\/Mail\.example\.com\/post\/unsubscribe\?data=(.+)&sig=(.+)>/))
        let recipient = try Self.links.recipient(data: String(parts.1), signature: String(parts.2))
        #expect(
          recipient
            == ListRecipient(
              workspace: .default, account: AccountID("anna"), list: try #require(submission.list).id,
              recipient: address, messageID: receipt.messageID))
      }
    }
  }

  @Test func `a link that is too long for a header is refused, and a public URL without TLS is warned of`()
    async throws
  {
    try await Bench.run(.sqlite) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let long = ListRecipient(
        workspace: .default, account: AccountID(String(repeating: "x", count: 256)),
        list: ListID(String(repeating: "x", count: 128)),
        recipient: String(repeating: "x", count: 240) + "@example.com",
        messageID: String(repeating: "x", count: 250))
      let list = MailingList(long.list, Self.links)
      let problem = #expect(throws: Problem.self) { try list.fields(for: long) }
      #expect(problem?.code == .messageInvalidHeader)
      var plain = try Submission.sample()
      let links = UnsubscribeLinks(publicURL: "http://[::1]:3000", vault: Vault(key: .random()))
      plain.list = MailingList(try #require(ListID(name: "news")), links)
      let receipt = try await outbox.submit(plain)
      #expect(receipt.warnings.count == 1 && receipt.warnings[0].contains("https"))
      let message = MIMEMessage(parsing: try await bench.content(of: receipt.queueID))
      #expect(message.field("List-ID")?.value == "<news.localhost>")
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `who has left is refused in the accepting transaction, and nothing is left behind`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let now = bench.time.now
      let isNew = try await bench.store.write { (tx: borrowing Transaction) in
        let entry = SuppressionRecord(
          workspace: .default, list: ListID("news"), addressKey: "bert@example.com",
          address: "bert@example.com",
          account: AccountID("anna"), source: "api", reason: "on request", created: now)
        return [try tx.insert(entry), try tx.insert(entry)]
      }
      #expect(isNew == [true, false])
      let refused = await #expect(throws: Problem.self) {
        try await outbox.submit(Self.sample("NEWS", to: ["BERT@example.com"]))
      }
      #expect(refused?.code == .listRecipientUnsubscribed && refused?.scope == .recipient)
      #expect(refused?.summary.contains("on request") == true)
      #expect(try await outbox.entries(PageRequest()).total == 0)
      #expect(try await bench.events().isEmpty)
      _ = try await outbox.submit(Self.sample("other"))
      try await outbox.submitSample()
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a thousand addresses are looked up in one statement`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let now = bench.time.now
      let keys = (0..<1000).map { "p\($0)@example.com" }
      let blocked = Set(keys.indices.filter { $0 % 7 == 0 }.map { keys[$0] })
      try await bench.store.write { (tx: borrowing Transaction) in
        for key in blocked {
          _ = try tx.insert(
            SuppressionRecord(
              workspace: .default, list: ListID("news"), addressKey: key, address: key,
              account: AccountID("anna"), source: "api", reason: "of \(key)", created: now))
        }
      }
      for count in [0, 1, 2, 15, 16, 17, 129, 1000] {
        let found = try await bench.store.read { (tx: borrowing Transaction) in
          try tx.suppressed(ListID("news"), Array(keys.prefix(count)), in: .default)
        }
        #expect(Set(found.keys) == blocked.intersection(keys.prefix(count)), "\(count)")
        #expect(found.allSatisfy { $0.value == "of \($0.key)" })
      }
      let elsewhere = try await bench.store.read { (tx: borrowing Transaction) in
        [
          try tx.suppressed(ListID("other"), keys, in: .default),
          try tx.suppressed(ListID("news"), keys, in: WorkspaceID("other")),
        ]
      }
      #expect(elsewhere == [[:], [:]])
    }
  }

  @Test(arguments: [
    "", ".", "a.", ".a", "a..b", "a b", "ä", "a/b", "a@b", "<a>", "a\n", String(repeating: "a", count: 129),
  ])
  func `what is not the name of a list`(text: String) {
    #expect(ListID(name: text) == nil)
  }

  @Test func `names of lists are read in lower case`() {
    #expect(ListID(name: "News_2.Example-1") == ListID("news_2.example-1"))
    #expect(ListID(name: String(repeating: "a", count: 128)) != nil)
  }
}
