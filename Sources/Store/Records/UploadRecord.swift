package import Core

/// A file that a client uploads in ranges. Its bytes are in its segment, encoded as they are in a message.
package struct UploadRecord: Sendable, Hashable {
  package var workspace: WorkspaceID
  package var id: UploadID
  package var account: AccountID
  package var segment: SegmentID
  package var filename: String?
  package var contentType: String?
  /// In bytes, decoded.
  package var size: Int
  /// How many of them have arrived.
  package var received: Int
  /// Those at the end that do not fill a line of base64 yet.
  package var tail: [UInt8]
  package var created: Instant
  package var expires: Instant

  package init(
    workspace: WorkspaceID, id: UploadID, account: AccountID, segment: SegmentID, filename: String?,
    contentType: String?, size: Int, created: Instant, expires: Instant
  ) {
    self.workspace = workspace
    self.id = id
    self.account = account
    self.segment = segment
    self.filename = filename
    self.contentType = contentType
    self.size = size
    received = 0
    tail = []
    self.created = created
    self.expires = expires
  }

  package var isComplete: Bool { received == size }
}

extension UploadRecord {
  static let columns: SQL =
    "workspace, id, account, segment, filename, content_type, size, received, tail, created, expires"

  init(_ row: Row) throws {
    workspace = try row.identifier("workspace")
    id = try row.identifier("id")
    account = try row.identifier("account")
    segment = try row.identifier("segment")
    filename = try row.optionalText("filename")
    contentType = try row.optionalText("content_type")
    size = Int(try row.integer("size"))
    received = Int(try row.integer("received"))
    tail = try row.bytes("tail")
    created = try row.instant("created")
    expires = try row.instant("expires")
  }
}

extension Transaction {
  package func insert(_ upload: UploadRecord) throws {
    try execute(
      Statement.insert, upload.workspace, upload.id, upload.account, upload.segment, upload.filename,
      upload.contentType, upload.size, upload.received, upload.tail, upload.created, upload.expires)
  }

  /// One that has not expired.
  package func upload(
    _ id: UploadID, of account: AccountID, in workspace: WorkspaceID, at now: Instant
  ) throws -> UploadRecord? {
    try row(Statement.select, workspace, id, account, now, as: UploadRecord.init(_:))
  }

  /// How many an account has that have not expired.
  package func uploadCount(of account: AccountID, in workspace: WorkspaceID, at now: Instant) throws -> Int {
    try row(
      "SELECT count(*) AS total FROM upload WHERE workspace = $1 AND account = $2 AND expires > $3",
      workspace,
      account, now
    ) { Int(try $0.integer("total")) } ?? 0
  }

  /// Records what has arrived. Returns `false` when something else has arrived since `received`.
  package func advance(_ upload: UploadRecord, from received: Int) throws -> Bool {
    try execute(
      Statement.advance, upload.workspace, upload.id, received, upload.received, upload.tail, upload.expires)
      == 1
  }

  package func deleteUpload(_ upload: UploadRecord) throws {
    try execute("DELETE FROM upload WHERE workspace = $1 AND id = $2", upload.workspace, upload.id)
  }

  /// Their content is swept like other content that no message has.
  package func deleteUploads(before now: Instant) throws {
    try execute("DELETE FROM upload WHERE expires <= $1", now)
  }
}

private enum Statement {
  static let insert = SQL.insert(into: "upload", columns: UploadRecord.columns)
  static let select: SQL = """
    SELECT \(UploadRecord.columns) FROM upload
    WHERE workspace = $1 AND id = $2 AND account = $3 AND expires > $4
    """
  static let advance: SQL = """
    UPDATE upload SET received = $4, tail = $5, expires = $6
    WHERE workspace = $1 AND id = $2 AND received = $3
    """
}
