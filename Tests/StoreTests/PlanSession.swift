@testable import Store

/// A session that asks the database how it will run each statement before it runs it.
final class PlanSession: Session {
  var engine: EngineKind { inner.engine }
  var failure: (any Error)? {
    get { inner.failure }
    set { inner.failure = newValue }
  }
  var hasAppended: Bool {
    get { inner.hasAppended }
    set { inner.hasAppended = newValue }
  }
  /// One text for each statement, in order: a line for each step of its plan.
  private(set) var plans: [String] = []

  private let inner: any Session

  init(_ inner: any Session) {
    self.inner = inner
  }

  func run(_ sql: SQL, _ arguments: [SQLValue]) throws -> Outcome {
    let (explain, column): (SQL, String) =
      switch engine {
      case .sqlite: ("EXPLAIN QUERY PLAN ", "detail")
      case .postgres: ("EXPLAIN ", "QUERY PLAN")
      }
    let lines = try inner.run(explain + sql, arguments).rows.map { try $0.text(column) }
    plans.append(lines.joined(separator: "\n"))
    return try inner.run(sql, arguments)
  }

  func recover(from error: any Error) -> Recovery { inner.recover(from: error) }
  func pause(before attempt: Int, _ recovery: Recovery) { inner.pause(before: attempt, recovery) }
}

extension Transaction {
  /// The plans of all statements that `body` runs, one text for each.
  func plans(of body: (borrowing Transaction) throws -> Void) throws -> [String] {
    let session = PlanSession(self.session)
    try body(Transaction(session: session))
    return session.plans
  }
}
