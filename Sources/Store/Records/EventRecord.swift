package import Core

/// Something that happened to an account or a message, as it will be told to whoever listens.
package struct EventRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  /// `nil` where it concerns the workspace as a whole, as the end of a client secret does.
  package var account: AccountID?
  /// `messageSent`, `authenticationError`, ...
  package var kind: String
  /// A JSON object.
  package var data: String
  package var created: Instant

  package init(
    workspace: WorkspaceID, account: AccountID?, kind: String, data: String, created: Instant
  ) {
    self.workspace = workspace
    self.account = account
    self.kind = kind
    self.data = data
    self.created = created
  }
}

extension Transaction {
  /// Gives the event the next number of its account, or of its workspace, and returns it; `nil`, and nothing is
  /// stored, when that is gone.
  ///
  /// Locks the account's row until the commit, so that no reader's cursor passes a number whose event is
  /// still to come. Lock queue rows before, a lane after.
  @discardableResult
  package func append(_ event: EventRecord) throws -> Int64? {
    guard let number = try nextEventNumber(of: event.account, in: event.workspace) else { return nil }
    try execute(
      """
      INSERT INTO event (workspace, account, sequence, kind, data, created) VALUES ($1, $2, $3, $4, $5, $6)
      """, event.workspace, event.account?.rawValue ?? "", number, event.kind, event.data, event.created)
    return number
  }

  private func nextEventNumber(of account: AccountID?, in workspace: WorkspaceID) throws -> Int64? {
    if let account {
      return try row(
        """
        UPDATE account SET event_sequence = event_sequence + 1 WHERE workspace = $1 AND id = $2
        RETURNING event_sequence
        """, workspace, account
      ) { try $0.integer("event_sequence") }
    }
    return try row(
      "UPDATE workspace SET event_sequence = event_sequence + 1 WHERE id = $1 RETURNING event_sequence",
      workspace
    ) { try $0.integer("event_sequence") }
  }

  /// Forgets up to `limit` events from before `bound`; returns how many. The last one of each account stays: an
  /// account made anew under an old id goes on with its number.
  package func deleteEvents(before bound: Instant, limit: Int) throws -> Int {
    try execute(
      """
      DELETE FROM event WHERE (workspace, account, sequence) IN
        (SELECT workspace, account, sequence FROM event WHERE created < $1 AND EXISTS
          (SELECT 1 FROM event AS later WHERE later.workspace = event.workspace
           AND later.account = event.account AND later.sequence > event.sequence)
         ORDER BY created LIMIT $2)
      """, bound, limit)
  }

  /// The events of the account, or of the workspace as a whole, numbered above `cursor`, in order.
  package func events(
    _ workspace: WorkspaceID, _ account: AccountID?, after cursor: Int64 = 0, limit: Int
  ) throws -> [(sequence: Int64, event: EventRecord)] {
    try rows(
      """
      SELECT sequence, kind, data, created FROM event
      WHERE workspace = $1 AND account = $2 AND sequence > $3 ORDER BY sequence LIMIT $4
      """, workspace, account?.rawValue ?? "", cursor, limit
    ) {
      (
        try $0.integer("sequence"),
        EventRecord(
          workspace: workspace, account: account, kind: try $0.text("kind"), data: try $0.text("data"),
          created: try $0.instant("created"))
      )
    }
  }
}
