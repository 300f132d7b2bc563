import Accounts
package import Core
import MIME
package import Store

// Files that a client uploads in ranges, before the messages that carry them.
extension Outbox {
  /// Of one account, at a time.
  static let uploadLimit = 100

  /// How long messages may use an upload after its last range. Its content is swept later than that.
  private var uploadLifetime: Duration { configuration.unboundRetention - .seconds(3600) }

  /// - Parameter size: In bytes, at least 1.
  /// - Throws: `account.notFound`, `upload.tooMany`, and `message.tooLarge` for more than a message may carry.
  package func createUpload(
    _ filename: String?, contentType: String?, size: Int, of account: AccountID,
    in workspace: WorkspaceID = .default
  ) async throws -> UploadRecord {
    let (now, limit) = (time.now, Self.uploadLimit)
    guard size <= configuration.contentLimit else {
      throw Problem.contentTooLarge(size, limit: configuration.contentLimit)
    }
    let segment = SegmentRecord(workspace: workspace, id: .make(at: now), kind: .upload, created: now)
    let upload = UploadRecord(
      workspace: workspace, id: .make(at: now), account: account, segment: segment.id, filename: filename,
      contentType: contentType, size: size, created: now, expires: now + uploadLifetime)
    return try await store.write { (tx: borrowing Transaction) in
      guard try tx.account(account, in: workspace) != nil else { throw Problem.accountNotFound(account) }
      guard try tx.uploadCount(of: account, in: workspace, at: now) < limit else {
        throw Problem.tooManyUploads(account, limit: limit)
      }
      try tx.insert(segment)
      try tx.insert(upload)
      return upload
    }
  }

  /// - Throws: `upload.notFound`, also for one that has expired or is of another account.
  package func upload(
    _ id: UploadID, of account: AccountID, in workspace: WorkspaceID = .default
  ) async throws -> UploadRecord {
    let now = time.now
    return try await store.read { (tx: borrowing Transaction) in
      guard let upload = try tx.upload(id, of: account, in: workspace, at: now) else {
        throw Problem.uploadNotFound(id)
      }
      return upload
    }
  }

  /// - Throws: `upload.notFound`.
  package func deleteUpload(
    _ id: UploadID, of account: AccountID, in workspace: WorkspaceID = .default
  ) async throws {
    let upload = try await upload(id, of: account, in: workspace)
    try await store.write { (tx: borrowing Transaction) in
      try tx.deleteUpload(upload)
      try tx.deleteUnusedSegment(workspace, upload.segment)
    }
  }

  /// What takes the bytes of a range.
  ///
  /// - Throws: `upload.notFound`; `upload.range` when the range does not begin where the last one ended.
  package func uploadWriter(
    _ id: UploadID, range: Range<Int>, size: Int, of account: AccountID, in workspace: WorkspaceID = .default
  ) async throws -> UploadWriter {
    let now = time.now
    let found = try await store.read { (tx: borrowing Transaction) -> (UploadRecord, SegmentRecord)? in
      guard let upload = try tx.upload(id, of: account, in: workspace, at: now),
        let segment = try tx.segment(workspace, upload.segment)
      else { return nil }
      return (upload, segment)
    }
    guard let (upload, segment) = found else { throw Problem.uploadNotFound(id) }
    guard size == upload.size, range.lowerBound == upload.received, !upload.isComplete else {
      throw Problem.uploadRange(range, size: size, upload)
    }
    return UploadWriter(
      upload, segment, until: range.upperBound, lifetime: uploadLifetime, store: store, time: time)
  }

  /// The complete uploads that a message names.
  ///
  /// - Throws: `upload.notFound` and `upload.incomplete`.
  package func uploads(
    _ ids: [UploadID], of account: AccountID, in workspace: WorkspaceID
  ) async throws -> [UploadID: (upload: UploadRecord, segment: SegmentRecord)] {
    guard !ids.isEmpty else { return [:] }
    let now = time.now
    return try await store.read { (tx: borrowing Transaction) in
      try ids.reduce(into: [:]) { found, id in
        guard let upload = try tx.upload(id, of: account, in: workspace, at: now) else {
          throw Problem.uploadNotFound(id)
        }
        guard upload.isComplete, let segment = try tx.segment(workspace, upload.segment), segment.isComplete
        else { throw Problem.uploadIncomplete(upload) }
        found[id] = (upload, segment)
      }
    }
  }
}

