package import Core

/// That a caller's key has been used, for which body and with what result.
package struct IdempotencyRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var account: AccountID
  package var key: String
  package var bodyHash: [UInt8]
  package var message: QueueID
  package var created: Instant

  package init(
    workspace: WorkspaceID, account: AccountID, key: String, bodyHash: [UInt8], message: QueueID,
    created: Instant
  ) {
    self.workspace = workspace
    self.account = account
    self.key = key
    self.bodyHash = bodyHash
    self.message = message
    self.created = created
  }
}

extension Transaction {
  /// Takes the key, or returns who took it before.
  ///
  /// Of two transactions with one key the second waits for the first, and sees what it stored when the
  /// isolation is `.readCommitted`.
  package func claim(_ record: IdempotencyRecord) throws -> IdempotencyRecord? {
    let inserted = try execute(
      """
      INSERT INTO idempotency (workspace, account, key, body_hash, message, created)
      VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (workspace, account, key) DO NOTHING
      """, record.workspace, record.account, record.key, record.bodyHash, record.message, record.created)
    if inserted > 0 { return nil }
    return try row(
      """
      SELECT body_hash, message, created FROM idempotency
      WHERE workspace = $1 AND account = $2 AND key = $3
      """, record.workspace, record.account, record.key
    ) {
      IdempotencyRecord(
        workspace: record.workspace, account: record.account, key: record.key,
        bodyHash: try $0.bytes("body_hash"), message: try $0.identifier("message"),
        created: try $0.instant("created"))
    }
  }

  @discardableResult
  package func deleteIdempotency(before bound: Instant) throws -> Int {
    try execute("DELETE FROM idempotency WHERE created < $1", bound)
  }
}
