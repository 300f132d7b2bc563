package import Core

/// A browser on its way to Microsoft's sign-in page and back.
package struct SignInRecord: Sendable {
  /// SHA-256 of the `state` parameter, which itself is not stored.
  package var stateHash: [UInt8]
  package var workspace: WorkspaceID
  package var form: FormID
  package var appWorkspace: WorkspaceID
  package var app: AppID
  /// SHA-256 of the cookie of the browser that started.
  package var browserHash: [UInt8]
  /// A box with the code verifier and the nonce.
  package var secrets: [UInt8]
  package var redirectURI: String
  package var created: Instant
  package var expires: Instant

  package init(
    stateHash: [UInt8], workspace: WorkspaceID, form: FormID, appWorkspace: WorkspaceID, app: AppID,
    browserHash: [UInt8], secrets: [UInt8], redirectURI: String, created: Instant, expires: Instant
  ) {
    self.stateHash = stateHash
    self.workspace = workspace
    self.form = form
    self.appWorkspace = appWorkspace
    self.app = app
    self.browserHash = browserHash
    self.secrets = secrets
    self.redirectURI = redirectURI
    self.created = created
    self.expires = expires
  }
}

extension Transaction {
  package func insert(_ signIn: SignInRecord) throws {
    try execute(
      """
      INSERT INTO sign_in (state_hash, workspace, form, app_workspace, app, browser_hash, secrets,
        redirect_uri, created, expires)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
      """,
      signIn.stateHash, signIn.workspace, signIn.form, signIn.appWorkspace, signIn.app, signIn.browserHash,
      signIn.secrets,
      signIn.redirectURI, signIn.created, signIn.expires)
  }

  /// Removes it, so that no other request gets it, if the browser is the one that started; another browser finds
  /// out whether there is one and leaves it where it is.
  package func takeSignIn(stateHash: [UInt8], browserHash: [UInt8]) throws -> SignInTaking {
    let signIn = try row(
      """
      DELETE FROM sign_in WHERE state_hash = $1 AND browser_hash = $2
      RETURNING workspace, form, app_workspace, app, secrets, redirect_uri, created, expires
      """, stateHash, browserHash
    ) {
      SignInRecord(
        stateHash: stateHash, workspace: try $0.identifier("workspace"), form: try $0.identifier("form"),
        appWorkspace: try $0.identifier("app_workspace"), app: try $0.identifier("app"),
        browserHash: browserHash, secrets: try $0.bytes("secrets"),
        redirectURI: try $0.text("redirect_uri"), created: try $0.instant("created"),
        expires: try $0.instant("expires"))
    }
    if let signIn { return .taken(signIn) }
    let other = try row("SELECT 1 AS found FROM sign_in WHERE state_hash = $1", stateHash) { _ in true }
    return other == nil ? .unknown : .otherBrowser
  }

  /// Removes all but the newest `limit` of a form.
  package func deleteSignIns(of form: FormID, in workspace: WorkspaceID, beyond limit: Int) throws {
    try execute(
      """
      DELETE FROM sign_in WHERE workspace = $1 AND form = $2 AND state_hash NOT IN
        (SELECT state_hash FROM sign_in WHERE workspace = $1 AND form = $2
         ORDER BY created DESC, state_hash LIMIT $3)
      """, workspace, form, limit)
  }

  /// Removes those that expired before that instant.
  package func deleteSignIns(expiredBefore instant: Instant) throws {
    try execute("DELETE FROM sign_in WHERE expires < $1", instant)
  }
}

/// What `takeSignIn` found.
package enum SignInTaking: Sendable {
  case taken(SignInRecord)
  case otherBrowser
  case unknown
}
