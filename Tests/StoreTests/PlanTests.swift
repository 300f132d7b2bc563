import Core
import Foundation
import StoreTesting
import Testing

@testable import Store

/// What the hot statements cost in a lane of many thousands: they find their rows by an index and in its
/// order.
@Suite struct PlanTests {
  @Test(arguments: StoreEngine.allCases)
  func `no hot statement reads or sorts a whole table`(engine: StoreEngine) async throws {
    try await withStore(engine) { store in
      try await store.write { (tx: borrowing Transaction) in try tx.fill() }
      let plans = try await store.write { (tx: borrowing Transaction) in
        try hotStatements.map { statement in (statement, try tx.plans(of: statement.run)) }
      }
      for (statement, plans) in plans {
        let plan = plans.joined(separator: "\n")
        for index in statement.indexes {
          #expect(plan.contains(index), "\(statement.name) does not use \(index):\n\(plan)")
        }
        #expect(
          !Self.readsTable(plan) && (statement.mayKeepTemporaryRows || !Self.sorts(plan)),
          "\(statement.name):\n\(plan)")
      }
    }
  }

  @Test(
    arguments: StoreEngine.allCases,
    ["SELECT id FROM queue WHERE progress = 'x'", "SELECT id FROM lane ORDER BY epoch, lease_until"] as [SQL])
  func `the check above finds a scan and a sort`(engine: StoreEngine, sql: SQL) async throws {
    try await withStore(engine) { store in
      let plans = try await store.write { (tx: borrowing Transaction) in
        try tx.plans { (tx: borrowing Transaction) in try tx.execute(sql) }
      }
      #expect(Self.readsTable(plans[0]) || Self.sorts(plans[0]))
    }
  }

  // In either engine's words.
  private static let tables =
    "queue|event|message|chunk|attempt|account|idempotency|recipient|orphan_draft|segment|webhook_attempt|webhook_stream"

  private static func readsTable(_ plan: String) -> Bool {
    plan.range(of: "Seq Scan on (\(tables))\\b", options: .regularExpression) != nil
      || plan.range(of: "SCAN (\(tables)|lane)\\s*(\n|$)", options: .regularExpression) != nil
  }

  private static func sorts(_ plan: String) -> Bool {
    plan.contains("Sort Key") || plan.contains("TEMP B-TREE")
  }
}

private let webhookRoute = WebhookRouteRecord(
  workspace: .default, id: WebhookRouteID("wh_1"), name: "", targetURL: "https://x.example/", secrets: [],
  startPosition: 0, created: Instant(microseconds: 0))

private struct HotStatement: Sendable {
  let name: String
  let indexes: [String]
  /// Whether it sorts or merges what it has found, which is little.
  var mayKeepTemporaryRows = false
  let run: @Sendable (borrowing Transaction) throws -> Void
}

private let lane = LaneKey(.mail, "lane 1")
private let lease = LaneLease(lane: lane, owner: NodeID("node"), epoch: 7)
private let account = AccountID("account")
private let now = Instant(microseconds: 1_000_000)
private let queued = QueueRecord(
  workspace: .default, id: QueueID("q1"), lane: lane, account: account, progress: "", created: now)
private let message = OutgoingMessageRecord(
  workspace: .default, id: QueueID("new"), account: account, source: "api", messageID: "<new@x.example>",
  envelopeFrom: "", envelopeTo: [], subject: nil, size: 1, chunks: 1, idempotencyKey: "key", created: now)
private let key = IdempotencyName(.default, account, "key")
private let orphan = OrphanDraftRecord(
  workspace: .default, message: QueueID("q9"), account: account, draft: "", messageID: "", created: now)
private let sentCopy = SentCopyRecord(
  workspace: .default, message: QueueID("q9"), account: account, lane: lane, draft: "", messageID: "",
  due: now,
  created: now)

