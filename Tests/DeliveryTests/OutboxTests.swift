import Core
import Store
import StoreTesting
import Testing

@testable import Delivery

@Suite(.timeLimit(.minutes(10))) struct OutboxTests {
  @Test(arguments: StoreEngine.allCases)
  func `a message is drafted, sent and told about`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        let entry = try await bench.until(outbox, id, .done)
        #expect(mailbox.steps == [.create, .send])
        #expect(mailbox.sent == [id.rawValue])
        #expect(mailbox.drafts.isEmpty)
        #expect(entry.history.map(\.verdict) == ["sent"])
        #expect(entry.history.map(\.step) == ["send"])
        #expect(entry.attemptsMade == 1)
        #expect(entry.response == "202 Accepted")
        let account = try await bench.store.read { (tx: borrowing Transaction) in
          try tx.account(AccountID("anna"), in: .default)?.account
        }
        #expect(account?.mailboxFound == true)
        #expect(try await bench.events().map(\.kind) == ["messageQueued", "messageSent"])
      }
    }
  }
}
