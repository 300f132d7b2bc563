package import Core
import Foundation

/// What one mailbox may send in a time; `nil` is no limit.
package struct Pacing: Sendable, Hashable, Codable {
  package var messagesPerMinute: Int?
  /// In any 24 hours.
  package var recipientsPerDay: Int?
  /// More are refused when the message is submitted, because they would never be sent.
  package var recipientsPerMessage: Int?

  package init(
    messagesPerMinute: Int? = nil, recipientsPerDay: Int? = nil, recipientsPerMessage: Int? = nil
  ) {
    self.messagesPerMinute = messagesPerMinute
    self.recipientsPerDay = recipientsPerDay
    self.recipientsPerMessage = recipientsPerMessage
  }

  /// With the limits that `change` has; 0 takes one away.
  package func changed(to change: Pacing) -> Pacing {
    var result = self
    for limit in [\Pacing.messagesPerMinute, \.recipientsPerDay, \.recipientsPerMessage] {
      if let value = change[keyPath: limit] { result[keyPath: limit] = value == 0 ? nil : value }
    }
    return result
  }

  /// Exchange Online's documented limit on recipients ("Exchange Online limits"). The 30 messages a minute beside it are
  /// not reported to hold for Graph.
  package static let work = Pacing(recipientsPerDay: 10_000)
  /// Outlook.com's for subscribers ("Sending limits in Outlook.com").
  package static let personal = Pacing(recipientsPerDay: 5_000)

  /// The tenant that all personal accounts are of (Microsoft Learn, "Access tokens", `tid`).
  static let personalTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
}

extension Pacing {
  init?(json: String) {
    guard let pacing = try? JSONDecoder().decode(Pacing.self, from: Data(json.utf8)) else { return nil }
    self = pacing
  }

  /// Integers always encode.
  fileprivate var json: String? {
    (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension Row {
  /// What was set for an account, else what is documented for its kind.
  func pacing() throws -> Pacing {
    let kind = try optionalText("tenant_id") == Pacing.personalTenant ? Pacing.personal : Pacing.work
    return try optionalText("pacing").flatMap(Pacing.init(json:)) ?? kind
  }
}

/// Over which time use is counted.
package enum PacingSpan: Int64, Sendable, CaseIterable {
  /// Messages.
  case minute = 0
  /// Recipients.
  case day = 1
  /// Reports of a limit that was reached.
  case report = 2

  package var length: Duration {
    switch self {
    case .minute: .seconds(60)
    case .day, .report: .seconds(86_400)
    }
  }

  /// Of one bucket. What is counted leaves the count this much later at most.
  package var grain: Duration {
    switch self {
    case .minute: .seconds(10)
    case .day, .report: .seconds(600)
    }
  }
}

extension Transaction {
  package func setPacing(_ pacing: Pacing, account id: AccountID, in workspace: WorkspaceID) throws {
    try execute(
      "UPDATE account SET pacing = $3 WHERE workspace = $1 AND id = $2", workspace, id, pacing.json)
  }

  /// How much was sent through the lane in the last `span`.
  package func use(of lane: LaneKey, in span: PacingSpan, at now: Instant) throws -> Int {
    try row(
      """
      SELECT CAST(sum(amount) AS BIGINT) AS total FROM lane_use WHERE kind = $1 AND lane = $2 AND span = $3 AND bucket > $4
      """, lane.kind.rawValue, lane.id, span.rawValue, span.begin(at: now)
    ) { Int(try $0.optionalInteger("total") ?? 0) } ?? 0
  }

  /// When so much of that has left the span that `amount` more fits into `limit`.
  package func whenFits(
    _ amount: Int, limit: Int, of lane: LaneKey, in span: PacingSpan, at now: Instant
  ) throws -> Instant {
    let buckets = try rows(
      """
      SELECT bucket, amount FROM lane_use WHERE kind = $1 AND lane = $2 AND span = $3 AND bucket > $4
      ORDER BY bucket
      """, lane.kind.rawValue, lane.id, span.rawValue, span.begin(at: now)
    ) { (bucket: try $0.instant("bucket"), amount: Int(try $0.integer("amount"))) }
    var rest = buckets.reduce(0) { $0 + $1.amount }
    for bucket in buckets {
      rest -= bucket.amount
      if rest + amount <= limit || rest == 0 { return bucket.bucket + span.length + span.grain }
    }
    return now
  }

  /// Counts what is about to be sent; a negative amount takes back what was not sent after all.
  package func count(_ amount: Int, of lane: LaneKey, in span: PacingSpan, at now: Instant) throws {
    try execute(
      Statement.count, lane.kind.rawValue, lane.id, span.rawValue, span.bucket(at: now), amount)
  }

  /// Forgets what no longer counts.
  package func deleteUse(before now: Instant) throws {
    for span in PacingSpan.allCases {
      try execute("DELETE FROM lane_use WHERE span = $1 AND bucket <= $2", span.rawValue, span.begin(at: now))
    }
  }
}

extension PacingSpan {
  fileprivate func bucket(at now: Instant) -> Instant {
    let grain = grain.microseconds
    return Instant(microseconds: now.microseconds / grain * grain)
  }

  /// Buckets that began later are within the span, in part at least.
  fileprivate func begin(at now: Instant) -> Instant { now - length - grain }
}

private enum Statement {
  static let count: SQL = """
    INSERT INTO lane_use (kind, lane, span, bucket, amount) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (kind, lane, span, bucket) DO UPDATE SET amount = lane_use.amount + $5
    """
}
