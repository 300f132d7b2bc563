import Core
import StoreTesting
import Synchronization
import Testing
import Vault

@testable import Delivery
@testable import Store

/// What the hot paths cost, in statements: each is a round trip to PostgreSQL. Who adds one here says why.
@Suite(.timeLimit(.minutes(10))) struct CostTests {
  @Test(arguments: StoreEngine.allCases)
  func `accepting a short message takes one transaction of eight statements`(engine: StoreEngine) async throws
  {
    try await Bench.counting(engine) { bench, log in
      let outbox = bench.outbox(FakeMailbox())
      // The first one looks the account up.
      try await outbox.submitSample()
      log.clear()
      try await outbox.submitSample()
      #expect(
        log.writes == [
          [
            "SELECT account", "INSERT message", "INSERT chunk", "INSERT recipient", "INSERT queue",
            "UPDATE account", "INSERT event", "INSERT lane",
          ]
        ])
      log.clear()
      try await outbox.submitSample(key: IdempotencyKey(key: "k", bodyHash: [1]))
      #expect(log.writes.map(\.count) == [9])
      log.clear()
      var ofList = try Submission.sample()
      let links = UnsubscribeLinks(publicURL: "https://mail.example.com", vault: Vault(key: .random()))
      ofList.list = MailingList(ListID("news"), links)
      _ = try await outbox.submit(ofList)
      #expect(
        log.writes.map { $0.prefix(3) } == [["SELECT account", "SELECT suppression", "INSERT message"]])
      #expect(log.writes.map(\.count) == [9])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `accepting a merge takes three statements a message, and its content goes before`(
    engine: StoreEngine
  ) async throws {
    try await Bench.counting(engine) { bench, log in
      let outbox = bench.outbox(FakeMailbox())
      try await outbox.submitSample()
      log.clear()
      _ = try await outbox.submit(try Merge.sample(3))
      let each = ["INSERT message", "INSERT recipient", "INSERT queue"]
      let events = ["UPDATE account", "INSERT event", "INSERT event", "INSERT event", "INSERT lane"]
      let content = ["INSERT chunk", "INSERT chunk", "INSERT chunk"]
      #expect(log.writes == [content, ["SELECT account"] + each + each + each + events])
      log.clear()
      var ofList = try Merge.sample(3)
      let links = UnsubscribeLinks(publicURL: "https://mail.example.com", vault: Vault(key: .random()))
      ofList.common.list = MailingList(ListID("news"), links)
      _ = try await outbox.submit(ofList)
      #expect(
        log.writes == [content, ["SELECT account", "SELECT suppression"] + each + each + each + events])
      let (merge, segment) = try await bench.merge(4, attachment: 1000, outbox)
      #expect(segment.chunks == 1)
      log.clear()
      _ = try await outbox.submit(merge)
      // The attachment is used once; each message has three runs.
      let accepting =
        ["SELECT account", "UPDATE segment", "SELECT segment"].count + 4 * (3 + 3) + events.count + 1
      #expect(log.writes.map(\.count) == [8, accepting])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `delivering a short message takes three transactions`(engine: StoreEngine) async throws {
    try await Bench.counting(engine) { bench, log in
      let outbox = bench.outbox(FakeMailbox())
      try await outbox.running {
        let first = try await outbox.submitSample()
        try await bench.until(outbox, first, .done)
        try await eventually { try await bench.isIdle() }
        // The first sent copy of the mailbox is looked at; later ones are not while it keeps its Message-IDs.
        for _ in 0..<3 { await bench.pass(.seconds(60)) }
        await bench.time.untilSleeping(4)
        let second = try await bench.outbox(FakeMailbox(), node: "accepts only").submitSample()
        log.clear()
        await bench.pass(.seconds(1))
        try await bench.until(outbox, second, .done)
        try await eventually { try await bench.isIdle() }
      }
      let writes = log.writes.filter { $0.first?.hasPrefix("WITH") == false }
      #expect(
        writes == [
          // As the new owner of the lane: claim, count against the mailbox's limits, and record the first step.
          [
            "SELECT queue", "UPDATE queue", "UPDATE queue", "SELECT message", "SELECT account",
            "SELECT chunk", "INSERT lane_use", "SELECT lane_use", "UPDATE queue", "INSERT attempt",
            "UPDATE lane",
          ],
          // The second step.
          ["UPDATE queue", "UPDATE attempt"],
          // Settle, and let the lane go.
          [
            "UPDATE queue", "UPDATE queue", "UPDATE queue", "UPDATE attempt", "UPDATE account",
            "INSERT event",
            "UPDATE recipient", "SELECT account", "SELECT queue", "UPDATE lane", "SELECT queue",
            "SELECT queue",
            "UPDATE lane",
          ],
        ])
    }
  }
}

