import Core
import Foundation

/// Runs jobs on a session whose thread we are on. A struct, because the same code in a protocol extension
/// crashes the optimiser of Swift 6.3.
struct Runner {
  let session: any Session
  let begin: SQL
  /// What every job of this engine passes before it begins; kept shut while one runs alone.
  var turnstile = NSLock()

  /// After so many conflicts in a row a job blocks all others until it is done: a long one among many short
  /// ones would otherwise lose for ever.
  private static let runsAlone = 5
  /// More than that are the doing of other processes.
  private static let attemptLimit = 20
  /// Bridges the restart of a database server. A caller who waits longer has given up.
  private static let patience = Duration.seconds(5)

  /// One job, one commit.
  func perform(_ job: Job) {
    turnstile.withLock {}
    var alone = false
    defer { if alone { turnstile.unlock() } }
    for attempt in 1... {
      if attempt > Self.runsAlone, !alone {
        turnstile.lock()
        alone = true
      }
      var committing = false
      do {
        let answer = try attemptOnce(job, committing: &committing)
        return answer()
      } catch {
        let recovery = session.recover(from: error)
        guard !committing || recovery.undidCommit else { return job.fail(Problem.commitUnknown) }
        guard mayRepeat(job, attempt, recovery) else { return job.fail(error) }
        session.pause(before: attempt + 1, recovery)
      }
    }
  }

  /// Many jobs, one commit. Each has its savepoint, so that one which fails undoes only itself.
  func perform(_ jobs: [Job]) {
    guard jobs.count > 1 else { return jobs.forEach(perform) }
    var answers: [@Sendable () -> Void] = []
    var committing = false
    do {
      try control(begin)
      for job in jobs {
        try control("SAVEPOINT job")
        do {
          answers.append(try runBody(of: job))
        } catch {
          answers.append { job.fail(error) }
          // Fails when SQLite has already rolled back everything, as it may on a full disk.
          do { try control("ROLLBACK TO job") } catch _ { throw error }
        }
        try control("RELEASE job")
      }
      committing = true
      try control("COMMIT")
      answers.forEach { $0() }
    } catch {
      let undone = session.recover(from: error).undidCommit
      jobs.forEach { $0.fail(committing && !undone ? Problem.commitUnknown : error) }
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

  private func mayRepeat(_ job: Job, _ attempt: Int, _ recovery: Recovery) -> Bool {
    switch recovery {
    case .rolledBack, .diskFailed: false
    case .conflict: attempt < Self.attemptLimit
    case .connectionLost: .now - job.accepted < Self.patience
    }
  }

  private func control(_ sql: SQL) throws {
    _ = try session.run(sql, [])
  }
}

extension Recovery {
  /// Whether a transaction that failed in its COMMIT is certainly not on disk.
  fileprivate var undidCommit: Bool {
    switch self {
    case .rolledBack, .conflict: true
    case .connectionLost, .diskFailed: false
    }
  }
}
