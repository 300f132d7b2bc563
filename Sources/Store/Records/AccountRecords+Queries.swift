package import Core

extension Transaction {
  package func account(_ id: AccountID, in workspace: WorkspaceID) throws -> AccountDetails? {
    try row(
      AccountDetails.select + " WHERE account.workspace = $1 AND account.id = $2", workspace, id
    ) { try AccountDetails($0) }
  }

  package func senderIdentity(_ id: AccountID, in workspace: WorkspaceID) throws -> SenderIdentity? {
    try row(
      "SELECT name, email, app, mailbox FROM account WHERE workspace = $1 AND id = $2", workspace, id
    ) {
      SenderIdentity(
        name: try $0.text("name"), email: try $0.text("email"),
        lane: LaneKey(workspace, app: try $0.identifier("app"), mailbox: try $0.text("mailbox")))
    }
  }

  /// Oldest first. `query` is looked for in id, name and address, without regard to ASCII case.
  package func accounts(
    _ request: PageRequest, state: AccountState?, query: String?, in workspace: WorkspaceID
  ) throws -> Page<AccountDetails> {
    let filter: SQL = """
       WHERE account.workspace = $1 AND ($2 = '' OR state = $2) AND ($3 = ''
        OR lower(account.id) LIKE $3 ESCAPE '!' OR lower(account.name) LIKE $3 ESCAPE '!'
        OR lower(email) LIKE $3 ESCAPE '!')
      """
    let state = state?.rawValue ?? ""
    let pattern = query.map(Self.pattern) ?? ""
    let total = try row("SELECT count(*) AS total FROM account" + filter, workspace, state, pattern) {
      try $0.integer("total")
    }
    let accounts = try rows(
      AccountDetails.select + filter + " ORDER BY account.created, account.id LIMIT $4 OFFSET $5",
      workspace, state, pattern, request.size, request.offset
    ) { try AccountDetails($0) }
    return Page(accounts, of: Int(total ?? 0))
  }

  /// Every account that has never held a token, in all workspaces, oldest first.
  package func initialAccounts() throws -> [(workspace: WorkspaceID, id: AccountID)] {
    try rows("SELECT workspace, id FROM account WHERE state = 'init' ORDER BY created, id") {
      (try $0.identifier("workspace"), try $0.identifier("id"))
    }
  }

  /// Makes the account, or gives an existing one these values; its `created` and its event numbers stay. A new
  /// one goes on with the numbers of an account that once had its id.
  package func upsert(_ account: AccountRecord) throws {
    try execute(
      """
      INSERT INTO account (workspace, id, name, email, app, mailbox, state, verified, send_only,
        unknown_outcome, tenant_id, object_id, last_error, event_sequence, created, updated)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13,
        (SELECT coalesce(max(sequence), 0) FROM event WHERE workspace = $1 AND account = $2), $14, $15)
      ON CONFLICT (workspace, id) DO UPDATE SET name = excluded.name, email = excluded.email,
        app = excluded.app, mailbox = excluded.mailbox, state = excluded.state,
        verified = excluded.verified, send_only = excluded.send_only,
        unknown_outcome = excluded.unknown_outcome, tenant_id = excluded.tenant_id,
        object_id = excluded.object_id, last_error = excluded.last_error, updated = excluded.updated
      """,
      account.workspace, account.id, account.name, account.email, account.app, account.mailbox,
      account.state.rawValue, account.verified, account.sendOnly, account.unknownOutcome.rawValue,
      account.tenantID, account.objectID, account.lastError, account.created, account.updated)
  }

  /// Returns whether that is news.
  package func markConnected(_ id: AccountID, in workspace: WorkspaceID, at now: Instant) throws -> Bool {
    try execute(
      """
      UPDATE account SET state = 'connected', last_error = NULL, updated = $3
      WHERE workspace = $1 AND id = $2 AND state <> 'connected'
      """, workspace, id, now) > 0
  }

  /// Returns whether that is news; what was said last is kept anyway. `grantVersion` is the grant that was
  /// refused, if a person gave one: one that has been replaced since is no reason.
  package func markAuthenticationError(
    _ problem: ProblemRecord, account id: AccountID, grantVersion: Int64?, in workspace: WorkspaceID
  ) throws -> Bool {
    if let grantVersion, try grant(of: id, in: workspace)?.version != grantVersion { return false }
    let news = try execute(
      """
      UPDATE account SET state = 'authenticationError', updated = $3
      WHERE workspace = $1 AND id = $2 AND state <> 'authenticationError'
      """, workspace, id, problem.occurred)
    try execute(
      "UPDATE account SET last_error = $3 WHERE workspace = $1 AND id = $2", workspace, id, problem)
    return news > 0
  }

  /// The mailbox has proved to be there: Microsoft accepted a letter of it.
  package func markVerified(_ id: AccountID, in workspace: WorkspaceID) throws {
    try execute(
      "UPDATE account SET verified = 1 WHERE workspace = $1 AND id = $2 AND verified = 0", workspace, id)
  }

  package func setSendOnly(_ sendOnly: Bool, account id: AccountID, in workspace: WorkspaceID) throws {
    try execute(
      "UPDATE account SET send_only = $3 WHERE workspace = $1 AND id = $2", workspace, id, sendOnly)
  }

  package func forgetSendOnly(ofApp app: AppID, in workspace: WorkspaceID) throws {
    try execute(
      "UPDATE account SET send_only = 0 WHERE workspace = $1 AND app = $2 AND send_only = 1", workspace, app)
  }

  /// Cancels the letters that wait for the account. One that is on its way finds no account when it comes back.
  package func cancelLetters(of account: AccountID, in workspace: WorkspaceID, at now: Instant) throws {
    try execute(
      """
      UPDATE queue SET state = 6, settled = $3
      WHERE workspace = $1 AND account = $2 AND state < 4 AND state <> 1
      """, workspace, account, now)
  }

  /// Removes the account and its grant. Returns whether there was one.
  package func deleteAccount(_ id: AccountID, in workspace: WorkspaceID) throws -> Bool {
    try execute("DELETE FROM account WHERE workspace = $1 AND id = $2", workspace, id) > 0
  }

  /// `LIKE` finds `text` anywhere; `!` escapes what it would take for a placeholder.
  private static func pattern(_ text: String) -> String {
    let escaped = text.lowercased().replacing("!", with: "!!").replacing("%", with: "!%")
      .replacing("_", with: "!_")
    return "%" + escaped + "%"
  }
}