private let hotStatements = [
  HotStatement(name: "promote", indexes: ["queue_deferred"]) { (tx: borrowing Transaction) in
    try tx.promote(lane, now: now, limit: 100)
  },
  HotStatement(name: "claim", indexes: ["queue_ready"]) { (tx: borrowing Transaction) in
    _ = try tx.claim(lease, limit: 4)
  },
  HotStatement(name: "active", indexes: ["queue_active"]) { (tx: borrowing Transaction) in
    _ = try tx.activeQueue(lane)
  },
  HotStatement(name: "record and settle", indexes: []) { (tx: borrowing Transaction) in
    var claimed = queued
    claimed.attempts = 1
    try tx.record("step", of: claimed, under: lease)
    try tx.settle(
      claimed, QueueSettlement(state: .done, due: now, progress: ""), under: lease, at: now)
    try tx.settleRecipients(of: queued.id, in: .default, as: .sent, at: now)
    try tx.insert(orphan)
    try tx.insert(sentCopy)
  },
  HotStatement(name: "submit", indexes: []) { (tx: borrowing Transaction) in
    var queue = queued
    queue.id = message.id
    _ = try tx.senderIdentity(account, in: .default)
    _ = try tx.claim(key, under: nil, for: message.id, bodyHash: [1], at: now)
    try tx.insert(message)
    try tx.insert(queue)
    try tx.insertChunk(ChunkKey(.default, queue.id, 0), [1])
    let recipients = (0..<3).map { RecipientRecord(address: "\($0)", role: .to, updated: now) }
    try tx.insert(recipients, of: queue.id, in: .default, at: now)
    try tx.append(
      EventRecord(workspace: .default, account: account, kind: "sample", data: "{}", created: now))
    try tx.wake(lane, due: now)
  },
  HotStatement(name: "release", indexes: ["queue_ready"]) { (tx: borrowing Transaction) in
    _ = try tx.release(lease, now: now, length: .seconds(30), isPaused: false, evenIfDue: true)
  },
  HotStatement(name: "list", indexes: ["queue_open"], mayKeepTemporaryRows: true) {
    (tx: borrowing Transaction) in
    for filter in [QueueFilter.queued, .scheduled, .sending, .deferred] {
      _ = try tx.queue(.mail, QueueSelection(filter), in: .default, offset: 0, limit: 20)
      _ = try tx.queue(
        .mail, QueueSelection(filter, text: "x", since: now), in: .default, offset: 0, limit: 20,
        searchLimit: 100)
      _ = try tx.scan(.mail, QueueSelection(filter, text: "x"), in: .default, limit: 100)
    }
  },
  HotStatement(
    name: "sweep",
    indexes: [
      "queue_settled", "orphan_draft_due", "sent_copy_due", "event_created", "message_settled",
      "segment_used",
    ]
  ) { (tx: borrowing Transaction) in
    _ = try tx.settledQueue(.mail, before: now, limit: 100)
    _ = try tx.deleteOutcomes(before: now, limit: 1)
    _ = try tx.deleteSegments(before: now, limit: 10)
    _ = try tx.orphanDrafts(due: now, limit: 10)
    _ = try tx.sentCopies(due: now, limit: 10)
    _ = try tx.deleteEvents(before: now, limit: 10)
  },
  HotStatement(name: "sent copies", indexes: ["sent_copy_lane"]) { (tx: borrowing Transaction) in
    _ = try tx.claim(sentCopy, next: now)
    try tx.deleteSentCopies(in: LaneKey(.mail, "lane 7"))
    try tx.deleteSentCopy(sentCopy)
  },
  HotStatement(name: "read", indexes: []) { (tx: borrowing Transaction) in
    _ = try tx.queueRecord(.default, queued.id)
    _ = try tx.message(.default, queued.id)
    _ = try tx.chunk(ChunkKey(.default, queued.id, 0))
    _ = try tx.attempts(.default, queued.id)
    _ = try tx.events(.default, account, limit: 10)
    _ = try tx.recipients(of: queued.id, in: .default)
    _ = try tx.account(account, in: .default)
  },
  HotStatement(
    name: "reply", indexes: ["message_message_id", "message_exchange_message_id"], mayKeepTemporaryRows: true
  ) { (tx: borrowing Transaction) in
    _ = try tx.messages(.default, messageID: "<q5@x.example>")
  },
  HotStatement(name: "follow", indexes: ["event_position"]) { (tx: borrowing Transaction) in
    _ = try tx.events(.default, afterPosition: 0, limit: 10)
  },
  HotStatement(name: "resume", indexes: ["queue_parked"]) { (tx: borrowing Transaction) in
    try tx.resume(account, in: .default, now: now)
  },
  HotStatement(
    name: "place", indexes: ["event_unplaced"], mayKeepTemporaryRows: true
  ) { (tx: borrowing Transaction) in
    _ = try tx.hasUnplacedEvents()
    _ = try tx.placeEvents(limit: 10)
  },
  HotStatement(name: "import", indexes: ["account_mailbox"]) { (tx: borrowing Transaction) in
    _ = try tx.personsAccounts(of: "a@x.example", in: .default)
  },
  HotStatement(name: "authorise", indexes: []) { (tx: borrowing Transaction) in
    _ = try tx.apiToken(hash: [1], at: now)
  },
  HotStatement(name: "post", indexes: []) { (tx: borrowing Transaction) in
    _ = try tx.webhookRoute(webhookRoute.id, in: .default)
    try tx.enqueue(.stream, account, to: webhookRoute, due: now, at: now)
    let progress = try tx.webhookStream(account, to: webhookRoute)
    _ = try tx.placedEvents(.default, account, after: progress.cursor, limit: 64)
    try tx.save(progress, of: account, to: webhookRoute)
    try tx.renew(queued, ifEventsAfter: 5, at: now)
    try tx.note(WebhookHealth(), posts: 1, of: webhookRoute)
  },
  HotStatement(
    name: "look after a route", indexes: ["queue_webhook"], mayKeepTemporaryRows: true
  ) { (tx: borrowing Transaction) in
    _ = try tx.webhookTaskCounts(of: webhookRoute)
    _ = try tx.failedWebhookTasks(of: webhookRoute, limit: 10)
    try tx.hurry(webhookRoute, at: now)
    try tx.dropTasks(of: webhookRoute)
  },
  HotStatement(name: "sweep posts", indexes: ["webhook_attempt_started"]) { (tx: borrowing Transaction) in
    _ = try tx.deleteWebhookAttempts(before: now, limit: 10)
  },
  // Last, because it takes the lane from its owner.
  HotStatement(name: "lease", indexes: ["lane_due"]) { (tx: borrowing Transaction) in
    _ = try tx.leaseLanes(.mail, owner: NodeID("other"), now: now, length: .seconds(30), limit: 10)
  },
]

