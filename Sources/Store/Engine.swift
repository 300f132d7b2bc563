import Core

/// A database behind `Store`: SQLite or PostgreSQL.
protocol Engine: Sendable {
  var kind: EngineKind { get }
  func write(_ job: Job, _ isolation: Isolation)
  func read(_ job: Job)
  /// Lets accepted jobs finish, then closes. Later jobs fail.
  func close() async
}

/// One connection, used by one thread at a time.
protocol Session: AnyObject {
  var engine: EngineKind { get }
  /// The first statement of the running body that failed; such a body is never committed.
  var failure: (any Error)? { get set }
  /// Whether the running body has appended an event.
  var hasAppended: Bool { get set }
  /// Runs one statement to its end.
  func run(_ sql: SQL, _ arguments: [SQLValue]) throws -> Outcome
  /// Brings the connection back to where a transaction can begin.
  func recover(from error: any Error) -> Recovery
  /// Waits a little before the body is run again.
  func pause(before attempt: Int, _ recovery: Recovery)
}

/// What a statement did.
struct Outcome {
  var rows: [Row] = []
  /// How many rows it inserted, updated or deleted; rows that a foreign key's action touched are not counted.
  var changed = 0
}

/// The outcome of a transaction in which something failed.
enum Recovery {
  case rolledBack
  /// Rolled back because of what others did: the same body may well succeed now.
  case conflict
  /// The connection was lost, and with it whatever was not committed.
  case connectionLost
  /// The disk failed; it is unknown how much of a commit reached it.
  case diskFailed
}

/// A waiting transaction. `run` returns what to report once the commit is on disk.
struct Job: Sendable {
  let run: @Sendable (borrowing Transaction) throws -> @Sendable () -> Void
  let fail: @Sendable (any Error) -> Void
  let accepted = ContinuousClock.now
}

extension Job {
  /// - Parameter onAppend: called once the commit is on disk, if the body has appended an event.
  init<Value: Sendable>(
    _ body: @escaping @Sendable (borrowing Transaction) throws -> Value,
    _ caller: CheckedContinuation<Value, any Error>, onAppend: @escaping @Sendable () -> Void = {}
  ) {
    run = { transaction in
      transaction.session.hasAppended = false
      let value = try body(transaction)
      let hasAppended = transaction.session.hasAppended
      return {
        if hasAppended { onAppend() }
        caller.resume(returning: value)
      }
    }
    fail = { caller.resume(throwing: $0) }
  }
}
