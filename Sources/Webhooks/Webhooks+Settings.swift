import Access
package import Core
package import Store
import Vault

// The route that the settings of a workspace name.
extension Webhooks {
  /// Lets the settings' route be as the settings say; its lane wakes by itself within a second.
  ///
  /// - Parameter isChange: Whether somebody has just set them.
  package func apply(
    _ settings: WorkspaceSettings, of workspace: WorkspaceID, isChange: Bool, in tx: borrowing Transaction
  ) throws {
    let (id, now) = (WebhookRouteID.ofSettings, time.now)
    let position = try tx.lockPositions(in: workspace)
    try applyToAccounts(settings, of: workspace, in: tx)
    guard try settings.webhooks != nil || tx.webhookRoute(id, in: workspace) != nil else { return }
    let url = try settings.webhooks.map { try Self.plain($0, field: "webhooks") }
    let headers = try settings.customHeaders(in: workspace, vault)
    guard let old = try tx.webhookRoute(id, in: workspace) else {
      guard let url else { return }
      let secrets = RouteSecrets(key: .make(), headers: headers)
      return try tx.insert(
        WebhookRouteRecord(
          workspace: workspace, id: id, kind: .settings, name: "Settings", enabled: settings.webhooksEnabled,
          targetURL: url.text, secrets: try secrets.sealed(id, in: workspace, vault),
          events: settings.postedEvents, startPosition: position, created: now))
    }
    var (route, secrets) = (old, try RouteSecrets(old.secrets, of: id, in: workspace, vault))
    if let url { route.targetURL = url.text }
    secrets.setHeaders(headers)
    route.enabled = settings.webhooksEnabled && url != nil
    route.events = settings.postedEvents
    // One that has failed for days stays disabled until somebody says so.
    if !isChange, !old.enabled, old.health.lastError != nil { route.enabled = false }
    let before = try RouteSecrets(old.secrets, of: id, in: workspace, vault)
    if route.targetURL == old.targetURL, route.enabled == old.enabled, route.events == old.events,
      secrets == before
    {
      return
    }
    route.secrets = try secrets.sealed(id, in: workspace, vault)
    route.updated = now
    try tx.wake(route.lane, due: now)
    // What happened while nothing was to be posted is not posted later.
    try tx.apply(
      old, to: route, skippingTo: old.enabled || old.health.lastError != nil ? nil : position, at: now)
  }

  /// Those of accounts are enabled with the settings' own, and want the same events.
  private func applyToAccounts(
    _ settings: WorkspaceSettings, of workspace: WorkspaceID, in tx: borrowing Transaction
  ) throws {
    let now = time.now
    for old in try tx.webhookRoutesOfAccounts(in: workspace) {
      var route = old
      // One that has failed for days stays disabled until its account's webhooks are set again.
      let isGivenUp = !old.enabled && old.health.lastError != nil
      (route.enabled, route.events) = (settings.webhooksEnabled && !isGivenUp, settings.postedEvents)
      guard route.enabled != old.enabled || route.events != old.events else { continue }
      route.updated = now
      try tx.wake(route.lane, due: now)
      // What happened while nothing was to be posted, or was not wanted, is not posted later.
      let isRestarted = route.enabled && !old.enabled
      let isIdle = try tx.webhookTaskCounts(of: old).accounts == 0
      if isRestarted { try tx.dropTasks(of: route) }
      if isRestarted || old.enabled && isIdle { try tx.skipToEnd(route) }
      try tx.update(route)
      if route.enabled { try tx.restart(route.lane, now: now) }
    }
  }

  private static func plain(_ text: String, field: String) throws -> GuardedURL {
    do {
      return try GuardedURL(text)
    } catch {
      throw Problem.webhookInvalid(field, error.message)
    }
  }
}

extension WorkspaceSettings {
  /// None at all is not all of them, as it is for a route.
  var postedEvents: [String] { webhookEvents.isEmpty ? ["none"] : webhookEvents }
}