/// Streams a range into an upload, a chunk at a time. What is written when it stops stays.
package struct UploadWriter: Sendable {
  /// What is on disk.
  package private(set) var upload: UploadRecord
  private var segment: SegmentRecord
  private let end: Int
  private let lifetime: Duration
  private let store: Store
  private let time: any Time
  private var lines: Base64Lines
  /// Encoded, and not stored yet.
  private var buffer: [UInt8] = []
  /// How many bytes of the file have been taken.
  private var taken: Int

  fileprivate init(
    _ upload: UploadRecord, _ segment: SegmentRecord, until end: Int, lifetime: Duration, store: Store,
    time: any Time
  ) {
    self.upload = upload
    self.segment = segment
    self.end = end
    self.lifetime = lifetime
    self.store = store
    self.time = time
    lines = Base64Lines(rest: upload.tail)
    taken = upload.received
  }

  /// - Throws: `upload.range` for more bytes than the range has, and when another request has written meanwhile.
  package mutating func write(_ bytes: [UInt8]) async throws {
    guard taken + bytes.count <= end else {
      throw Problem.uploadTooLong(upload.id, expected: end - upload.received)
    }
    taken += bytes.count
    buffer += lines.encode(bytes)
    if taken == upload.size { buffer += lines.finish() }
    if buffer.count >= ChunkKey.size || taken == end { try await flush() }
  }

  private mutating func flush() async throws {
    let now = time.now
    let (received, known) = (upload.received, segment)
    var (next, stored) = (upload, segment)
    next.received = taken
    next.tail = lines.rest
    next.expires = now + lifetime
    // More than one only at the end of a large piece.
    let chunks = stride(from: 0, to: buffer.count, by: ChunkKey.size).map {
      Array(buffer[$0..<min($0 + ChunkKey.size, buffer.count)])
    }
    stored.size += buffer.count
    stored.chunks += chunks.count
    stored.isComplete = next.isComplete
    let (after, content) = (next, stored)
    try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      guard try tx.advance(after, from: received) else { throw Problem.uploadOvertaken(after.id) }
      for (index, chunk) in chunks.enumerated() {
        try tx.insertChunk(ChunkKey(content.workspace, content.id, known.chunks + index), chunk)
      }
      let isThere =
        content.isComplete
        ? try tx.complete(
          content.id, in: content.workspace, size: content.size, chunks: content.chunks, at: now)
        : try tx.extend(
          content.id, in: content.workspace, size: content.size, chunks: content.chunks, at: now)
      guard isThere else { throw Problem.uploadNotFound(after.id) }
    }
    (upload, segment) = (next, stored)
    buffer.removeAll(keepingCapacity: true)
  }
}

extension Problem {
  fileprivate static func uploadNotFound(_ id: UploadID) -> Problem {
    Problem(
      .uploadNotFound, "There is no upload “\(id)” of this account, or it has expired.",
      remedy: "Begin a new upload, and submit the message within a day.")
  }

  fileprivate static func tooManyUploads(_ account: AccountID, limit: Int) -> Problem {
    Problem(
      .uploadTooMany, "“\(account)” has \(limit) uploads that no message has to wait for.",
      remedy: "Delete those that are not needed, or wait until they expire.")
  }

  fileprivate static func uploadRange(_ range: Range<Int>, size: Int, _ upload: UploadRecord) -> Problem {
    let expected = upload.isComplete ? "all of it has arrived" : "the next range begins at \(upload.received)"
    return Problem(
      .uploadRange,
      "The range \(range.lowerBound)-\(range.upperBound - 1)/\(size) does not fit the upload “\(upload.id)” of "
        + "\(upload.size) bytes: \(expected).",
      remedy: "Continue at `received` of the upload, with its size.")
  }

  fileprivate static func uploadTooLong(_ id: UploadID, expected: Int) -> Problem {
    Problem(
      .uploadRange,
      "The body of the range of “\(id)” has more than the \(expected) bytes that Content-Range names.",
      remedy: "Send as many bytes as the header says.")
  }

  fileprivate static func uploadOvertaken(_ id: UploadID) -> Problem {
    Problem(
      .uploadRange, "Another request has written to the upload “\(id)” at the same time.",
      remedy: "Send one range after the other.")
  }

  fileprivate static func uploadIncomplete(_ upload: UploadRecord) -> Problem {
    Problem(
      .uploadIncomplete,
      "Of the upload “\(upload.id)” \(upload.received) of \(upload.size) bytes have arrived.",
      remedy: "Upload the rest, then submit the message.")
  }
}