extension Transaction {
  /// 100 lanes; the first has 30,000 rows, a quarter in each of the waiting states and half that are over.
  fileprivate func fill() throws {
    try execute(
      """
      INSERT INTO oauth2_app (workspace, id, name, provider, enabled, cloud, base_scopes, send_only, shared,
        client_id, authority, extra_scopes, skip_scopes, created, updated)
      VALUES ('default', 'app', '', 'outlookService', 1, 'global', 'api', 0, 0, '', '', '', '', 0, 0)
      """)
    try execute(
      """
      INSERT INTO webhook_attempt (workspace, route, started, account, sequence, event, number, duration)
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
      SELECT 'default', 'wh_1', 2000000 + i, 'account', i, 'messageSent', 1, 0 FROM n
      """)
    try execute(
      """
      INSERT INTO webhook_stream (workspace, route, account, cursor, tries)
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
      SELECT 'default', 'wh_1', 'account ' || CAST(i AS TEXT), 1, 0 FROM n
      """)
    try execute(
      """
      INSERT INTO account (workspace, id, name, email, app_workspace, app, mailbox, delegated, identity,
        state, paused, mailbox_found, send_only, unknown_outcome, created, updated)
      WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999)
      SELECT 'default', CASE WHEN i = 0 THEN 'account' ELSE 'account ' || CAST(i AS TEXT) END, '', '', 'default',
        'app', '', 0, 'verified', 'connected', 0, 1, 0, 'hold', i, i FROM n
      """)
    try execute(
      """
      INSERT INTO lane (kind, id, owner, epoch, lease_until, next_due, paused_until)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)
      SELECT 'mail', 'lane ' || CAST(i AS TEXT), 'node', 7, 0, i, 0 FROM n
      """)
    try execute(
      """
      INSERT INTO queue (workspace, id, kind, lane, account, state, priority, due, scheduled, attempts,
        progress, parked, created, settled)
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60000)
      SELECT 'default', 'q' || CAST(i AS TEXT), 'mail', CASE WHEN i <= 30000 THEN 'lane 1' ELSE
        'lane ' || CAST(i % 100 AS TEXT) END, 'account', CASE i % 4 WHEN 0 THEN 0 WHEN 1 THEN 3 ELSE 4 END,
        0, CASE WHEN i = 1 THEN 0 ELSE i END, i, 0, '', 0, i, CASE WHEN i % 4 > 1 THEN i END FROM n
      """)
    try execute("UPDATE queue SET state = 1, attempts = 1, settled = NULL WHERE id = 'q1'")
    for table: SQL in [
      "message", "attempt", "event", "recipient", "orphan_draft", "sent_copy", "segment",
    ] { try fillSmall(table) }
    for number in 0..<1000 { try insertChunk(ChunkKey(.default, QueueID("q\(number)"), 0), [1]) }
    if engine == .postgres { try execute("ANALYZE") }
  }

  private func fillSmall(_ table: SQL) throws {
    let columns: SQL =
      switch table {
      case "message":
        """
         (id, account, source, message_id, envelope_from, envelope_to, size, chunks, segments, created, settled,
          exchange_message_id, workspace)
        SELECT id, account, '', '<' || id || '@x.example>', '', '', 1, 1, 0, 0,
          CASE WHEN state = 4 THEN due END, CASE WHEN state = 4 THEN id END,
        """
      case "attempt": " (queue, number, step, node, started, workspace) SELECT id, 1, '', '', 0,"
      case "recipient":
        " (message, position, address, role, state, updated, workspace) SELECT id, 0, '', 'to', 'queued', 0,"
      case "orphan_draft":
        """
         (message, account, draft, message_id, due, tries, created, workspace)
        SELECT 'o' || id, account, '', '', due, 0, due,
        """
      case "sent_copy":
        """
         (message, account, lane, draft, message_id, due, tries, created, workspace)
        SELECT 's' || id, account, lane, '', '', due, 0, due,
        """
      case "segment":
        """
         (id, kind, size, chunks, complete, created, used, workspace)
        SELECT id, 'upload', 0, 0, 1, due, due,
        """
      default:
        """
         (account, sequence, kind, data, created, position, workspace)
        SELECT 'account ' || CAST(due % 100 AS TEXT), due, '', '', 0, CASE WHEN due < 59000 THEN due END,
        """
      }
    try execute("INSERT INTO " + table + columns + " workspace FROM queue")
  }
}
