package import Core

/// An app registration at Microsoft, as entered here.
package struct OAuth2AppRecord: Sendable {
  package var workspace: WorkspaceID
  package var id: AppID
  package var name: String
  /// The text of its button on the hosted page.
  package var title: String?
  package var description: String?
  package var provider: OAuth2Provider
  package var enabled: Bool
  /// The name of one of the operator's clouds.
  package var cloud: String
  package var baseScopes: BaseScopes
  /// Whether people are asked only for the permission to send.
  package var sendOnly: Bool
  /// Whether people of every workspace may sign in with it; only one of the workspace `default` can be.
  package var shared: Bool
  /// Whether a sign-in link that names no app offers it.
  package var listed: Bool
  /// Whether Entra gives the app codes to enter on another device; `nil` before it was asked.
  package var deviceCodes: Bool?
  /// Whether the configuration file declares it; as it was read.
  package internal(set) var declared = false
  package var clientID: String
  /// A box. A native client has neither secret nor certificate.
  package var clientSecret: [UInt8]?
  /// A box with a certificate and its private key, as PEM.
  package var clientCertificate: [UInt8]?
  /// `x5t#S256` of the certificate.
  package var certificateThumbprint: String?
  /// When the secret or the certificate expires.
  package var secretExpires: Instant?
  /// How many days before that the last warning was issued.
  package var secretWarned: Int?
  package var authority: String
  package var redirectURL: String?
  package var extraScopes: [String]
  package var skipScopes: [String]
  /// What is wrong with the registration itself, by Entra's last reply.
  package var lastError: ProblemRecord?
  package var created: Instant
  package var updated: Instant

  package init(
    workspace: WorkspaceID, id: AppID, name: String, title: String?, description: String?,
    provider: OAuth2Provider, enabled: Bool, cloud: String = "global", baseScopes: BaseScopes = .api,
    sendOnly: Bool = false, shared: Bool = false, listed: Bool = true, clientID: String,
    clientSecret: [UInt8]?, authority: String, redirectURL: String?, extraScopes: [String],
    skipScopes: [String], created: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.name = name
    self.title = title
    self.description = description
    self.provider = provider
    self.enabled = enabled
    self.cloud = cloud
    self.baseScopes = baseScopes
    self.sendOnly = sendOnly
    self.shared = shared
    self.listed = listed
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

extension OAuth2AppRecord {
  /// Whether it has something to prove itself with: a web client or a daemon.
  package var isConfidential: Bool { clientSecret != nil || clientCertificate != nil }

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    name = try row.text("name")
    title = try row.optionalText("title")
    description = try row.optionalText("description")
    provider = try row.value("provider")
    enabled = try row.bool("enabled")
    cloud = try row.text("cloud")
    baseScopes = try row.value("base_scopes")
    sendOnly = try row.bool("send_only")
    shared = try row.bool("shared")
    listed = try row.bool("listed")
    declared = try row.bool("declared")
    deviceCodes = try row.optionalInteger("device_codes").map { $0 != 0 }
    clientID = try row.text("client_id")
    clientSecret = try row.optionalBytes("client_secret")
    clientCertificate = try row.optionalBytes("client_certificate")
    certificateThumbprint = try row.optionalText("certificate_thumbprint")
    secretExpires = try row.optionalInstant("secret_expires")
    secretWarned = try row.optionalInteger("secret_warned").map(Int.init)
    authority = try row.text("authority")
    redirectURL = try row.optionalText("redirect_url")
    extraScopes = try row.words("extra_scopes")
    skipScopes = try row.words("skip_scopes")
    lastError = try row.optionalProblem("last_error")
    created = try row.instant("created")
    updated = try row.instant("updated")
  }

  static let select: SQL = """
    SELECT workspace, id, name, title, description, provider, enabled, cloud, base_scopes, send_only, shared,
      listed, device_codes, declared, client_id, client_secret, client_certificate, certificate_thumbprint,
      secret_expires, secret_warned, authority, redirect_url, extra_scopes, skip_scopes, last_error, created,
      updated FROM oauth2_app
    """
}

extension Transaction {
  package func insert(_ app: OAuth2AppRecord) throws {
    try execute(
      """
      INSERT INTO oauth2_app (workspace, id, name, title, description, provider, enabled, cloud, base_scopes,
        send_only, shared, client_id, client_secret, client_certificate, certificate_thumbprint,
        secret_expires, secret_warned, authority, redirect_url, extra_scopes, skip_scopes, last_error,
        created, updated, listed)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
        $22, $23, $24, $25)
      """,
      app.workspace, app.id, app.name, app.title, app.description, app.provider.rawValue, app.enabled,
      app.cloud, app.baseScopes.rawValue, app.sendOnly, app.shared, app.clientID, app.clientSecret,
      app.clientCertificate, app.certificateThumbprint, app.secretExpires, app.secretWarned.map(Int64.init),
      app.authority, app.redirectURL, app.extraScopes.joined(separator: " "),
      app.skipScopes.joined(separator: " "), app.lastError, app.created, app.updated, app.listed)
  }

  /// Everything but provider and creation; its last error is forgotten, and whether it gets device codes.
  package func update(_ app: OAuth2AppRecord) throws {
    try execute(
      """
      UPDATE oauth2_app SET name = $3, title = $4, description = $5, enabled = $6, cloud = $7,
        base_scopes = $8, send_only = $9, shared = $10, client_id = $11, client_secret = $12,
        client_certificate = $13, certificate_thumbprint = $14, secret_expires = $15, secret_warned = $16,
        authority = $17, redirect_url = $18, extra_scopes = $19, skip_scopes = $20, last_error = NULL,
        updated = $21, listed = $22, device_codes = NULL
      WHERE workspace = $1 AND id = $2
      """,
      app.workspace, app.id, app.name, app.title, app.description, app.enabled, app.cloud,
      app.baseScopes.rawValue, app.sendOnly, app.shared, app.clientID, app.clientSecret,
      app.clientCertificate, app.certificateThumbprint, app.secretExpires, app.secretWarned.map(Int64.init),
      app.authority, app.redirectURL, app.extraScopes.joined(separator: " "),
      app.skipScopes.joined(separator: " "), app.updated, app.listed)
  }

  package func app(_ id: AppID, in workspace: WorkspaceID) throws -> OAuth2AppRecord? {
    try row(OAuth2AppRecord.select + " WHERE workspace = $1 AND id = $2", workspace, id) {
      try OAuth2AppRecord($0)
    }
  }

  /// The workspace's own app, or one that the operator shares with all workspaces.
  package func usableApp(_ id: AppID, in workspace: WorkspaceID) throws -> OAuth2AppRecord? {
    try row(
      OAuth2AppRecord.select
        + " WHERE id = $2 AND (workspace = $1 OR shared = 1) ORDER BY CASE WHEN workspace = $1 THEN 0 ELSE 1 END",
      workspace, id
    ) { try OAuth2AppRecord($0) }
  }

  /// The workspace's own apps with that client id, oldest first.
  package func apps(clientID: String, in workspace: WorkspaceID) throws -> [OAuth2AppRecord] {
    try rows(
      OAuth2AppRecord.select + " WHERE workspace = $1 AND client_id = $2 ORDER BY created, id",
      workspace, clientID
    ) { try OAuth2AppRecord($0) }
  }

  /// Those of all workspaces whose secret or certificate expires before that instant, soonest first.
  package func apps(secretExpiresBefore instant: Instant) throws -> [OAuth2AppRecord] {
    try rows(
      OAuth2AppRecord.select
        + " WHERE secret_expires IS NOT NULL AND secret_expires < $1 ORDER BY secret_expires, id", instant
    ) { try OAuth2AppRecord($0) }
  }

  /// Returns whether that is new: the app's secret still expires then, and no later warning was issued.
  package func markSecretWarned(
    _ days: Int, app: AppID, expires: Instant, in workspace: WorkspaceID
  ) throws -> Bool {
    try execute(
      """
      UPDATE oauth2_app SET secret_warned = $3
      WHERE workspace = $1 AND id = $2 AND secret_expires = $4
        AND (secret_warned IS NULL OR secret_warned > $3)
      """, workspace, app, Int64(days), expires) > 0
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

  /// Those that a link which names no app offers to people, the shared ones too, oldest first.
  package func listedSignInApps(in workspace: WorkspaceID) throws -> [OAuth2AppRecord] {
    try rows(
      OAuth2AppRecord.select
        + """
         WHERE (workspace = $1 OR shared = 1) AND enabled = 1 AND listed = 1
         AND provider = 'outlook' ORDER BY created, id
        """, workspace
    ) { try OAuth2AppRecord($0) }
  }

  /// Remembers whether Entra gives the app device codes, as it was registered at `updated`.
  package func setDeviceCodes(_ isAllowed: Bool, of app: OAuth2AppRecord) throws {
    try execute(
      "UPDATE oauth2_app SET device_codes = $3 WHERE workspace = $1 AND id = $2 AND updated = $4",
      app.workspace, app.id, isAllowed, app.updated)
  }

  /// How many accounts use the app, in all workspaces.
  package func accountCount(of app: AppID, in workspace: WorkspaceID) throws -> Int {
    let count = try row(
      "SELECT count(*) AS total FROM account WHERE app_workspace = $1 AND app = $2", workspace, app
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
