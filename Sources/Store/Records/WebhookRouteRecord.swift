package import Core

/// Where a workspace's events are posted to.
package struct WebhookRouteRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: WebhookRouteID
  package var kind: WebhookRouteOrigin
  package var name: String
  package var description: String?
  package var enabled: Bool
  /// Without a user.
  package var targetURL: String
  /// A box.
  package var secrets: [UInt8]
  /// Names of events, or `*`.
  package var events: [String]
  /// Empty means all, and the workspace as a whole.
  package var accounts: [AccountID]
  /// JSON.
  package var filter: String?
  /// JSON.
  package var payload: String?
  package var ordering: WebhookOrdering
  /// Only events after this position are posted.
  package var startPosition: Int64
  /// Grows with every change.
  package var version: Int
  /// How many have succeeded.
  package internal(set) var posts = 0
  package internal(set) var health = WebhookHealth()
  /// A box: the secret of the workspace by which posts are signed too; as it was read.
  package internal(set) var serviceSecret: [UInt8]?
  package var created: Instant
  package var updated: Instant

  package init(
    workspace: WorkspaceID, id: WebhookRouteID, kind: WebhookRouteOrigin = .route, name: String,
    description: String? = nil, enabled: Bool = true, targetURL: String, secrets: [UInt8],
    events: [String] = ["*"], accounts: [AccountID] = [], filter: String? = nil, payload: String? = nil,
    ordering: WebhookOrdering = .account, startPosition: Int64, created: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.kind = kind
    self.name = name
    self.description = description
    self.enabled = enabled
    self.targetURL = targetURL
    self.secrets = secrets
    self.events = events
    self.accounts = accounts
    self.filter = filter
    self.payload = payload
    self.ordering = ordering
    self.startPosition = startPosition
    version = 1
    self.created = created
    updated = created
  }

  /// Its events, on their way.
  package var lane: LaneKey { LaneKey(.webhook, "\(workspace)/\(id)") }

  /// Whether it wants an event, as far as name and account tell.
  package func wants(_ event: String, of account: AccountID?) -> Bool {
    guard events.contains(event) || events.contains("*") else { return false }
    return accounts.isEmpty || account.map(accounts.contains) == true
  }
}

/// How posts to a route have gone lately.
package struct WebhookHealth: Sendable, Hashable {
  /// How many have failed since the last success.
  package var failures = 0
  /// When the first of those was.
  package var failingSince: Instant?
  package var lastSuccess: Instant?
  /// Whether the receiver is down, so that nothing is posted to it for a time; as far as this node knows, and not stored.
  package var isDown = false
  /// When it was last up again; not stored either.
  package var recovered: Instant?
  /// Of the last post, if that failed, or why the route was disabled.
  package var lastError: ProblemRecord?

  package init() {}
}

/// What a route comes from. Stored by its name.
package enum WebhookRouteOrigin: String, Sendable, CaseIterable {
  /// It was added as one.
  case route
  /// `webhooks` in the settings of the workspace.
  case settings
  /// `webhooks` of an account.
  case account
  /// `webhooks` that an account had, until the settings' route goes on in their place.
  case formerAccount
}

extension WebhookRouteRecord {
  static let columns: SQL = """
    workspace, id, kind, name, description, enabled, target_url, secrets, events, accounts, filter, payload, ordering,
    start_position, version, created, updated
    """
  static let selected: SQL = """
    \(columns), posts, failures, failing_since, last_success, last_error,
    (SELECT box FROM setting WHERE setting.workspace = webhook_route.workspace AND setting.name = 'serviceSecret')
      AS service_secret
    """

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    kind = try row.value("kind")
    name = try row.text("name")
    description = try row.optionalText("description")
    enabled = try row.bool("enabled")
    targetURL = try row.text("target_url")
    secrets = try row.bytes("secrets")
    events = try row.words("events")
    accounts = try row.text("accounts").split(separator: "\n").map { AccountID(String($0)) }
    filter = try row.optionalText("filter")
    payload = try row.optionalText("payload")
    ordering = try row.value("ordering")
    startPosition = try row.integer("start_position")
    version = Int(try row.integer("version"))
    posts = Int(try row.integer("posts"))
    health.failures = Int(try row.integer("failures"))
    health.failingSince = try row.optionalInstant("failing_since")
    health.lastSuccess = try row.optionalInstant("last_success")
    health.lastError = try row.optionalProblem("last_error")
    serviceSecret = try row.optionalBytes("service_secret")
    created = try row.instant("created")
    updated = try row.instant("updated")
  }

  fileprivate var accountsText: String { accounts.map(\.rawValue).joined(separator: "\n") }
}

extension Transaction {
  package func insert(_ route: WebhookRouteRecord) throws {
    try execute(
      Statement.insert, route.workspace, route.id, route.kind.rawValue, route.name, route.description,
      route.enabled, route.targetURL, route.secrets, route.events.joined(separator: " "), route.accountsText,
      route.filter, route.payload, route.ordering.rawValue, route.startPosition, route.version, route.created,
      route.updated)
  }

