extension Migration {
  /// Which apps a sign-in page offers, and how; what the configuration file declares; messages that failed, for the
  /// list of the outbox.
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
      // 5 is failed.
      "CREATE INDEX queue_failed ON queue (kind, workspace, created, id) WHERE state = 5",
    ])
}
