extension Migration {
  /// Which apps a sign-in page offers, and how; messages that failed, for the list of the outbox.
  static let listing = Migration(
    version: 2,
    statements: [
      // `listed`: whether a sign-in link that names no app offers it. `device_codes`: whether Entra gives the app
      // codes for other devices; null before it was asked.
      "ALTER TABLE oauth2_app ADD COLUMN listed BIGINT NOT NULL DEFAULT 1",
      "ALTER TABLE oauth2_app ADD COLUMN device_codes BIGINT",
      // 5 is failed.
      "CREATE INDEX queue_failed ON queue (kind, workspace, created, id) WHERE state = 5",
    ])
}
