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

extension Transaction {
  /// Newest first; of one account, where that is not `nil`.
  package func queue(
    _ kind: WorkKind, _ filter: QueueFilter = .unfinished, in workspace: WorkspaceID,
    account: AccountID? = nil, offset: Int, limit: Int
  ) throws -> [QueueRecord] {
    let page = filter == .unfinished ? Statement.unfinished : Statement.page(filter.condition)
    return try rows(
      page, kind.rawValue, workspace, account?.rawValue ?? "", offset + limit, limit, offset,
      as: QueueRecord.init(_:))
  }

  package func queueCount(
    _ kind: WorkKind, _ filter: QueueFilter = .unfinished, in workspace: WorkspaceID,
    account: AccountID? = nil
  ) throws -> Int {
    let conditions = filter == .unfinished ? [Statement.isOpen, Statement.hasFailed] : [filter.condition]
    return try conditions.reduce(0) { total, condition in
      let count = try row(
        Statement.count(condition), kind.rawValue, workspace, account?.rawValue ?? ""
      ) { Int(try $0.integer("total")) }
      return total + (count ?? 0)
    }
  }
}

extension QueueFilter {
  /// In the words of the partial indexes, `queue_open`, `queue_failed` and `queue_settled`. Those that were sent or
  /// cancelled have no index of their own: what was settled in the last seven days is read.
  fileprivate var condition: SQL {
    switch self {
    case .unfinished: "(\(Statement.isOpen) OR \(Statement.hasFailed))"
    case .queued: "\(Statement.isOpen) AND state = \(QueueState.ready)"
    case .scheduled: "\(Statement.isOpen) AND state = \(QueueState.deferred) AND attempts = 0"
    case .sending: "\(Statement.isOpen) AND state = \(QueueState.active)"
    case .deferred: "\(Statement.isOpen) AND state = \(QueueState.deferred) AND attempts > 0"
    case .held: "\(Statement.isOpen) AND state = \(QueueState.held)"
    case .failed: Statement.hasFailed
    case .sent: "settled IS NOT NULL AND state = \(QueueState.done)"
    case .cancelled: "settled IS NOT NULL AND state = \(QueueState.cancelled)"
    }
  }
}

private enum Statement {
  static let isOpen: SQL = "state < \(QueueState.done)"
  static let hasFailed: SQL = "state = \(QueueState.failed)"
  private static let isAskedFor: SQL = "kind = $1 AND workspace = $2 AND ($3 = '' OR account = $3)"

  /// `$4` is how far the page reaches.
  private static func newest(_ condition: SQL) -> SQL {
    """
    SELECT \(QueueRecord.columns) FROM queue WHERE \(isAskedFor) AND \(condition)
    ORDER BY created DESC, id DESC LIMIT $4
    """
  }

  static func page(_ condition: SQL) -> SQL {
    """
    SELECT \(QueueRecord.columns) FROM (\(newest(condition))) AS listed
    ORDER BY created DESC, id DESC LIMIT $5 OFFSET $6
    """
  }

  /// Each half by its own index.
  static let unfinished: SQL = """
    SELECT \(QueueRecord.columns) FROM (
      SELECT * FROM (\(newest(isOpen))) AS open
      UNION ALL SELECT * FROM (\(newest(hasFailed))) AS failed) AS listed
    ORDER BY created DESC, id DESC LIMIT $5 OFFSET $6
    """

  static func count(_ condition: SQL) -> SQL {
    "SELECT count(*) AS total FROM queue WHERE \(isAskedFor) AND \(condition)"
  }
}