  /// Everything that a person decides. The failures of the old one are forgotten, so that it is tried at once.
  package func update(_ route: WebhookRouteRecord) throws {
    try execute(
      Statement.update, route.workspace, route.id, route.name, route.description, route.enabled,
      route.targetURL, route.secrets, route.events.joined(separator: " "), route.accountsText, route.filter,
      route.payload, route.ordering.rawValue, route.startPosition, route.updated, route.kind.rawValue)
  }

  package func webhookRoute(_ id: WebhookRouteID, in workspace: WorkspaceID) throws -> WebhookRouteRecord? {
    try row(
      "SELECT \(WebhookRouteRecord.selected) FROM webhook_route WHERE workspace = $1 AND id = $2", workspace,
      id,
      as: WebhookRouteRecord.init(_:))
  }

  /// Oldest first.
  package func webhookRoutes(
    _ request: PageRequest, in workspace: WorkspaceID
  ) throws -> Page<WebhookRouteRecord> {
    let total = try webhookRouteCount(in: workspace)
    let routes = try rows(
      Statement.list, workspace, request.size, request.offset, as: WebhookRouteRecord.init(_:))
    return Page(routes, of: total)
  }

  private func webhookRouteCount(in workspace: WorkspaceID) throws -> Int {
    try row(
      "SELECT count(*) AS total FROM webhook_route WHERE workspace = $1 AND kind <> 'formerAccount'",
      workspace
    ) { Int(try $0.integer("total")) } ?? 0
  }

  /// Those that are read for every batch of events: without those of accounts.
  package func sharedWebhookRouteCount(in workspace: WorkspaceID) throws -> Int {
    try row(
      "SELECT count(*) AS total FROM webhook_route WHERE workspace = $1 AND kind IN ('route', 'settings')",
      workspace
    ) { Int(try $0.integer("total")) } ?? 0
  }

  /// Without those of accounts.
  package func enabledWebhookRoutes(in workspace: WorkspaceID) throws -> [WebhookRouteRecord] {
    try rows(Statement.enabled, workspace, as: WebhookRouteRecord.init(_:))
  }

  /// Removes the route with all that is on its way and was recorded.
  package func deleteWebhookRoute(_ route: WebhookRouteRecord) throws {
    let (workspace, id) = (route.workspace, route.id)
    try execute("DELETE FROM queue WHERE kind = 'webhook' AND lane = $1", route.lane.id)
    try execute("DELETE FROM webhook_attempt WHERE workspace = $1 AND route = $2", workspace, id)
    try execute("DELETE FROM webhook_stream WHERE workspace = $1 AND route = $2", workspace, id)
    try execute("DELETE FROM webhook_route WHERE workspace = $1 AND id = $2", workspace, id)
  }

  /// Counts posts that have succeeded, and says how it goes. Changes nothing when the route has been changed since it
  /// was read.
  package func note(_ health: WebhookHealth, posts: Int, of route: WebhookRouteRecord) throws {
    try execute(
      Statement.note, route.workspace, route.id, route.version, posts, health.failures, health.failingSince,
      health.lastSuccess, health.lastError)
  }

  /// Stops posting, for `problem`. Returns `false` when the route has been changed since it was read, or is disabled
  /// already.
  package func disable(_ route: WebhookRouteRecord, _ problem: ProblemRecord, at now: Instant) throws -> Bool
  {
    try execute(Statement.disable, route.workspace, route.id, route.version, problem, now) == 1
  }
}

private enum Statement {
  static let insert = SQL.insert(into: "webhook_route", columns: WebhookRouteRecord.columns)

  static let update: SQL = """
    UPDATE webhook_route SET name = $3, description = $4, enabled = $5, target_url = $6, secrets = $7, events = $8,
      accounts = $9, filter = $10, payload = $11, ordering = $12, start_position = $13, updated = $14,
      kind = $15, version = version + 1, failures = 0, failing_since = NULL, last_error = NULL
    WHERE workspace = $1 AND id = $2
    """

  static let list: SQL = """
    SELECT \(WebhookRouteRecord.selected) FROM webhook_route WHERE workspace = $1 AND kind <> 'formerAccount'
    ORDER BY created, id LIMIT $2 OFFSET $3
    """

  static let enabled: SQL = """
    SELECT \(WebhookRouteRecord.selected) FROM webhook_route WHERE workspace = $1 AND enabled = 1
      AND kind IN ('route', 'settings') ORDER BY id
    """

  static let note: SQL = """
    UPDATE webhook_route SET posts = posts + $4, failures = $5, failing_since = $6, last_success = $7, last_error = $8
    WHERE workspace = $1 AND id = $2 AND version = $3
    """

  static let disable: SQL = """
    UPDATE webhook_route SET enabled = 0, last_error = $4, updated = $5, version = version + 1
    WHERE workspace = $1 AND id = $2 AND version = $3 AND enabled = 1
    """
}
