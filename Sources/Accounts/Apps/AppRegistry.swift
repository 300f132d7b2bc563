package import Core
package import Microsoft
package import Store
package import Vault

/// The app registrations that accounts are connected through.
package struct AppRegistry: Sendable {
  private let store: Store
  private let vault: Vault
  let clouds: Clouds
  private let publicURL: String
  private let time: any Time

  /// - Parameter publicURL: how browsers reach the gateway, without a trailing slash.
  package init(store: Store, vault: Vault, clouds: Clouds, publicURL: String, time: any Time) {
    self.publicURL = publicURL
    self.store = store
    self.vault = vault
    self.clouds = clouds
    self.time = time
  }

  /// Throws `app.invalid` or `app.certificateInvalid` unless Entra can take every value.
  ///
  /// - Parameter id: what it is to be called here; `nil` makes an id.
  package func prepare(
    _ app: NewApp, as id: AppID? = nil, in workspace: WorkspaceID
  ) throws -> PreparedApp {
    guard !app.shared || workspace == .default else { throw Problem.sharedElsewhere }
    let now = time.now
    return PreparedApp(
      app, try app.validated(clouds), id: id ?? AppID.make(at: now), in: workspace, at: now, vault: vault)
  }

  /// Throws as `prepare` does, and then has stored nothing.
  package func create(_ app: NewApp, in workspace: WorkspaceID) async throws -> AppID {
    let record = try prepare(app, in: workspace).record
    try await store.write { (tx: borrowing Transaction) in try tx.insert(record) }
    return record.id
  }

  /// `PreparedApp.findOrCreate` by itself.
  package func findOrCreate(
    _ app: NewApp, in workspace: WorkspaceID
  ) async throws -> (id: AppID, isNew: Bool) {
    let prepared = try prepare(app, in: workspace)
    return try await store.write { (tx: borrowing Transaction) in try prepared.findOrCreate(tx) }
  }

  package func app(_ id: AppID, in workspace: WorkspaceID) async throws -> OAuth2App {
    let now = time.now
    let found = try await store.read { (tx: borrowing Transaction) -> OAuth2App? in
      guard let record = try tx.app(id, in: workspace) else { return nil }
      return try shown(record, tx, at: now)
    }
    guard let found else { throw Problem.appNotFound(id) }
    return found
  }

  /// Oldest first.
  package func apps(_ request: PageRequest, in workspace: WorkspaceID) async throws -> Page<OAuth2App> {
    let now = time.now
    return try await store.read { (tx: borrowing Transaction) -> Page<OAuth2App> in
      let page = try tx.apps(request, in: workspace)
      var apps: [OAuth2App] = []
      for record in page.elements { apps.append(try shown(record, tx, at: now)) }
      return Page(apps, of: page.total)
    }
  }

  private func shown(
    _ record: OAuth2AppRecord, _ tx: borrowing Transaction, at now: Instant
  ) throws -> OAuth2App {
    OAuth2App(
      record, accounts: try tx.accountCount(of: record.id, in: record.workspace),
      warnings: try AppWarning.all(for: record, publicURL: publicURL, at: now, vault))
  }

  /// Accounts stay connected; earlier refusals of the app are forgotten, so that it is tried again.
  ///
  /// - Parameter byOperator: only the operator changes a shared app, or makes one shared.
  package func update(
    _ id: AppID, _ change: AppChange, in workspace: WorkspaceID, byOperator: Bool = false
  ) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      guard let old = try tx.app(id, in: workspace) else { throw Problem.appNotFound(id) }
      let app = change.applied(
        to: old, secret: try old.secret(vault), certificate: try old.certificate(vault))
      guard byOperator || !old.shared && !app.shared else { throw Problem.operatorOnly }
      guard !old.declared else { throw Problem.declared("the app “\(id)”") }
      guard !app.shared || workspace == .default else { throw Problem.sharedElsewhere }
      let prepared = PreparedApp(
        app, try app.validated(clouds), id: id, in: workspace, at: now, vault: vault)
      try tx.replace(old, by: prepared, at: now)
    }
  }

  /// Throws `app.invalid` while accounts use it.
  package func delete(_ id: AppID, in workspace: WorkspaceID, byOperator: Bool = false) async throws {
    try await store.write { (tx: borrowing Transaction) in
      guard let app = try tx.app(id, in: workspace) else { throw Problem.appNotFound(id) }
      guard byOperator || !app.shared else { throw Problem.operatorOnly }
      guard !app.declared else { throw Problem.declared("the app “\(id)”") }
      let accounts = try tx.accountCount(of: id, in: workspace)
      guard accounts == 0 else { throw Problem.appInUse(id, accounts: accounts) }
      _ = try tx.deleteApp(id, in: workspace)
    }
  }
}

