import Core

/// PostgreSQL through libpq.
final class PostgresEngine: Engine {
  var kind: EngineKind { .postgres }

  init(url: Secret) throws {
    throw StoreProblem.unavailable("PostgreSQL is not built yet")
  }

  func write(_ job: Job, _ isolation: Isolation) { job.fail(StoreProblem.closed) }
  func read(_ job: Job) { job.fail(StoreProblem.closed) }
  func close() async {}
}