/// The statements that were run, by transaction: verb and table.
private final class StatementLog: Sendable {
  private let log = Mutex<[[String]]>([])

  /// Of the transactions that write, in the order in which they began.
  var writes: [[String]] { log.withLock { $0.filter { !$0.isEmpty } } }

  func clear() { log.withLock { $0 = [] } }
  func begin() -> Int {
    log.withLock { log in
      log.append([])
      return log.count - 1
    }
  }

  func add(_ sql: SQL, to transaction: Int) {
    let words = sql.text.split(whereSeparator: { " \n".contains($0) }).map(String.init)
    guard let verb = words.first else { return }
    let marks = ["INSERT": "INTO", "UPDATE": "UPDATE", "SELECT": "FROM", "DELETE": "FROM", "WITH": "UPDATE"]
    let table = words.firstIndex(of: marks[verb] ?? "").map { words[$0 + 1] } ?? ""
    log.withLock { if transaction < $0.count { $0[transaction].append("\(verb) \(table)") } }
  }
}

extension Bench {
  fileprivate static nonisolated(nonsending) func counting(
    _ engine: StoreEngine, _ body: nonisolated(nonsending) (Bench, StatementLog) async throws -> Void
  ) async throws {
    try await withStore(engine) { store in
      let log = StatementLog()
      let counted = Store(database: CountingEngine(inner: store.database, log: log))
      try await body(try await on(counted, accounts: ["anna"]), log)
    }
  }

  fileprivate func isIdle() async throws -> Bool {
    try await store.read { (tx: borrowing Transaction) in
      try tx.row("SELECT id FROM lane WHERE owner IS NOT NULL OR next_due IS NOT NULL") { _ in false } ?? true
    }
  }
}

private struct CountingEngine: Engine {
  let inner: any Engine
  let log: StatementLog

  var kind: EngineKind { inner.kind }
  func read(_ job: Job) { inner.read(job) }
  func close() async { await inner.close() }

  func write(_ job: Job, _ isolation: Isolation) {
    let log = log
    inner.write(
      Job(
        run: { (tx: borrowing Transaction) in
          try job.run(Transaction(session: CountingSession(tx.session, log, log.begin())))
        }, fail: job.fail), isolation)
  }
}

private final class CountingSession: Session {
  private let inner: any Session
  private let log: StatementLog
  private let transaction: Int

  init(_ inner: any Session, _ log: StatementLog, _ transaction: Int) {
    self.inner = inner
    self.log = log
    self.transaction = transaction
  }

  var engine: EngineKind { inner.engine }
  var failure: (any Error)? {
    get { inner.failure }
    set { inner.failure = newValue }
  }
  var hasAppended: Bool {
    get { inner.hasAppended }
    set { inner.hasAppended = newValue }
  }

  func run(_ sql: SQL, _ arguments: [SQLValue]) throws -> Outcome {
    log.add(sql, to: transaction)
    return try inner.run(sql, arguments)
  }

  func recover(from error: any Error) -> Recovery { inner.recover(from: error) }
  func pause(before attempt: Int, _ recovery: Recovery) { inner.pause(before: attempt, recovery) }
}
