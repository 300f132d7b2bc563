import Core

/// How many requests a mailbox has had lately, and how many bytes were uploaded to it (Microsoft Learn, "Microsoft Graph
/// service-specific throttling limits", Outlook service: 10,000 requests in 10 minutes, 150 MB of uploads in 5).
///
/// A request that begins below the limit is let through whatever its size, so that the largest file fits.
struct RequestWindow: Sendable {
  static let requestLimit = 10_000
  static let requestSpan: Duration = .seconds(600)
  static let byteLimit = 150 << 20
  static let byteSpan: Duration = .seconds(300)

  /// What began in the same span of this length is counted together.
  private static let grain: Duration = .seconds(5)

  private struct Bucket: Sendable {
    var begin: Instant
    var requests = 0
    var bytes = 0
  }

  /// In the order of time.
  private var buckets: [Bucket] = []

  /// Whether all of it is too long ago to count.
  func isIdle(at now: Instant) -> Bool {
    buckets.last.map { $0.begin + Self.grain + Self.requestSpan <= now } ?? true
  }

  /// Counts a request; or returns until when it has to wait, and counts nothing.
  mutating func take(bytes: Int, at now: Instant) -> Instant? {
    buckets.removeAll { $0.begin + Self.grain + Self.requestSpan <= now }
    let requests = wait(\.requests, Self.requestLimit, Self.requestSpan, at: now)
    let uploads = bytes == 0 ? nil : wait(\.bytes, Self.byteLimit, Self.byteSpan, at: now)
    if let until = [requests, uploads].compactMap(\.self).max() { return until }
    if buckets.last.map({ now < $0.begin + Self.grain }) != true { buckets.append(Bucket(begin: now)) }
    buckets[buckets.count - 1].requests += 1
    buckets[buckets.count - 1].bytes += bytes
    return nil
  }

  /// When less than `limit` is left within the span; `nil` when that is so.
  private func wait(
    _ amount: KeyPath<Bucket, Int>, _ limit: Int, _ span: Duration, at now: Instant
  ) -> Instant? {
    let recent = buckets.filter { $0.begin + Self.grain + span > now }
    var used = recent.reduce(0) { $0 + $1[keyPath: amount] }
    guard used >= limit else { return nil }
    for bucket in recent {
      used -= bucket[keyPath: amount]
      if used < limit { return bucket.begin + Self.grain + span }
    }
    return nil
  }
}
