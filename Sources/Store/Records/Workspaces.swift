package import Core

/// Whose things are kept apart from everybody else's. Every database has `default`.
package struct WorkspaceRecord: Sendable, Hashable {
  package var id: WorkspaceID
  package var name: String
  package var created: Instant

  package init(id: WorkspaceID, name: String, created: Instant) {
    self.id = id
    self.name = name
    self.created = created
  }
}

extension Transaction {
  package func insert(_ workspace: WorkspaceRecord) throws {
    try execute(
      "INSERT INTO workspace (id, name, created) VALUES ($1, $2, $3)",
      workspace.id, workspace.name, workspace.created)
  }

  /// Oldest first: `default` leads.
  package func workspaces() throws -> [WorkspaceRecord] {
    try rows("SELECT id, name, created FROM workspace ORDER BY created, id") {
      WorkspaceRecord(
        id: try $0.identifier("id"), name: try $0.text("name"), created: try $0.instant("created"))
    }
  }
}
