import Synchronization

/// Counts the requests that are under way, for each app in each mailbox (Microsoft Learn, "Outlook service
/// limits").
final class GraphGate: Sendable {
  struct Lane: Hashable, Sendable {
    var clientID: String
    var mailbox: MailboxID
  }

  private let underWay = Mutex<[Lane: Int]>([:])

  /// Runs `body`, or throws 429 when as many as `limit` run already.
  func pass<Value>(
    _ lane: Lane, limit: Int, _ body: () async throws -> Value
  ) async throws -> Value {
    let mayEnter = underWay.withLock { lanes in
      guard lanes[lane, default: 0] < limit else { return false }
      lanes[lane, default: 0] += 1
      return true
    }
    guard mayEnter else { throw GraphError.throttled(seconds: 1) }
    defer {
      underWay.withLock { lanes in
        let rest = lanes[lane, default: 1] - 1
        lanes[lane] = rest > 0 ? rest : nil
      }
    }
    return try await body()
  }
}
