package import Core

// What the configuration file of the gateway declares: apps, accounts, API tokens and
// settings of the workspace `default`.
extension Transaction {
  package func declaredApps() throws -> [AppID] {
    try rows("SELECT id FROM oauth2_app WHERE workspace = 'default' AND declared = 1 ORDER BY id") {
      try $0.identifier("id")
    }
  }

  package func declaredAccounts() throws -> [AccountID] {
    try rows("SELECT id FROM account WHERE workspace = 'default' AND declared = 1 ORDER BY id") {
      try $0.identifier("id")
    }
  }

  package func declaredTokens() throws -> [APITokenRecord] {
    try rows(APITokenRecord.select + " WHERE workspace = 'default' AND declared = 1 ORDER BY id") {
      try APITokenRecord($0)
    }
  }

  package func setDeclared(_ isDeclared: Bool, setting: WorkspaceSetting) throws {
    try execute(
      "UPDATE setting SET declared = $2 WHERE workspace = 'default' AND name = $1", setting.rawValue,
      isDeclared)
  }

  package func setDeclared(_ isDeclared: Bool, app: AppID) throws {
    try execute(
      "UPDATE oauth2_app SET declared = $2 WHERE workspace = 'default' AND id = $1", app, isDeclared)
  }

  /// - Parameter tokenHash: SHA-256 of the refresh token that was imported last; `nil` for an account without one.
  package func setDeclared(_ isDeclared: Bool, account: AccountID, tokenHash: [UInt8]? = nil) throws {
    try execute(
      """
      UPDATE account SET declared = $2, declared_token = $3 WHERE workspace = 'default' AND id = $1
      """, account, isDeclared, tokenHash)
  }

  /// `nil` where none was imported by declaration.
  package func declaredTokenHash(of account: AccountID) throws -> [UInt8]? {
    try row("SELECT declared_token FROM account WHERE workspace = 'default' AND id = $1", account) {
      try $0.optionalBytes("declared_token")
    } ?? nil
  }
}
