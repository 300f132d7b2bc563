package import Core

/// How far the events of one account, or of the workspace as a whole, have been posted.
package struct WebhookProgress: Sendable, Hashable {
  /// The number of the last event that is done with.
  package var cursor: Int64
  /// How many posts of the next event have failed.
  package var tries = 0
  /// When the first of those was.
  package var failingSince: Instant?

  package init(cursor: Int64) {
    self.cursor = cursor
  }

  package mutating func advance(to sequence: Int64) {
    (cursor, tries, failingSince) = (sequence, 0, nil)
  }
}

/// One thing for the engine of webhooks to do: a row of the queue, in the lane of its route.
package enum WebhookTask: Sendable, Hashable {
  /// Posts what is new of an account. How far it is belongs to route and account, and outlives the row.
  case stream
  /// Posts events again, or late: those after the cursor, up to `last`.
  case span(WebhookProgress, last: Int64)

  package static func event(_ sequence: Int64) -> WebhookTask {
    .span(WebhookProgress(cursor: sequence - 1), last: sequence)
  }

  /// As in the progress of its row.
  package var progress: String {
    switch self {
    case .stream: "stream"
    case .span(let progress, let last):
      "span \(progress.cursor) \(last) \(progress.tries) \(progress.failingSince?.microseconds ?? 0)"
    }
  }

  /// `nil` for what only a newer Heliograph can have written.
  package init?(progress: String) {
    if progress == "stream" {
      self = .stream
      return
    }
    let words = progress.split(separator: " ")
    let numbers = words.dropFirst().compactMap { Int64($0) }
    guard words.first == "span", words.count == 5, numbers.count == 4 else { return nil }
    var state = WebhookProgress(cursor: numbers[0])
    state.tries = Int(numbers[2])
    state.failingSince = numbers[3] == 0 ? nil : Instant(microseconds: numbers[3])
    self = .span(state, last: numbers[1])
  }

  /// The same for the same task, so that no task is there twice. No route's id contains these signs.
  package func queueID(_ route: WebhookRouteID, _ account: AccountID?) -> QueueID {
    switch self {
    case .stream: QueueID("\(route)@\(account?.rawValue ?? "")")
    case .span(let progress, let last):
      QueueID("\(route)#\(progress.cursor + 1)-\(last)@\(account?.rawValue ?? "")")
    }
  }
}

extension QueueRecord {
  /// The account of a webhook's events; `nil` for the workspace as a whole.
  package var eventAccount: AccountID? { account.rawValue.isEmpty ? nil : account }
}

extension Transaction {
  /// Makes a task ready, or due at a later time, unless it is on its way already. The caller wakes the lane after all
  /// of its tasks.
  package func enqueue(
    _ task: WebhookTask, _ account: AccountID?, to route: WebhookRouteRecord, due: Instant, at now: Instant
  ) throws {
    let row = QueueRecord(
      workspace: route.workspace, id: task.queueID(route.id, account), lane: route.lane,
      account: account ?? AccountID(""), progress: task.progress, created: now, due: due)
    try execute(
      Statement.enqueue, row.workspace, row.id, row.lane.kind.rawValue, row.lane.id, row.account,
      row.state.rawValue, row.due, row.progress, row.created, nil as Instant?, nil as ProblemRecord?)
  }

  /// Keeps the event with this number as one that was given up, for a person to see and to replay.
  package func keepFailed(
    _ sequence: Int64, _ account: AccountID?, of route: WebhookRouteRecord, _ problem: ProblemRecord?,
    at now: Instant
  ) throws {
    let task = WebhookTask.event(sequence)
    try execute(
      Statement.enqueue, route.workspace, task.queueID(route.id, account), route.lane.kind.rawValue,
      route.lane.id, account ?? AccountID(""), QueueState.failed.rawValue, now, task.progress, now, now,
      problem)
  }

  /// Makes every account's events a task that has any after the position where the route starts.
  package func enqueueStreams(to route: WebhookRouteRecord, at now: Instant) throws {
    let accounts = try rows(Statement.accounts, route.workspace, route.startPosition) {
      try $0.text("account")
    }
    for account in accounts where route.accounts.isEmpty || route.accounts.contains(AccountID(account)) {
      try enqueue(
        .stream, account.isEmpty ? nil : AccountID(account), to: route, due: now, at: now)
    }
  }

  /// A stream that has posted all it had, while more came: it is ready again. In the transaction that settled it.
  ///
  /// - Parameter end: The last position whose event is the stream's.
  package func renew(
    _ row: QueueRecord, ifEventsAfter cursor: Int64, upTo end: Int64 = .max, at now: Instant
  ) throws {
    try execute(Statement.renew, row.workspace, row.id, row.account, cursor, now, end)
  }

