package import Core

/// Something that happened to an account or a message, as it will be reported to listeners.
package struct EventRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  /// `nil` if it concerns the workspace as a whole, as the expiry of a client secret does.
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

/// An event that has its place among all events of its workspace.
package struct PlacedEvent: Sendable, Hashable {
  /// From 1, one more for each event of the workspace.
  package var position: Int64
  /// From 1, one more for each event of its account.
  package var sequence: Int64
  package var event: EventRecord
}

/// What the placing of an event tells of it.
package struct EventPlacing: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var account: AccountID?
  package var kind: String
  package var position: Int64
}

extension PlacedEvent {
  init(_ row: Row) throws {
    position = try row.integer("position")
    sequence = try row.integer("sequence")
    event = try EventRecord(row)
  }
}

extension EventRecord {
  static let columns: SQL = "workspace, account, sequence, kind, data, created"

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    let account = try row.text("account")
    self.account = account.isEmpty ? nil : AccountID(account)
    kind = try row.text("kind")
    data = try row.text("data")
    created = try row.instant("created")
  }
}

extension Transaction {
  /// Gives the event the next number of its account, or of its workspace, and returns it; `nil`, and nothing
  /// is stored, when that is gone. Its position in the workspace follows after the commit, from the
  /// sequencer.
  ///
  /// Locks the account's row until the commit, so that no reader's cursor passes a number whose event is
  /// still to come. Lock queue rows before, a lane after.
  @discardableResult
  package func append(_ event: EventRecord) throws -> Int64? {
    guard let number = try nextEventNumber(of: event.account, in: event.workspace) else { return nil }
    try execute(
      Statement.insert, event.workspace, event.account?.rawValue ?? "", number, event.kind, event.data,
      event.created)
    session.hasAppended = true
    return number
  }

  /// Gives events of one account the next numbers, in their order; returns `false`, and nothing is stored, when the account
  /// is gone. Its row is changed once: PostgreSQL keeps a version of it for each change.
  package func append(_ events: [EventRecord], of account: AccountID, in workspace: WorkspaceID) throws
    -> Bool
  {
    let last = try row(Statement.countsOfAccount, workspace, account, events.count) {
      try $0.integer("event_sequence")
    }
    guard let last else { return false }
    for (event, number) in zip(events, (last - Int64(events.count) + 1)...) {
      try execute(
        Statement.insert, event.workspace, account.rawValue, number, event.kind, event.data, event.created)
    }
    session.hasAppended = true
    return true
  }

  private func nextEventNumber(of account: AccountID?, in workspace: WorkspaceID) throws -> Int64? {
    if let account {
      return try row(Statement.countOfAccount, workspace, account) { try $0.integer("event_sequence") }
    }
    return try row(Statement.countOfWorkspace, workspace) { try $0.integer("event_sequence") }
  }

  /// Deletes up to `limit` events from before `bound`; returns how many. The last one of each account stays:
  /// an account created again under an old id continues its numbers.
  package func deleteEvents(before bound: Instant, limit: Int) throws -> Int {
    try execute(Statement.delete, bound, limit)
  }

  /// The events of the account, or of the workspace as a whole, numbered above `cursor`, in order; not those
  /// of an earlier account with the same id.
  package func events(
    _ workspace: WorkspaceID, _ account: AccountID?, after cursor: Int64 = 0, limit: Int
  ) throws -> [(sequence: Int64, event: EventRecord)] {
    try rows(Statement.ofAccount, workspace, account?.rawValue ?? "", cursor, limit) {
      (try $0.integer("sequence"), try EventRecord($0))
    }
  }
}

// Positions
extension Transaction {
  /// Whether there are events without a position.
  package func hasUnplacedEvents() throws -> Bool {
    try row(Statement.unplaced) { _ in true } ?? false
  }

  /// Assigns positions to up to `limit` committed events, each account's in order, and returns those.
  ///
  /// Only in a transaction that holds the duty, and `.readCommitted`, so that it sees the positions that the
  /// one before has assigned. An account's events are committed in the order of their numbers, so those seen
  /// here have no gap.
  package func placeEvents(limit: Int) throws -> [EventPlacing] {
    let placed = try rows(Statement.place, limit) {
      let account = try $0.text("account")
      return EventPlacing(
        workspace: try $0.identifier("workspace"), account: account.isEmpty ? nil : AccountID(account),
        kind: try $0.text("kind"), position: try $0.integer("position"))
    }
    let last = Dictionary(placed.map { ($0.workspace, $0.position) }, uniquingKeysWith: max)
    for (workspace, position) in last.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      try execute(
        """
        INSERT INTO event_cursor (workspace, position) VALUES ($1, $2)
        ON CONFLICT (workspace) DO UPDATE SET position = excluded.position
        """, workspace, position)
    }
    return placed
  }

  /// All events of the workspace whose position is above `position`, in order. Each is seen once by a reader
  /// that continues with the last position it has read.
  package func events(
    _ workspace: WorkspaceID, afterPosition position: Int64, limit: Int
  ) throws -> [PlacedEvent] {
    try rows(Statement.byPosition, workspace, position, limit, as: PlacedEvent.init(_:))
  }
}

private enum Statement {
  static let insert = SQL.insert(into: "event", columns: EventRecord.columns)

  static let countOfAccount: SQL = """
    UPDATE account SET event_sequence = event_sequence + 1 WHERE workspace = $1 AND id = $2
    RETURNING event_sequence
    """
  static let countsOfAccount: SQL = """
    UPDATE account SET event_sequence = event_sequence + $3 WHERE workspace = $1 AND id = $2
    RETURNING event_sequence
    """
  static let countOfWorkspace: SQL = """
    UPDATE workspace SET event_sequence = event_sequence + 1 WHERE id = $1 RETURNING event_sequence
    """

  static let delete: SQL = """
    DELETE FROM event WHERE (workspace, account, sequence) IN
      (SELECT workspace, account, sequence FROM event WHERE created < $1 AND EXISTS
        (SELECT 1 FROM event AS later WHERE later.workspace = event.workspace
         AND later.account = event.account AND later.sequence > event.sequence)
       ORDER BY created LIMIT $2)
    """

  static let ofAccount: SQL = """
    SELECT \(EventRecord.columns) FROM event
    WHERE workspace = $1 AND account = $2 AND sequence > $3 AND sequence > coalesce(
      (SELECT event_floor FROM account WHERE account.workspace = $1 AND account.id = $2), 0)
    ORDER BY sequence LIMIT $4
    """

  static let byPosition: SQL = """
    SELECT \(EventRecord.columns), position FROM event WHERE workspace = $1 AND position > $2
    ORDER BY position LIMIT $3
    """

  /// The order keeps PostgreSQL to the index.
  static let unplaced: SQL = """
    SELECT sequence FROM event WHERE position IS NULL ORDER BY workspace, account, sequence LIMIT 1
    """

  static let place: SQL = """
    UPDATE event SET position = placed.new_position
    FROM (SELECT pending.workspace AS of_workspace, pending.account AS of_account,
            pending.sequence AS of_sequence, coalesce(event_cursor.position, 0) + row_number()
              OVER (PARTITION BY pending.workspace ORDER BY pending.account, pending.sequence)
              AS new_position
          FROM (SELECT workspace, account, sequence FROM event WHERE position IS NULL
                ORDER BY workspace, account, sequence LIMIT $1) AS pending
          LEFT JOIN event_cursor ON event_cursor.workspace = pending.workspace) AS placed
    WHERE workspace = of_workspace AND account = of_account AND sequence = of_sequence
    RETURNING workspace, account, kind, position
    """
}
