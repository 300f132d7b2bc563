package import Core

extension Transaction {
  package func account(_ id: AccountID, in workspace: WorkspaceID) throws -> AccountDetails? {
    try row(
      AccountDetails.select + " WHERE account.workspace = $1 AND account.id = $2", workspace, id
    ) { try AccountDetails($0) }
  }

  package func senderIdentity(_ id: AccountID, in workspace: WorkspaceID) throws -> SenderIdentity? {
    try row(
      """
      SELECT account.name, email, mailbox, client_id, drops_unsubscribe_post, tenant_id, pacing,
        CASE WHEN state = 'connected' THEN 'api' ELSE base_scopes END AS base_scopes
      FROM account JOIN oauth2_app ON oauth2_app.workspace = app_workspace AND oauth2_app.id = app
      WHERE account.workspace = $1 AND account.id = $2
      """, workspace, id
    ) {
      SenderIdentity(
        canSend: try $0.value("base_scopes", as: BaseScopes.self) == .api,
        name: try $0.text("name"), email: try $0.text("email"),
        lane: try LaneKey(ofAccount: $0), dropsUnsubscribePost: try $0.bool("drops_unsubscribe_post"),
        recipientLimit: try $0.pacing().recipientsPerMessage)
    }
  }

  /// Of a mailbox that its owner signed in to, or whose token was imported; the address' case aside, in no
  /// order: asked for one, SQLite would read all accounts in it.
  package func personsAccounts(of mailbox: String, in workspace: WorkspaceID) throws -> [AccountRecord] {
    try rows(
      AccountDetails.select + """
         WHERE account.workspace = $1 AND lower(mailbox) = lower($2) AND provider = 'outlook' AND delegated = 0
          AND delegated_account IS NULL
        """, workspace, mailbox
    ) { try AccountRecord($0) }
  }

  /// Oldest first. `query` is looked for in id, name and address, without regard to ASCII case.
  package func accounts(
    _ request: PageRequest, state: AccountState?, paused: Bool = false, query: String?,
    in workspace: WorkspaceID
  ) throws -> Page<AccountDetails> {
    let filter: SQL = """
       WHERE account.workspace = $1 AND ($2 = '' OR CASE WHEN paused = 1 THEN 'paused' ELSE state END = $2) AND ($3 = ''
        OR lower(account.id) LIKE lower($3) ESCAPE '!' OR lower(account.name) LIKE lower($3) ESCAPE '!'
        OR lower(email) LIKE lower($3) ESCAPE '!')
      """
    let state = paused ? "paused" : state?.rawValue ?? ""
    let pattern = query.map(SQL.pattern(containing:)) ?? ""
    let total = try row("SELECT count(*) AS total FROM account" + filter, workspace, state, pattern) {
      try $0.integer("total")
    }
    let accounts = try rows(
      AccountDetails.select + filter + " ORDER BY account.created, account.id LIMIT $4 OFFSET $5",
      workspace, state, pattern, request.size, request.offset
    ) { try AccountDetails($0) }
    return Page(accounts, of: Int(total ?? 0))
  }

  /// Up to `limit` accounts that wait for their first token, in all workspaces, oldest first, after that one.
  package func waitingAccounts(
    after last: (created: Instant, id: AccountID)?, limit: Int
  ) throws -> [AccountDetails] {
    try rows(
      AccountDetails.select + """
         WHERE (state = 'init' OR state = 'connecting' OR state = 'connectError') AND paused = 0
        AND (account.created, account.id) > ($1, $2) ORDER BY account.created, account.id LIMIT $3
        """, last?.created ?? Instant(microseconds: -1), last?.id.rawValue ?? "", limit
    ) { try AccountDetails($0) }
  }

  /// Compare and set: gives the account that status, unless it no longer has the one that was read; returns
  /// whether it did. Only `lastError` may have changed since.
  package func setStatus(
    _ status: AccountStatus, replacing old: AccountStatus, account id: AccountID, in workspace: WorkspaceID,
    at now: Instant
  ) throws -> Bool {
    try execute(
      """
      UPDATE account SET state = $3, paused = $4, mailbox_found = $5, last_error = $6, updated = $7
      WHERE workspace = $1 AND id = $2 AND state = $8 AND paused = $9 AND mailbox_found = $10
      """, workspace, id, status.state.rawValue, status.paused, status.mailboxFound, status.lastError, now,
      old.state.rawValue, old.paused, old.mailboxFound) > 0
  }

  /// Whether nothing has shown yet that the account's mailbox is there.
  package func isMailboxUnproven(of id: AccountID, in workspace: WorkspaceID) throws -> Bool {
    try row(
      "SELECT 1 AS one FROM account WHERE workspace = $1 AND id = $2 AND mailbox_found = 0", workspace, id
    ) { _ in true } ?? false
  }

