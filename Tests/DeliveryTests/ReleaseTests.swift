import Backends
import Core
import Logging
import Store
import StoreTesting
import Synchronization
import Testing

@testable import Delivery

/// What a person sees in the outbox, and decides about it.
@Suite(.timeLimit(.minutes(10))) struct OutboxListTests {
  @Test(arguments: StoreEngine.allCases)
  func `each state has its list, and failed messages are in that of the unfinished`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine, accounts: ["anna", "berta"]) { bench in
      let mailbox = FakeMailbox(abilities: .submission) { call, before in
        switch before {
        case 0: .act
        case 1: .refuse(Failure.refused)
        case 2: .loseReply
        default: .refuse(Failure.unavailable)
        }
      }
      let outbox = bench.outbox(mailbox)
      var ids: [QueueFilter: QueueID] = [:]
      try await outbox.running {
        for (filter, state) in [
          (QueueFilter.sent, QueueState.done), (.failed, .failed), (.held, .held), (.deferred, .deferred),
        ] {
          let id = try await outbox.submitSample()
          try await bench.until(outbox, id, state)
          ids[filter] = id
          bench.time.advance(by: .milliseconds(1))
        }
      }
      let waiting = try await outbox.submitSample(from: "berta")
      let taken = try await outbox.submitSample()
      _ = try await outbox.cancel(taken)
      (ids[.queued], ids[.cancelled]) = (waiting, taken)
      for (filter, id) in ids {
        let page = try await outbox.entries(PageRequest(), QueueSelection(filter))
        #expect(page.total == 1 && page.elements.map(\.queueID) == [id], "\(filter)")
        #expect(page.elements.first?.filter == filter)
      }
      for empty in [QueueFilter.scheduled, .sending] {
        #expect(try await outbox.entries(PageRequest(), QueueSelection(empty)).total == 0)
      }
      let unfinished = [QueueFilter.queued, .deferred, .held, .failed].compactMap { ids[$0] }
      for size in 1...5 {
        let pages = (4 + size - 1) / size
        var found: [QueueID] = []
        for page in 0..<pages {
          let page = try await outbox.entries(PageRequest(page: page, size: size))
          #expect(page.total == 4)
          found += page.elements.map(\.queueID)
        }
        #expect(found == unfinished, "\(size) a page")
      }
      let anna = try await outbox.entries(
        PageRequest(), QueueSelection(.queued, account: AccountID("anna")))
      #expect(anna.total == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a failed message stays until it is deleted or its time is over, a cancelled one can be asked for`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox { _, _ in .refuse(Failure.refused) })
      try await outbox.running {
        let ids = [
          try await outbox.submitSample(), try await outbox.submitSample(),
          try await outbox.submitSample(text: String(repeating: "long ", count: 100_000)),
        ]
        for id in ids { try await bench.until(outbox, id, .failed) }
        for id in [ids[0], ids[2]] {
          #expect(try await outbox.cancel(id) == .forgotten)
          let gone = await #expect(throws: Problem.self) { try await outbox.entry(id) }
          #expect(gone?.code == .queueNotFound)
          await #expect(throws: Problem.self) { try await outbox.cancel(id) }
          #expect(try await bench.outcomes(of: id) == ["failed"])
          let chunks = try await bench.store.read { (tx: borrowing Transaction) in
            try tx.chunk(ChunkKey(.default, id, 0)) == nil && tx.chunk(ChunkKey(.default, id, 1)) == nil
          }
          #expect(chunks)
        }
        #expect(try await outbox.entries(PageRequest()).elements.map(\.queueID) == [ids[1]])
        bench.time.advance(by: outbox.configuration.retention + .seconds(1))
        try await outbox.sweepOnce()
        #expect(try await outbox.entries(PageRequest()).total == 0)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message that failed or is held is in the log at warning, with id, account and code`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let log = MessageLog()
      let mailbox = FakeMailbox(abilities: .submission) { _, before in
        before == 0 ? .refuse(Failure.refused) : before == 1 ? .loseReply : .act
      }
      let outbox = Outbox(
        store: bench.store, senders: { _, _ in mailbox }, time: bench.time, node: NodeID("one"),
        logger: Logger(label: "test") { _ in log })
      try await outbox.running {
        let failed = try await outbox.submitSample()
        try await bench.until(outbox, failed, .failed)
        let held = try await outbox.submitSample()
        try await bench.until(outbox, held, .held)
        try await bench.until(outbox, try await outbox.submitSample(), .done)
        #expect(
          log.lines == [
            "warning queue=\(failed) account=anna code=graph.recipientsInvalid",
            "warning queue=\(held) account=anna code=delivery.unknownOutcome",
          ])
      }
    }
  }
}

