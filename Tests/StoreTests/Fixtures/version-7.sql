-- A database of schema version 7. Never change it once this version is released.
-- all
CREATE TABLE workspace (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, redirect_hosts TEXT NOT NULL DEFAULT '', default_sender TEXT,
  event_sequence BIGINT NOT NULL DEFAULT 0, created BIGINT NOT NULL);
-- all
INSERT INTO workspace (id, name, created) VALUES ('default', 'Default', 0);
-- all
CREATE TABLE key_check (id TEXT PRIMARY KEY, box BYTEA NOT NULL);
-- all
CREATE TABLE api_token (
  workspace TEXT NOT NULL REFERENCES workspace (id), id TEXT NOT NULL,
  hash BYTEA NOT NULL UNIQUE, description TEXT NOT NULL, scopes TEXT NOT NULL, account TEXT,
  created BIGINT NOT NULL, expires BIGINT,
  PRIMARY KEY (workspace, id));
-- all
CREATE TABLE oauth2_app (
  workspace TEXT NOT NULL REFERENCES workspace (id), id TEXT NOT NULL,
  name TEXT NOT NULL, title TEXT, description TEXT, provider TEXT NOT NULL, enabled BIGINT NOT NULL,
  cloud TEXT NOT NULL, base_scopes TEXT NOT NULL, send_only BIGINT NOT NULL, shared BIGINT NOT NULL,
  client_id TEXT NOT NULL, client_secret BYTEA, client_certificate BYTEA, certificate_thumbprint TEXT,
  secret_expires BIGINT, secret_warned BIGINT, authority TEXT NOT NULL, redirect_url TEXT,
  extra_scopes TEXT NOT NULL, skip_scopes TEXT NOT NULL,
  last_error TEXT, created BIGINT NOT NULL, updated BIGINT NOT NULL,
  PRIMARY KEY (workspace, id));
-- all
CREATE INDEX oauth2_app_client ON oauth2_app (workspace, client_id);
-- all
CREATE INDEX oauth2_app_expires ON oauth2_app (secret_expires) WHERE secret_expires IS NOT NULL;
-- all
CREATE TABLE app_token (
  workspace TEXT NOT NULL, app TEXT NOT NULL, version BIGINT NOT NULL,
  access_token BYTEA NOT NULL, expires BIGINT NOT NULL,
  PRIMARY KEY (workspace, app),
  FOREIGN KEY (workspace, app) REFERENCES oauth2_app (workspace, id) ON DELETE CASCADE);
-- all
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
  FOREIGN KEY (workspace, delegated_account) REFERENCES account (workspace, id));
-- all
CREATE INDEX account_created ON account (workspace, created, id);
-- all
CREATE INDEX account_mailbox ON account (workspace, lower(mailbox));
-- all
CREATE INDEX account_app ON account (app_workspace, app);
-- all
CREATE INDEX account_delegated ON account (workspace, delegated_account)
WHERE delegated_account IS NOT NULL;
-- all
CREATE INDEX account_waiting ON account (created, id)
WHERE state = 'init' OR state = 'connecting' OR state = 'connectError';
-- all
CREATE TABLE oauth2_grant (
  workspace TEXT NOT NULL, account TEXT NOT NULL, version BIGINT NOT NULL,
  refresh_token BYTEA NOT NULL, access_token BYTEA NOT NULL, expires BIGINT NOT NULL,
  scopes TEXT NOT NULL, client_kind TEXT NOT NULL, keep_alive BIGINT NOT NULL, updated BIGINT NOT NULL,
  PRIMARY KEY (workspace, account),
  FOREIGN KEY (workspace, account) REFERENCES account (workspace, id) ON DELETE CASCADE);
-- all
CREATE INDEX oauth2_grant_keep_alive ON oauth2_grant (keep_alive);
-- all
CREATE TABLE pending_grant (
  workspace TEXT NOT NULL, account TEXT NOT NULL, version BIGINT NOT NULL,
  refresh_token BYTEA NOT NULL, access_token BYTEA NOT NULL, expires BIGINT NOT NULL,
  scopes TEXT NOT NULL, client_kind TEXT NOT NULL, app_workspace TEXT NOT NULL, app TEXT NOT NULL,
  name TEXT NOT NULL, unknown_outcome TEXT NOT NULL, smtp TEXT, due BIGINT NOT NULL,
  PRIMARY KEY (workspace, account),
  FOREIGN KEY (workspace, account) REFERENCES account (workspace, id) ON DELETE CASCADE,
  FOREIGN KEY (app_workspace, app) REFERENCES oauth2_app (workspace, id) ON DELETE CASCADE);
