import Core
import StoreTesting
import Web

@testable import Store

extension TestGateway {
  /// Every table that holds something of a workspace, with how many rows it has of that one; those with none are
  /// left out.
  func rows(of workspace: String) async throws -> [String: Int] {
    try await services.store.read { (tx: borrowing Transaction) in
      var counts: [String: Int] = [:]
      for (table, count) in WorkspaceTables.counts {
        let rows = try tx.row(count, workspace) { Int(try $0.integer("total")) } ?? 0
        if rows > 0 { counts[table] = rows }
      }
      return counts
    }
  }
}

enum WorkspaceTables {
  static let counts: [String: SQL] = [
    "workspace": "SELECT count(*) AS total FROM workspace WHERE id = $1",
    "api_token": "SELECT count(*) AS total FROM api_token WHERE workspace = $1",
    "oauth2_app": "SELECT count(*) AS total FROM oauth2_app WHERE workspace = $1",
    "app_token": "SELECT count(*) AS total FROM app_token WHERE workspace = $1",
    "account": "SELECT count(*) AS total FROM account WHERE workspace = $1",
    "oauth2_grant": "SELECT count(*) AS total FROM oauth2_grant WHERE workspace = $1",
    "pending_grant": "SELECT count(*) AS total FROM pending_grant WHERE workspace = $1",
    "hosted_form": "SELECT count(*) AS total FROM hosted_form WHERE workspace = $1",
    "sign_in": "SELECT count(*) AS total FROM sign_in WHERE workspace = $1",
    "device_sign_in": "SELECT count(*) AS total FROM device_sign_in WHERE workspace = $1",
    "message": "SELECT count(*) AS total FROM message WHERE workspace = $1",
    "chunk": "SELECT count(*) AS total FROM chunk WHERE workspace = $1",
    "idempotency": "SELECT count(*) AS total FROM idempotency WHERE workspace = $1",
    "queue": "SELECT count(*) AS total FROM queue WHERE workspace = $1",
    "attempt": "SELECT count(*) AS total FROM attempt WHERE workspace = $1",
    "recipient": "SELECT count(*) AS total FROM recipient WHERE workspace = $1",
    "segment": "SELECT count(*) AS total FROM segment WHERE workspace = $1",
    "message_segment": "SELECT count(*) AS total FROM message_segment WHERE workspace = $1",
    "template": "SELECT count(*) AS total FROM template WHERE workspace = $1",
    "upload": "SELECT count(*) AS total FROM upload WHERE workspace = $1",
    "sent_copy": "SELECT count(*) AS total FROM sent_copy WHERE workspace = $1",
    "orphan_draft": "SELECT count(*) AS total FROM orphan_draft WHERE workspace = $1",
    "webhook_route": "SELECT count(*) AS total FROM webhook_route WHERE workspace = $1",
    "webhook_stream": "SELECT count(*) AS total FROM webhook_stream WHERE workspace = $1",
    "webhook_attempt": "SELECT count(*) AS total FROM webhook_attempt WHERE workspace = $1",
    "event_cursor": "SELECT count(*) AS total FROM event_cursor WHERE workspace = $1",
    "setting": "SELECT count(*) AS total FROM setting WHERE workspace = $1",
    "suppression": "SELECT count(*) AS total FROM suppression WHERE workspace = $1",
    "event": "SELECT count(*) AS total FROM event WHERE workspace = $1",
  ]

  /// What the schema says, so that a new table is not forgotten. SQLite only.
  static func inSchema(_ store: Store) async throws -> Set<String> {
    try await store.read { (tx: borrowing Transaction) in
      Set(
        try tx.rows(
          """
          SELECT DISTINCT tables.name FROM sqlite_master AS tables
          JOIN pragma_table_info(tables.name) AS columns ON columns.name = 'workspace'
          WHERE tables.type = 'table'
          """
        ) { try $0.text("name") }
      ).union(["workspace"])
    }
  }
}