  /// Makes what waits for another try due now, because the route works again.
  package func hurry(_ route: WebhookRouteRecord, at now: Instant) throws {
    try execute(Statement.hurry, route.lane.id, now)
  }

  /// What was given up, oldest first.
  package func failedWebhookTasks(of route: WebhookRouteRecord, limit: Int) throws -> [QueueRecord] {
    try rows(Statement.failed, route.lane.id, limit, as: QueueRecord.init(_:))
  }

  /// Removes a task that is not running.
  package func deleteWebhookTask(_ row: QueueRecord) throws {
    try execute(
      "DELETE FROM queue WHERE workspace = $1 AND id = $2 AND state <> \(QueueState.active)", row.workspace,
      row.id)
  }

  package func webhookTaskCounts(of route: WebhookRouteRecord) throws -> WebhookTaskCounts {
    var counts = WebhookTaskCounts()
    for (state, isStream, count) in try rows(
      Statement.counts, route.lane.id,
      as: {
        (
          QueueState(rawValue: try $0.integer("state")), try $0.integer("is_stream") == 1,
          Int(try $0.integer("total"))
        )
      })
    {
      switch (state, isStream) {
      case (.failed, _): counts.failed += count
      case (_, true): counts.accounts += count
      case (_, false): counts.late += count
      }
    }
    return counts
  }

  /// Drops what waits.
  package func dropTasks(of route: WebhookRouteRecord) throws {
    try execute(Statement.drop, route.lane.id)
  }

  /// Deletes up to `limit` tasks that were done, or given up, before `bound`; returns how many. A stream that is made
  /// again knows how far it was.
  package func deleteSettledTasks(before bound: Instant, limit: Int) throws -> Int {
    try execute(Statement.deleteSettled, WorkKind.webhook.rawValue, bound, limit)
  }

  /// How far a stream is; a new one begins where its route starts.
  package func webhookStream(
    _ account: AccountID?, to route: WebhookRouteRecord
  ) throws -> WebhookProgress {
    let name = account?.rawValue ?? ""
    let known = try row(Statement.stream, route.workspace, route.id, name) { row in
      var progress = WebhookProgress(cursor: try row.integer("cursor"))
      progress.tries = Int(try row.integer("tries"))
      progress.failingSince = try row.optionalInstant("failing_since")
      return progress
    }
    if let known { return known }
    let start = try row(Statement.start, route.workspace, name, route.startPosition) {
      try $0.optionalInteger("last")
    }
    return WebhookProgress(cursor: (start ?? nil) ?? 0)
  }

  /// Never goes back: what was passed over meanwhile stays so.
  package func save(
    _ progress: WebhookProgress, of account: AccountID?, to route: WebhookRouteRecord
  ) throws {
    try execute(
      Statement.save, route.workspace, route.id, account?.rawValue ?? "", progress.cursor, progress.tries,
      progress.failingSince)
  }

  /// Forgets how far the streams are, so that they begin where the route starts now.
  package func forgetStreams(to route: WebhookRouteRecord) throws {
    try execute("DELETE FROM webhook_stream WHERE workspace = $1 AND route = $2", route.workspace, route.id)
  }

  /// The events of an account, or of the workspace as a whole, that have their positions, numbered above `cursor`.
  package func placedEvents(
    _ workspace: WorkspaceID, _ account: AccountID?, after cursor: Int64, limit: Int
  ) throws -> [PlacedEvent] {
    try rows(
      Statement.placed, workspace, account?.rawValue ?? "", cursor, limit, as: PlacedEvent.init(_:))
  }

  /// What happened in a time, in the order of positions, without its data.
  package func eventNames(
    _ workspace: WorkspaceID, _ account: AccountID?, from: Instant, until: Instant, limit: Int
  ) throws -> [(account: AccountID?, sequence: Int64, kind: String, created: Instant)] {
    try rows(Statement.span, workspace, from, until, account?.rawValue ?? "", limit) { row in
      let account = try row.text("account")
      return (
        account.isEmpty ? nil : AccountID(account), try row.integer("sequence"), try row.text("kind"),
        try row.instant("created")
      )
    }
  }

  /// Keeps the sequencer out until the end of the transaction, so that no event is placed before a change to a route
  /// and seen by neither; returns the last position that was given. Comes before every other lock.
  package func lockPositions(in workspace: WorkspaceID) throws -> Int64 {
    try row(Statement.lock, workspace) { try $0.integer("position") } ?? 0
  }

  /// Passes over what is there of accounts that have no task: it was not wanted when it happened.
  package func passStreams(to route: WebhookRouteRecord) throws {
    try execute(Statement.pass, route.workspace, route.id, route.startPosition)
  }

  /// The last position that was given in the workspace; 0 if none was.
  package func lastPosition(in workspace: WorkspaceID) throws -> Int64 {
    try row("SELECT position FROM event_cursor WHERE workspace = $1", workspace) {
      try $0.integer("position")
    } ?? 0
  }
}

