import Core
import Store

/// How often each token was used lately. In memory, so each node counts by itself and a restart begins anew.
struct TokenUse: Sendable {
  private struct Window {
    let start: Instant
    let length: Duration
    var count: Int

    func isOver(at now: Instant) -> Bool { now >= start + length }
  }

  /// When so many are known, those whose time is over are forgotten.
  private static let limit = 10_000
  /// How exactly it is known when a token was used last: a write for each request would cost more than the request.
  private static let grain = Duration.seconds(60)

  private var windows: [TokenID: Window] = [:]
  private var recorded: [TokenID: Instant] = [:]
  /// When the windows may be gone through again.
  private var sweep = Instant(microseconds: 0)

  /// - Throws: `token.rateLimited`, with the time until the window ends.
  mutating func count(
    _ token: TokenID, _ limit: TokenRestrictions.RateLimit, at now: Instant
  ) throws(Problem) {
    if windows.count >= Self.limit, now >= sweep {
      windows = windows.filter { !$0.value.isOver(at: now) }
      sweep = now + Self.grain
    }
    let length = Duration.seconds(limit.timeWindow)
    var window =
      windows[token].flatMap { $0.isOver(at: now) ? nil : $0 }
      ?? Window(start: now, length: length, count: 0)
    guard window.count < limit.maxRequests else {
      throw .tokenRate(limit, rest: window.start + window.length - now)
    }
    window.count += 1
    windows[token] = window
  }

  /// Whether the use is worth a write; then it counts as written.
  mutating func isNews(_ token: TokenID, at now: Instant) -> Bool {
    if let last = recorded[token], now < last + Self.grain { return false }
    if recorded.count >= Self.limit { recorded = recorded.filter { now < $0.value + Self.grain } }
    recorded[token] = now
    return true
  }
}
