package import Core

/// A separate set of things: a brand, a customer, a team. Every database has
/// `default`, which is the operator's.
package struct WorkspaceRecord: Sendable, Hashable {
  package var id: WorkspaceID
  package var name: String
  /// Where sign-ins may lead back to; empty allows every host.
  package var redirectHosts: [String]
  /// The account that sends messages submitted without one.
  package var defaultSender: AccountID?
  package var created: Instant

  /// What `default` is called until the operator gives it a name.
  package static let unnamed = "Default"

  package init(
    id: WorkspaceID, name: String, redirectHosts: [String] = [], defaultSender: AccountID? = nil,
    created: Instant
  ) {
    self.id = id
    self.name = name
    self.redirectHosts = redirectHosts
    self.defaultSender = defaultSender
    self.created = created
  }

  init(_ row: Row) throws {
    id = try row.identifier("id")
    name = try row.text("name")
    redirectHosts = try row.words("redirect_hosts")
    defaultSender = try row.optionalIdentifier("default_sender")
    created = try row.instant("created")
  }

  static let columns: SQL = "id, name, redirect_hosts, default_sender, created"
  static let select: SQL = "SELECT \(columns) FROM workspace"
}

extension Transaction {
  /// Returns whether it is new; one with this id stays as it is.
  package func insert(_ workspace: WorkspaceRecord) throws -> Bool {
    try execute(
      SQL.insert(into: "workspace", columns: WorkspaceRecord.columns) + " ON CONFLICT (id) DO NOTHING",
      workspace.id, workspace.name, workspace.redirectHosts.joined(separator: " "),
      workspace.defaultSender, workspace.created) > 0
  }

  /// Everything but its creation. Returns whether there is one.
  package func update(_ workspace: WorkspaceRecord) throws -> Bool {
    try execute(
      "UPDATE workspace SET name = $2, redirect_hosts = $3, default_sender = $4 WHERE id = $1",
      workspace.id, workspace.name, workspace.redirectHosts.joined(separator: " "), workspace.defaultSender)
      > 0
  }

  package func workspace(_ id: WorkspaceID) throws -> WorkspaceRecord? {
    try row(WorkspaceRecord.select + " WHERE id = $1", id) { try WorkspaceRecord($0) }
  }

  /// Oldest first: `default` leads.
  package func workspaces(_ request: PageRequest) throws -> Page<WorkspaceRecord> {
    let total = try row("SELECT count(*) AS total FROM workspace") { try $0.integer("total") }
    let workspaces = try rows(
      WorkspaceRecord.select + " ORDER BY created, id LIMIT $1 OFFSET $2", request.size, request.offset
    ) { try WorkspaceRecord($0) }
    return Page(workspaces, of: Int(total ?? 0))
  }
}

// Deleting
extension Transaction {
  package func accountCount(in workspace: WorkspaceID) throws -> Int {
    let count = try row("SELECT count(*) AS total FROM account WHERE workspace = $1", workspace) {
      try $0.integer("total")
    }
    return Int(count ?? 0)
  }

  /// How many accounts of other workspaces use its apps.
  package func guestCount(ofAppsIn workspace: WorkspaceID) throws -> Int {
    let count = try row(
      "SELECT count(*) AS total FROM account WHERE app_workspace = $1 AND workspace <> $1", workspace
    ) { try $0.integer("total") }
    return Int(count ?? 0)
  }

  /// Removes the workspace and all that belongs to it but the chunks of its messages. Whoever has one of its
  /// messages in flight finds no queue row when it settles them.
  ///
  /// Queue rows go before accounts, which is the order in which all transactions lock them. Lanes stay: other
  /// workspaces may share them, and their owner lets them sleep when nothing is in them.
  package func deleteWorkspace(_ id: WorkspaceID) throws {
    try execute("DELETE FROM queue WHERE workspace = $1", id)
    try execute("DELETE FROM attempt WHERE workspace = $1", id)
    try execute("DELETE FROM orphan_draft WHERE workspace = $1", id)
    try execute("DELETE FROM sent_copy WHERE workspace = $1", id)
    try execute("DELETE FROM message_segment WHERE workspace = $1", id)
    try execute("DELETE FROM segment WHERE workspace = $1", id)
    try execute("DELETE FROM recipient WHERE workspace = $1", id)
    try execute("DELETE FROM message WHERE workspace = $1", id)
    try execute("DELETE FROM idempotency WHERE workspace = $1", id)
    try execute("DELETE FROM sign_in WHERE workspace = $1 OR app_workspace = $1", id)
    try execute("DELETE FROM device_sign_in WHERE workspace = $1 OR app_workspace = $1", id)
    try execute("DELETE FROM hosted_form WHERE workspace = $1", id)
    try execute("DELETE FROM template WHERE workspace = $1", id)
    try execute("DELETE FROM account WHERE workspace = $1", id)
    try execute("DELETE FROM oauth2_app WHERE workspace = $1", id)
    try execute("DELETE FROM api_token WHERE workspace = $1", id)
    try execute("DELETE FROM webhook_attempt WHERE workspace = $1", id)
    try execute("DELETE FROM webhook_stream WHERE workspace = $1", id)
    try execute("DELETE FROM webhook_route WHERE workspace = $1", id)
    try execute("DELETE FROM event WHERE workspace = $1", id)
    // Positions that were given are never given again.
    try execute("DELETE FROM event_cursor WHERE workspace = $1 AND position = 0", id)
    try execute("DELETE FROM setting WHERE workspace = $1", id)
    try execute("DELETE FROM suppression WHERE workspace = $1", id)
    try execute("DELETE FROM workspace WHERE id = $1", id)
  }

  /// Removes up to `limit` chunks of a workspace that is gone; returns how many.
  package func deleteChunks(in workspace: WorkspaceID, limit: Int) throws -> Int {
    try execute(
      """
      DELETE FROM chunk WHERE workspace = $1 AND (segment, sequence) IN
        (SELECT segment, sequence FROM chunk WHERE workspace = $1 AND NOT EXISTS
          (SELECT 1 FROM workspace WHERE id = $1) LIMIT $2)
      """, workspace, limit)
  }
}
