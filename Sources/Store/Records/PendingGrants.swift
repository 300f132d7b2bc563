package import Core

/// A grant that was imported for an account that has a valid one: it is tried before it replaces that one, and
/// then the account gets the other values too.
package struct PendingGrantRecord: Sendable {
  /// Its boxes are sealed for this row. `keepAlive` and `updated` have no meaning here.
  package var grant: OAuth2GrantRecord
  package var appWorkspace: WorkspaceID
  package var app: AppID
  package var name: String
  package var unknownOutcome: UnknownOutcome
  package var smtp: SMTPForm?
  /// When it is tried next.
  package var due: Instant

  package init(
    grant: OAuth2GrantRecord, appWorkspace: WorkspaceID, app: AppID, name: String,
    unknownOutcome: UnknownOutcome, smtp: SMTPForm?, due: Instant
  ) {
    self.grant = grant
    self.appWorkspace = appWorkspace
    self.app = app
    self.name = name
    self.unknownOutcome = unknownOutcome
    self.smtp = smtp
    self.due = due
  }
}

extension Transaction {
  package func pendingGrant(of account: AccountID, in workspace: WorkspaceID) throws -> PendingGrantRecord? {
    try row(
      """
      SELECT version, refresh_token, access_token, expires, scopes, client_kind, app_workspace, app, name,
        unknown_outcome, smtp, due
      FROM pending_grant WHERE workspace = $1 AND account = $2
      """, workspace, account
    ) {
      let due = try $0.instant("due")
      return PendingGrantRecord(
        grant: OAuth2GrantRecord(
          workspace: workspace, account: account, version: try $0.integer("version"),
          refreshToken: try $0.bytes("refresh_token"), accessToken: try $0.bytes("access_token"),
          expires: try $0.instant("expires"), scopes: try $0.words("scopes"),
          clientKind: try $0.value("client_kind"), keepAlive: due, updated: due),
        appWorkspace: try $0.identifier("app_workspace"), app: try $0.identifier("app"),
        name: try $0.text("name"), unknownOutcome: try $0.value("unknown_outcome"),
        smtp: try $0.optionalText("smtp").flatMap(SMTPForm.init(json:)), due: due)
    }
  }

  /// In the place of an earlier one.
  package func insert(_ pending: PendingGrantRecord) throws {
    let grant = pending.grant
    try deletePendingGrant(of: grant.account, in: grant.workspace)
    try execute(
      """
      INSERT INTO pending_grant (workspace, account, version, refresh_token, access_token, expires, scopes,
        client_kind, app_workspace, app, name, unknown_outcome, smtp, due)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
      """,
      grant.workspace, grant.account, grant.version, grant.refreshToken, grant.accessToken, grant.expires,
      grant.scopes.joined(separator: " "), grant.clientKind.rawValue, pending.appWorkspace, pending.app,
      pending.name, pending.unknownOutcome.rawValue, pending.smtp?.json, pending.due)
  }

  /// Compare and set: keeps the tokens that replace that version's, and returns whether it did.
  package func savePending(_ grant: OAuth2GrantRecord, replacing version: Int64) throws -> Bool {
    try execute(
      """
      UPDATE pending_grant SET version = $4, refresh_token = $5, access_token = $6, expires = $7, scopes = $8
      WHERE workspace = $1 AND account = $2 AND version = $3
      """,
      grant.workspace, grant.account, version, grant.version, grant.refreshToken, grant.accessToken,
      grant.expires, grant.scopes.joined(separator: " ")) > 0
  }

  /// Up to `limit` that are due, in all workspaces; each is put off until `later`, so that no other node tries it
  /// too.
  package func takePendingGrants(
    due now: Instant, until later: Instant, limit: Int
  ) throws -> [(workspace: WorkspaceID, account: AccountID)] {
    try rows(
      """
      UPDATE pending_grant SET due = $2 WHERE (workspace, account) IN
        (SELECT workspace, account FROM pending_grant WHERE due <= $1 ORDER BY due LIMIT $3)
      RETURNING workspace, account
      """, now, later, limit
    ) { (try $0.identifier("workspace"), try $0.identifier("account")) }
  }

  package func putOffPendingGrant(
    of account: AccountID, until due: Instant, in workspace: WorkspaceID
  ) throws {
    try execute(
      "UPDATE pending_grant SET due = $3 WHERE workspace = $1 AND account = $2", workspace, account, due)
  }

  /// Of that version, or with `nil` of any. Returns whether there was one.
  @discardableResult
  package func deletePendingGrant(
    of account: AccountID, version: Int64? = nil, in workspace: WorkspaceID
  ) throws -> Bool {
    guard let version else {
      return try execute(
        "DELETE FROM pending_grant WHERE workspace = $1 AND account = $2", workspace, account) > 0
    }
    return try execute(
      "DELETE FROM pending_grant WHERE workspace = $1 AND account = $2 AND version = $3", workspace, account,
      version) > 0
  }
}
