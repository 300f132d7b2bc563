extension Migration {
  /// What a workspace has set, and who receives no more of a list.
  static let lists = Migration(
    version: 7,
    statements: [
      // `value` is JSON; a secret has a `box` in its place. `declared`: whether the configuration file sets it.
      """
      CREATE TABLE setting (
        workspace TEXT NOT NULL REFERENCES workspace (id), name TEXT NOT NULL, value TEXT, box BYTEA,
        declared BIGINT NOT NULL DEFAULT 0,
        PRIMARY KEY (workspace, name))
      """,
      // An address that receives no more of a list; `address_key` is what of it counts when addresses are compared.
      // `account` and `message_id` say which message led to it, as far as that is known; `source` is one-click,
      // form or api.
      """
      CREATE TABLE suppression (
        workspace TEXT NOT NULL REFERENCES workspace (id), list TEXT NOT NULL, address_key TEXT NOT NULL,
        address TEXT NOT NULL, account TEXT NOT NULL, message_id TEXT, source TEXT NOT NULL, reason TEXT NOT NULL,
        remote_address TEXT, user_agent TEXT, created BIGINT NOT NULL,
        PRIMARY KEY (workspace, list, address_key))
      """,
      "CREATE INDEX suppression_created ON suppression (workspace, list, created, address_key)",
    ])
}
