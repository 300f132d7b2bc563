import Core
import Store

/// How many messages the devices of an account's networks have sent in the last 24 hours: in the database, so that neither
/// a restart nor another node begins anew.
struct NetworkUse: Sendable {
  let store: Store
  /// Messages of one account.
  let limit: Int

  /// - Throws: `account.dailyLimit`.
  func check(_ account: AccountID, at now: Instant) async throws {
    let (lane, limit) = (Self.lane(of: account), limit)
    try await store.read { (tx: borrowing Transaction) in
      guard try tx.use(of: lane, in: .day, at: now) < limit else { throw Problem.dailyLimit(limit) }
    }
  }

  /// Counts a message in the transaction that accepts it; one that is not accepted does not count.
  ///
  /// - Throws: `account.dailyLimit`.
  func count(_ account: AccountID, at now: Instant, in tx: borrowing Transaction) throws {
    let lane = Self.lane(of: account)
    // Counted first, so that the row is locked and each transaction sees the others.
    try tx.count(1, of: lane, in: .day, at: now)
    guard try tx.use(of: lane, in: .day, at: now) <= limit else { throw Problem.dailyLimit(limit) }
  }

  /// Not one of a mailbox: those begin with the client id of an app. Networks are of the workspace `default`.
  private static func lane(of account: AccountID) -> LaneKey { LaneKey(.mail, "network \(account)") }
}
