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

  /// Counts a message before it is accepted.
  ///
  /// - Throws: `account.dailyLimit`.
  func count(_ account: AccountID, at now: Instant) async throws {
    let (lane, limit) = (Self.lane(of: account), limit)
    try await store.write { (tx: borrowing Transaction) in
      guard try tx.use(of: lane, in: .day, at: now) < limit else { throw Problem.dailyLimit(limit) }
      try tx.count(1, of: lane, in: .day, at: now)
    }
  }

  /// It was not accepted.
  func takeBack(_ account: AccountID, at now: Instant) async {
    let lane = Self.lane(of: account)
    // If that fails, one message fewer is accepted in these 24 hours.
    _ = try? await store.write { (tx: borrowing Transaction) in
      try tx.count(-1, of: lane, in: .day, at: now)
    }
  }

  /// Not one of a mailbox: those begin with the client id of an app. Networks are of the workspace `default`.
  private static func lane(of account: AccountID) -> LaneKey { LaneKey(.mail, "network \(account)") }
}
