package import Core
package import Logging
import ServiceLifecycle

/// Runs a body again and again, with a pause in between, until a graceful shutdown or cancellation.
///
/// A body that fails is logged, and runs again after the same pause.
package struct Periodic: Sendable {
  private let title: String
  private let interval: Duration
  private let jitter: Double
  private let time: any Time
  private let logger: Logger

  /// - Parameters:
  ///   - title: what the body does, for the log: “looking for idle grants”.
  ///   - jitter: 0...1, the part of the pause that may be left out, so that nodes started together drift apart.
  package init(
    _ title: String, every interval: Duration, jitter: Double = 0.1, time: any Time, logger: Logger
  ) {
    self.title = title
    self.interval = interval
    self.jitter = jitter
    self.time = time
    self.logger = logger
  }

  /// - Parameters:
  ///   - startsAtOnce: whether the first run comes before the first pause.
  ///   - body: cancelled at a graceful shutdown, so a change that must not be cut short belongs in a task of its
  ///     own.
  package func run(startingAtOnce startsAtOnce: Bool, _ body: @escaping @Sendable () async throws -> Void)
    async
  {
    await cancelWhenGracefulShutdown {
      if startsAtOnce { await attempt(body) }
      while (try? await time.sleep(for: interval * Double.random(in: (1 - jitter)...1))) != nil {
        await attempt(body)
      }
    }
  }

  private func attempt(_ body: @Sendable () async throws -> Void) async {
    do {
      try await body()
    } catch is CancellationError {
      // Cancellation, which the next pause notices.
    } catch {
      logger.warning("The task “\(title)” failed; trying again.", metadata: ["problem": "\(error)"])
    }
  }
}

extension Sequence where Self: Sendable, Element: Sendable {
  /// Runs `body` for each element, at most `limit` at once, and returns when all have ended.
  package func forEach(limit: Int, _ body: @escaping @Sendable (Element) async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      for (index, element) in enumerated() {
        if index >= limit { await group.next() }
        group.addTask { await body(element) }
      }
    }
  }
}
