import Core
import GRDB
import Glibc
import Synchronization

/// The embedded database: one writer thread, several readers, WAL, every commit synced.
///
/// Writers that arrive during a commit share the next one (group commit), each with a savepoint.
/// That, not weaker durability, is where its speed comes from.
final class SQLiteEngine: Engine {
  var kind: EngineKind { .sqlite }

  private let pool: DatabasePool
  private let texts = SQLiteTexts()
  private let state = Mutex(State())

  private struct State {
    var waiting: [Job] = []
    var draining = false
    var reading = 0
    var closed = false
    /// Resumed when the last accepted job has been answered.
    var closing: [CheckedContinuation<Void, Never>] = []

    mutating func finished() -> [CheckedContinuation<Void, Never>] {
      guard !draining, reading == 0 else { return [] }
      defer { closing = [] }
      return closing
    }
  }

  /// Bounds how long the first of a batch waits for the last: about 10 ms.
  private static let batchLimit = 256

  init(path: String) throws {
    // Made here for its permissions, which SQLite also gives to its accompanying files: it contains people's mail.
    let file = open(path, O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)
    if file >= 0 { Glibc.close(file) }
    do {
      var configuration = Configuration()
      // Another process may write too: `heliograph token issue` while the server is running.
      configuration.busyMode = .timeout(10)
      // Savepoints and sorting would otherwise copy pages, messages and all, into files of the temporary folder.
      configuration.prepareDatabase { db in try db.execute(sql: "PRAGMA temp_store = MEMORY") }
      pool = try DatabasePool(path: path, configuration: configuration)
      let synchronous = try pool.writeWithoutTransaction { db in
        // After opening: GRDB sets NORMAL when it turns WAL on.
        try db.execute(sql: "PRAGMA synchronous = FULL")
        // Debian's SQLite overwrites all that is deleted, which takes 0.1 s for a large message; FAST overwrites
        // where it costs no more input and output.
        try db.execute(sql: "PRAGMA secure_delete = FAST")
        return try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
      }
      guard synchronous == 2 else {
        throw Problem.notDurable("PRAGMA synchronous", String(synchronous))
      }
    } catch let error as DatabaseError {
      throw Problem(error)
    }
  }

  func write(_ job: Job, _: Isolation) {
    let (refused, start) = state.withLock { state in
      if state.closed { return (true, false) }
      state.waiting.append(job)
      defer { state.draining = true }
      return (false, !state.draining)
    }
    if refused { return job.fail(Problem.storeClosed) }
    if start { pool.asyncWriteWithoutTransaction(drain) }
  }

  func read(_ job: Job) {
    let refused = state.withLock { state in
      if !state.closed { state.reading += 1 }
      return state.closed
    }
    if refused { return job.fail(Problem.storeClosed) }
    // GRDB begins and ends the transaction, one snapshot, on one of five readers.
    pool.asyncRead { [self] result in
      do {
        let session = SQLiteSession(try result.get(), texts)
        let answer = try job.run(Transaction(session: session))
        answer()
      } catch let error as DatabaseError {
        job.fail(Problem(error))
      } catch {
        job.fail(error)
      }
      let closing = state.withLock { state in
        state.reading -= 1
        return state.finished()
      }
      closing.forEach { $0.resume() }
    }
  }

  func close() async {
    await withCheckedContinuation { continuation in
      let closing = state.withLock { state in
        state.closed = true
        state.closing.append(continuation)
        return state.finished()
      }
      closing.forEach { $0.resume() }
    }
    // Fails only while there is a reader, and there is none: all that was accepted has been answered.
    _ = try? pool.close()
  }

  private func drain(_ db: Database) {
    let runner = Runner(session: SQLiteSession(db, texts), begin: "BEGIN IMMEDIATE")
    while case let batch = nextBatch(), !batch.isEmpty { runner.perform(batch) }
  }

  private func nextBatch() -> [Job] {
    let (batch, closing) = state.withLock { state in
      let batch = Array(state.waiting.prefix(Self.batchLimit))
      state.waiting.removeFirst(batch.count)
      state.draining = !batch.isEmpty
      return (batch, state.finished())
    }
    closing.forEach { $0.resume() }
    return batch
  }
}