-- all
CREATE INDEX pending_grant_due ON pending_grant (due);
-- all
CREATE TABLE hosted_form (
  workspace TEXT NOT NULL REFERENCES workspace (id), id TEXT NOT NULL,
  account TEXT, name TEXT, email TEXT, expected_email TEXT, app TEXT, delegated BIGINT NOT NULL,
  redirect_url TEXT NOT NULL,
  unknown_outcome TEXT, created BIGINT NOT NULL, expires BIGINT NOT NULL, used BIGINT,
  PRIMARY KEY (workspace, id));
-- all
CREATE TABLE sign_in (
  state_hash BYTEA PRIMARY KEY, workspace TEXT NOT NULL, form TEXT NOT NULL,
  app_workspace TEXT NOT NULL, app TEXT NOT NULL, browser_hash BYTEA NOT NULL, secrets BYTEA NOT NULL,
  redirect_uri TEXT NOT NULL,
  created BIGINT NOT NULL, expires BIGINT NOT NULL);
-- all
CREATE INDEX sign_in_expires ON sign_in (expires);
-- all
CREATE INDEX sign_in_form ON sign_in (workspace, form, created);
-- all
CREATE TABLE device_sign_in (
  workspace TEXT NOT NULL, id TEXT NOT NULL, form TEXT NOT NULL,
  app_workspace TEXT NOT NULL, app TEXT NOT NULL, code BYTEA NOT NULL, user_code TEXT NOT NULL,
  verification_url TEXT NOT NULL, poll_interval BIGINT NOT NULL, next_poll BIGINT NOT NULL,
  state TEXT NOT NULL, account TEXT, problem TEXT, created BIGINT NOT NULL, expires BIGINT NOT NULL,
  PRIMARY KEY (workspace, id));
-- all
CREATE INDEX device_sign_in_pending ON device_sign_in (next_poll) WHERE state = 'pending';
-- all
CREATE INDEX device_sign_in_form ON device_sign_in (workspace, form, created);
-- all
CREATE TABLE message (
  workspace TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, source TEXT NOT NULL,
  message_id TEXT NOT NULL, exchange_message_id TEXT,
  envelope_from TEXT NOT NULL, envelope_to TEXT NOT NULL, subject TEXT,
  size BIGINT NOT NULL, chunks BIGINT NOT NULL, segments BIGINT NOT NULL, idempotency_key TEXT,
  created BIGINT NOT NULL, settled BIGINT,
  PRIMARY KEY (workspace, id));
-- all
CREATE INDEX message_message_id ON message (workspace, message_id);
-- all
CREATE INDEX message_exchange_message_id ON message (workspace, exchange_message_id)
WHERE exchange_message_id IS NOT NULL;
-- all
CREATE INDEX message_settled ON message (settled) WHERE settled IS NOT NULL;
-- all
CREATE TABLE recipient (
  workspace TEXT NOT NULL, message TEXT NOT NULL, position BIGINT NOT NULL, address TEXT NOT NULL,
  role TEXT NOT NULL, state TEXT NOT NULL, problem TEXT, updated BIGINT NOT NULL,
  PRIMARY KEY (workspace, message, position));
-- all
CREATE TABLE message_segment (
  workspace TEXT NOT NULL, message TEXT NOT NULL, position BIGINT NOT NULL, segment TEXT NOT NULL,
  first_chunk BIGINT NOT NULL, chunks BIGINT NOT NULL,
  PRIMARY KEY (workspace, message, position));
-- all
CREATE INDEX message_segment_segment ON message_segment (workspace, segment);
-- all
CREATE TABLE segment (
  workspace TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, size BIGINT NOT NULL,
  chunks BIGINT NOT NULL, complete BIGINT NOT NULL, created BIGINT NOT NULL, used BIGINT NOT NULL,
  PRIMARY KEY (workspace, id));
-- all
CREATE INDEX segment_used ON segment (used);
-- all
CREATE TABLE chunk (
  workspace TEXT NOT NULL, segment TEXT NOT NULL, sequence BIGINT NOT NULL, data BYTEA NOT NULL,
  PRIMARY KEY (workspace, segment, sequence));
-- all
CREATE TABLE idempotency (
  workspace TEXT NOT NULL, account TEXT NOT NULL, key TEXT NOT NULL,
  message TEXT, body_hash BYTEA, token TEXT, owner TEXT, lease_until BIGINT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (workspace, account, key));
