package import Core

/// An address that receives no more of a list.
package struct SuppressionRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var list: ListID
  /// By which addresses are compared.
  package var addressKey: String
  /// As it was written.
  package var address: String
  /// The account whose message led to it, or that blocked it; it may be gone.
  package var account: AccountID
  /// Of the message whose link was used, with its angle brackets.
  package var messageID: String?
  /// `one-click`, `form` or `api`.
  package var source: String
  package var reason: String
  package var remoteAddress: String?
  package var userAgent: String?
  package var created: Instant

  package init(
    workspace: WorkspaceID, list: ListID, addressKey: String, address: String, account: AccountID,
    messageID: String? = nil, source: String, reason: String, remoteAddress: String? = nil,
    userAgent: String? = nil, created: Instant
  ) {
    self.workspace = workspace
    self.list = list
    self.addressKey = addressKey
    self.address = address
    self.account = account
    self.messageID = messageID
    self.source = source
    self.reason = reason
    self.remoteAddress = remoteAddress
    self.userAgent = userAgent
    self.created = created
  }

  fileprivate init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    list = try row.identifier("list")
    addressKey = try row.text("address_key")
    address = try row.text("address")
    account = try row.identifier("account")
    messageID = try row.optionalText("message_id")
    source = try row.text("source")
    reason = try row.text("reason")
    remoteAddress = try row.optionalText("remote_address")
    userAgent = try row.optionalText("user_agent")
    created = try row.instant("created")
  }

  fileprivate static let columns: SQL = """
    workspace, list, address_key, address, account, message_id, source, reason, remote_address, user_agent, created
    """
}

extension Transaction {
  /// Returns whether it is new; an entry that is there stays as it is.
  package func insert(_ entry: SuppressionRecord) throws -> Bool {
    try execute(
      Statement.insert, entry.workspace, entry.list, entry.addressKey, entry.address, entry.account,
      entry.messageID, entry.source, entry.reason, entry.remoteAddress, entry.userAgent, entry.created) > 0
  }

  /// Returns whether there was one.
  package func deleteSuppression(
    of addressKey: String, from list: ListID, in workspace: WorkspaceID
  ) throws -> Bool {
    try execute(
      "DELETE FROM suppression WHERE workspace = $1 AND list = $2 AND address_key = $3", workspace, list,
      addressKey) > 0
  }

  /// Those of up to 1,000 addresses that receive no more of the list, with the reasons. One statement.
  ///
  /// - Parameter addressKeys: as `EmailAddress.key` has them.
  package func suppressed(
    _ list: ListID, _ addressKeys: [String], in workspace: WorkspaceID
  ) throws -> [String: String] {
    guard let first = addressKeys.first else { return [:] }
    let statement = Statement.suppressed(addressKeys.count)
    let unused = Array(repeating: first, count: max(0, statement.count - addressKeys.count))
    let arguments: [any SQLEncodable] = [workspace, list] + (addressKeys + unused)
    let found = try rows(statement.sql, arguments) {
      (try $0.text("address_key"), try $0.text("reason"))
    }
    return Dictionary(found, uniquingKeysWith: { first, _ in first })
  }

  /// The oldest entry first.
  package func suppressions(
    _ list: ListID, _ request: PageRequest, in workspace: WorkspaceID
  ) throws -> Page<SuppressionRecord> {
    let total = try row(
      "SELECT count(*) AS total FROM suppression WHERE workspace = $1 AND list = $2", workspace, list
    ) { try $0.integer("total") }
    let entries = try rows(
      """
      SELECT \(SuppressionRecord.columns) FROM suppression WHERE workspace = $1 AND list = $2
      ORDER BY created, address_key LIMIT $3 OFFSET $4
      """, workspace, list, request.size, request.offset, as: SuppressionRecord.init(_:))
    return Page(entries, of: Int(total ?? 0))
  }

  /// The lists that have entries, by name, with how many.
  package func suppressionLists(
    _ request: PageRequest, in workspace: WorkspaceID
  ) throws -> Page<(list: ListID, count: Int)> {
    let total = try row(
      "SELECT count(DISTINCT list) AS total FROM suppression WHERE workspace = $1", workspace
    ) { try $0.integer("total") }
    let lists = try rows(
      """
      SELECT list, count(*) AS total FROM suppression WHERE workspace = $1
      GROUP BY list ORDER BY list LIMIT $2 OFFSET $3
      """, workspace, request.size, request.offset
    ) { (list: try $0.identifier("list") as ListID, count: Int(try $0.integer("total"))) }
    return Page(lists, of: Int(total ?? 0))
  }
}

private enum Statement {
  static let insert =
    SQL.insert(into: "suppression", columns: SuppressionRecord.columns)
    + " ON CONFLICT (workspace, list, address_key) DO NOTHING"

  /// So few texts that each is prepared once.
  private static let selects = [1, 16, 128, 1024].map { count in
    let sql: SQL = """
      SELECT address_key, reason FROM suppression
      WHERE workspace = $1 AND list = $2 AND address_key IN (\(SQL.placeholders(3...count + 2)))
      """
    return (count: count, sql: sql)
  }

  /// The one with the fewest places that suffice.
  static func suppressed(_ count: Int) -> (count: Int, sql: SQL) {
    selects.first { $0.count >= count } ?? selects[selects.count - 1]
  }
}
