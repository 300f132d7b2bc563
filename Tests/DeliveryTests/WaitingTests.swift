import Core
import Store
import StoreTesting
import Synchronization
import Testing

@testable import Delivery

/// What is wrong with Microsoft, an account, an app or this installation stops no message for good.
@Suite(.timeLimit(.minutes(10))) struct WaitingTests {
  static let obstacles: [Problem] = [
    // A key that cannot open what is stored, a disk without room, a database that is away.
    Failure.of(.vaultWrongKey, .futile), Failure.of(.vaultInvalidBox, .futile),
    Failure.of(.storeFull, .safe(after: nil)), Failure.of(.storeFull, .futile),
    Failure.of(.storeUnavailable, .safe(after: nil)), Failure.of(.storeCommitUnknown, .unsafe),
    // An app that cannot be used.
    Failure.of(.appCloudUnknown, .futile), Failure.of(.appCertificateInvalid, .futile),
    Failure.of(.appDisabled, .futile),
    Failure.of(.accountPaused, .futile), Failure.of(.accountNotConnected, .futile),
    Failure.of(.entraUnreachable, .safe(after: nil)), Failure.of(.entraThrottled, .safe(after: .seconds(60))),
  ]

  enum Place: Sendable, CaseIterable { case finding, preparing }

  @Test(arguments: StoreEngine.allCases, Place.allCases)
  func `a message waits while its way out cannot be found or prepared`(
    engine: StoreEngine, place: Place
  ) async throws {
    for obstacle in Self.obstacles {
      try await Bench.run(engine) { bench in
        let readiness = Readiness { throw obstacle }
        readiness.isReady.store(false, ordering: .relaxed)
        let mailbox = FakeMailbox(readiness: readiness)
        let outbox = bench.outbox { _, _ in
          if place == .finding { try await mailbox.prepare() }
          return mailbox
        }
        try await outbox.running {
          let id = try await outbox.submitSample()
          let entry = try await bench.until(outbox, id, .deferred)
          #expect(entry.problem?.code == obstacle.code.rawValue)
          #expect(
            try await outbox.fault()?.code == (obstacle.scope == .installation ? obstacle.code.rawValue : nil)
          )
          let row = try await bench.store.read { (tx: borrowing Transaction) in
            try tx.queueRecord(.default, id)
          }
          #expect(row?.progress == "fresh")
          #expect(mailbox.calls.isEmpty)
          readiness.isReady.store(true, ordering: .relaxed)
          await bench.pass(.seconds(301))
          try await bench.until(outbox, id, .done)
          #expect(try await outbox.fault() == nil)
        }
        #expect(mailbox.steps == [.create, .send])
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a fault is over when nothing waits for it any more, though nothing was sent`(engine: StoreEngine)
    async throws
  {
    try await Bench.run(engine) { bench in
      let outbox = bench.outbox { _, _ in throw Failure.of(.vaultInvalidBox, .futile) }
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        #expect(try await outbox.fault()?.code == "vault.invalidBox")
        _ = try await outbox.cancel(id)
        #expect(try await outbox.fault() == nil)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a draft waits as well when it cannot be sent yet`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      let readiness = Readiness { throw Failure.of(.vaultWrongKey, .futile) }
      let mailbox = FakeMailbox(readiness: readiness) { call, _ in
        if call.step == .create { readiness.isReady.store(false, ordering: .relaxed) }
        return .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        let id = try await outbox.submitSample()
        try await bench.until(outbox, id, .deferred)
        readiness.isReady.store(true, ordering: .relaxed)
        await bench.pass(.seconds(10))
        try await bench.until(outbox, id, .done)
      }
      #expect(mailbox.steps == [.create, .send])
    }
  }
}