-- all
CREATE INDEX idempotency_created ON idempotency (created);
-- all
CREATE INDEX idempotency_owner ON idempotency (owner) WHERE owner IS NOT NULL;
-- all
CREATE TABLE queue (
  workspace TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL, lane TEXT NOT NULL,
  account TEXT NOT NULL, state BIGINT NOT NULL, priority BIGINT NOT NULL, due BIGINT NOT NULL,
  scheduled BIGINT NOT NULL, attempts BIGINT NOT NULL, progress TEXT NOT NULL, last_problem TEXT,
  parked BIGINT NOT NULL, created BIGINT NOT NULL, settled BIGINT,
  PRIMARY KEY (workspace, id));
-- all
CREATE INDEX queue_ready ON queue (kind, lane, priority, due, id) WHERE state = 0;
-- all
CREATE INDEX queue_active ON queue (kind, lane) WHERE state = 1;
-- all
CREATE INDEX queue_deferred ON queue (kind, lane, due) WHERE state = 3;
-- all
CREATE INDEX queue_parked ON queue (workspace, account) WHERE parked = 1;
-- all
CREATE INDEX queue_open ON queue (kind, workspace, created, id) WHERE state < 4;
-- all
CREATE INDEX queue_settled ON queue (kind, settled) WHERE settled IS NOT NULL;
-- all
CREATE TABLE orphan_draft (
  workspace TEXT NOT NULL, message TEXT NOT NULL, account TEXT NOT NULL, draft TEXT NOT NULL,
  message_id TEXT NOT NULL, due BIGINT NOT NULL, tries BIGINT NOT NULL, created BIGINT NOT NULL,
  PRIMARY KEY (workspace, message));
-- all
CREATE INDEX orphan_draft_due ON orphan_draft (due);
-- all
CREATE TABLE attempt (
  workspace TEXT NOT NULL, queue TEXT NOT NULL, number BIGINT NOT NULL, step TEXT NOT NULL,
  node TEXT NOT NULL, started BIGINT NOT NULL, ended BIGINT, verdict TEXT, problem TEXT,
  PRIMARY KEY (workspace, queue, number));
-- all
CREATE TABLE lane (
  kind TEXT NOT NULL, id TEXT NOT NULL, owner TEXT, epoch BIGINT NOT NULL,
  lease_until BIGINT NOT NULL, next_due BIGINT, paused_until BIGINT NOT NULL,
  PRIMARY KEY (kind, id));
-- all
CREATE INDEX lane_due ON lane (kind, next_due) WHERE next_due IS NOT NULL;
-- all
CREATE INDEX lane_owner ON lane (kind, owner) WHERE owner IS NOT NULL;
-- all
CREATE TABLE event (
  workspace TEXT NOT NULL, account TEXT NOT NULL, sequence BIGINT NOT NULL,
  kind TEXT NOT NULL, data TEXT NOT NULL, created BIGINT NOT NULL, position BIGINT,
  PRIMARY KEY (workspace, account, sequence));
-- all
CREATE INDEX event_created ON event (created);
-- all
CREATE INDEX event_unplaced ON event (workspace, account, sequence) WHERE position IS NULL;
-- all
CREATE UNIQUE INDEX event_position ON event (workspace, position) WHERE position IS NOT NULL;
-- all
CREATE TABLE event_cursor (workspace TEXT PRIMARY KEY, position BIGINT NOT NULL);
-- all
CREATE TABLE duty (id TEXT PRIMARY KEY, owner TEXT, lease_until BIGINT NOT NULL);
-- postgres
ALTER TABLE chunk ALTER COLUMN data SET STORAGE EXTERNAL;
-- all
ALTER TABLE oauth2_app ADD COLUMN listed BIGINT NOT NULL DEFAULT 1;
-- all
ALTER TABLE oauth2_app ADD COLUMN device_codes BIGINT;
-- all
ALTER TABLE oauth2_app ADD COLUMN declared BIGINT NOT NULL DEFAULT 0;
-- all
ALTER TABLE account ADD COLUMN declared BIGINT NOT NULL DEFAULT 0;
-- all
ALTER TABLE account ADD COLUMN declared_token BYTEA;
-- all
ALTER TABLE api_token ADD COLUMN declared BIGINT NOT NULL DEFAULT 0;
-- all
ALTER TABLE account ADD COLUMN drops_unsubscribe_post BIGINT NOT NULL DEFAULT 0;
-- all
CREATE INDEX queue_failed ON queue (kind, workspace, created, id) WHERE state = 5;
-- all
CREATE TABLE sent_copy (
  workspace TEXT NOT NULL, message TEXT NOT NULL, account TEXT NOT NULL, lane TEXT NOT NULL,
  draft TEXT NOT NULL, message_id TEXT NOT NULL, due BIGINT NOT NULL, tries BIGINT NOT NULL,
  created BIGINT NOT NULL,
  PRIMARY KEY (workspace, message));
