package import Core
import Store
import Vault

/// Changes to `webhooks` of an account; `nil` leaves a value as it is.
package struct AccountWebhooksChange: Sendable {
  /// Empty takes it away, with its header fields.
  package var url: String?
  package var headers: [CustomHeader]?

  package init(url: String?, headers: [CustomHeader]?) {
    (self.url, self.headers) = (url, headers)
  }
}

/// `webhooks` of an account as they are shown.
package struct ShownAccountWebhooks: Sendable {
  package var url: String
  /// Names only; what they hold may be secret.
  package var headerNames: [String]
}

/// A change that can be made.
package struct CheckedAccountWebhooks: Sendable {
  fileprivate var isTakenAway = false
  fileprivate var url: GuardedURL?
  fileprivate var headers: [CustomHeader]?
}

// The routes to `webhooks` of accounts.
extension Webhooks {
  /// Finds what is wrong with a change before anything is changed.
  ///
  /// - Parameter account: `nil` for a new one.
  /// - Returns: `nil` if nothing changes.
  /// - Throws: `webhook.invalid`, `webhook.addressRefused`.
  package func check(
    _ change: AccountWebhooksChange, of account: AccountID?, in workspace: WorkspaceID
  ) async throws -> CheckedAccountWebhooks? {
    var checked = CheckedAccountWebhooks(headers: change.headers)
    if let url = change.url, !url.isEmpty {
      checked.url = try await self.checked(url, field: "webhooks")
      return checked
    }
    checked.isTakenAway = change.url != nil
    guard let headers = change.headers, !headers.isEmpty else { return checked.isTakenAway ? checked : nil }
    if !checked.isTakenAway, let account, try await webhooks(of: [account], in: workspace)[account] != nil {
      return checked
    }
    throw Problem.webhookInvalid("webhooksCustomHeaders", "needs webhooks, the account's own URL")
  }

  /// The account's events from now on go to the URL, or no longer; each event to one of both.
  package func apply(
    _ change: CheckedAccountWebhooks, to account: AccountID, in workspace: WorkspaceID
  ) async throws {
    let now = time.now
    let lanes = try await store.write(isolation: .readCommitted) {
      [self] (tx: borrowing Transaction) -> [LaneKey] in
      let position = try tx.lockPositions(in: workspace)
      guard try tx.account(account, in: workspace) != nil else { throw Problem.accountNotFound(account) }
      let id = WebhookRouteID(of: account, in: workspace)
      let settings = try tx.settings(of: workspace)
      let known = try tx.webhookRoute(id, in: workspace)
      if change.isTakenAway {
        guard let known, known.kind == .account else { return [] }
        try tx.takeAway(known, at: now)
      } else if let known {
        try self.change(known, change, settings, in: tx)
      } else if let url = change.url {
        let secrets = RouteSecrets(key: .make(), headers: change.headers ?? [])
        try tx.insert(
          WebhookRouteRecord(
            workspace: workspace, id: id, kind: .account, name: account.rawValue,
            description: "The webhooks of the account.", enabled: settings.webhooksEnabled,
            targetURL: url.text, secrets: try secrets.sealed(id, in: workspace, vault),
            events: settings.postedEvents, accounts: [account], startPosition: position, created: now))
        // Whoever has begun to read the account's events for the settings' route has not read later ones.
        try tx.wake(LaneKey(.webhook, "\(workspace)/\(WebhookRouteID.ofSettings)"), due: now)
      }
      return [
        LaneKey(.webhook, "\(workspace)/\(id)"),
        LaneKey(.webhook, "\(workspace)/\(WebhookRouteID.ofSettings)"),
      ]
    }
    wake(lanes)
  }

  /// Its lane is locked first.
  private func change(
    _ old: WebhookRouteRecord, _ change: CheckedAccountWebhooks, _ settings: WorkspaceSettings,
    in tx: borrowing Transaction
  ) throws {
    let now = time.now
    try tx.wake(old.lane, due: now)
    var route = old
    var secrets =
      old.kind == .account
      ? try RouteSecrets(old.secrets, of: old.id, in: old.workspace, vault) : RouteSecrets(key: .make())
    let before = secrets
    if let headers = change.headers { secrets.setHeaders(headers) }
    if let url = change.url { route.targetURL = url.text }
    (route.kind, route.enabled, route.events) = (.account, settings.webhooksEnabled, settings.postedEvents)
    guard route != old || secrets != before else { return }
    route.secrets = try secrets.sealed(old.id, in: old.workspace, vault)
    route.updated = now
    try tx.update(route)
    guard route.enabled else { return }
    // It continues where it stopped.
    if !old.enabled {
      for account in route.accounts { try tx.enqueue(.stream, account, to: route, due: now, at: now) }
    }
    try tx.restart(route.lane, now: now)
  }

  /// Those of the accounts that have any.
  package func webhooks(
    of accounts: [AccountID], in workspace: WorkspaceID
  ) async throws -> [AccountID: ShownAccountWebhooks] {
    let routes = try await store.read { (tx: borrowing Transaction) in
      try tx.webhookRoutes(of: Set(accounts), in: workspace)
    }
    return try routes.filter { $0.value.kind == .account }.mapValues { route in
      let secrets = try RouteSecrets(route.secrets, of: route.id, in: workspace, vault)
      return ShownAccountWebhooks(url: route.targetURL, headerNames: secrets.headers.map(\.name))
    }
  }
}
