package import Core

/// Which rows of a queue are listed.
package enum QueueFilter: Sendable, Hashable, CaseIterable {
  /// Those that are not settled, and those that have failed.
  case unfinished
  /// Wait for their turn.
  case queued
  /// Wait for the time of their first attempt.
  case scheduled
  /// An attempt is running.
  case sending
  /// Wait for the time of their next attempt.
  case deferred
  /// Wait for a person.
  case held
  case failed
  case sent
  case cancelled
}

extension QueueRecord {
  /// The one filter, besides `unfinished`, that finds the row.
  package var filter: QueueFilter {
    switch state {
    case .ready: .queued
    case .deferred: attempts == 0 ? .scheduled : .deferred
    case .active: .sending
    case .held: .held
    case .failed: .failed
    case .done: .sent
    case .cancelled: .cancelled
    }
  }
}

/// Which messages of the outbox are meant; a limit that is `nil` excludes none.
package struct QueueSelection: Sendable, Hashable {
  package var filter = QueueFilter.unfinished
  package var account: AccountID?
  /// Is in the subject, an address of the envelope, a Message-ID or the queue id, without regard to ASCII case.
  package var text: String?
  /// Accepted then or later.
  package var since: Instant?
  /// Accepted before.
  package var until: Instant?
  /// Only what comes after this one in the list.
  package var after: QueuePosition?

  package init(
    _ filter: QueueFilter = .unfinished, account: AccountID? = nil, text: String? = nil,
    since: Instant? = nil,
    until: Instant? = nil
  ) {
    self.filter = filter
    self.account = account
    self.text = text
    self.since = since
    self.until = until
  }
}

/// The place of a message in the list, which is newest first.
package struct QueuePosition: Sendable, Hashable {
  package var created: Instant
  package var id: QueueID

  package init(_ created: Instant, _ id: QueueID) {
    (self.created, self.id) = (created, id)
  }
}

/// What one step through a list has found.
package struct QueueScan: Sendable {
  package var found: [QueueRecord] = []
  /// How many were looked at.
  package var count = 0
  /// The last of them.
  package var last: QueuePosition?
}

extension Transaction {
  /// Newest first.
  ///
  /// - Parameter searchLimit: Among how many of the newest a text is looked for.
  package func queue(
    _ kind: WorkKind, _ selection: QueueSelection = QueueSelection(), in workspace: WorkspaceID, offset: Int,
    limit: Int, searchLimit: Int = .max
  ) throws -> [QueueRecord] {
    let reach = selection.text == nil ? offset + limit : searchLimit
    return try rows(
      Statement.page(selection), selection.arguments(kind, workspace) + [reach, limit, offset],
      as: QueueRecord.init(_:))
  }

  package func queueCount(
    _ kind: WorkKind, _ selection: QueueSelection = QueueSelection(), in workspace: WorkspaceID,
    searchLimit: Int = .max
  ) throws -> Int {
    if selection.text != nil {
      return try count(Statement.searchCount(selection), selection.arguments(kind, workspace) + [searchLimit])
    }
    return try selection.filter.conditions.reduce(0) { total, condition in
      total + (try count(Statement.count(condition), selection.arguments(kind, workspace)))
    }
  }

  private func count(_ sql: SQL, _ arguments: [any SQLEncodable]) throws -> Int {
    try rows(sql, arguments) { Int(try $0.integer("total")) }.first ?? 0
  }

  /// The last message among which a text is looked for; `nil` when there are none beyond it.
  package func searchEnd(
    _ kind: WorkKind, _ selection: QueueSelection, in workspace: WorkspaceID, searchLimit: Int
  ) throws -> QueuePosition? {
    var all = selection
    all.text = nil
    let rows = try queue(kind, all, in: workspace, offset: searchLimit - 1, limit: 2)
    return rows.count == 2 ? QueuePosition(rows[0].created, rows[0].id) : nil
  }

  /// Looks at the next messages of the list.
  package func scan(
    _ kind: WorkKind, _ selection: QueueSelection, in workspace: WorkspaceID, limit: Int
  ) throws -> QueueScan {
    var scan = QueueScan()
    _ = try rows(Statement.scan(selection), selection.arguments(kind, workspace) + [limit]) { row in
      scan.count += 1
      scan.last = QueuePosition(try row.instant("created"), try row.identifier("id"))
      if try row.bool("is_found") { scan.found.append(try QueueRecord(row)) }
    }
    return scan
  }
}

