package import Core

/// What one node at a time does for all. Stored by its name.
package enum Duty: String, Sendable, CaseIterable {
  /// Giving events their positions.
  case placeEvents
}

extension Transaction {
  /// Takes the duty, or keeps it, for `length` by the database's clock. Returns whether this node has it now.
  ///
  /// Locks it until the end of the transaction: what follows is done by one node at a time even where a lease
  /// has run out meanwhile.
  package func take(_ duty: Duty, owner: NodeID, length: Duration) throws -> Bool {
    try execute(Statement.take[engine], duty.rawValue, owner, length.microseconds) == 1
  }

  /// Releases it, so that another node need not wait.
  package func release(_ duty: Duty, owner: NodeID) throws {
    try execute(
      "UPDATE duty SET owner = NULL, lease_until = 0 WHERE id = $1 AND owner = $2", duty.rawValue, owner)
  }
}

private enum Statement {
  static let take = EngineSQL { engine in
    """
    INSERT INTO duty (id, owner, lease_until) VALUES ($1, $2, $3 + \(engine.clock))
    ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
    WHERE duty.owner IS NULL OR duty.owner = excluded.owner OR duty.lease_until <= \(engine.clock)
    """
  }
}