  /// Those of an app, in all workspaces, that may wait for it: because something was refused, or with their
  /// messages.
  package func waitingAccounts(ofApp app: AppID, in workspace: WorkspaceID) throws -> [AccountRecord] {
    try rows(
      AccountDetails.select
        + """
         WHERE app_workspace = $1 AND app = $2 AND (state = 'authenticationError' OR state = 'connectError'
          OR EXISTS (
            SELECT 1 FROM queue
            WHERE parked = 1 AND queue.workspace = account.workspace AND queue.account = account.id))
        ORDER BY account.id
        """, workspace, app
    ) { try AccountRecord($0) }
  }

  /// The accounts that use that one's grant.
  package func accounts(delegatedBy id: AccountID, in workspace: WorkspaceID) throws -> [AccountID] {
    try rows(
      "SELECT id FROM account WHERE workspace = $1 AND delegated_account = $2 ORDER BY id", workspace, id
    ) { try $0.identifier("id") }
  }

  /// Microsoft has said who the owner of the grant is; ids that it has not given stay as they are.
  package func setIdentity(
    _ identity: Identity, tenantID: String?, objectID: String?, account id: AccountID,
    in workspace: WorkspaceID
  ) throws {
    try execute(
      """
      UPDATE account SET identity = $5, tenant_id = coalesce($3, tenant_id),
        object_id = coalesce($4, object_id)
      WHERE workspace = $1 AND id = $2
      """, workspace, id, tenantID, objectID, identity.rawValue)
  }

  /// Creates the account, or gives an existing one these values; its `created`, its event numbers and its status
  /// stay. A new one continues the numbers of an account that once had its id, and does not show its events.
  package func upsert(_ account: AccountRecord) throws {
    try execute(
      """
      INSERT INTO account (workspace, id, name, email, app_workspace, app, mailbox, delegated,
        delegated_account, identity, state, paused, mailbox_found, send_only, unknown_outcome, tenant_id, object_id,
        last_error, smtp, event_sequence, event_floor, created, updated)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        (SELECT coalesce(max(sequence), 0) FROM event WHERE workspace = $1 AND account = $2),
        (SELECT coalesce(max(sequence), 0) FROM event WHERE workspace = $1 AND account = $2), $20, $21)
      ON CONFLICT (workspace, id) DO UPDATE SET name = excluded.name, email = excluded.email,
        app_workspace = excluded.app_workspace, app = excluded.app, mailbox = excluded.mailbox,
        delegated = excluded.delegated, delegated_account = excluded.delegated_account,
        identity = excluded.identity, send_only = excluded.send_only,
        unknown_outcome = excluded.unknown_outcome, tenant_id = excluded.tenant_id,
        object_id = excluded.object_id, smtp = excluded.smtp, updated = excluded.updated
      """,
      account.workspace, account.id, account.name, account.email, account.appWorkspace, account.app,
      account.mailbox, account.delegated, account.delegatedAccount, account.identity.rawValue,
      account.state.rawValue, account.paused, account.mailboxFound, account.sendOnly,
      account.unknownOutcome.rawValue, account.tenantID, account.objectID, account.lastError,
      account.smtp?.json, account.created, account.updated)
  }

  package func setSendOnly(_ sendOnly: Bool, account id: AccountID, in workspace: WorkspaceID) throws {
    try execute(
      "UPDATE account SET send_only = $3 WHERE workspace = $1 AND id = $2", workspace, id, sendOnly)
  }

  /// Whether Exchange dropped the field List-Unsubscribe-Post from a draft of the mailbox.
  package func setDropsUnsubscribePost(
    _ drops: Bool, account id: AccountID, in workspace: WorkspaceID
  ) throws {
    try execute(
      """
      UPDATE account SET drops_unsubscribe_post = $3
      WHERE workspace = $1 AND id = $2 AND drops_unsubscribe_post <> $3
      """, workspace, id, drops)
  }

  package func forgetSendOnly(ofApp app: AppID, in workspace: WorkspaceID) throws {
    try execute(
      "UPDATE account SET send_only = 0 WHERE app_workspace = $1 AND app = $2 AND send_only = 1", workspace,
      app)
  }

  /// Cancels the account's waiting messages. One in flight finds no account when it is settled.
  package func cancelMessages(of account: AccountID, in workspace: WorkspaceID, at now: Instant) throws {
    let cancelled = try rows(
      """
      UPDATE queue SET state = \(QueueState.cancelled), parked = 0, settled = $4
      WHERE kind = $1 AND workspace = $2 AND account = $3 AND state < \(QueueState.done)
        AND state <> \(QueueState.active)
      RETURNING id
      """, WorkKind.mail.rawValue, workspace, account, now
    ) { try $0.identifier("id") as QueueID }
    for id in cancelled { try settleRecipients(of: id, in: workspace, as: .cancelled, at: now) }
  }

  /// Removes the account and its grant, and whatever is for it alone: API tokens, and being the default sender.
  /// Returns whether there was one.
  package func deleteAccount(_ id: AccountID, in workspace: WorkspaceID) throws -> Bool {
    try execute("DELETE FROM api_token WHERE workspace = $1 AND account = $2", workspace, id)
    try execute(
      "UPDATE workspace SET default_sender = NULL WHERE id = $1 AND default_sender = $2", workspace, id)
    return try execute("DELETE FROM account WHERE workspace = $1 AND id = $2", workspace, id) > 0
  }
}