extension QueueSelection {
  /// `$1` to `$6`, and `$7` where a text is looked for.
  fileprivate func arguments(_ kind: WorkKind, _ workspace: WorkspaceID) -> [any SQLEncodable] {
    let end = until ?? Instant(microseconds: .max)
    let bound = after.flatMap { $0.created < end ? $0 : nil } ?? QueuePosition(end, QueueID(""))
    return [
      kind.rawValue, workspace, account?.rawValue ?? "", since ?? Instant(microseconds: .min), bound.created,
      bound.id,
    ] + (text.map { [SQL.pattern(containing: $0)] } ?? [])
  }

  fileprivate var hasText: Bool { text != nil }
}

extension QueueFilter {
  /// In the words of the partial indexes, `queue_open`, `queue_failed` and `queue_settled`. Those that were sent or
  /// cancelled have no index of their own: what was settled in the last seven days is read.
  fileprivate var conditions: [SQL] {
    switch self {
    case .unfinished: [Statement.isOpen, Statement.hasFailed]
    case .queued: ["\(Statement.isOpen) AND state = \(QueueState.ready)"]
    case .scheduled: ["\(Statement.isOpen) AND state = \(QueueState.deferred) AND attempts = 0"]
    case .sending: ["\(Statement.isOpen) AND state = \(QueueState.active)"]
    case .deferred: ["\(Statement.isOpen) AND state = \(QueueState.deferred) AND attempts > 0"]
    case .held: ["\(Statement.isOpen) AND state = \(QueueState.held)"]
    case .failed: [Statement.hasFailed]
    case .sent: ["settled IS NOT NULL AND state = \(QueueState.done)"]
    case .cancelled: ["settled IS NOT NULL AND state = \(QueueState.cancelled)"]
    }
  }
}

private enum Statement {
  static let isOpen: SQL = "state < \(QueueState.done)"
  static let hasFailed: SQL = "state = \(QueueState.failed)"
  /// A place in the list is compared as a whole, as the indexes have it.
  private static let isAskedFor: SQL = """
    kind = $1 AND workspace = $2 AND ($3 = '' OR account = $3) AND created >= $4 AND (created, id) < ($5, $6)
    """
  private static let newestFirst: SQL = "ORDER BY created DESC, id DESC"

  /// Of those that match the selection's other filters, as many as `limit` says; each half of the unfinished by its
  /// own index.
  private static func newest(_ filter: QueueFilter, _ limit: SQL) -> SQL {
    let parts = filter.conditions.map { condition -> SQL in
      """
      SELECT \(QueueRecord.columns) FROM queue WHERE \(isAskedFor) AND \(condition) \(newestFirst) LIMIT \(limit)
      """
    }
    guard parts.count == 2 else { return parts[0] }
    return """
      SELECT * FROM (SELECT * FROM (\(parts[0])) AS open UNION ALL SELECT * FROM (\(parts[1])) AS failed) AS both_halves
      \(newestFirst) LIMIT \(limit)
      """
  }

  /// In all fields at once, with line feeds between them that no text has. `lower` on both sides: which letters it knows
  /// depends on the database.
  private static let hasText: SQL = """
    EXISTS (SELECT 1 FROM message WHERE message.workspace = listed.workspace AND message.id = listed.id
      AND lower(coalesce(subject, '') || '\n' || envelope_to || '\n' || envelope_from || '\n' || message_id || '\n'
        || coalesce(exchange_message_id, '') || '\n' || message.id) LIKE lower($7) ESCAPE '!')
    """

  static func page(_ selection: QueueSelection) -> SQL {
    selection.hasText
      ? "SELECT * FROM (\(newest(selection.filter, "$8"))) AS listed WHERE \(hasText) \(newestFirst) LIMIT $9 OFFSET $10"
      : "SELECT * FROM (\(newest(selection.filter, "$7"))) AS listed \(newestFirst) LIMIT $8 OFFSET $9"
  }

  static func scan(_ selection: QueueSelection) -> SQL {
    selection.hasText
      ? """
      SELECT listed.*, CASE WHEN \(hasText) THEN 1 ELSE 0 END AS is_found
      FROM (\(newest(selection.filter, "$8"))) AS listed \(newestFirst)
      """
      : "SELECT listed.*, 1 AS is_found FROM (\(newest(selection.filter, "$7"))) AS listed \(newestFirst)"
  }

  static func searchCount(_ selection: QueueSelection) -> SQL {
    "SELECT count(*) AS total FROM (\(newest(selection.filter, "$8"))) AS listed WHERE \(hasText)"
  }

  static func count(_ condition: SQL) -> SQL {
    "SELECT count(*) AS total FROM queue WHERE \(isAskedFor) AND \(condition)"
  }
}
