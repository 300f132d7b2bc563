extension Migration {
  /// Templates, and the receipt of a request that made several messages.
  static let templates = Migration(
    version: 6,
    statements: [
      // `account`: whose alone it is; null when all accounts of the workspace may use it. `missing`: what becomes of a
      // variable without a value; `defaults` the values of those that have one, as JSON.
      """
      CREATE TABLE template (
        workspace TEXT NOT NULL, id TEXT NOT NULL, account TEXT, name TEXT NOT NULL, description TEXT,
        format TEXT NOT NULL, missing TEXT NOT NULL, defaults TEXT,
        created BIGINT NOT NULL, updated BIGINT NOT NULL,
        subject TEXT, preview_text TEXT, body_text TEXT, body_html TEXT,
        PRIMARY KEY (workspace, id),
        FOREIGN KEY (workspace, account) REFERENCES account (workspace, id) ON DELETE CASCADE)
      """,
      "CREATE INDEX template_account ON template (workspace, account, created)",
      // What a repeat of a mail merge is answered, as its author wrote it; null for a single message.
      "ALTER TABLE idempotency ADD COLUMN receipt TEXT",
    ])
}
