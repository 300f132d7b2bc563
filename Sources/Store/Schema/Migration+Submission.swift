extension Migration {
  /// Messages that are too large for one request, uploads, and what a client may ask for with a message.
  static let submission = Migration(
    version: 3,
    statements: [
      // `layout`: how a message that is too large for one request is taken apart, as JSON; null for one that leaves in
      // one. `keep_copy`: whether its copy stays in Sent Items.
      "ALTER TABLE message ADD COLUMN layout TEXT",
      "ALTER TABLE message ADD COLUMN keep_copy BIGINT NOT NULL DEFAULT 1",
      // `refusals`: how many attempts were refused rather than asked to wait; it fails after `refusal_limit` of them,
      // where that is not null.
      "ALTER TABLE queue ADD COLUMN refusals BIGINT NOT NULL DEFAULT 0",
      "ALTER TABLE queue ADD COLUMN refusal_limit BIGINT",
      // What the account may send in a time, as JSON; null for what Exchange Online documents.
      "ALTER TABLE account ADD COLUMN pacing TEXT",
      // What was sent through a lane lately: messages in spans of ten seconds for the minute (`span` 0), recipients in
      // spans of ten minutes for the day (`span` 1); `bucket` is when the span began.
      """
      CREATE TABLE lane_use (
        kind TEXT NOT NULL, lane TEXT NOT NULL, span BIGINT NOT NULL, bucket BIGINT NOT NULL,
        amount BIGINT NOT NULL,
        PRIMARY KEY (kind, lane, span, bucket))
      """,
      "CREATE INDEX lane_use_bucket ON lane_use (span, bucket)",
      // A file that a client uploads in ranges, for attachments of later messages. Its bytes are in `segment`, encoded
      // as in a message; `tail` holds those that do not fill a line yet.
      """
      CREATE TABLE upload (
        workspace TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, segment TEXT NOT NULL,
        filename TEXT, content_type TEXT, size BIGINT NOT NULL, received BIGINT NOT NULL, tail BYTEA NOT NULL,
        created BIGINT NOT NULL, expires BIGINT NOT NULL,
        PRIMARY KEY (workspace, id),
        FOREIGN KEY (workspace, account) REFERENCES account (workspace, id) ON DELETE CASCADE)
      """,
      "CREATE INDEX upload_account ON upload (workspace, account)",
      "CREATE INDEX upload_expires ON upload (expires)",
    ])
}
