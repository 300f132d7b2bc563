package import Core

/// Where a queued thing stands.
package enum QueueState: Int64, Sendable, CaseIterable {
  /// Waits for its turn.
  case ready = 0
  /// An attempt is running, or was when its owner died.
  case active = 1
  /// Waits for a person.
  case held = 2
  /// Waits for its time.
  case deferred = 3
  case done = 4
  case failed = 5
  case cancelled = 6

  /// Nothing more happens to it.
  package var isSettled: Bool { rawValue >= QueueState.done.rawValue }
}

/// One thing to be done, in its lane.
package struct QueueRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: QueueID
  package var lane: String
  package var account: AccountID
  package var state: QueueState
  /// Lower goes first.
  package var priority: Int
  /// Not to be attempted before.
  package var due: Instant
  /// How many attempts have begun.
  package var attempts: Int
  /// Which step was recorded last; its meaning belongs to the kind of work.
  package var progress: String
  package var problem: ProblemRecord?
  package var created: Instant
  package var settled: Instant?

  /// A new thing, ready now.
  package init(
    workspace: WorkspaceID, id: QueueID, lane: String, account: AccountID, progress: String,
    created: Instant, priority: Int = 0
  ) {
    self.workspace = workspace
    self.id = id
    self.lane = lane
    self.account = account
    self.state = .ready
    self.priority = priority
    self.due = created
    self.attempts = 0
    self.progress = progress
    self.problem = nil
    self.created = created
    self.settled = nil
  }
}

extension QueueRecord {
  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    lane = try row.text("lane")
    account = try row.identifier("account")
    guard let state = QueueState(rawValue: try row.integer("state")) else {
      throw Problem.malformedRow(column: "state")
    }
    self.state = state
    priority = Int(try row.integer("priority"))
    due = try row.instant("due")
    attempts = Int(try row.integer("attempts"))
    progress = try row.text("progress")
    problem = try row.optionalProblem("last_problem")
    created = try row.instant("created")
    settled = try row.optionalInstant("settled")
  }
}

extension Transaction {
  package func insert(_ queue: QueueRecord) throws {
    try execute(
      """
      INSERT INTO queue (workspace, id, lane, account, state, priority, due, attempts, progress, parked,
        created)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)
      """, queue.workspace, queue.id, queue.lane, queue.account, queue.state.rawValue, queue.priority,
      queue.due, queue.attempts, queue.progress, queue.created)
  }

  package func queueRecord(_ workspace: WorkspaceID, _ id: QueueID) throws -> QueueRecord? {
    try row(
      """
      SELECT workspace, id, lane, account, state, priority, due, attempts, progress, last_problem, created,
        settled
      FROM queue WHERE workspace = $1 AND id = $2
      """, workspace, id, as: QueueRecord.init)
  }

  /// A page of what is not settled, newest first; of one account, where that is not `nil`.
  package func openQueue(
    _ workspace: WorkspaceID, account: AccountID? = nil, offset: Int, limit: Int
  ) throws -> [QueueRecord] {
    try rows(
      """
      SELECT workspace, id, lane, account, state, priority, due, attempts, progress, last_problem, created,
        settled
      FROM queue WHERE workspace = $1 AND state < 4 AND ($4 = '' OR account = $4)
      ORDER BY created DESC, id DESC LIMIT $2 OFFSET $3
      """, workspace, limit, offset, account?.rawValue ?? "", as: QueueRecord.init)
  }

  package func openQueueCount(_ workspace: WorkspaceID, account: AccountID? = nil) throws -> Int {
    try row(
      """
      SELECT count(*) AS total FROM queue WHERE workspace = $1 AND state < 4 AND ($2 = '' OR account = $2)
      """, workspace, account?.rawValue ?? ""
    ) { Int(try $0.integer("total")) } ?? 0
  }

  /// Takes a waiting or held row out of the queue; `false` when it has moved on since it was read.
  package func cancel(_ row: QueueRecord, orphan: String?, at now: Instant) throws -> Bool {
    try execute(
      """
      UPDATE queue SET state = 6, due = $3, settled = $3, orphan = $4
      WHERE workspace = $1 AND id = $2 AND attempts = $5 AND state IN (0, 2, 3)
      """, row.workspace, row.id, now, orphan, row.attempts) == 1
  }

  /// Settled rows whose time of keeping is over, oldest first.
  package func settledQueue(before bound: Instant, limit: Int) throws -> [(WorkspaceID, QueueID)] {
    try rows(
      "SELECT workspace, id FROM queue WHERE settled < $1 ORDER BY settled LIMIT $2", bound, limit
    ) { (try $0.identifier("workspace"), try $0.identifier("id")) }
  }

  /// What is left at Microsoft by messages that are over and due to be deleted, those first that have waited
  /// longest.
  package func orphans(due now: Instant, limit: Int) throws -> [OrphanRecord] {
    try rows(
      """
      SELECT queue.workspace, queue.id, queue.account, queue.orphan, queue.settled, message.message_id
      FROM queue JOIN message ON message.workspace = queue.workspace AND message.id = queue.id
      WHERE queue.orphan IS NOT NULL AND queue.due <= $1 ORDER BY queue.due LIMIT $2
      """, now, limit
    ) {
      OrphanRecord(
        workspace: try $0.identifier("workspace"), id: try $0.identifier("id"),
        account: try $0.identifier("account"), draft: try $0.text("orphan"),
        messageID: try $0.text("message_id"),
        settled: try $0.optionalInstant("settled") ?? Instant(microseconds: 0))
    }
  }

  package func deferOrphan(_ workspace: WorkspaceID, _ id: QueueID, until due: Instant) throws {
    try execute(
      "UPDATE queue SET due = $3 WHERE workspace = $1 AND id = $2 AND state > 3", workspace, id, due)
  }

  package func forgetOrphan(_ workspace: WorkspaceID, _ id: QueueID) throws {
    try execute("UPDATE queue SET orphan = NULL WHERE workspace = $1 AND id = $2", workspace, id)
  }
}

/// A draft that nobody will send; what `draft` says belongs to the kind of work.
package struct OrphanRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: QueueID
  package var account: AccountID
  package var draft: String
  /// Of the message, with its angle brackets.
  package var messageID: String
  package var settled: Instant
}
