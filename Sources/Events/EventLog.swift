package import Core
package import Store

/// What happened, as it is read by cursor: each event once, in order, however late a reader comes back.
package struct EventLog: Sendable {
  private let store: Store

  package init(store: Store) {
    self.store = store
  }

  /// The events of the whole workspace whose position is above `position`, in order.
  package func events(
    after position: Int64, limit: Int, in workspace: WorkspaceID
  ) async throws -> [PlacedEvent] {
    try await store.read { (tx: borrowing Transaction) in
      try tx.events(workspace, afterPosition: position, limit: limit)
    }
  }

  /// The events of an account that are numbered above `cursor`.
  ///
  /// - Throws: `account.notFound` for an id that no account has and none has had lately.
  package func events(
    of account: AccountID, after cursor: Int64, limit: Int, in workspace: WorkspaceID
  ) async throws -> [(sequence: Int64, event: EventRecord)] {
    try await store.read { (tx: borrowing Transaction) in
      let events = try tx.events(workspace, account, after: cursor, limit: limit)
      if events.isEmpty, try tx.account(account, in: workspace) == nil,
        try tx.events(workspace, account, limit: 1).isEmpty
      {
        throw Problem.accountNotFound(account)
      }
      return events
    }
  }
}
