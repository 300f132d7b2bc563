package import Core
package import Microsoft
package import Store
package import Vault

/// The app registrations that accounts are connected through.
package struct AppRegistry: Sendable {
  private let store: Store
  private let vault: Vault
  private let clouds: Clouds
  private let time: any Time

  package init(store: Store, vault: Vault, clouds: Clouds, time: any Time) {
    self.store = store
    self.vault = vault
    self.clouds = clouds
    self.time = time
  }

  /// Throws `app.invalid` or `request.invalidField`, and then has stored nothing.
  package func create(_ app: NewApp, in workspace: WorkspaceID) async throws -> AppID {
    let authority = try app.validated(clouds)
    let now = time.now
    let id = AppID.make(at: now)
    let record = record(app, authority, id: id, in: workspace, created: now)
    try await store.write { (tx: borrowing Transaction) in try tx.insert(record) }
    return id
  }

  package func app(_ id: AppID, in workspace: WorkspaceID) async throws -> OAuth2App {
    let found = try await store.read { (tx: borrowing Transaction) -> OAuth2App? in
      guard let record = try tx.app(id, in: workspace) else { return nil }
      return OAuth2App(record, accounts: try tx.accountCount(of: id, in: workspace))
    }
    guard let found else { throw AccountProblem.appNotFound(id) }
    return found
  }

  /// Oldest first.
  package func apps(_ request: PageRequest, in workspace: WorkspaceID) async throws -> Page<OAuth2App> {
    try await store.read { (tx: borrowing Transaction) -> Page<OAuth2App> in
      let page = try tx.apps(request, in: workspace)
      var apps: [OAuth2App] = []
      for record in page.elements {
        apps.append(OAuth2App(record, accounts: try tx.accountCount(of: record.id, in: workspace)))
      }
      return Page(apps, of: page.total)
    }
  }

  /// Accounts stay connected; what the app was refused before is forgotten, so that it is tried again.
  package func update(_ id: AppID, _ change: AppChange, in workspace: WorkspaceID) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      guard let old = try tx.app(id, in: workspace) else { throw AccountProblem.appNotFound(id) }
      let secret = try old.clientSecret.map {
        try vault.openSecret($0, for: .clientSecret(id, in: workspace))
      }
      let app = change.applied(to: old, secret: secret)
      var new = record(app, try app.validated(clouds), id: id, in: workspace, created: old.created)
      new.updated = now
      try tx.update(new)
      if new.clientID != old.clientID || new.authority != old.authority {
        try tx.deleteAppToken(of: id, in: workspace)
      }
    }
  }

  private func record(
    _ app: NewApp, _ authority: Authority, id: AppID, in workspace: WorkspaceID, created: Instant
  ) -> OAuth2AppRecord {
    OAuth2AppRecord(
      workspace: workspace, id: id, name: app.name, title: app.title, description: app.description,
      provider: app.provider, enabled: app.enabled, cloud: app.cloud ?? clouds.global.name,
      baseScopes: app.baseScopes, sendOnly: app.sendOnly, shared: app.shared, clientID: app.clientID,
      clientSecret: app.clientSecret.map { vault.seal($0, for: .clientSecret(id, in: workspace)) },
      authority: authority.segment, redirectURL: app.redirectURL, extraScopes: app.extraScopes,
      skipScopes: app.skipScopes, created: created)
  }

  /// Throws `app.invalid` while accounts use it.
  package func delete(_ id: AppID, in workspace: WorkspaceID) async throws {
    try await store.write { (tx: borrowing Transaction) in
      let accounts = try tx.accountCount(of: id, in: workspace)
      guard accounts == 0 else { throw AccountProblem.appInUse(id, accounts: accounts) }
      guard try tx.deleteApp(id, in: workspace) else { throw AccountProblem.appNotFound(id) }
    }
  }
}
