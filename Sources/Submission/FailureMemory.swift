import Core

/// How often credentials were refused lately, by address and by user name: each refusal makes the next one later.
struct FailureMemory: Sendable {
  private struct Entry {
    var count: Int
    var last: Instant
  }

  /// After so long without a failure, all is forgotten.
  static let memory = Duration.seconds(900)
  static let longestDelay = Duration.seconds(30)
  /// Then it is emptied: an attack from more addresses is not stopped by their number.
  static let limit = 20_000

  private var entries: [String: Entry] = [:]

  /// - Returns: How long the client waits for its answer.
  mutating func failed(_ keys: [String], at now: Instant) -> Duration {
    if entries.count > Self.limit { entries = [:] }
    var most = 0
    for key in keys {
      let before = entries[key].flatMap { now - $0.last < Self.memory ? $0.count : nil } ?? 0
      entries[key] = Entry(count: min(before + 1, 100), last: now)
      most = max(most, before)
    }
    return min(.seconds(1 << min(most, 5)), Self.longestDelay)
  }
}
