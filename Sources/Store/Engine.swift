import Core
import Synchronization

/// A database behind `Store`: SQLite or PostgreSQL.
protocol Engine: Sendable {
  var kind: EngineKind { get }
  func write(_ job: Job, _ isolation: Isolation)
  func read(_ job: Job)
  /// Lets what was accepted finish, then closes. Jobs that come later fail.
  func close() async
}

/// One connection, used by one thread at a time.
protocol Session: AnyObject {
  var engine: EngineKind { get }
  /// The first statement of the running body that failed; such a body is never committed.
  var failure: (any Error)? { get set }
  /// Runs one statement, hands over its rows one by one and returns how many rows it changed.
  func run(_ sql: SQL, _ arguments: [SQLValue], _ body: (Row) throws -> Void) throws -> Int
  /// Brings the connection back to where a transaction can begin.
  func recover(from error: any Error) -> Recovery
  /// Waits a little before the body is run again.
  func pause(before attempt: Int)
}

/// What became of the transaction when something in it failed.
enum Recovery {
  case rolledBack
  /// Rolled back because of what others did: the same body may well succeed now.
  case conflict
  /// The connection was lost, and with it whatever was not committed.
  case connectionLost
}

/// A transaction that waits for its turn. `run` gives back what to say once the commit is on disk.
struct Job: Sendable {
  let run: @Sendable (borrowing Transaction) throws -> @Sendable () -> Void
  let fail: @Sendable (any Error) -> Void

  init<Value: Sendable>(
    _ body: @escaping @Sendable (borrowing Transaction) throws -> Value,
    _ caller: CheckedContinuation<Value, any Error>
  ) {
    run = { transaction in
      let value = try body(transaction)
      return { caller.resume(returning: value) }
    }
    fail = { caller.resume(throwing: $0) }
  }
}

/// Runs jobs on a session whose thread we are on. A struct, because the same code in a protocol extension
/// crashes the optimiser of Swift 6.3.
struct Runner {
  let session: any Session
  let begin: SQL

  private static let attemptLimit = 8

  /// One job, one commit.
  func perform(_ job: Job) {
    for attempt in 1... {
      var committing = false
      do {
        let answer = try attemptOnce(job, committing: &committing)
        return answer()
      } catch {
        let recovery = session.recover(from: error)
        if committing, recovery == .connectionLost { return job.fail(StoreProblem.commitUnknown(error)) }
        guard recovery != .rolledBack, attempt < Self.attemptLimit else { return job.fail(error) }
        session.pause(before: attempt + 1)
      }
    }
  }

  /// Many jobs, one commit. Each has its savepoint, so that one which fails undoes only itself.
  func perform(_ jobs: [Job]) {
    guard jobs.count > 1 else { return jobs.forEach(perform) }
    var answers: [@Sendable () -> Void] = []
    do {
      try control(begin)
      for job in jobs {
        try control("SAVEPOINT job")
        do {
          answers.append(try runBody(of: job))
        } catch {
          answers.append { job.fail(error) }
          try control("ROLLBACK TO job")  // throws when SQLite has already rolled back everything (disk full)
        }
        try control("RELEASE job")
      }
      try control("COMMIT")
      answers.forEach { $0() }
    } catch {
      _ = session.recover(from: error)
      jobs.forEach { $0.fail(error) }
    }
  }

  private func attemptOnce(_ job: Job, committing: inout Bool) throws -> @Sendable () -> Void {
    try control(begin)
    let answer = try runBody(of: job)
    committing = true
    try control("COMMIT")
    return answer
  }

  private func runBody(of job: Job) throws -> @Sendable () -> Void {
    session.failure = nil
    let answer = try job.run(Transaction(session: session))
    if let failure = session.failure { throw failure }
    return answer
  }

  private func control(_ sql: SQL) throws {
    _ = try session.run(sql, []) { _ in }
  }
}
