import Accounts
import Core
import Logging
import MIME
import Store
import StoreTesting
import Testing

@testable import Delivery

/// A database with accounts, a clock moved by hand, and outboxes that come and go on it.
final class Bench: Sendable {
  let store: Store
  let time = ManualTime()

  private init(_ store: Store) {
    self.store = store
  }

  static nonisolated(nonsending) func run(
    _ engine: StoreEngine, accounts: [String] = ["anna"], unknownOutcome: UnknownOutcome = .hold,
    _ body: nonisolated(nonsending) (Bench) async throws -> Void
  ) async throws {
    try await withStore(engine) { store in
      try await body(try await on(store, accounts: accounts, unknownOutcome: unknownOutcome))
    }
  }

  static func on(
    _ store: Store, accounts: [String], unknownOutcome: UnknownOutcome = .hold
  ) async throws -> Bench {
    let bench = Bench(store)
    try await bench.addAccounts(accounts, unknownOutcome)
    return bench
  }

  private func addAccounts(_ names: [String], _ unknownOutcome: UnknownOutcome) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      try tx.insert(
        OAuth2AppRecord(
          workspace: .default, id: AppID("app"), name: "App", title: nil, description: nil,
          provider: .outlookService, enabled: true, clientID: "client", clientSecret: nil,
          authority: "common",
          redirectURL: nil, extraScopes: [], skipScopes: [], created: now))
      for name in names {
        try tx.upsert(
          AccountRecord(
            workspace: .default, id: AccountID(name), name: name, email: "\(name)@example.com",
            app: AppID("app"), mailbox: "\(name)@example.com", state: .connected, mailboxFound: false,
            unknownOutcome: unknownOutcome, created: now))
      }
    }
  }

  func outbox(
    _ mailbox: FakeMailbox, node: String = "one",
    configure: (inout OutboxConfiguration) -> Void = { _ in }
  ) -> Outbox {
    outbox(node: node, configure: configure) { _, _ in mailbox }
  }

  func outbox(
    node: String = "one", configure: (inout OutboxConfiguration) -> Void = { _ in },
    senders: @escaping SenderSource
  ) -> Outbox {
    var configuration = OutboxConfiguration()
    configure(&configuration)
    return Outbox(
      store: store, senders: senders, time: time, node: NodeID(node), configuration: configuration,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Moves the clock when everybody who runs has come to a pause: tick, renewal, sweep and orphans of each
  /// node.
  func pass(_ duration: Duration, nodes: Int = 1) async {
    await time.untilSleeping(4 * nodes)
    time.advance(by: duration)
  }

  @discardableResult
  func until(_ outbox: Outbox, _ id: QueueID, _ state: QueueState) async throws -> OutboxEntry {
    var entry = try await outbox.entry(id)
    try await eventually {
      entry = try await outbox.entry(id)
      return entry.state == state
    }
    return entry
  }

  /// The stored bytes.
  func content(of id: QueueID) async throws -> [UInt8] {
    try await store.read { (tx: borrowing Transaction) in
      let message = try #require(try tx.message(.default, id))
      return try tx.contentExtents(of: message).flatMap { try #require(try tx.chunk($0.key)) }
    }
  }

  func events(of account: String = "anna") async throws -> [EventRecord] {
    try await store.read { (tx: borrowing Transaction) in
      try tx.events(.default, AccountID(account), limit: 10_000).map(\.event)
    }
  }
}

/// Returns when `condition` holds; the test's time limit is the end of patience.
func eventually(_ condition: () async throws -> Bool) async throws {
  // Looks as often as others let it, without keeping them from what it waits for.
  while try await !condition() { try await Task.sleep(for: .milliseconds(1)) }
}

extension Outbox {
  /// Runs the outbox while `body` does, then drops everything as a crash would.
  nonisolated(nonsending) func running<Value>(
    _ body: nonisolated(nonsending) () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await self.run() }
    let result: Result<Value, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    task.cancel()
    _ = await task.result
    return try result.get()
  }

  @discardableResult
  func submitSample(
    from account: String = "anna", to: [String] = ["bert@example.com"], text: String = "Hello",
    key: IdempotencyKey? = nil
  ) async throws -> QueueID {
    try await submit(.sample(from: account, to: to, text: text, key: key)).queueID
  }
}

extension Submission {
  static func sample(
    from account: String = "anna", to: [String] = ["bert@example.com"], text: String = "Hello",
    key: IdempotencyKey? = nil
  ) throws -> Submission {
    var submission = Submission(account: AccountID(account))
    submission.to = try to.map { NamedAddress(address: try EmailAddress($0)) }
    submission.subject = "Sample"
    submission.text = text
    submission.idempotency = key
    return submission
  }
}
