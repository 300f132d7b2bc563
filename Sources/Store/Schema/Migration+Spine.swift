extension Migration {
  /// Apps, accounts, tokens, messages, the queue and the event log. Instants are microseconds since 1970,
  /// booleans 0 and 1, boxes are what `Vault` sealed.
  static let spine = Migration(
    version: 1,
    statements: [
      // `redirect_hosts` are where sign-ins may lead back to; empty allows all. `event_sequence` numbers the
      // events that concern no account.
      """
      CREATE TABLE workspace (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, redirect_hosts TEXT NOT NULL DEFAULT '', default_sender TEXT,
        event_sequence BIGINT NOT NULL DEFAULT 0, created BIGINT NOT NULL)
      """,
      "INSERT INTO workspace (id, name, created) VALUES ('default', 'Default', 0)",
      // A known text sealed with the current key: opening it at start proves that the key is the right one.
      "CREATE TABLE key_check (id TEXT PRIMARY KEY, box BYTEA NOT NULL)",
      """
      CREATE TABLE api_token (
        workspace TEXT NOT NULL REFERENCES workspace (id), id TEXT NOT NULL,
        hash BYTEA NOT NULL UNIQUE, description TEXT NOT NULL, scopes TEXT NOT NULL, account TEXT,
        created BIGINT NOT NULL, expires BIGINT,
        PRIMARY KEY (workspace, id))
      """,
      """
      CREATE TABLE oauth2_app (
        workspace TEXT NOT NULL REFERENCES workspace (id), id TEXT NOT NULL,
        name TEXT NOT NULL, title TEXT, description TEXT, provider TEXT NOT NULL, enabled BIGINT NOT NULL,
        cloud TEXT NOT NULL, base_scopes TEXT NOT NULL, send_only BIGINT NOT NULL, shared BIGINT NOT NULL,
        client_id TEXT NOT NULL, client_secret BYTEA, client_certificate BYTEA, certificate_thumbprint TEXT,
        secret_expires BIGINT, secret_warned BIGINT, authority TEXT NOT NULL, redirect_url TEXT,
        extra_scopes TEXT NOT NULL, skip_scopes TEXT NOT NULL,
        last_error TEXT, created BIGINT NOT NULL, updated BIGINT NOT NULL,
        PRIMARY KEY (workspace, id))
      """,
      "CREATE INDEX oauth2_app_client ON oauth2_app (workspace, client_id)",
      "CREATE INDEX oauth2_app_expires ON oauth2_app (secret_expires) WHERE secret_expires IS NOT NULL",
      // An app-only token serves every mailbox of its app.
      """
      CREATE TABLE app_token (
        workspace TEXT NOT NULL, app TEXT NOT NULL, version BIGINT NOT NULL,
        access_token BYTEA NOT NULL, expires BIGINT NOT NULL,
        PRIMARY KEY (workspace, app),
        FOREIGN KEY (workspace, app) REFERENCES oauth2_app (workspace, id) ON DELETE CASCADE)
      """,
      // `event_sequence` is the number of its last event. Those up to `event_floor` are of an earlier account
      // that had the same id.
      """
      CREATE TABLE account (
        workspace TEXT NOT NULL REFERENCES workspace (id), id TEXT NOT NULL,
        name TEXT NOT NULL, email TEXT NOT NULL, app_workspace TEXT NOT NULL, app TEXT NOT NULL,
        mailbox TEXT NOT NULL, delegated BIGINT NOT NULL, delegated_account TEXT, identity TEXT NOT NULL,
        state TEXT NOT NULL, paused BIGINT NOT NULL, mailbox_found BIGINT NOT NULL, send_only BIGINT NOT NULL,
        unknown_outcome TEXT NOT NULL,
        tenant_id TEXT, object_id TEXT, last_error TEXT, smtp TEXT,
        event_sequence BIGINT NOT NULL DEFAULT 0, event_floor BIGINT NOT NULL DEFAULT 0,
        created BIGINT NOT NULL, updated BIGINT NOT NULL,
        PRIMARY KEY (workspace, id),
        FOREIGN KEY (app_workspace, app) REFERENCES oauth2_app (workspace, id),
        FOREIGN KEY (workspace, delegated_account) REFERENCES account (workspace, id))
      """,
      "CREATE INDEX account_created ON account (workspace, created, id)",
      "CREATE INDEX account_mailbox ON account (workspace, lower(mailbox))",
      "CREATE INDEX account_app ON account (app_workspace, app)",
      """
      CREATE INDEX account_delegated ON account (workspace, delegated_account)
      WHERE delegated_account IS NOT NULL
      """,
      """
      CREATE INDEX account_waiting ON account (created, id)
      WHERE state = 'init' OR state = 'connecting' OR state = 'connectError'
      """,
      // `oauth2_grant`, because GRANT is a reserved word. `version` is compared and set on each refresh.
      """
      CREATE TABLE oauth2_grant (
        workspace TEXT NOT NULL, account TEXT NOT NULL, version BIGINT NOT NULL,
        refresh_token BYTEA NOT NULL, access_token BYTEA NOT NULL, expires BIGINT NOT NULL,
        scopes TEXT NOT NULL, client_kind TEXT NOT NULL, keep_alive BIGINT NOT NULL, updated BIGINT NOT NULL,
        PRIMARY KEY (workspace, account),
        FOREIGN KEY (workspace, account) REFERENCES account (workspace, id) ON DELETE CASCADE)
      """,
      // `keep_alive` is when an unused grant is refreshed, so that it does not expire.
      "CREATE INDEX oauth2_grant_keep_alive ON oauth2_grant (keep_alive)",
      // A grant that was imported for an account that has a valid one. It is tried, from `due` on, before it
      // replaces that one, and then the account gets these values too.
      """
      CREATE TABLE pending_grant (
        workspace TEXT NOT NULL, account TEXT NOT NULL, version BIGINT NOT NULL,
        refresh_token BYTEA NOT NULL, access_token BYTEA NOT NULL, expires BIGINT NOT NULL,
        scopes TEXT NOT NULL, client_kind TEXT NOT NULL, app_workspace TEXT NOT NULL, app TEXT NOT NULL,
        name TEXT NOT NULL, unknown_outcome TEXT NOT NULL, smtp TEXT, due BIGINT NOT NULL,
        PRIMARY KEY (workspace, account),
        FOREIGN KEY (workspace, account) REFERENCES account (workspace, id) ON DELETE CASCADE,
        FOREIGN KEY (app_workspace, app) REFERENCES oauth2_app (workspace, id) ON DELETE CASCADE)
      """,
      "CREATE INDEX pending_grant_due ON pending_grant (due)",
      // A hosted sign-in link that was issued; `used` is when an account was stored through it.
      """
      CREATE TABLE hosted_form (
        workspace TEXT NOT NULL REFERENCES workspace (id), id TEXT NOT NULL,
        account TEXT, name TEXT, email TEXT, expected_email TEXT, app TEXT, delegated BIGINT NOT NULL,
        redirect_url TEXT NOT NULL,
        unknown_outcome TEXT, created BIGINT NOT NULL, expires BIGINT NOT NULL, used BIGINT,
        PRIMARY KEY (workspace, id))
      """,
      // A browser on its way to Microsoft's sign-in page and back, found by the hash of its `state`.
      """
      CREATE TABLE sign_in (
        state_hash BYTEA PRIMARY KEY, workspace TEXT NOT NULL, form TEXT NOT NULL,
        app_workspace TEXT NOT NULL, app TEXT NOT NULL, browser_hash BYTEA NOT NULL, secrets BYTEA NOT NULL,
        redirect_uri TEXT NOT NULL,
        created BIGINT NOT NULL, expires BIGINT NOT NULL)
      """,
      "CREATE INDEX sign_in_expires ON sign_in (expires)",
      "CREATE INDEX sign_in_form ON sign_in (workspace, form, created)",
      // A sign-in by device code, which a person completes in their own browser; `state` is pending, or how
      // it ended. `code` is a box.
      """
      CREATE TABLE device_sign_in (
        workspace TEXT NOT NULL, id TEXT NOT NULL, form TEXT NOT NULL,
        app_workspace TEXT NOT NULL, app TEXT NOT NULL, code BYTEA NOT NULL, user_code TEXT NOT NULL,
        verification_url TEXT NOT NULL, poll_interval BIGINT NOT NULL, next_poll BIGINT NOT NULL,
        state TEXT NOT NULL, account TEXT, problem TEXT, created BIGINT NOT NULL, expires BIGINT NOT NULL,
        PRIMARY KEY (workspace, id))
      """,
      "CREATE INDEX device_sign_in_pending ON device_sign_in (next_poll) WHERE state = 'pending'",
      "CREATE INDEX device_sign_in_form ON device_sign_in (workspace, form, created)",
      // A message as it was accepted. `chunks` are those of its own segment, whose id is the message's; 0
      // when the content has been deleted. Without rows in `message_segment` (`segments` is their count) they
      // are all of its content. `settled` is null while it has a row in `queue`.
      """
      CREATE TABLE message (
        workspace TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, source TEXT NOT NULL,
        message_id TEXT NOT NULL, exchange_message_id TEXT,
        envelope_from TEXT NOT NULL, envelope_to TEXT NOT NULL, subject TEXT,
        size BIGINT NOT NULL, chunks BIGINT NOT NULL, segments BIGINT NOT NULL, idempotency_key TEXT,
        created BIGINT NOT NULL, settled BIGINT,
        PRIMARY KEY (workspace, id))
      """,
      "CREATE INDEX message_message_id ON message (workspace, message_id)",
      """
      CREATE INDEX message_exchange_message_id ON message (workspace, exchange_message_id)
      WHERE exchange_message_id IS NOT NULL
      """,
      "CREATE INDEX message_settled ON message (settled) WHERE settled IS NOT NULL",
      // Who receives it, in the order of the envelope, and the outcome.
      """
      CREATE TABLE recipient (
        workspace TEXT NOT NULL, message TEXT NOT NULL, position BIGINT NOT NULL, address TEXT NOT NULL,
        role TEXT NOT NULL, state TEXT NOT NULL, problem TEXT, updated BIGINT NOT NULL,
        PRIMARY KEY (workspace, message, position))
      """,
      // The content of a message that is made of several runs of chunks: its own and those of shared
      // segments.
      """
      CREATE TABLE message_segment (
        workspace TEXT NOT NULL, message TEXT NOT NULL, position BIGINT NOT NULL, segment TEXT NOT NULL,
        first_chunk BIGINT NOT NULL, chunks BIGINT NOT NULL,
        PRIMARY KEY (workspace, message, position))
      """,
      "CREATE INDEX message_segment_segment ON message_segment (workspace, segment)",
      // Content that many messages may share. `used` is about when a message was bound to it last.
      """
      CREATE TABLE segment (
        workspace TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, size BIGINT NOT NULL,
        chunks BIGINT NOT NULL, complete BIGINT NOT NULL, created BIGINT NOT NULL, used BIGINT NOT NULL,
        PRIMARY KEY (workspace, id))
      """,
      "CREATE INDEX segment_used ON segment (used)",
      // The bytes of a segment, 256 KiB a row; rows without their message or segment are swept.
      """
      CREATE TABLE chunk (
        workspace TEXT NOT NULL, segment TEXT NOT NULL, sequence BIGINT NOT NULL, data BYTEA NOT NULL,
        PRIMARY KEY (workspace, segment, sequence))
      """,
      // A key that a client may repeat. Until its message is accepted it is leased: to the request that has
      // `token`, on the node `owner`, until `lease_until` by the database's clock.
      """
      CREATE TABLE idempotency (
        workspace TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL,
        message TEXT, body_hash BYTEA, token TEXT, owner TEXT, lease_until BIGINT NOT NULL,
        created BIGINT NOT NULL,
        PRIMARY KEY (workspace, account, key))
      """,
      "CREATE INDEX idempotency_created ON idempotency (created)",
      "CREATE INDEX idempotency_owner ON idempotency (owner) WHERE owner IS NOT NULL",
      // `kind` is of work: engines of one kind never see the rows and lanes of another. `state`: 0 ready, 1
      // active, 2 held, 3 deferred, 4 done, 5 failed, 6 cancelled. `due` is when its turn comes, `scheduled`
      // when it came first. `progress` belongs to the kind: for mail, which step was recorded last. `parked`
      // rows wait for their account rather than for their turn.
      """
      CREATE TABLE queue (
        workspace TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, lane TEXT NOT NULL,
        account TEXT NOT NULL, state BIGINT NOT NULL, priority BIGINT NOT NULL, due BIGINT NOT NULL,
        scheduled BIGINT NOT NULL, attempts BIGINT NOT NULL, progress TEXT NOT NULL, last_problem TEXT,
        parked BIGINT NOT NULL, created BIGINT NOT NULL, settled BIGINT,
        PRIMARY KEY (workspace, id))
      """,
      "CREATE INDEX queue_ready ON queue (kind, lane, priority, due, id) WHERE state = 0",
      "CREATE INDEX queue_active ON queue (kind, lane) WHERE state = 1",
      "CREATE INDEX queue_deferred ON queue (kind, lane, due) WHERE state = 3",
      "CREATE INDEX queue_parked ON queue (workspace, account) WHERE parked = 1",
      "CREATE INDEX queue_open ON queue (kind, workspace, created, id) WHERE state < 4",
      "CREATE INDEX queue_settled ON queue (kind, settled) WHERE settled IS NOT NULL",
      // An orphaned draft at Microsoft that is still to be deleted; `due` is when to try.
      """
      CREATE TABLE orphan_draft (
        workspace TEXT NOT NULL, message TEXT NOT NULL, account TEXT NOT NULL, draft TEXT NOT NULL,
        message_id TEXT NOT NULL, due BIGINT NOT NULL, tries BIGINT NOT NULL, created BIGINT NOT NULL,
        PRIMARY KEY (workspace, message))
      """,
      "CREATE INDEX orphan_draft_due ON orphan_draft (due)",
      // Attempts and their results; the row is written before the request leaves.
      """
      CREATE TABLE attempt (
        workspace TEXT NOT NULL, queue TEXT NOT NULL, number BIGINT NOT NULL, step TEXT NOT NULL,
        node TEXT NOT NULL, started BIGINT NOT NULL, ended BIGINT, verdict TEXT, problem TEXT,
        PRIMARY KEY (workspace, queue, number))
      """,
      // One lane for each client id and mailbox, leased to one node at a time, whichever workspaces its rows
      // are of; `epoch` fences off an owner that slept. `lease_until` is by the database's clock, `next_due`
      // and `paused_until` are by the gateway's.
      """
      CREATE TABLE lane (
        kind TEXT NOT NULL, id TEXT NOT NULL, owner TEXT, epoch BIGINT NOT NULL,
        lease_until BIGINT NOT NULL, next_due BIGINT, paused_until BIGINT NOT NULL,
        PRIMARY KEY (kind, id))
      """,
      "CREATE INDEX lane_due ON lane (kind, next_due) WHERE next_due IS NOT NULL",
      "CREATE INDEX lane_owner ON lane (kind, owner) WHERE owner IS NOT NULL",
      // `sequence` is numbered without gaps for each account, so that a reader's cursor never skips a late
      // commit. `position` is its position among all events of the workspace, assigned once it is committed.
      """
      CREATE TABLE event (
        workspace TEXT NOT NULL, account TEXT NOT NULL, sequence BIGINT NOT NULL,
        kind TEXT NOT NULL, data TEXT NOT NULL, created BIGINT NOT NULL, position BIGINT,
        PRIMARY KEY (workspace, account, sequence))
      """,
      "CREATE INDEX event_created ON event (created)",
      "CREATE INDEX event_unplaced ON event (workspace, account, sequence) WHERE position IS NULL",
      "CREATE UNIQUE INDEX event_position ON event (workspace, position) WHERE position IS NOT NULL",
      // The last position that was assigned in each workspace; kept when the workspace is deleted, so that none
      // is assigned twice.
      "CREATE TABLE event_cursor (workspace TEXT PRIMARY KEY, position BIGINT NOT NULL)",
      // What one node does for all, such as giving positions.
      "CREATE TABLE duty (id TEXT PRIMARY KEY, owner TEXT, lease_until BIGINT NOT NULL)",
    ],
    // A message's bytes do not compress well, and PostgreSQL would try.
    postgres: ["ALTER TABLE chunk ALTER COLUMN data SET STORAGE EXTERNAL"])
}