-- all
CREATE INDEX sent_copy_due ON sent_copy (due);
-- all
CREATE INDEX sent_copy_lane ON sent_copy (lane);
-- all
ALTER TABLE message ADD COLUMN layout TEXT;
-- all
ALTER TABLE message ADD COLUMN keep_copy BIGINT NOT NULL DEFAULT 1;
-- all
ALTER TABLE queue ADD COLUMN refusals BIGINT NOT NULL DEFAULT 0;
-- all
ALTER TABLE queue ADD COLUMN refusal_limit BIGINT;
-- all
ALTER TABLE account ADD COLUMN pacing TEXT;
-- all
CREATE TABLE lane_use (
  kind TEXT NOT NULL, lane TEXT NOT NULL, span BIGINT NOT NULL, bucket BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (kind, lane, span, bucket));
-- all
CREATE INDEX lane_use_bucket ON lane_use (span, bucket);
-- all
CREATE TABLE upload (
  workspace TEXT NOT NULL, id TEXT NOT NULL, account TEXT NOT NULL, segment TEXT NOT NULL,
  filename TEXT, content_type TEXT, size BIGINT NOT NULL, received BIGINT NOT NULL, tail BYTEA NOT NULL,
  created BIGINT NOT NULL, expires BIGINT NOT NULL,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, account) REFERENCES account (workspace, id) ON DELETE CASCADE);
-- all
CREATE INDEX upload_account ON upload (workspace, account);
-- all
CREATE INDEX upload_expires ON upload (expires);
-- all
ALTER TABLE message ADD COLUMN changes TEXT;
-- all
ALTER TABLE message ADD COLUMN report_request TEXT;
-- all
ALTER TABLE api_token ADD COLUMN restrictions TEXT;
-- all
ALTER TABLE api_token ADD COLUMN permissions TEXT;
-- all
ALTER TABLE api_token ADD COLUMN used BIGINT;
-- all
ALTER TABLE api_token ADD COLUMN used_from TEXT;
-- all
CREATE TABLE webhook_route (
  workspace TEXT NOT NULL REFERENCES workspace (id), id TEXT NOT NULL, kind TEXT NOT NULL,
  name TEXT NOT NULL, description TEXT, enabled BIGINT NOT NULL, target_url TEXT NOT NULL,
  secrets BYTEA NOT NULL, events TEXT NOT NULL, accounts TEXT NOT NULL, filter TEXT, payload TEXT,
  ordering TEXT NOT NULL, start_position BIGINT NOT NULL, version BIGINT NOT NULL,
  posts BIGINT NOT NULL DEFAULT 0, failures BIGINT NOT NULL DEFAULT 0, failing_since BIGINT,
  last_success BIGINT, last_error TEXT, created BIGINT NOT NULL, updated BIGINT NOT NULL,
  PRIMARY KEY (workspace, id));
-- all
CREATE TABLE webhook_stream (
  workspace TEXT NOT NULL, route TEXT NOT NULL, account TEXT NOT NULL, cursor BIGINT NOT NULL,
  tries BIGINT NOT NULL, failing_since BIGINT,
  PRIMARY KEY (workspace, route, account));
-- all
CREATE TABLE webhook_attempt (
  workspace TEXT NOT NULL, route TEXT NOT NULL, started BIGINT NOT NULL, account TEXT NOT NULL,
  sequence BIGINT NOT NULL, event TEXT NOT NULL, number BIGINT NOT NULL, duration BIGINT NOT NULL,
  status BIGINT, answer TEXT, problem TEXT,
  PRIMARY KEY (workspace, route, started, account, sequence, number));
-- all
CREATE INDEX webhook_attempt_started ON webhook_attempt (started);
-- all
CREATE INDEX queue_webhook ON queue (lane, state) WHERE kind = 'webhook';
-- all
CREATE TABLE template (
  workspace TEXT NOT NULL, id TEXT NOT NULL, account TEXT, name TEXT NOT NULL, description TEXT,
  format TEXT NOT NULL, missing TEXT NOT NULL, defaults TEXT,
  created BIGINT NOT NULL, updated BIGINT NOT NULL,
  subject TEXT, preview_text TEXT, body_text TEXT, body_html TEXT,
  PRIMARY KEY (workspace, id),
  FOREIGN KEY (workspace, account) REFERENCES account (workspace, id) ON DELETE CASCADE);
