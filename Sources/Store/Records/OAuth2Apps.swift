package import Core

/// An app registration at Microsoft, as we know it.
package struct OAuth2AppRecord: Sendable {
  package var workspace: WorkspaceID
  package var id: AppID
  package var name: String
  /// The text of its button on the hosted page.
  package var title: String?
  package var description: String?
  package var provider: OAuth2Provider
  package var enabled: Bool
  package var clientID: String
  /// A box; `nil` for a native client.
  package var clientSecret: [UInt8]?
  package var authority: String
  package var redirectURL: String?
  package var extraScopes: [String]
  package var skipScopes: [String]
  /// What is wrong with the registration itself, as Entra said it last.
  package var lastError: ProblemRecord?
  package var created: Instant
  package var updated: Instant

  package init(
    workspace: WorkspaceID, id: AppID, name: String, title: String?, description: String?,
    provider: OAuth2Provider, enabled: Bool, clientID: String, clientSecret: [UInt8]?, authority: String,
    redirectURL: String?, extraScopes: [String], skipScopes: [String], created: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.name = name
    self.title = title
    self.description = description
    self.provider = provider
    self.enabled = enabled
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.authority = authority
    self.redirectURL = redirectURL
    self.extraScopes = extraScopes
    self.skipScopes = skipScopes
    self.created = created
    updated = created
  }
}

package enum OAuth2Provider: String, Sendable, CaseIterable {
  /// People sign in and the app acts for them (delegated permissions).
  case outlook
  /// The app acts for itself in every mailbox that its administrator allows (application permissions).
  case outlookService
}

extension OAuth2AppRecord {
  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    name = try row.text("name")
    title = try row.optionalText("title")
    description = try row.optionalText("description")
    provider = try row.value("provider")
    enabled = try row.bool("enabled")
    clientID = try row.text("client_id")
    clientSecret = try row.optionalBytes("client_secret")
    authority = try row.text("authority")
    redirectURL = try row.optionalText("redirect_url")
    extraScopes = try row.words("extra_scopes")
    skipScopes = try row.words("skip_scopes")
    lastError = try row.optionalProblem("last_error")
    created = try row.instant("created")
    updated = try row.instant("updated")
  }

  static let select: SQL = """
    SELECT workspace, id, name, title, description, provider, enabled, client_id, client_secret, authority,
      redirect_url, extra_scopes, skip_scopes, last_error, created, updated FROM oauth2_app
    """
}

extension Transaction {
  package func insert(_ app: OAuth2AppRecord) throws {
    try execute(
      """
      INSERT INTO oauth2_app (workspace, id, name, title, description, provider, enabled, client_id,
        client_secret, authority, redirect_url, extra_scopes, skip_scopes, last_error, created, updated)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
      """,
      app.workspace, app.id, app.name, app.title, app.description, app.provider.rawValue, app.enabled,
      app.clientID, app.clientSecret, app.authority, app.redirectURL,
      app.extraScopes.joined(separator: " "), app.skipScopes.joined(separator: " "), app.lastError,
      app.created, app.updated)
  }

  /// Everything but provider and creation; its last error is forgotten.
  package func update(_ app: OAuth2AppRecord) throws {
    try execute(
      """
      UPDATE oauth2_app SET name = $3, title = $4, description = $5, enabled = $6, client_id = $7,
        client_secret = $8, authority = $9, redirect_url = $10, extra_scopes = $11, skip_scopes = $12,
        last_error = NULL, updated = $13
      WHERE workspace = $1 AND id = $2
      """,
      app.workspace, app.id, app.name, app.title, app.description, app.enabled, app.clientID,
      app.clientSecret, app.authority, app.redirectURL, app.extraScopes.joined(separator: " "),
      app.skipScopes.joined(separator: " "), app.updated)
  }

  package func app(_ id: AppID, in workspace: WorkspaceID) throws -> OAuth2AppRecord? {
    try row(OAuth2AppRecord.select + " WHERE workspace = $1 AND id = $2", workspace, id) {
      try OAuth2AppRecord($0)
    }
  }

  /// Oldest first.
  package func apps(_ request: PageRequest, in workspace: WorkspaceID) throws -> Page<OAuth2AppRecord> {
    let total = try row("SELECT count(*) AS total FROM oauth2_app WHERE workspace = $1", workspace) {
      try $0.integer("total")
    }
    let apps = try rows(
      OAuth2AppRecord.select + " WHERE workspace = $1 ORDER BY created, id LIMIT $2 OFFSET $3",
      workspace, request.size, request.offset
    ) { try OAuth2AppRecord($0) }
    return Page(apps, of: Int(total ?? 0))
  }

  /// Those a person may sign in with, oldest first.
  package func enabledSignInApps(in workspace: WorkspaceID) throws -> [OAuth2AppRecord] {
    try rows(
      OAuth2AppRecord.select
        + " WHERE workspace = $1 AND enabled = 1 AND provider = 'outlook' ORDER BY created, id", workspace
    ) { try OAuth2AppRecord($0) }
  }

  /// How many accounts use the app.
  package func accountCount(of app: AppID, in workspace: WorkspaceID) throws -> Int {
    let count = try row(
      "SELECT count(*) AS total FROM account WHERE workspace = $1 AND app = $2", workspace, app
    ) { try $0.integer("total") }
    return Int(count ?? 0)
  }

  /// `nil` clears it. Returns whether anything changed.
  @discardableResult
  package func setLastError(
    _ problem: ProblemRecord?, ofApp app: AppID, in workspace: WorkspaceID
  ) throws -> Bool {
    try execute(
      """
      UPDATE oauth2_app SET last_error = $3
      WHERE workspace = $1 AND id = $2 AND (last_error IS NOT NULL OR $4 = 1)
      """, workspace, app, problem, problem != nil) > 0
  }

  /// Returns whether there was one. Fails while accounts use it.
  package func deleteApp(_ id: AppID, in workspace: WorkspaceID) throws -> Bool {
    try execute("DELETE FROM oauth2_app WHERE workspace = $1 AND id = $2", workspace, id) > 0
  }
}
