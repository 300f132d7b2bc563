import Core
import Store
import StoreTesting
import Testing

@testable import Delivery
@testable import Queue

@Suite(.timeLimit(.minutes(10))) struct LoadTests {
  @Test(arguments: StoreEngine.allCases)
  func `many submitters and two nodes lose and double nothing`(engine: StoreEngine) async throws {
    let accounts = (0..<8).map { "account\($0)" }
    try await Bench.run(engine, accounts: accounts) { bench in
      let mailboxes = Dictionary(uniqueKeysWithValues: accounts.map { ($0, FakeMailbox()) })
      let source: SenderSource = { _, account in
        guard let mailbox = mailboxes[account.rawValue] else { throw Failure.notConnected }
        return mailbox
      }
      let nodes = ["one", "two"].map { bench.outbox(node: $0, senders: source) }
      let ids = try await nodes[0].running {
        try await nodes[1].running {
          let ids = try await withThrowingTaskGroup { group in
            for submitter in 0..<16 {
              group.addTask {
                var ids: [String] = []
                for message in 0..<10 {
                  let account = accounts[(submitter + message) % accounts.count]
                  ids.append(try await nodes[message % 2].submitSample(from: account).rawValue)
                }
                return ids
              }
            }
            return try await group.reduce(into: [String]()) { $0 += $1 }
          }
          // A message given to one node may belong to a lane of the other, which finds it when it polls.
          while try await nodes[0].entries(PageRequest()).total > 0 {
            await bench.pass(.seconds(1), nodes: 2)
          }
          return ids
        }
      }
      #expect(ids.count == 160)
      #expect(mailboxes.values.flatMap(\.sent).sorted() == ids.sorted())
      #expect(mailboxes.values.allSatisfy { $0.drafts.isEmpty && $0.mostInFlight <= 4 })
      for account in accounts {
        let kinds = try await bench.events(of: account).map(\.kind)
        #expect(kinds.count { $0 == "messageQueued" } == 20)
        #expect(kinds.count { $0 == "messageSent" } == 20)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a long lane gives way to the others`(engine: StoreEngine) async throws {
    try await Bench.run(engine, accounts: ["anna", "bert"]) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox) {
        $0.queue.lanes = 1
        $0.queue.claimsPerTurn = 4
      }
      var long: [QueueID] = []
      for _ in 0..<40 { long.append(try await outbox.submitSample()) }
      bench.time.advance(by: .seconds(1))
      let short = try await outbox.submitSample(from: "bert")
      try await outbox.running {
        bench.time.advance(by: .milliseconds(1))
        try await bench.until(outbox, short, .done)
        for id in long { try await bench.until(outbox, id, .done) }
      }
      let place = try #require(mailbox.sent.firstIndex(of: short.rawValue))
      #expect(place < 12)
    }
  }
}
