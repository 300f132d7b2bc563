import Core
import Foundation

/// One place in the pool: a connection while there is one, and what to do when it is lost.
final class PostgresSession: Session {
  var engine: EngineKind { .postgres }
  var failure: (any Error)?
  var hasAppended = false

  private let url: Secret
  private var connection: PostgresConnection?
  /// The SQLSTATE of the statement that failed in the running transaction.
  private var state: String?
  private var unreachable: Unreachable?

  /// Until when connecting is not tried again, and why: callers in the meantime get that error immediately.
  private struct Unreachable {
    var attempts: Int
    var until: ContinuousClock.Instant
    var error: any Error
  }

  private static let longestPause = Duration.seconds(2)

  init(url: Secret) {
    self.url = url
  }

  func run(_ sql: SQL, _ arguments: [SQLValue]) throws -> Outcome {
    do {
      // Only BEGIN can find no connection: one that is lost stays until `recover` has ended its transaction.
      return try (connection ?? connect()).run(sql, arguments)
    } catch let error as PostgresError {
      state = state ?? error.state
      throw Problem(error)
    }
  }

  func recover(from error: any Error) -> Recovery {
    defer { state = nil }
    guard let connection else {
      return (error as? Problem)?.retry == .futile ? .rolledBack : .connectionLost
    }
    if connection.rollBack() {
      return state.map(PostgresError.conflicts.contains) == true ? .conflict : .rolledBack
    }
    close()
    return .connectionLost
  }

  func pause(before attempt: Int, _ recovery: Recovery) {
    let pause: Duration =
      switch recovery {
      case .connectionLost:
        unreachable.map { $0.until - .now } ?? .milliseconds(10)
      default:
        // Random, so that those who met here do not meet again.
        .microseconds(Int64.random(in: 500...(1000 << Int64(min(attempt, 6)))))
      }
    Thread.sleep(forTimeInterval: max(0, pause / .seconds(1)))
  }

  func close() {
    connection?.close()
    connection = nil
  }

  private func connect() throws -> PostgresConnection {
    if let unreachable, unreachable.until > .now { throw unreachable.error }
    do {
      let opened = try PostgresConnection(url)
      unreachable = nil
      connection = opened
      return opened
    } catch {
      let attempts = (unreachable?.attempts ?? 0) + 1
      let pause = min(.milliseconds(50) * (1 << min(attempts, 10)), Self.longestPause)
      unreachable = Unreachable(attempts: attempts, until: .now + pause, error: error)
      throw error
    }
  }
}
