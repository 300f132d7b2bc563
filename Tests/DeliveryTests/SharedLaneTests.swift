import Core
import StoreTesting
import Testing

@testable import Delivery
@testable import Store

/// Workspaces that send from one mailbox through one client share its lane.
@Suite(.timeLimit(.minutes(10))) struct SharedLaneTests {
  private static let other = WorkspaceID("other")

  @Test(arguments: StoreEngine.allCases)
  func `four at once from one mailbox, whichever workspaces they are of`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      try await bench.addTwin(in: Self.other)
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let mailbox = FakeMailbox { call, _ in
        if call.step == .create { for await _ in gate { break } }
        return .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        var ids: [(WorkspaceID, QueueID)] = []
        for number in 0..<12 {
          let workspace = number % 2 == 0 ? WorkspaceID.default : Self.other
          ids.append((workspace, try await outbox.submit(.sample(in: workspace)).queueID))
        }
        try await eventually { mailbox.calls.count == 4 }
        await bench.pass(.seconds(1))
        await bench.time.untilSleeping(4)
        #expect(mailbox.calls.count == 4)
        open.finish()
        for (workspace, id) in ids {
          try await eventually { try await outbox.entry(id, in: workspace).state == .done }
        }
        #expect(mailbox.mostInFlight == 4)
        #expect(mailbox.sent.count == 12)
      }
      #expect(try await bench.store.count("lane") == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `deleting a workspace disturbs nobody who shares its lane`(engine: StoreEngine) async throws {
    try await Bench.run(engine) { bench in
      try await bench.addTwin(in: Self.other)
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let mailbox = FakeMailbox { call, _ in
        if call.step == .create { for await _ in gate { break } }
        return .act
      }
      let outbox = bench.outbox(mailbox)
      try await outbox.running {
        _ = try await outbox.submit(.sample(in: Self.other))
        let kept = try await outbox.submitSample()
        try await eventually { mailbox.steps == [.create, .create] }
        _ = try await outbox.submit(.sample(in: Self.other))
        try await bench.store.write { (tx: borrowing Transaction) in try tx.deleteWorkspace(Self.other) }
        open.finish()
        let entry = try await bench.until(outbox, kept, .done)
        #expect(entry.history.map(\.verdict) == ["sent"])
        let next = try await outbox.submitSample()
        try await bench.until(outbox, next, .done)
        // Nothing is in the lane, so nobody has it and nobody looks.
        try await eventually {
          try await bench.store.read { (tx: borrowing Transaction) in
            try tx.row("SELECT id FROM lane WHERE owner IS NOT NULL OR next_due IS NOT NULL") { _ in false }
          } ?? true
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account that comes back sends its own messages and no other workspace's`(
    engine: StoreEngine
  ) async throws {
    try await Bench.run(engine) { bench in
      try await bench.addTwin(in: Self.other)
      let outbox = bench.outbox(FakeMailbox { _, _ in .refuse(Failure.notConnected) })
      let (mine, theirs) = try await outbox.running {
        let mine = try await outbox.submitSample()
        try await bench.until(outbox, mine, .deferred)
        let theirs = try await outbox.submit(.sample(in: Self.other)).queueID
        await bench.pass(.seconds(301))
        try await eventually { try await outbox.entry(theirs, in: Self.other).state == .deferred }
        return (mine, theirs)
      }
      let now = bench.time.now
      try await bench.store.write { (tx: borrowing Transaction) in
        try tx.resume(AccountID("anna"), in: Self.other, now: now)
      }
      #expect(try await outbox.entry(theirs, in: Self.other).nextAttempt == now)
      #expect(try #require(try await outbox.entry(mine).nextAttempt) > now)
    }
  }
}

extension Submission {
  fileprivate static func sample(in workspace: WorkspaceID) throws -> Submission {
    var submission = try sample()
    submission.workspace = workspace
    return submission
  }
}

extension Bench {
  /// Anna's mailbox again, through the same client, in a workspace and an app of its own; the case is
  /// another.
  fileprivate func addTwin(in workspace: WorkspaceID) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      _ = try tx.insert(WorkspaceRecord(id: workspace, name: "Other", created: now))
      try tx.insert(
        OAuth2AppRecord(
          workspace: workspace, id: AppID("other"), name: "App", title: nil, description: nil,
          provider: .outlook, enabled: true, clientID: "CLIENT", clientSecret: nil, authority: "common",
          redirectURL: nil, extraScopes: [], skipScopes: [], created: now))
      try tx.upsert(
        AccountRecord(
          workspace: workspace, id: AccountID("anna"), name: "Anna", email: "anna@example.com",
          app: AppID("other"), mailbox: "Anna@Example.com", state: .connected, mailboxFound: false,
          unknownOutcome: .hold, created: now))
    }
  }
}
