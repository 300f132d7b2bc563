import Core
import Logging
import Store

/// Writes that survive an outage of the database: what Microsoft has done is not lost because the disk
/// was full for a minute.
struct Persistence: Sendable {
  let store: Store
  let time: any Time
  let logger: Logger

  private static let backoff = Backoff(first: .milliseconds(100), limit: .seconds(10))

  /// Repeats `body` until the database accepts it. A body whose COMMIT got no answer is run again as well, so
  /// it must notice when it has happened already.
  func write<Value: Sendable>(
    _ body: @escaping @Sendable (borrowing Transaction) throws -> Value
  ) async throws -> Value {
    for attempt in 1... {
      do {
        return try await store.write(isolation: .readCommitted, body)
      } catch let problem as Problem where problem.retry != .futile {
        logger.warning(
          "A change could not be saved in the database; trying again.", metadata: ["problem": "\(problem)"])
        try await time.sleep(for: Self.backoff.pause(afterAttempt: attempt, jitter: .random(in: 0...1)))
      }
    }
    throw CancellationError()  // not reached: the loop has no end
  }
}
