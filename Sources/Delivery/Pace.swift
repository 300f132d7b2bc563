import Core
import Store

/// What an attempt to send counts for, against the limits of its mailbox.
///
/// It is counted when the attempt is claimed and taken back when nothing was sent, so that attempts in flight on any
/// node never exceed a limit together.
struct Pace: Sendable {
  let lane: LaneKey
  let recipients: Int
  let counted: Instant

  /// Counts the attempt, or says until when the lane has to wait and why.
  static func claim(
    _ lane: LaneKey, recipients: Int, _ limits: Pacing, at now: Instant, in tx: borrowing Transaction
  ) throws -> Result<Pace, Problem> {
    for (span, limit, amount) in [
      (PacingSpan.minute, limits.messagesPerMinute, 1), (.day, limits.recipientsPerDay, recipients),
    ] {
      guard let limit else { continue }
      let used = try tx.use(of: lane, in: span, at: now)
      // A message with more recipients than that goes when nothing else has.
      guard used > 0, used + amount > limit else { continue }
      let until = try tx.whenFits(amount, limit: limit, of: lane, in: span, at: now)
      return .failure(.paced(span, limit, used: used, until: until, now: now))
    }
    if limits.messagesPerMinute != nil { try tx.count(1, of: lane, in: .minute, at: now) }
    try tx.count(recipients, of: lane, in: .day, at: now)
    return .success(Pace(lane: lane, recipients: recipients, counted: now))
  }

  /// Nothing was sent.
  func takeBack(_ limits: Pacing, in tx: borrowing Transaction) throws {
    if limits.messagesPerMinute != nil { try tx.count(-1, of: lane, in: .minute, at: counted) }
    try tx.count(-recipients, of: lane, in: .day, at: counted)
  }
}

extension Problem {
  fileprivate static func paced(
    _ span: PacingSpan, _ limit: Int, used: Int, until: Instant, now: Instant
  ) -> Problem {
    let (what, time) =
      switch span {
      case .minute: ("messages", "a minute")
      case .day: ("recipients", "24 hours")
      }
    return Problem(
      .deliveryPaced,
      "The mailbox has used \(used) of the \(limit) \(what) that it may send in \(time); it goes on at \(until).",
      remedy: "Wait, or raise the limit of the account if Microsoft allows more.",
      retry: .safe(after: max(.seconds(1), until - now)))
  }
}