/// What a route still has to post.
package struct WebhookTaskCounts: Sendable, Hashable {
  /// Accounts of which events wait, the workspace as a whole counted as one.
  package var accounts = 0
  /// Events, and runs of them, that were set aside or are posted again.
  package var late = 0
  /// Events that were given up.
  package var failed = 0

  package init() {}
}

private enum Statement {
  static let failed: SQL = """
    SELECT \(QueueRecord.columns) FROM queue WHERE kind = 'webhook' AND lane = $1 AND state = \(QueueState.failed)
    ORDER BY created, id LIMIT $2
    """

  static let counts: SQL = """
    SELECT state, CASE WHEN progress = 'stream' THEN 1 ELSE 0 END AS is_stream, count(*) AS total FROM queue
    WHERE kind = 'webhook' AND lane = $1 AND state IN (0, 1, 3, 5)
    GROUP BY state, is_stream
    """

  static let drop: SQL =
    "DELETE FROM queue WHERE kind = 'webhook' AND lane = $1 AND state IN (\(QueueState.ready), \(QueueState.deferred))"

  static let deleteSettled: SQL = """
    DELETE FROM queue WHERE settled < $2 AND (workspace, id) IN
      (SELECT workspace, id FROM queue WHERE kind = $1 AND settled < $2 ORDER BY settled LIMIT $3)
    """

  static let enqueue: SQL = """
    INSERT INTO queue (workspace, id, kind, lane, account, state, priority, due, scheduled, attempts, progress, parked,
      created, settled, last_problem)
    VALUES ($1, $2, $3, $4, $5, $6, 0, $7, $7, 0, $8, 0, $9, $10, $11)
    ON CONFLICT (workspace, id) DO UPDATE SET state = excluded.state, due = excluded.due, scheduled = excluded.due,
      progress = excluded.progress, settled = excluded.settled, last_problem = excluded.last_problem
    WHERE queue.state >= \(QueueState.done)
    """

  static let accounts: SQL =
    "SELECT DISTINCT account FROM event WHERE workspace = $1 AND position > $2 ORDER BY account"

  static let renew: SQL = """
    UPDATE queue SET state = \(QueueState.ready), due = $5, settled = NULL
    WHERE workspace = $1 AND id = $2 AND state = \(QueueState.done) AND EXISTS
      (SELECT 1 FROM event WHERE workspace = $1 AND account = $3 AND sequence > $4 AND position <= $6)
    """

  static let hurry: SQL = """
    UPDATE queue SET due = $2 WHERE kind = 'webhook' AND lane = $1 AND state = \(QueueState.deferred) AND due > $2
    """

  static let stream: SQL = """
    SELECT cursor, tries, failing_since FROM webhook_stream WHERE workspace = $1 AND route = $2 AND account = $3
    """

  static let start: SQL = """
    SELECT max(sequence) AS last FROM event WHERE workspace = $1 AND account = $2 AND position <= $3
    """

  static let save: SQL = """
    INSERT INTO webhook_stream (workspace, route, account, cursor, tries, failing_since)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (workspace, route, account) DO UPDATE SET cursor = excluded.cursor, tries = excluded.tries,
      failing_since = excluded.failing_since
    WHERE webhook_stream.cursor <= excluded.cursor
    """

  static let placed: SQL = """
    SELECT \(EventRecord.columns), position FROM event
    WHERE workspace = $1 AND account = $2 AND sequence > $3 AND position IS NOT NULL
    ORDER BY sequence LIMIT $4
    """

  static let span: SQL = """
    SELECT account, sequence, kind, created FROM event
    WHERE workspace = $1 AND created >= $2 AND created < $3 AND ($4 = '' OR account = $4) AND position IS NOT NULL
    ORDER BY position LIMIT $5
    """

  static let lock: SQL = """
    INSERT INTO event_cursor (workspace, position) VALUES ($1, 0)
    ON CONFLICT (workspace) DO UPDATE SET position = event_cursor.position RETURNING position
    """

  static let pass: SQL = """
    INSERT INTO webhook_stream (workspace, route, account, cursor, tries)
    SELECT event.workspace, $2, event.account, max(event.sequence), 0 FROM event
    WHERE event.workspace = $1 AND event.position > $3 AND NOT EXISTS
      (SELECT 1 FROM queue WHERE queue.workspace = $1 AND queue.id = $2 || '@' || event.account AND queue.state < 4)
      AND ($2 <> 'default' OR NOT EXISTS (SELECT 1 FROM webhook_route AS own WHERE own.workspace = $1
        AND own.kind IN ('account', 'formerAccount') AND own.accounts = event.account))
    GROUP BY event.workspace, event.account
    ON CONFLICT (workspace, route, account) DO UPDATE SET cursor = excluded.cursor, tries = 0, failing_since = NULL
    """
}
