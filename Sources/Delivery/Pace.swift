import Core
import Events
import MIME
import Store

/// What an attempt to send counts for, against the limits of its mailbox and its tenant.
///
/// It is counted when the attempt is claimed and taken back when nothing was sent, so that attempts in flight on any
/// node never exceed a limit together.
struct Pace: Sendable {
  private let counts: [Count]
  private let counted: Instant

  /// What is limited, as an event names it.
  fileprivate enum Limit: String {
    case messagesPerMinute, recipientsPerDay, tenantRecipientsPerDay
  }

  fileprivate struct Count: Sendable {
    var limit: Limit
    var lane: LaneKey
    /// Messages or recipients.
    var amount: Int
    /// `nil` counts without a limit.
    var most: Int?
  }

  enum Claim: Sendable {
    case counted(Pace)
    case wait(Problem, ReachedLimit)
  }

  /// Counts the attempt, or says until when the lane has to wait and why.
  ///
  /// - Parameter tenant: and how many recipients outside the sender's domain all of its mailboxes may write to in 24
  ///   hours.
  static func claim(
    _ message: OutgoingMessageRecord, in lane: LaneKey, _ limits: Pacing, tenant: (name: String, limit: Int)?,
    at now: Instant, _ tx: borrowing Transaction
  ) throws -> Claim {
    let counts = counts(of: message, in: lane, limits, tenant)
    // Counted first, so that the row is locked: all lanes of a tenant share one, and each must see the others.
    for count in counts { try tx.count(count.amount, of: count.lane, in: count.limit.span, at: now) }
    for count in counts {
      guard let most = count.most else { continue }
      let (limit, lane) = (count.limit, count.lane)
      let used = try tx.use(of: lane, in: limit.span, at: now) - count.amount
      // A message with more recipients than that goes when nothing else has.
      guard used > 0, used + count.amount > most else { continue }
      try Pace(counts: counts, counted: now).takeBack(in: tx)
      let until = try tx.whenFits(count.amount, limit: most, of: lane, in: limit.span, at: now)
      let problem = limit.reached(most, used: used, until: until, now: now)
      return .wait(
        problem,
        ReachedLimit(ProblemRecord(problem, at: now), limit: limit.rawValue, value: most, until: until))
    }
    return .counted(Pace(counts: counts, counted: now))
  }

  /// Nothing was sent.
  func takeBack(in tx: borrowing Transaction) throws {
    for count in counts { try tx.count(-count.amount, of: count.lane, in: count.limit.span, at: counted) }
  }

  private static func counts(
    of message: OutgoingMessageRecord, in lane: LaneKey, _ limits: Pacing,
    _ tenant: (name: String, limit: Int)?
  ) -> [Count] {
    var counts = [
      Count(
        limit: .recipientsPerDay, lane: lane, amount: message.envelopeTo.count, most: limits.recipientsPerDay)
    ]
    if let most = limits.messagesPerMinute {
      counts.append(Count(limit: .messagesPerMinute, lane: lane, amount: 1, most: most))
    }
    let external = message.externalRecipients
    if let tenant, external > 0 {
      counts.append(
        Count(
          limit: .tenantRecipientsPerDay, lane: LaneKey(.mail, "tenant \(tenant.name)"),
          amount: external, most: tenant.limit))
    }
    return counts
  }
}

extension ReachedLimit {
  /// Tells the account's readers, once a day for each limit.
  func report(
    _ account: AccountID, in workspace: WorkspaceID, at now: Instant, _ tx: borrowing Transaction
  ) throws {
    let reports = LaneKey(.mail, "\(limit) \(workspace)/\(account)")
    guard try tx.use(of: reports, in: .report, at: now) == 0 else { return }
    try tx.count(1, of: reports, in: .report, at: now)
    try tx.append(Event.sendingPaused(self).record(account, in: workspace, at: now))
  }
}

extension OutgoingMessageRecord {
  /// Recipients at another domain than the sender's. Which further domains a tenant has is not known here, so those of
  /// its own that differ count too.
  fileprivate var externalRecipients: Int {
    let own = envelopeFrom.domainKey
    return envelopeTo.count { $0.domainKey != own }
  }
}

extension String {
  /// What is behind the last `@`, in lower case.
  fileprivate var domainKey: String { (split(separator: "@").last ?? "").lowercased() }
}

extension Pace.Limit {
  fileprivate var span: PacingSpan { self == .messagesPerMinute ? .minute : .day }

  fileprivate func reached(_ most: Int, used: Int, until: Instant, now: Instant) -> Problem {
    let (what, setting) =
      switch self {
      case .messagesPerMinute: ("\(most) messages that the mailbox may send in a minute", "of the account")
      case .recipientsPerDay:
        ("\(most) recipients that the mailbox may send to in 24 hours", "of the account")
      case .tenantRecipientsPerDay:
        ("\(most) external recipients that the tenant may send to in 24 hours", "in tenant-recipients")
      }
    return Problem(
      .deliveryPaced, "\(used) of the \(what) have been used; sending resumes at \(until).",
      remedy: "Wait, or raise the limit \(setting) if Microsoft allows more.",
      retry: .safe(after: max(.seconds(1), until - now)))
  }
}
