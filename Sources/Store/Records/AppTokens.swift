package import Core

/// The access token of an app that acts for itself: one for all its mailboxes.
package struct AppTokenRecord: Sendable {
  package var workspace: WorkspaceID
  package var app: AppID
  /// 1 for the first; each one is one more than the one it replaces.
  package var version: Int64
  /// A box.
  package var accessToken: [UInt8]
  package var expires: Instant

  package init(
    workspace: WorkspaceID, app: AppID, version: Int64, accessToken: [UInt8], expires: Instant
  ) {
    self.workspace = workspace
    self.app = app
    self.version = version
    self.accessToken = accessToken
    self.expires = expires
  }
}

extension Transaction {
  package func appToken(of app: AppID, in workspace: WorkspaceID) throws -> AppTokenRecord? {
    try row(
      "SELECT version, access_token, expires FROM app_token WHERE workspace = $1 AND app = $2", workspace, app
    ) {
      AppTokenRecord(
        workspace: workspace, app: app, version: try $0.integer("version"),
        accessToken: try $0.bytes("access_token"), expires: try $0.instant("expires"))
    }
  }

  /// Compare and set: puts it in the place of that version, or where there is none yet (`nil`), and returns
  /// whether it did.
  package func save(_ token: AppTokenRecord, replacing version: Int64?) throws -> Bool {
    guard let version else {
      return try execute(
        """
        INSERT INTO app_token (workspace, app, version, access_token, expires) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (workspace, app) DO NOTHING
        """, token.workspace, token.app, token.version, token.accessToken, token.expires) > 0
    }
    return try execute(
      """
      UPDATE app_token SET version = $4, access_token = $5, expires = $6
      WHERE workspace = $1 AND app = $2 AND version = $3
      """, token.workspace, token.app, version, token.version, token.accessToken, token.expires) > 0
  }

  /// Returns whether it still was of that version.
  package func expireAppToken(of app: AppID, version: Int64, in workspace: WorkspaceID) throws -> Bool {
    try execute(
      "UPDATE app_token SET expires = 0 WHERE workspace = $1 AND app = $2 AND version = $3",
      workspace, app, version) > 0
  }

  package func deleteAppToken(of app: AppID, in workspace: WorkspaceID) throws {
    try execute("DELETE FROM app_token WHERE workspace = $1 AND app = $2", workspace, app)
  }
}
