package import Core

/// Texts of messages with variables in them, which are rendered when a message is accepted.
package struct TemplateRecord: Sendable, Hashable {
  package var info: TemplateInfo
  package var subject: String?
  package var text: String?
  package var html: String?
  package var previewText: String?

  package init(info: TemplateInfo) {
    self.info = info
  }
}

/// All of a template but its texts.
package struct TemplateInfo: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: TemplateID
  /// Whose alone it is; `nil` when all accounts of the workspace may use it.
  package var account: AccountID?
  package var name: String
  package var description: String?
  /// `html`
  package var format: String
  /// What becomes of a variable without a value.
  package var missing: Missing
  /// The values of variables without one, as JSON; with `.defaults`.
  package var defaults: String?
  package var created: Instant
  package var updated: Instant

  /// Stored by its name.
  package enum Missing: String, Sendable, CaseIterable {
    case fail, defaults, blank
  }

  package init(
    workspace: WorkspaceID, id: TemplateID, account: AccountID?, name: String, format: String,
    missing: Missing = .fail, created: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.account = account
    self.name = name
    self.format = format
    self.missing = missing
    self.created = created
    updated = created
  }
}

extension TemplateInfo {
  static let columns: SQL =
    "workspace, id, account, name, description, format, missing, defaults, created, updated"

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    account = try row.optionalIdentifier("account")
    name = try row.text("name")
    description = try row.optionalText("description")
    format = try row.text("format")
    missing = try row.value("missing")
    defaults = try row.optionalText("defaults")
    created = try row.instant("created")
    updated = try row.instant("updated")
  }
}

extension TemplateRecord {
  static let columns: SQL = "\(TemplateInfo.columns), subject, preview_text, body_text, body_html"

  init(_ row: Row) throws {
    info = try TemplateInfo(row)
    subject = try row.optionalText("subject")
    previewText = try row.optionalText("preview_text")
    text = try row.optionalText("body_text")
    html = try row.optionalText("body_html")
  }
}

extension Transaction {
  package func insert(_ template: TemplateRecord) throws {
    let info = template.info
    try execute(
      Statement.insert, info.workspace, info.id, info.account, info.name, info.description, info.format,
      info.missing.rawValue, info.defaults, info.created, info.updated, template.subject,
      template.previewText, template.text, template.html)
  }

  /// Everything but its account and its creation.
  package func update(_ template: TemplateRecord) throws {
    let info = template.info
    try execute(
      Statement.update, info.workspace, info.id, info.name, info.description, info.format,
      info.missing.rawValue, info.defaults, info.updated, template.subject, template.previewText,
      template.text, template.html)
  }

  package func template(_ id: TemplateID, in workspace: WorkspaceID) throws -> TemplateRecord? {
    try row(Statement.select, workspace, id, as: TemplateRecord.init(_:))
  }

  /// Those of one account, or without one those that all accounts may use; the oldest first.
  package func templates(
    of account: AccountID?, in workspace: WorkspaceID, _ request: PageRequest
  ) throws -> Page<TemplateInfo> {
    guard let account else {
      let total = try row(Statement.countShared, workspace) { Int(try $0.integer("total")) }
      return Page(
        try rows(Statement.listShared, workspace, request.size, request.offset, as: TemplateInfo.init(_:)),
        of: total ?? 0)
    }
    let total = try row(Statement.count, workspace, account) { Int(try $0.integer("total")) }
    return Page(
      try rows(Statement.list, workspace, request.size, request.offset, account, as: TemplateInfo.init(_:)),
      of: total ?? 0)
  }

  /// Returns whether there was one.
  package func deleteTemplate(_ id: TemplateID, in workspace: WorkspaceID) throws -> Bool {
    try execute("DELETE FROM template WHERE workspace = $1 AND id = $2", workspace, id) > 0
  }

  /// All that are this account's alone; returns how many.
  package func deleteTemplates(of account: AccountID, in workspace: WorkspaceID) throws -> Int {
    try execute("DELETE FROM template WHERE workspace = $1 AND account = $2", workspace, account)
  }
}

private enum Statement {
  static let insert = SQL.insert(into: "template", columns: TemplateRecord.columns)
  static let update: SQL = """
    UPDATE template SET name = $3, description = $4, format = $5, missing = $6, defaults = $7, updated = $8,
      subject = $9, preview_text = $10, body_text = $11, body_html = $12
    WHERE workspace = $1 AND id = $2
    """
  static let select: SQL = "SELECT \(TemplateRecord.columns) FROM template WHERE workspace = $1 AND id = $2"
  static let count: SQL = "SELECT count(*) AS total FROM template WHERE workspace = $1 AND account = $2"
  static let countShared: SQL =
    "SELECT count(*) AS total FROM template WHERE workspace = $1 AND account IS NULL"
  static let list: SQL = """
    SELECT \(TemplateInfo.columns) FROM template WHERE workspace = $1 AND account = $4
    ORDER BY created, id LIMIT $2 OFFSET $3
    """
  static let listShared: SQL = """
    SELECT \(TemplateInfo.columns) FROM template WHERE workspace = $1 AND account IS NULL
    ORDER BY created, id LIMIT $2 OFFSET $3
    """
}
