extension Migration {
  /// Where events are posted to, how far each account's events have been posted there, and what became of each post.
  static let webhooks = Migration(
    version: 5,
    statements: [
      // `kind`: whether it was added as a route, or is what the settings or an account name. `secrets` is a box: what
      // signs posts, the user of the URL, custom header fields. `events` are names, or `*`; `accounts` ids, a line each,
      // and none means all; `filter` and `payload` are JSON. Events up to `start_position` are not posted. `version`
      // grows with every change. `posts` have succeeded; `failures` counts those since the last success,
      // `failing_since` is when the first of them was.
      """
      CREATE TABLE webhook_route (
        workspace TEXT NOT NULL REFERENCES workspace (id), id TEXT NOT NULL, kind TEXT NOT NULL,
        name TEXT NOT NULL, description TEXT, enabled BIGINT NOT NULL, target_url TEXT NOT NULL,
        secrets BYTEA NOT NULL, events TEXT NOT NULL, accounts TEXT NOT NULL, filter TEXT, payload TEXT,
        ordering TEXT NOT NULL, start_position BIGINT NOT NULL, version BIGINT NOT NULL,
        posts BIGINT NOT NULL DEFAULT 0, failures BIGINT NOT NULL DEFAULT 0, failing_since BIGINT,
        last_success BIGINT, last_error TEXT, created BIGINT NOT NULL, updated BIGINT NOT NULL,
        PRIMARY KEY (workspace, id))
      """,
      // The events of one account (empty for those of the workspace as a whole) on their way to one route: those up to
      // `cursor` are done with. `tries` of the next one have failed, the first at `failing_since`.
      """
      CREATE TABLE webhook_stream (
        workspace TEXT NOT NULL, route TEXT NOT NULL, account TEXT NOT NULL, cursor BIGINT NOT NULL,
        tries BIGINT NOT NULL, failing_since BIGINT,
        PRIMARY KEY (workspace, route, account))
      """,
      // What became of each post. `number` counts those of one event; `duration` is in microseconds; `status` is null
      // without a reply; `answer` is how the reply's body begins.
      """
      CREATE TABLE webhook_attempt (
        workspace TEXT NOT NULL, route TEXT NOT NULL, started BIGINT NOT NULL, account TEXT NOT NULL,
        sequence BIGINT NOT NULL, event TEXT NOT NULL, number BIGINT NOT NULL, duration BIGINT NOT NULL,
        status BIGINT, answer TEXT, problem TEXT,
        PRIMARY KEY (workspace, route, started, account, sequence, number))
      """,
      "CREATE INDEX webhook_attempt_started ON webhook_attempt (started)",
      "CREATE INDEX queue_webhook ON queue (lane, state) WHERE kind = 'webhook'",
    ])
}