@Suite(.timeLimit(.minutes(10))) struct ReleaseTests {
  @Test(arguments: StoreEngine.allCases)
  func `a held message that is released as sent is settled, and not sent again`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox(abilities: .submission) { _, _ in .loseReply }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .held)
        let entry = try await outbox.release(id, as: .sent)
        #expect(entry.state == .done && entry.problem == nil && entry.response == nil)
        #expect(entry.settled == bench.time.now)
        #expect(try await bench.outcomes(of: id) == ["sent"])
        #expect(mailbox.steps == [.submit])
        let again = await #expect(throws: Problem.self) { try await outbox.release(id, as: .sent) }
        #expect(again?.code == .queueWrongState)
      }
      let last = try #require(try await bench.events().last)
      #expect(last.kind == "messageSent" && last.data.contains("Released as sent"))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a held message that is released as queued is sent again, and its age begins anew`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      // The second attempt may begin before the release has been answered, and must not be over by then.
      let (answered, answer) = AsyncStream<Void>.makeStream()
      let mailbox = FakeMailbox(abilities: .submission) { _, before in
        if before == 1 { for await _ in answered {} }
        return before == 0 ? .loseReply : before == 1 ? .refuse(Failure.unavailable) : .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .held)
        await bench.pass(.seconds(5 * 86_400))
        let released = try await outbox.release(id, as: .queued)
        #expect(released.problem == nil && released.scheduled == bench.time.now)
        answer.finish()
        // Had it its old age, it would fail now.
        try await bench.until(outbox, id, .deferred)
        await bench.pass(.seconds(60))
        let entry = try await bench.until(outbox, id, .done)
        #expect(entry.history.map(\.verdict) == ["held", "deferred", "sent"])
        #expect(mailbox.sent == [id.rawValue, id.rawValue])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a deferred message is tried at once, also in a lane that rests`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { _, before in
        before == 0 ? .refuse(Failure.throttled(.seconds(3600))) : .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        // The lane rests from when it is released after the attempt, which may be after the first of these.
        try await eventually {
          if try await outbox.entry(id).filter != .sending { _ = try? await outbox.retry(id) }
          await bench.pass(.seconds(2))
          return try await outbox.entry(id).state == .done
        }
      }
    }
  }

  struct Failing: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let step: FakeMailbox.Step
    /// Whether the draft is deleted before the message is tried again.
    let isDraftDeleted: Bool
    let steps: [FakeMailbox.Step]
  }

  @Test(
    arguments: StoreEngine.allCases,
    [
      Failing(
        testDescription: "before there was a draft", step: .create, isDraftDeleted: false,
        steps: [.create, .create, .send]),
      Failing(
        testDescription: "with a draft that is kept", step: .send, isDraftDeleted: false,
        steps: [.create, .send, .send]),
      Failing(
        testDescription: "with a draft that is gone", step: .send, isDraftDeleted: true,
        steps: [.create, .send, .delete, .create, .send]),
    ])
  func `a failed message is sent by a retry, through at most one draft`(
    engine: StoreEngine, failing: Failing
  ) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox { call, before in
        call.step == failing.step && before == 0 ? .refuse(Failure.refused) : .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .failed)
        if failing.isDraftDeleted {
          await bench.pass(.seconds(61))
          try await eventually { mailbox.drafts.isEmpty }
          await bench.time.untilSleeping(4)
        }
        _ = try await outbox.retry(id)
        let entry = try await bench.until(outbox, id, .done)
        #expect(entry.problem == nil && mailbox.sent == [id.rawValue])
        #expect(try await bench.outcomes(of: id) == ["sent"])
        await bench.pass(.seconds(61))
        await bench.time.untilSleeping(4)
        #expect(mailbox.steps == failing.steps)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what a decision does not fit is refused, and changes nothing`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox(abilities: .submission) { _, before in before == 0 ? .act : .loseReply }
      let outbox = bench.outbox(mailbox)
      let none = QueueID("q_none")
      try await outbox.running {
        let sent = try await outbox.submitSample()
        try await bench.until(outbox, sent, .done)
        let held = try await outbox.submitSample()
        try await bench.until(outbox, held, .held)
        for (id, code) in [(sent, ProblemCode.queueWrongState), (none, .queueNotFound)] {
          let release = await #expect(throws: Problem.self) { try await outbox.release(id, as: .queued) }
          #expect(release?.code == code)
          let retry = await #expect(throws: Problem.self) { try await outbox.retry(id) }
          #expect(retry?.code == code)
        }
        let retry = await #expect(throws: Problem.self) { try await outbox.retry(held) }
        #expect(retry?.code == .queueWrongState && retry?.summary.contains("is held") == true)
        let stranger = await #expect(throws: Problem.self) {
          try await outbox.release(held, as: .sent, account: AccountID("berta"))
        }
        #expect(stranger?.code == .queueNotFound)
        #expect(try await outbox.entry(held).state == .held)
        #expect(try await outbox.entry(sent).state == .done)
      }
    }
  }
}

/// What is logged about messages, a line each.
private final class MessageLog: LogHandler {
  private let taken = Mutex<[String]>([])

  var lines: [String] { taken.withLock { $0 } }

  var logLevel: Logger.Level {
    get { .warning }
    set {}
  }
  var metadata: Logger.Metadata {
    get { [:] }
    set {}
  }
  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { nil }
    set {}
  }

  func log(event: LogEvent) {
    let names = ["queue", "account", "code"]
    let fields = names.compactMap { name in event.metadata?[name].map { "\(name)=\($0)" } }
    if fields.count == names.count {
      taken.withLock { $0.append("\(event.level) " + fields.joined(separator: " ")) }
    }
  }
}

extension Bench {
  func outcomes(of id: QueueID) async throws -> [String] {
    try await store.read { (tx: borrowing Transaction) in
      try tx.recipients(of: id, in: .default).map(\.state.rawValue)
    }
  }
}
