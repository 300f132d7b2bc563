package import Core

/// What a person has granted: the tokens of one account.
package struct OAuth2GrantRecord: Sendable {
  package var workspace: WorkspaceID
  package var account: AccountID
  /// Starts at the microsecond of the sign-in, so that a grant never has the number of an earlier one of the
  /// same account; each refresh adds one.
  package var version: Int64
  /// A box.
  package var refreshToken: [UInt8]
  /// A box.
  package var accessToken: [UInt8]
  package var expires: Instant
  /// As Entra spelt them.
  package var scopes: [String]
  package var clientKind: ClientKind
  /// When it is refreshed even if it is unused: Entra lets a refresh token expire after 90 idle days.
  package var keepAlive: Instant
  package var updated: Instant

  package init(
    workspace: WorkspaceID, account: AccountID, version: Int64, refreshToken: [UInt8], accessToken: [UInt8],
    expires: Instant, scopes: [String], clientKind: ClientKind, keepAlive: Instant, updated: Instant
  ) {
    self.workspace = workspace
    self.account = account
    self.version = version
    self.refreshToken = refreshToken
    self.accessToken = accessToken
    self.expires = expires
    self.scopes = scopes
    self.clientKind = clientKind
    self.keepAlive = keepAlive
    self.updated = updated
  }
}

/// The kind of client that the app was when the grant was issued. Refreshing must use the same: a secret is
/// refused for a native client's grant and demanded for a web client's.
package enum ClientKind: String, Sendable {
  case web
  case native
}

extension Transaction {
  package func grant(of account: AccountID, in workspace: WorkspaceID) throws -> OAuth2GrantRecord? {
    try row(
      """
      SELECT version, refresh_token, access_token, expires, scopes, client_kind, keep_alive, updated
      FROM oauth2_grant WHERE workspace = $1 AND account = $2
      """, workspace, account
    ) {
      OAuth2GrantRecord(
        workspace: workspace, account: account, version: try $0.integer("version"),
        refreshToken: try $0.bytes("refresh_token"), accessToken: try $0.bytes("access_token"),
        expires: try $0.instant("expires"), scopes: try $0.words("scopes"),
        clientKind: try $0.value("client_kind"), keepAlive: try $0.instant("keep_alive"),
        updated: try $0.instant("updated"))
    }
  }

  /// Compare and set: puts it in the place of that version, or where there is none yet (`nil`), and returns
  /// whether it did.
  package func save(_ grant: OAuth2GrantRecord, replacing version: Int64?) throws -> Bool {
    let scopes = grant.scopes.joined(separator: " ")
    guard let version else {
      return try execute(
        """
        INSERT INTO oauth2_grant (workspace, account, version, refresh_token, access_token, expires, scopes,
          client_kind, keep_alive, updated)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (workspace, account) DO NOTHING
        """,
        grant.workspace, grant.account, grant.version, grant.refreshToken, grant.accessToken, grant.expires,
        scopes, grant.clientKind.rawValue, grant.keepAlive, grant.updated) > 0
    }
    return try execute(
      """
      UPDATE oauth2_grant SET version = $4, refresh_token = $5, access_token = $6, expires = $7, scopes = $8,
        client_kind = $9, keep_alive = $10, updated = $11
      WHERE workspace = $1 AND account = $2 AND version = $3
      """,
      grant.workspace, grant.account, version, grant.version, grant.refreshToken, grant.accessToken,
      grant.expires, scopes, grant.clientKind.rawValue, grant.keepAlive, grant.updated) > 0
  }

  /// Up to `limit` accounts whose grant has not been used for long, in all workspaces; each is put off until
  /// `later`, so that no other node takes it too. Those that are still being connected are not among them, unless
  /// they are paused and are not being connected.
  package func takeIdleGrants(
    before now: Instant, until later: Instant, limit: Int
  ) throws -> [(workspace: WorkspaceID, account: AccountID)] {
    try rows(
      """
      UPDATE oauth2_grant SET keep_alive = $2 WHERE (workspace, account) IN
        (SELECT oauth2_grant.workspace, oauth2_grant.account FROM oauth2_grant
         JOIN account ON account.workspace = oauth2_grant.workspace AND account.id = oauth2_grant.account
         WHERE keep_alive <= $1 AND (paused = 1 OR state NOT IN ('init', 'connecting', 'connectError'))
         ORDER BY keep_alive LIMIT $3)
      RETURNING workspace, account
      """, now, later, limit
    ) { (try $0.identifier("workspace"), try $0.identifier("account")) }
  }

  /// Postpones the next refresh, unless it has been rescheduled since it was due at `instant`.
  package func deferKeepAlive(
    of account: AccountID, from instant: Instant, until later: Instant, in workspace: WorkspaceID
  ) throws {
    try execute(
      "UPDATE oauth2_grant SET keep_alive = $4 WHERE workspace = $1 AND account = $2 AND keep_alive = $3",
      workspace, account, instant, later)
  }

  /// The refresh token stays. Returns whether the grant still was of that version; then its row is locked until
  /// the commit, so that no other takes its place meanwhile.
  @discardableResult
  package func expireAccessToken(
    of account: AccountID, version: Int64, in workspace: WorkspaceID
  ) throws -> Bool {
    try execute(
      "UPDATE oauth2_grant SET expires = 0 WHERE workspace = $1 AND account = $2 AND version = $3",
      workspace, account, version) > 0
  }
}
