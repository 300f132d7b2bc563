extension Migration {
  /// Which apps a sign-in page offers, and how; what the configuration file declares; messages that failed, for the
  /// list of the outbox; sent copies; a header field that a mailbox drops.
  static let listing = Migration(
    version: 2,
    statements: [
      // `listed`: whether a sign-in link that names no app offers it. `device_codes`: whether Entra gives the app
      // codes for other devices; null before it was asked.
      "ALTER TABLE oauth2_app ADD COLUMN listed BIGINT NOT NULL DEFAULT 1",
      "ALTER TABLE oauth2_app ADD COLUMN device_codes BIGINT",
      // `declared`: whether the configuration file declares it; `declared_token` is SHA-256 of the refresh token that
      // was imported for the account by declaration.
      "ALTER TABLE oauth2_app ADD COLUMN declared BIGINT NOT NULL DEFAULT 0",
      "ALTER TABLE account ADD COLUMN declared BIGINT NOT NULL DEFAULT 0",
      "ALTER TABLE account ADD COLUMN declared_token BYTEA",
      "ALTER TABLE api_token ADD COLUMN declared BIGINT NOT NULL DEFAULT 0",
      // Whether a draft of the mailbox was seen to have lost its List-Unsubscribe-Post field.
      "ALTER TABLE account ADD COLUMN drops_unsubscribe_post BIGINT NOT NULL DEFAULT 0",
      // 5 is failed.
      "CREATE INDEX queue_failed ON queue (kind, workspace, created, id) WHERE state = 5",
      // A message that was sent as a draft, and whose copy in Sent Items is still to be looked at for its
      // Message-ID; `due` is when, `tries` how often that was begun. `lane` is of mail.
      """
      CREATE TABLE sent_copy (
        workspace TEXT NOT NULL, message TEXT NOT NULL, account TEXT NOT NULL, lane TEXT NOT NULL,
        draft TEXT NOT NULL, message_id TEXT NOT NULL, due BIGINT NOT NULL, tries BIGINT NOT NULL,
        created BIGINT NOT NULL,
        PRIMARY KEY (workspace, message))
      """,
      "CREATE INDEX sent_copy_due ON sent_copy (due)",
      "CREATE INDEX sent_copy_lane ON sent_copy (lane)",
    ])
}
