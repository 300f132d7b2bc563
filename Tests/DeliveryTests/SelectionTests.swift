import Backends
import Core
import MIME
import Store
import StoreTesting
import Synchronization
import Testing

@testable import Delivery

/// Lists of messages with limits, and what is done to all of them.
@Suite(.timeLimit(.minutes(10))) struct SelectionTests {
  @Test(arguments: StoreEngine.allCases)
  func `a text is found as it is, in every field that a person knows`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var ids: [String: QueueID] = [:]
      for (subject, recipient) in [
        ("100% sure", "bert@example.com"), ("100 times sure", "carl_x@example.com"),
        ("a!b", "carlyx@example.com"),
        ("Übung", "dora@example.org"),
      ] {
        var submission = try Submission.sample(to: ["first@example.net", recipient])
        submission.subject = subject
        ids[subject] = try await outbox.submit(submission).queueID
        bench.time.advance(by: .milliseconds(1))
      }
      let messageID = try await outbox.entry(try #require(ids["a!b"])).messageID
      let exchange = "<DB9P@exchange.test>"
      let sure = try #require(ids["100% sure"])
      try await bench.store.write { (tx: borrowing Transaction) in
        try tx.setExchangeMessageID(exchange, of: sure, in: .default)
      }
      for (text, subjects) in [
        ("100%", ["100% sure"]), ("SURE", ["100 times sure", "100% sure"]), ("carl_x", ["100 times sure"]),
        ("CARL", ["a!b", "100 times sure"]), ("!", ["a!b"]), ("Übung", ["Übung"]),
        ("first@", ["Übung", "a!b", "100 times sure", "100% sure"]),
        (messageID, ["a!b"]),
        (exchange, ["100% sure"]), (sure.rawValue.uppercased(), ["100% sure"]), ("' OR 1=1 --", []),
      ] as [(String, [String])] {
        let list = try await outbox.entries(PageRequest(), QueueSelection(text: text))
        #expect(list.elements.map(\.subject) == subjects.map { $0 as String? }, "\(text)")
        #expect(list.total == subjects.count, "\(text)")
        #expect(list.searchedSince == nil)
      }
      let elsewhere = try await outbox.entries(
        PageRequest(), QueueSelection(text: "sure"), in: WorkspaceID("other"))
      #expect(elsewhere.total == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `limits of time take in their beginning and not their end`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let start = bench.time.now
      var ids: [QueueID] = []
      for _ in 0..<4 {
        ids.append(try await outbox.submitSample())
        bench.time.advance(by: .seconds(1))
      }
      for filter in [QueueFilter.unfinished, .queued] {
        let selection = QueueSelection(filter, since: start + .seconds(1), until: start + .seconds(3))
        let list = try await outbox.entries(PageRequest(), selection)
        #expect(list.elements.map(\.queueID) == [ids[2], ids[1]] && list.total == 2)
        let second = try await outbox.entries(PageRequest(page: 1, size: 1), selection)
        #expect(second.elements.map(\.queueID) == [ids[1]] && second.total == 2)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a text is looked for among so many messages, and the rest is found from where that ended`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox()) { $0.searchLimit = 3 }
      var ids: [QueueID] = []
      for _ in 0..<7 {
        ids.append(try await outbox.submitSample())
        bench.time.advance(by: .milliseconds(1))
      }
      var selection = QueueSelection(text: "sample")
      var found: [QueueID] = []
      for expected in [3, 3, 1] {
        let list = try await outbox.entries(PageRequest(), selection)
        #expect(list.total == expected)
        found += list.elements.map(\.queueID)
        #expect((list.searchedSince == nil) == (expected == 1))
        selection.until = list.searchedSince
      }
      #expect(found == ids.reversed())
      #expect(try await outbox.entries(PageRequest()).total == 7)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what matches the filters is cancelled, in steps, and nothing else`(engine: StoreEngine) async throws {
    try await Bench.run(engine, accounts: ["anna", "berta"]) { bench in
      let outbox = bench.outbox(FakeMailbox()) { $0.changeLimit = 20 }
      var anna: [QueueID] = []
      for _ in 0..<45 { anna.append(try await outbox.submitSample()) }
      let other = try await outbox.submitSample(from: "berta")
      var selection = QueueSelection(account: AccountID("anna"))
      let trial = try await outbox.apply(.cancel, to: selection, isDryRun: true)
      #expect(trial.matched == 20 && trial.changed == 20 && trial.next != nil)
      var matched: [Int] = []
      repeat {
        let changes = try await outbox.apply(.cancel, to: selection)
        #expect(changes.skipped == 0)
        matched.append(changes.matched)
        selection.after = changes.next
      } while selection.after != nil
      #expect(matched == [20, 20, 5])
      for id in anna { #expect(try await outbox.entry(id).state == .cancelled) }
      #expect(try await outbox.entry(other).state == .ready)
      #expect(try await bench.outcomes(of: anna[0]) == ["cancelled"])
      #expect(try await outbox.apply(.cancel, to: QueueSelection(.cancelled)).changed == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `each action takes the states that it is for, and leaves the others`(engine: StoreEngine) async throws
  {
    try await Bench.run(engine, accounts: ["anna", "berta"]) { bench in
      let mailbox = FakeMailbox(abilities: .submission) { _, before in
        switch before {
        case 0: .refuse(Failure.refused)
        case 1: .loseReply
        default: .refuse(Failure.unavailable)
        }
      }
      let outbox = bench.outbox(mailbox)
      let ids = try await outbox.running {
        var ids: [QueueID] = []
        for state in [QueueState.failed, .held, .deferred] {
          ids.append(try await outbox.submitSample())
          try await bench.until(outbox, ids[ids.count - 1], state)
          bench.time.advance(by: .milliseconds(1))
        }
        return ids
      }
      var later = try Submission.sample(from: "berta")
      later.sendAt = bench.time.now + .seconds(3600)
      let scheduled = try await outbox.submit(later).queueID
      let (failed, held, deferred) = (ids[0], ids[1], ids[2])
      func states() async throws -> [QueueFilter] {
        var states: [QueueFilter] = []
        for id in [failed, held, deferred, scheduled] { states.append(try await outbox.entry(id).filter) }
        return states
      }
      #expect(try await states() == [.failed, .held, .deferred, .scheduled])

      let moved = try await outbox.apply(.reschedule(bench.time.now + .seconds(7200)), to: QueueSelection())
      #expect(moved.matched == 4 && moved.changed == 1)
      #expect(try await outbox.entry(scheduled).scheduled == bench.time.now + .seconds(7200))

      let retried = try await outbox.apply(.retry, to: QueueSelection())
      #expect(retried.matched == 4 && retried.changed == 2)
      #expect(try await states() == [.queued, .held, .queued, .scheduled])

      let released = try await outbox.apply(.release(.sent), to: QueueSelection())
      #expect(released.matched == 4 && released.changed == 1)
      #expect(try await states() == [.queued, .sent, .queued, .scheduled])

      let now = try await outbox.apply(.retry, to: QueueSelection(.scheduled))
      #expect(now.matched == 1 && now.changed == 1)
      #expect(try await states() == [.queued, .sent, .queued, .queued])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `failed messages are forgotten, all of them`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox { _, _ in .refuse(Failure.refused) })
      try await outbox.running {
        let ids = [try await outbox.submitSample(), try await outbox.submitSample()]
        for id in ids { try await bench.until(outbox, id, .failed) }
        let changes = try await outbox.apply(.cancel, to: QueueSelection(.failed))
        #expect(changes.matched == 2 && changes.changed == 2 && changes.next == nil)
        for id in ids { await #expect(throws: Problem.self) { try await outbox.entry(id) } }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a message that leaves the selected state meanwhile is left alone`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox { _, before in before == 0 ? .refuse(Failure.refused) : .act })
      let id = try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .failed)
        return id
      }
      _ = try await outbox.retry(id)
      let isFailed: RowCondition = { $0.filter == .failed }
      let problem = await #expect(throws: Problem.self) {
        try await outbox.cancel(id, in: .default, where: isFailed)
      }
      #expect(problem?.code == .queueInFlight)
      await #expect(throws: Problem.self) {
        try await outbox.rescheduleOnly(id, for: bench.time.now, in: .default, where: isFailed)
      }
      #expect(try await outbox.entry(id).state == .ready)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `while messages are sent, a selection of them harms none`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let mailbox = FakeMailbox()
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        var ids: [QueueID] = []
        for _ in 0..<60 { ids.append(try await outbox.submitSample()) }
        let changes = try await outbox.apply(.cancel, to: QueueSelection())
        #expect(changes.matched == changes.changed + changes.skipped)
        try await eventually { try await outbox.entries(PageRequest()).total == 0 }
        var cancelled = 0
        for id in ids {
          let entry = try await outbox.entry(id)
          #expect(mailbox.sent.filter { $0 == id.rawValue }.count == (entry.state == .done ? 1 : 0))
          if entry.state == .cancelled { cancelled += 1 }
        }
        #expect(cancelled == changes.changed)
      }
    }
  }
}

/// The bytes of a message.
@Suite(.timeLimit(.minutes(10))) struct SourceTests {
  @Test(arguments: StoreEngine.allCases, [10, 2_000_000])
  func `the source is what is stored, in pieces, and has no Bcc`(engine: StoreEngine, size: Int) async throws
  {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      var submission = try Submission.sample(text: String(repeating: "word ", count: size / 5))
      submission.bcc = [NamedAddress(address: try EmailAddress("secret@example.com"))]
      let id = try await outbox.submit(submission).queueID
      let source = try await outbox.source(id)
      var bytes: [UInt8] = []
      while case let piece = try await source.piece(at: bytes.count), !piece.isEmpty {
        #expect(piece.count <= ChunkKey.size)
        bytes += piece
      }
      #expect(bytes == (try await bench.content(of: id)))
      #expect(source.size == bytes.count)
      #expect(!String(decoding: bytes, as: UTF8.self).contains("secret@example.com"))
      let other = await #expect(throws: Problem.self) {
        try await outbox.source(id, account: AccountID("berta"))
      }
      #expect(other?.code == .queueNotFound)
      let none = await #expect(throws: Problem.self) { try await outbox.source(id, in: WorkspaceID("other")) }
      #expect(none?.code == .queueNotFound)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a source that is not kept any longer is gone, not unknown`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox(FakeMailbox())
      let id = try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .done)
        return id
      }
      _ = try await outbox.source(id)
      bench.time.advance(by: outbox.configuration.retention + .seconds(1))
      try await outbox.sweepOnce()
      let gone = await #expect(throws: Problem.self) { try await outbox.source(id) }
      #expect(gone?.code == .queueContentDeleted)
      bench.time.advance(by: outbox.configuration.outcomeRetention)
      try await outbox.sweepOnce()
      let unknown = await #expect(throws: Problem.self) { try await outbox.source(id) }
      #expect(unknown?.code == .queueNotFound)
    }
  }
}