-- all
CREATE INDEX template_account ON template (workspace, account, created);
-- all
ALTER TABLE idempotency ADD COLUMN receipt TEXT;
-- all
CREATE TABLE setting (
  workspace TEXT NOT NULL REFERENCES workspace (id), name TEXT NOT NULL, value TEXT, box BYTEA,
  declared BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (workspace, name));
-- all
CREATE TABLE suppression (
  workspace TEXT NOT NULL REFERENCES workspace (id), list TEXT NOT NULL, address_key TEXT NOT NULL,
  address TEXT NOT NULL, account TEXT NOT NULL, message_id TEXT, source TEXT NOT NULL, reason TEXT NOT NULL,
  remote_address TEXT, user_agent TEXT, created BIGINT NOT NULL,
  PRIMARY KEY (workspace, list, address_key));
-- all
CREATE INDEX suppression_created ON suppression (workspace, list, created, address_key);
-- rows
CREATE TABLE schema_migration (version BIGINT PRIMARY KEY);
INSERT INTO schema_migration (version) VALUES (1), (2), (3), (4), (5), (6), (7);
INSERT INTO oauth2_app (workspace, id, name, provider, enabled, cloud, base_scopes, send_only, shared, client_id,
  authority, extra_scopes, skip_scopes, created, updated)
VALUES ('default', 'app', 'App', 'outlook', 1, 'global', 'api', 0, 0, 'client', 'common', '', '', 1, 1);
INSERT INTO account (workspace, id, name, email, app_workspace, app, mailbox, delegated, identity, state, paused,
  mailbox_found, send_only, unknown_outcome, event_sequence, created, updated)
VALUES ('default', 'anna', 'Anna', 'anna@example.com', 'default', 'app', 'anna@example.com', 0, 'verified',
  'connected', 0, 1, 0, 'hold', 1, 1, 1);
INSERT INTO event (workspace, account, sequence, kind, data, created)
VALUES ('default', 'anna', 1, 'accountAdded', '{"account":"anna"}', 1);
INSERT INTO message (workspace, id, account, source, message_id, envelope_from, envelope_to, size, chunks, segments,
  created)
VALUES ('default', 'q_1', 'anna', 'api', '<q_1@example.com>', 'anna@example.com', 'bert@example.com', 5, 1, 0, 1);
INSERT INTO recipient (workspace, message, position, address, role, state, updated)
VALUES ('default', 'q_1', 0, 'bert@example.com', 'to', 'queued', 1);
-- sqlite
INSERT INTO chunk (workspace, segment, sequence, data) VALUES ('default', 'q_1', 0, CAST('Hello' AS BLOB));
-- postgres
INSERT INTO chunk (workspace, segment, sequence, data) VALUES ('default', 'q_1', 0, CAST('Hello' AS BYTEA));
-- all
INSERT INTO queue (workspace, id, kind, lane, account, state, priority, due, scheduled, attempts, progress, parked,
  created)
VALUES ('default', 'q_1', 'mail', 'client/anna@example.com', 'anna', 0, 0, 1, 1, 0, 'fresh', 0, 1);
INSERT INTO lane (kind, id, epoch, lease_until, next_due, paused_until)
VALUES ('mail', 'client/anna@example.com', 0, 0, 1, 0);
INSERT INTO webhook_route (workspace, id, kind, name, enabled, target_url, secrets, events, accounts, ordering, start_position, version, created, updated) VALUES ('default', 'wh_1', 'route', 'CRM', 1, 'https://crm.example/hook', CAST('' AS BYTEA), '*', 'anna', 'account', 0, 1, 1, 1);
INSERT INTO webhook_stream (workspace, route, account, cursor, tries, failing_since) VALUES ('default', 'wh_1', 'anna', 1, 2, 1);
INSERT INTO webhook_attempt (workspace, route, started, account, sequence, event, number, duration, status, answer) VALUES ('default', 'wh_1', 1, 'anna', 1, 'sample', 1, 5, 204, 'ok');
INSERT INTO template (workspace, id, account, name, format, missing, created, updated, subject)
VALUES ('default', 'tpl_1', NULL, 'Welcome', 'html', 'fail', 1, 1, 'Hello');
INSERT INTO setting (workspace, name, value, declared) VALUES ('default', 'webhooks', '"https://example.com/"', 0);
