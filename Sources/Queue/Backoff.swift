/// How long a failed thing rests before it is tried again: twice as long each time, up to a limit, and never
/// quite as long as its neighbours.
package struct Backoff: Sendable, Hashable {
  package var first: Duration = .seconds(5)
  package var limit: Duration = .seconds(3600)

  package init(first: Duration = .seconds(5), limit: Duration = .seconds(3600)) {
    self.first = first
    self.limit = limit
  }

  /// - Parameters:
  ///   - attempt: How many attempts there were, at least 1.
  ///   - jitter: 0...1; moves the pause by up to a fifth either way.
  package func pause(afterAttempt attempt: Int, jitter: Double) -> Duration {
    let doublings = min(max(attempt - 1, 0), 20)
    return min(first * (1 << doublings), limit) * (0.8 + 0.4 * jitter)
  }

  /// About how many attempts fit in `age`.
  package func attempts(within age: Duration) -> Int {
    var spent = Duration.zero
    var count = 1
    while spent < age, count < 10_000 {
      spent += pause(afterAttempt: count, jitter: 0.5)
      count += 1
    }
    return count
  }
}
