package import Core

/// The state of a queued item.
package enum QueueState: Int64, Sendable, CaseIterable {
  /// Waits for its turn.
  case ready = 0
  /// An attempt is running, or was when its owner crashed.
  case active = 1
  /// Waits for a person.
  case held = 2
  /// Waits for its time.
  case deferred = 3
  /// This and those after it are settled: indexes and statements compare with it.
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
  package var lane: LaneKey
  package var account: AccountID
  package var state: QueueState
  /// Lower values first.
  package var priority: Int
  /// Not to be attempted before.
  package var due: Instant
  /// When it was due for the first time; its age counts from then.
  package var scheduled: Instant
  /// How many attempts have begun.
  package var attempts: Int
  /// How many of them were refused, rather than asked to wait.
  package var refusals: Int
  /// After how many refusals it has failed; `nil` when its age alone counts.
  package var refusalLimit: Int?
  /// Which step was recorded last; its meaning belongs to the kind of work.
  package var progress: String
  package var problem: ProblemRecord?
  /// Whether it waits for its account rather than for its turn.
  package var parked: Bool
  package var created: Instant
  package var settled: Instant?

  /// A new thing: ready now, or deferred until `due` where that is later.
  package init(
    workspace: WorkspaceID, id: QueueID, lane: LaneKey, account: AccountID, progress: String,
    created: Instant, due: Instant? = nil, priority: Int = 0, refusalLimit: Int? = nil
  ) {
    self.workspace = workspace
    self.id = id
    self.lane = lane
    self.account = account
    let due = max(due ?? created, created)
    self.state = due > created ? .deferred : .ready
    self.priority = priority
    self.due = due
    self.scheduled = due
    self.attempts = 0
    self.refusals = 0
    self.refusalLimit = refusalLimit
    self.progress = progress
    self.problem = nil
    self.parked = false
    self.created = created
    self.settled = nil
  }
}

extension QueueRecord {
  static let columns: SQL = """
    workspace, id, kind, lane, account, state, priority, due, scheduled, attempts, refusals, refusal_limit, progress,
    last_problem, parked, created, settled
    """

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    lane = try LaneKey(row)
    account = try row.identifier("account")
    guard let state = QueueState(rawValue: try row.integer("state")) else {
      throw Problem.malformedRow(column: "state")
    }
    self.state = state
    priority = Int(try row.integer("priority"))
    due = try row.instant("due")
    scheduled = try row.instant("scheduled")
    attempts = Int(try row.integer("attempts"))
    refusals = Int(try row.integer("refusals"))
    refusalLimit = try row.optionalInteger("refusal_limit").map { Int($0) }
    progress = try row.text("progress")
    problem = try row.optionalProblem("last_problem")
    parked = try row.bool("parked")
    created = try row.instant("created")
    settled = try row.optionalInstant("settled")
  }
}

extension Transaction {
  package func insert(_ queue: QueueRecord) throws {
    try execute(
      Statement.insert, queue.workspace, queue.id, queue.lane.kind.rawValue, queue.lane.id, queue.account,
      queue.state.rawValue, queue.priority, queue.due, queue.scheduled, queue.attempts, queue.refusals,
      queue.refusalLimit, queue.progress, queue.problem, queue.parked, queue.created, queue.settled)
  }

  package func queueRecord(_ workspace: WorkspaceID, _ id: QueueID) throws -> QueueRecord? {
    try row(Statement.select, workspace, id, as: QueueRecord.init(_:))
  }

  /// Takes a waiting or held row out of the queue; `false` when it has moved on since it was read.
  package func cancel(_ row: QueueRecord, at now: Instant) throws -> Bool {
    try execute(Statement.cancel, row.workspace, row.id, now, row.attempts) == 1
  }

  /// Settled rows whose time of keeping is over, oldest first.
  package func settledQueue(
    _ kind: WorkKind, before bound: Instant, limit: Int
  ) throws -> [(WorkspaceID, QueueID)] {
    try rows(
      "SELECT workspace, id FROM queue WHERE kind = $1 AND settled < $2 ORDER BY settled LIMIT $3",
      kind.rawValue, bound, limit
    ) { (try $0.identifier("workspace"), try $0.identifier("id")) }
  }
}

private enum Statement {
  static let insert = SQL.insert(into: "queue", columns: QueueRecord.columns)
  static let select: SQL = "SELECT \(QueueRecord.columns) FROM queue WHERE workspace = $1 AND id = $2"

  static let cancel: SQL = """
    UPDATE queue SET state = \(QueueState.cancelled), due = $3, settled = $3
    WHERE workspace = $1 AND id = $2 AND attempts = $4
      AND state IN (\(QueueState.ready), \(QueueState.held), \(QueueState.deferred))
    """
}
