package import Core
package import Logging
import Queue
import ServiceLifecycle
package import Store

/// Refreshes unused grants. Entra lets a refresh token expire after 90 idle days (Microsoft Learn, "Refresh
/// tokens in the Microsoft identity platform").
package struct KeepAlive: Service {
  private let store: Store
  private let tokens: TokenSource
  private let time: any Time
  private let logger: Logger

  /// Between two looks for idle grants.
  package static let period: Duration = .seconds(600)
  /// When a refresh that came to nothing is tried again, unless Entra says otherwise.
  package static let retry: Duration = .seconds(3600)
  /// The same after a refusal: a renewed secret is noticed before the grants expire, and no requests are wasted
  /// all day.
  package static let retryRefused: Duration = .seconds(86_400)
  /// This is not urgent, and messages need tokens too.
  private static let width = 4
  private static let batch = 100

  package init(store: Store, tokens: TokenSource, time: any Time, logger: Logger) {
    self.store = store
    self.tokens = tokens
    self.time = time
    self.logger = logger
  }

  /// A fortnight, plus or minus a tenth, so that accounts connected together do not all ask at the same time.
  static func next(after now: Instant) -> Instant {
    now + .seconds(14 * 86_400) + .seconds(Int64.random(in: -120_960...120_960))
  }

  package func run() async throws {
    await Periodic("looking for idle grants", every: Self.period, time: time, logger: logger)
      .run(startingAtOnce: false) { try await refreshIdle() }
  }

  /// Each grant is taken by one node, and is due again soon in case that node crashes.
  func refreshIdle() async throws {
    while true {
      let now = time.now
      let taken = now + Self.retry
      let idle = try await store.write { (tx: borrowing Transaction) in
        try tx.takeIdleGrants(before: now, until: taken, limit: Self.batch)
      }
      await idle.forEach(limit: Self.width) { await refresh($0.account, in: $0.workspace, taken: taken) }
      guard idle.count == Self.batch else { return }
    }
  }

  /// What a refusal means for the account is decided where the token is requested.
  private func refresh(_ account: AccountID, in workspace: WorkspaceID, taken: Instant) async {
    do {
      try await tokens.keepAlive(account, in: workspace)
    } catch {
      logger.info(
        "An idle grant was not refreshed.", metadata: ["account": "\(account)", "problem": "\(error)"])
      guard let pause = Self.pause(after: error) else { return }
      let next = time.now + pause
      // If the database does not take it either, it is due again in an hour.
      _ = try? await store.write { (tx: borrowing Transaction) in
        try tx.deferKeepAlive(of: account, from: taken, until: next, in: workspace)
      }
    }
  }

  /// `nil` for the usual one.
  private static func pause(after error: any Error) -> Duration? {
    guard let problem = error as? Problem else { return nil }
    if case .safe(let after) = problem.retry { return after }
    return problem.refusesToken ? retryRefused : nil
  }
}

/// Its name in the log of services.
extension KeepAlive: CustomStringConvertible {
  package var description: String { "KeepAlive" }
}
