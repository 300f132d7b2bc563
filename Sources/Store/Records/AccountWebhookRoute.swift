package import Core
import Vault

// The route to `webhooks` of an account, which gets that account's events in the place of the settings' route. It begins
// at the position at which it was made: events up to there are the settings' route's. When `webhooks` are taken away,
// the settings' route goes on after the last event that this one is done with.

extension WebhookRouteID {
  /// The route that the settings name, in every workspace.
  package static let ofSettings = WebhookRouteID("default")

  /// The route to `webhooks` of an account. It comes before `ofSettings`, which is the order in which lanes are locked.
  package init(of account: AccountID, in workspace: WorkspaceID) {
    let hash = Digest.sha256(Array("\(workspace)/\(account)".utf8))
    self.init("account_" + Digest.base64URL(Array(hash.prefix(16))))
  }
}

extension Transaction {
  /// Also one that was taken away, until the settings' route goes on.
  package func webhookRoute(
    of account: AccountID, in workspace: WorkspaceID
  ) throws -> WebhookRouteRecord? {
    try webhookRoute(WebhookRouteID(of: account, in: workspace), in: workspace)
  }

  /// Those of accounts that have one, also where it was taken away lately.
  package func webhookRoutes(
    of accounts: Set<AccountID>, in workspace: WorkspaceID
  ) throws -> [AccountID: WebhookRouteRecord] {
    guard try row(Statement.exists, workspace, as: { _ in true }) == true else { return [:] }
    var routes: [AccountID: WebhookRouteRecord] = [:]
    for account in accounts { routes[account] = try webhookRoute(of: account, in: workspace) }
    return routes
  }

  /// In the order of their ids, without those that were taken away.
  package func webhookRoutesOfAccounts(in workspace: WorkspaceID) throws -> [WebhookRouteRecord] {
    try rows(Statement.list, workspace, as: WebhookRouteRecord.init(_:))
  }

  /// Up to which position the settings' route has the events of an account; `nil` for all of them.
  package func endOfSettings(for account: AccountID, in workspace: WorkspaceID) throws -> Int64? {
    try row(Statement.start, workspace, WebhookRouteID(of: account, in: workspace)) {
      try $0.integer("start_position")
    }
  }

  /// Passes over all events that have their positions: they happened while nothing was to be posted.
  package func skipToEnd(_ route: WebhookRouteRecord) throws {
    for account in route.accounts {
      let last = try row(Statement.placed, route.workspace, account) { try $0.optionalInteger("last") }
      try save(WebhookProgress(cursor: (last ?? nil) ?? 0), of: account, to: route)
    }
  }

  /// Takes `webhooks` of an account away. What they still had to post is posted by the settings' route, at the latest
  /// when what is in flight is known. After `lockPositions`.
  package func takeAway(_ known: WebhookRouteRecord, at now: Instant) throws {
    var route = known
    (route.kind, route.enabled, route.targetURL, route.secrets) = (.formerAccount, false, "", [])
    route.updated = now
    try wake(route.lane, due: now)
    try update(route)
    guard try !handOver(route, at: now) else { return }
    try restart(route.lane, now: now)
  }

  /// An account is deleted: what its own route still has to post goes with it. Comes before every other lock.
  package func deleteWebhookRoute(of account: AccountID, in workspace: WorkspaceID, at now: Instant) throws {
    guard try webhookRoute(of: account, in: workspace) != nil else { return }
    _ = try lockPositions(in: workspace)
    guard let route = try webhookRoute(of: account, in: workspace) else { return }
    try wake(route.lane, due: now)
    try execute("DELETE FROM queue WHERE kind = 'webhook' AND lane = $1", route.lane.id)
    let last = try row(Statement.last, workspace, account) { try $0.optionalInteger("last") }
    try save(WebhookProgress(cursor: (last ?? nil) ?? 0), of: account, to: route)
    try takeAway(route, at: now)
  }

  /// Lets the settings' route go on where `route`, which was taken away, has stopped, and removes that. Its lane is
  /// locked.
  ///
  /// - Returns: `false` while it has posts in flight, or while the settings' route has events from before it. A task of
  ///   its own is there then, whose turn is to try again.
  package func handOver(_ route: WebhookRouteRecord, at now: Instant) throws -> Bool {
    if try goesOn(after: route, at: now) { return true }
    for account in route.accounts { try enqueue(.stream, account, to: route, due: now, at: now) }
    return false
  }

  private func goesOn(after route: WebhookRouteRecord, at now: Instant) throws -> Bool {
    guard try activeQueue(route.lane).isEmpty else { return false }
    guard let settings = try webhookRoute(.ofSettings, in: route.workspace) else {
      try deleteWebhookRoute(route)
      return true
    }
    try wake(settings.lane, due: now)
    for account in route.accounts {
      let before = try row(Statement.placedBefore, route.workspace, account, route.startPosition) {
        try $0.optionalInteger("last")
      }
      // What it does not want makes no task, and does not move it on.
      let id = WebhookTask.stream.queueID(settings.id, account)
      let isWaiting = try row(Statement.waiting, route.workspace, id, as: { _ in true }) == true
      let cursor = try webhookStream(account, to: settings).cursor
      if isWaiting, cursor < (before ?? nil) ?? 0 { return false }
    }
    for account in route.accounts {
      let (theirs, ours) = (
        try webhookStream(account, to: settings).cursor, try webhookStream(account, to: route).cursor
      )
      if ours > theirs { try save(WebhookProgress(cursor: ours), of: account, to: settings) }
      for row in try waitingSpans(of: route) {
        guard case .span(let progress, let last) = WebhookTask(progress: row.progress) else { continue }
        let task = WebhookTask.span(WebhookProgress(cursor: progress.cursor), last: last)
        try enqueue(task, account, to: settings, due: now, at: now)
      }
      try enqueue(.stream, account, to: settings, due: now, at: now)
    }
    try deleteWebhookRoute(route)
    return true
  }

  private func waitingSpans(of route: WebhookRouteRecord) throws -> [QueueRecord] {
    try rows(Statement.spans, route.lane.id, as: QueueRecord.init(_:))
  }
}

private enum Statement {
  static let exists: SQL =
    "SELECT 1 AS found FROM webhook_route WHERE workspace = $1 AND kind IN ('account', 'formerAccount') LIMIT 1"

  static let list: SQL = """
    SELECT \(WebhookRouteRecord.selected) FROM webhook_route WHERE workspace = $1 AND kind = 'account' ORDER BY id
    """

  static let start: SQL = "SELECT start_position FROM webhook_route WHERE workspace = $1 AND id = $2"

  static let placed: SQL = """
    SELECT max(sequence) AS last FROM event WHERE workspace = $1 AND account = $2 AND position IS NOT NULL
    """

  static let placedBefore: SQL =
    "SELECT max(sequence) AS last FROM event WHERE workspace = $1 AND account = $2 AND position <= $3"

  static let last: SQL = "SELECT max(sequence) AS last FROM event WHERE workspace = $1 AND account = $2"

  static let waiting: SQL =
    "SELECT 1 AS found FROM queue WHERE workspace = $1 AND id = $2 AND state < \(QueueState.done)"

  static let spans: SQL = """
    SELECT \(QueueRecord.columns) FROM queue WHERE kind = 'webhook' AND lane = $1
      AND state IN (\(QueueState.ready), \(QueueState.deferred)) AND progress <> 'stream'
    ORDER BY created, id
    """
}