extension Transaction {
  /// Gives an app other values; what was refused because of it is tried again.
  func replace(_ old: OAuth2AppRecord, by prepared: PreparedApp, at now: Instant) throws {
    let (id, workspace) = (old.id, old.workspace)
    var new = prepared.record
    if new.cloud != old.cloud || new.baseScopes != old.baseScopes || new.clientID != old.clientID {
      let accounts = try accountCount(of: id, in: workspace)
      guard accounts == 0 else { throw Problem.appMoved(id, accounts: accounts) }
    }
    if new.secretExpires == old.secretExpires { new.secretWarned = old.secretWarned }
    try update(new)
    if new.clientID != old.clientID || new.authority != old.authority || new.cloud != old.cloud
      || new.baseScopes != old.baseScopes
    {
      try deleteAppToken(of: id, in: workspace)
    }
    for account in try waitingAccounts(ofApp: id, in: workspace) {
      try apply(.appChanged, to: account.id, in: account.workspace, at: now)
    }
  }
}

extension Problem {
  fileprivate static let sharedElsewhere = Problem.appInvalid(
    "Only an app of the workspace “default” can be shared.", remedy: "Add it there, as the operator.")

  package static let operatorOnly = Problem(
    .tokenScope, "Only the operator can share an app or change a shared one.",
    remedy: "Use a token with the scope *.")

  fileprivate static func appMoved(_ id: AppID, accounts: Int) -> Problem {
    .appInvalid(
      "The OAuth2 app “\(id)” is used by \(accounts) accounts, whose grants belong to its cloud, client id and base "
        + "scopes.",
      remedy: "Add another app and connect them through it.")
  }
}

/// Changes to an app; `nil` leaves a value as it is.
package struct AppChange: Sendable {
  package var name: String?
  package var title: String?
  package var description: String?
  package var enabled: Bool?
  package var cloud: String?
  package var baseScopes: BaseScopes?
  package var sendOnly: Bool?
  package var shared: Bool?
  package var listed: Bool?
  package var clientID: String?
  /// Also replaces a certificate.
  package var clientSecret: Secret?
  /// Also replaces a secret.
  package var clientCertificate: Secret?
  /// Makes it a native client.
  package var dropsCredential = false
  package var secretExpires: Instant?
  package var authority: String?
  package var redirectURL: String?
  package var extraScopes: [String]?
  package var skipScopes: [String]?

  package init() {}

  /// The app after the change. `secret` and `certificate` are its current ones, opened by the vault.
  func applied(to app: OAuth2AppRecord, secret: Secret?, certificate: Secret?) -> NewApp {
    let keeps = clientSecret == nil && clientCertificate == nil && !dropsCredential
    let newSecret = keeps ? secret : clientSecret
    let newCertificate = keeps ? certificate : clientCertificate
    let isRenewed = newSecret != secret || newCertificate != certificate
    return NewApp(
      name: name ?? app.name, title: title ?? app.title, description: description ?? app.description,
      provider: app.provider, enabled: enabled ?? app.enabled, cloud: cloud ?? app.cloud,
      baseScopes: baseScopes ?? app.baseScopes, sendOnly: sendOnly ?? app.sendOnly,
      shared: shared ?? app.shared, listed: listed ?? app.listed, clientID: clientID ?? app.clientID,
      clientSecret: newSecret, clientCertificate: newCertificate,
      secretExpires: secretExpires ?? (isRenewed ? nil : app.secretExpires),
      authority: authority ?? app.authority, redirectURL: redirectURL ?? app.redirectURL,
      extraScopes: extraScopes ?? app.extraScopes, skipScopes: skipScopes ?? app.skipScopes)
  }
}
