import Core
import StoreTesting

@testable import Store

extension Transaction {
  /// Lanes that a node works on, or could.
  func busyWebhookLanes(at now: Instant) throws -> Int {
    try row(
      """
      SELECT count(*) AS total FROM lane
      WHERE kind = 'webhook' AND (owner IS NOT NULL OR next_due <= $1 AND paused_until <= $1)
      """, now
    ) { Int(try $0.integer("total")) } ?? 0
  }
}

extension Rig {
  /// Leases run by the database's clock, which no test moves.
  func expireLeases() async throws {
    try await store.write { (tx: borrowing Transaction) in
      try tx.execute("UPDATE lane SET lease_until = 0 WHERE kind = 'webhook'")
    }
  }
}

extension Rig {
  /// Everything that is kept of a route.
  func rows(of route: WebhookRouteID) async throws -> Int {
    try await store.read { (tx: borrowing Transaction) in
      try tx.row(
        """
        SELECT (SELECT count(*) FROM queue WHERE lane LIKE '%' || $1)
          + (SELECT count(*) FROM webhook_stream WHERE route = $1)
          + (SELECT count(*) FROM webhook_attempt WHERE route = $1) AS total
        """, route
      ) { Int(try $0.integer("total")) } ?? 0
    }
  }
}
