import Core
import GRDB
import Synchronization

/// The embedded database: one writer thread, several readers, WAL, every commit synced.
///
/// Writers that come while a commit is on its way share the next one (group commit), each with a savepoint.
/// That, not weaker durability, is where its speed comes from.
final class SQLiteEngine: Engine {
  var kind: EngineKind { .sqlite }

  private let pool: DatabasePool
  private let session: SQLiteSession
  private let waiting = Mutex(Waiting())

  private struct Waiting {
    var jobs: [Job] = []
    var draining = false
    var closed = false
    /// Resumed when the last accepted job has been answered.
    var idle: [CheckedContinuation<Void, Never>] = []
  }

  /// Bounds how long the first of a batch waits for the last: about 10 ms.
  private static let batchLimit = 256

  init(path: String) throws {
    do {
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.observesSuspensionNotifications = false
      pool = try DatabasePool(path: path, configuration: configuration)
      let synchronous = try pool.writeWithoutTransaction { db in
        // After opening: GRDB sets NORMAL when it turns WAL on.
        try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = FAST")
        return try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
      }
      guard synchronous == 2 else {
        throw StoreProblem.notDurable("PRAGMA synchronous", String(synchronous))
      }
      session = SQLiteSession()
    } catch let error as DatabaseError {
      throw StoreProblem(error)
    }
  }

  func write(_ job: Job, _: Isolation) {
    let decision = waiting.withLock { waiting -> (start: Bool, refuse: Bool) in
      if waiting.closed { return (false, true) }
      waiting.jobs.append(job)
      defer { waiting.draining = true }
      return (!waiting.draining, false)
    }
    if decision.refuse { return job.fail(StoreProblem.closed) }
    if decision.start { pool.asyncWriteWithoutTransaction(drain) }
  }

  func read(_ job: Job) {
    if waiting.withLock({ $0.closed }) { return job.fail(StoreProblem.closed) }
    pool.asyncRead { result in
      do {
        let session = SQLiteSession()
        let answer = try session.using(try result.get()) { try job.run(Transaction(session: session)) }
        answer()
      } catch let error as DatabaseError {
        job.fail(StoreProblem(error))
      } catch {
        job.fail(error)
      }
    }
  }

  func close() async {
    await withCheckedContinuation { continuation in
      let idle = waiting.withLock { waiting in
        waiting.closed = true
        if waiting.draining { waiting.idle.append(continuation) }
        return !waiting.draining
      }
      if idle { continuation.resume() }
    }
    // A reader that is still at work keeps the file open; nothing is lost by leaving it to the exit.
    _ = try? pool.close()
  }

  private func drain(_ db: Database) {
    session.using(db) {
      let runner = Runner(session: session, begin: "BEGIN IMMEDIATE")
      while case let batch = next(), !batch.isEmpty { runner.perform(batch) }
    }
  }

  private func next() -> [Job] {
    let (batch, idle) = waiting.withLock { waiting in
      let batch = Array(waiting.jobs.prefix(Self.batchLimit))
      waiting.jobs.removeFirst(batch.count)
      waiting.draining = !batch.isEmpty
      var idle: [CheckedContinuation<Void, Never>] = []
      if batch.isEmpty { swap(&idle, &waiting.idle) }
      return (batch, idle)
    }
    idle.forEach { $0.resume() }
    return batch
  }
}
