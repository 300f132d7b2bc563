import Core
import Dispatch
import Foundation
import Synchronization

/// PostgreSQL through libpq: several connections, each with its own thread, because libpq blocks.
///
/// Every write is a transaction of its own: the server shares one sync among the commits that wait for it.
final class PostgresEngine: Engine {
  var kind: EngineKind { .postgres }

  private let state = Mutex(State())
  /// Counts the waiting jobs, and after `close` one end for each connection.
  private let arrivals = DispatchSemaphore(value: 0)
  private let turnstile = NSLock()

  private struct State {
    var waiting: [(job: Job, begin: SQL)] = []
    var connections: Int = 0
    var closed = false
    /// Resumed when the last connection has ended.
    var closing: [CheckedContinuation<Void, Never>] = []
  }

  /// Connects when the first job arrives, so that a short absence of the server does no harm.
  init(url: Secret, connections: Int) throws {
    try PostgresConnection.check(url)
    state.withLock { $0.connections = connections }
    for number in 1...connections {
      let thread = Thread { self.work(PostgresSession(url: url)) }
      thread.name = "postgres-\(number)"
      thread.start()
    }
  }

  func write(_ job: Job, _ isolation: Isolation) {
    switch isolation {
    case .serializable: submit(job, "BEGIN ISOLATION LEVEL SERIALIZABLE")
    case .readCommitted: submit(job, "BEGIN ISOLATION LEVEL READ COMMITTED")
    }
  }

  func read(_ job: Job) { submit(job, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") }

  func close() async {
    await withCheckedContinuation { continuation in
      let (ended, connections) = state.withLock { state in
        let connections = state.closed ? 0 : state.connections
        state.closed = true
        if state.connections > 0 { state.closing.append(continuation) }
        return (state.connections == 0, connections)
      }
      for _ in 0..<connections { arrivals.signal() }
      if ended { continuation.resume() }
    }
  }

  private func submit(_ job: Job, _ begin: SQL) {
    let refused = state.withLock { state in
      if !state.closed { state.waiting.append((job, begin)) }
      return state.closed
    }
    if refused { job.fail(Problem.storeClosed) } else { arrivals.signal() }
  }

  private func work(_ session: PostgresSession) {
    while let (job, begin) = next() {
      Runner(session: session, begin: begin, turnstile: turnstile).perform(job)
    }
    session.close()
    let closing = state.withLock { state in
      state.connections -= 1
      return state.connections == 0 ? state.closing : []
    }
    closing.forEach { $0.resume() }
  }

  /// The next job; `nil` when the engine is closed and all has been done.
  private func next() -> (job: Job, begin: SQL)? {
    arrivals.wait()
    return state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
  }
}
