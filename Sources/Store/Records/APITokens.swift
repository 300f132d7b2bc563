package import Core

/// One bearer token of our own API. The token itself is stored nowhere.
package struct APITokenRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: TokenID
  /// SHA-256 of the token.
  package var hash: [UInt8]
  package var description: String
  package var scopes: [String]
  /// The only account it is for; `nil` for all of the workspace.
  package var account: AccountID?
  package var created: Instant
  package var expires: Instant?
  /// Whether the configuration file declares it.
  package var declared: Bool
  /// `nil` when it may be used from anywhere, as often as wanted.
  package var restrictions: TokenRestrictions?
  /// `nil` when it may be used for all that its scopes allow.
  package var permissions: TokenPermissions?
  /// When and from which address it was last used, to the minute.
  package private(set) var used: Instant?
  package private(set) var usedFrom: String?

  package init(
    workspace: WorkspaceID, id: TokenID, hash: [UInt8], description: String, scopes: [String],
    account: AccountID? = nil, created: Instant, expires: Instant? = nil, declared: Bool = false
  ) {
    self.workspace = workspace
    self.id = id
    self.hash = hash
    self.description = description
    self.scopes = scopes
    self.account = account
    self.created = created
    self.expires = expires
    self.declared = declared
  }

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    hash = try row.bytes("hash")
    description = try row.text("description")
    scopes = try row.words("scopes")
    account = try row.optionalIdentifier("account")
    created = try row.instant("created")
    expires = try row.optionalInstant("expires")
    declared = try row.bool("declared")
    restrictions = try row.json("restrictions")
    permissions = try row.json("permissions")
    used = try row.optionalInstant("used")
    usedFrom = try row.optionalText("used_from")
  }

  static let columns: SQL = """
    workspace, id, hash, description, scopes, account, created, expires, declared, restrictions, permissions, used,
    used_from
    """
  static let select: SQL = "SELECT \(columns) FROM api_token"
  fileprivate static let insert = SQL.insert(into: "api_token", columns: columns)
}

extension Transaction {
  package func insert(_ token: APITokenRecord) throws {
    try execute(
      APITokenRecord.insert, token.workspace, token.id, token.hash, token.description,
      token.scopes.joined(separator: " "), token.account, token.created, token.expires,
      token.declared, token.restrictionsText, token.permissionsText, token.used, token.usedFrom)
  }

  /// The token with this hash in any workspace; `nil` when there is none or it has expired by `now`.
  package func apiToken(hash: [UInt8], at now: Instant) throws -> APITokenRecord? {
    try row(
      APITokenRecord.select + " WHERE hash = $1 AND (expires IS NULL OR expires > $2)", hash, now
    ) { try APITokenRecord($0) }
  }

  package func apiToken(_ id: TokenID, in workspace: WorkspaceID) throws -> APITokenRecord? {
    try row(APITokenRecord.select + " WHERE workspace = $1 AND id = $2", workspace, id) {
      try APITokenRecord($0)
    }
  }

  /// In whatever workspace it is.
  package func apiToken(_ id: TokenID) throws -> APITokenRecord? {
    try row(APITokenRecord.select + " WHERE id = $1", id) { try APITokenRecord($0) }
  }

  /// Oldest first, expired ones too; those of all workspaces, and for all accounts, where that is `nil`.
  package func apiTokens(
    _ request: PageRequest, account: AccountID? = nil, in workspace: WorkspaceID?
  ) throws -> Page<APITokenRecord> {
    let filter: SQL = " WHERE ($1 = '' OR workspace = $1) AND ($2 = '' OR account = $2)"
    let (workspace, account) = (workspace?.rawValue ?? "", account?.rawValue ?? "")
    let total = try row("SELECT count(*) AS total FROM api_token" + filter, workspace, account) {
      try $0.integer("total")
    }
    let tokens = try rows(
      APITokenRecord.select + filter + " ORDER BY created, id LIMIT $3 OFFSET $4",
      workspace, account, request.size, request.offset
    ) { try APITokenRecord($0) }
    return Page(tokens, of: Int(total ?? 0))
  }

  package func recordUse(
    of id: TokenID, in workspace: WorkspaceID, from address: String?, at now: Instant
  ) throws {
    try execute(
      "UPDATE api_token SET used = $3, used_from = $4 WHERE workspace = $1 AND id = $2", workspace, id, now,
      address)
  }

  /// Returns whether there was one.
  package func deleteAPIToken(_ id: TokenID, in workspace: WorkspaceID) throws -> Bool {
    try execute("DELETE FROM api_token WHERE workspace = $1 AND id = $2", workspace, id) > 0
  }

  /// In whatever workspace it is. Returns whether there was one.
  package func deleteAPIToken(_ id: TokenID) throws -> Bool {
    try execute("DELETE FROM api_token WHERE id = $1", id) > 0
  }
}
