package import Core

/// What became of one post.
package struct WebhookAttemptRecord: Sendable, Hashable {
  package var started: Instant
  /// `nil` for an event of the workspace as a whole.
  package var account: AccountID?
  /// Of the event, among those of its account; 0 for a test.
  package var sequence: Int64
  package var event: String
  /// Counts the posts of this event, from 1.
  package var number: Int
  package var duration: Duration
  /// `nil` without a reply.
  package var status: Int?
  /// How the reply's body begins; `nil` if it has none.
  package var answer: String?
  /// `nil` if the event was taken.
  package var problem: ProblemRecord?

  package init(
    started: Instant, account: AccountID?, sequence: Int64, event: String, number: Int, duration: Duration,
    status: Int?, answer: String?, problem: ProblemRecord?
  ) {
    self.started = started
    self.account = account
    self.sequence = sequence
    self.event = event
    self.number = number
    self.duration = duration
    self.status = status
    self.answer = answer
    self.problem = problem
  }
}

extension WebhookAttemptRecord {
  static let columns: SQL = "started, account, sequence, event, number, duration, status, answer, problem"

  init(_ row: Row) throws {
    started = try row.instant("started")
    let account = try row.text("account")
    self.account = account.isEmpty ? nil : AccountID(account)
    sequence = try row.integer("sequence")
    event = try row.text("event")
    number = Int(try row.integer("number"))
    duration = .microseconds(try row.integer("duration"))
    status = try row.optionalInteger("status").map { Int($0) }
    answer = try row.optionalText("answer")
    problem = try row.optionalProblem("problem")
  }
}

/// Which posts of a route are listed.
package struct WebhookAttemptSelection: Sendable, Hashable {
  package var account: AccountID?
  package var failedOnly = false
  /// Only those that began before this, in microseconds since 1970.
  package var before: Int64?
  package var limit: Int

  package init(account: AccountID? = nil, failedOnly: Bool = false, before: Int64? = nil, limit: Int) {
    self.account = account
    self.failedOnly = failedOnly
    self.before = before
    self.limit = limit
  }
}

extension Transaction {
  package func insert(
    _ attempt: WebhookAttemptRecord, of route: WebhookRouteID, in workspace: WorkspaceID
  ) throws {
    try execute(
      Statement.insert, workspace, route, attempt.started, attempt.account?.rawValue ?? "", attempt.sequence,
      attempt.event, attempt.number, attempt.duration.microseconds, attempt.status, attempt.answer,
      attempt.problem)
  }

  /// Newest first.
  package func webhookAttempts(
    _ selection: WebhookAttemptSelection, of route: WebhookRouteID, in workspace: WorkspaceID
  ) throws -> [WebhookAttemptRecord] {
    try rows(
      Statement.list, workspace, route, selection.before ?? .max,
      selection.account?.rawValue ?? "", selection.failedOnly, selection.limit,
      as: WebhookAttemptRecord.init(_:))
  }

  /// Deletes up to `limit` of those that began before `bound`; returns how many.
  package func deleteWebhookAttempts(before bound: Instant, limit: Int) throws -> Int {
    try execute(Statement.delete, bound, limit)
  }
}

private enum Statement {
  static let insert: SQL =
    SQL.insert(into: "webhook_attempt", columns: "workspace, route, \(WebhookAttemptRecord.columns)")
    // A clock that was set back may name one again.
    + " ON CONFLICT (workspace, route, started, account, sequence, number) DO NOTHING"

  static let list: SQL = """
    SELECT \(WebhookAttemptRecord.columns) FROM webhook_attempt
    WHERE workspace = $1 AND route = $2 AND started < $3 AND ($4 = '' OR account = $4)
      AND ($5 = 0 OR problem IS NOT NULL)
    ORDER BY started DESC, account DESC, sequence DESC, number DESC LIMIT $6
    """

  static let delete: SQL = """
    DELETE FROM webhook_attempt WHERE (workspace, route, started, account, sequence, number) IN
      (SELECT workspace, route, started, account, sequence, number FROM webhook_attempt WHERE started < $1 LIMIT $2)
    """
}
