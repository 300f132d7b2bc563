import Backends
package import Core
package import MIME
package import Store

/// The attachments of a submission while its request is still arriving.
///
/// Small ones stay in memory. Content beyond `memoryLimit` goes into the database a chunk at a time, encoded as it
/// will be in the message, under the request's idempotency key: a repeat stores nothing. What comes of a request
/// that fails must be discarded.
package struct IncomingAttachments: Sendable {
  /// Bytes that all of them together keep in memory, at most.
  package static let memoryLimit = ChunkKey.size

  private let outbox: Outbox
  private let account: AccountID
  private let workspace: WorkspaceID
  private let key: String?
  private var lease = Lease.none
  private var files: [File] = []
  /// Decoded, in bytes.
  private var size = 0

  private enum Lease: Sendable {
    case none
    case reserved(IdempotencyReservation)
    case accepted(EarlierSubmission)
  }

  private enum File: Sendable {
    case memory([UInt8])
    case arriving(ContentWriter, Base64Lines)
    case stored(SegmentRecord)
  }

  fileprivate init(_ outbox: Outbox, account: AccountID, in workspace: WorkspaceID, key: String?) {
    (self.outbox, self.account, self.workspace, self.key) = (outbox, account, workspace, key)
  }

  /// Bytes of content in memory.
  package var held: Int {
    files.reduce(0) { held, file in
      if case .memory(let bytes) = file { held + bytes.count } else { held }
    }
  }

  /// The key's own, when content had to be stored before the body had ended.
  package var reservation: IdempotencyReservation? {
    if case .reserved(let reservation) = lease { reservation } else { nil }
  }

  /// The message that was accepted with the same key: nothing of this request is stored.
  package var earlier: EarlierSubmission? {
    if case .accepted(let earlier) = lease { earlier } else { nil }
  }

  /// Takes the next part of an attachment; one comes after the other.
  ///
  /// - Throws: `idempotency.inProgress` while another request has the key.
  package mutating func append(_ bytes: [UInt8], to ordinal: Int, isLast: Bool) async throws {
    size += bytes.count
    guard size <= OutgoingMessage.sizeLimit, earlier == nil else { return try await dropContent() }
    while files.count <= ordinal { files.append(.memory([])) }
    switch files[ordinal] {
    case .memory(var content):
      // Not copied: there is no other reference now.
      files[ordinal] = .memory([])
      content += bytes
      files[ordinal] = .memory(content)
      if held > Self.memoryLimit { try await spill(ordinal) }
    case .arriving(var writer, var lines):
      files[ordinal] = .memory([])
      defer { files[ordinal] = .arriving(writer, lines) }
      try await writer.write(lines.encode(bytes))
    case .stored: break
    }
    if isLast, files.indices.contains(ordinal) { try await finish(ordinal) }
  }

  /// - Throws: `message.tooLarge` when there was more than one message may hold.
  package func check() throws(Problem) {
    if size > OutgoingMessage.sizeLimit { throw .attachmentsTooLarge(size) }
  }

  package func body(of ordinal: Int) -> Attachment.Body {
    guard files.indices.contains(ordinal) else { return .bytes([]) }
    return switch files[ordinal] {
    case .memory(let bytes): .bytes(bytes)
    case .arriving, .stored: .encoded(ordinal)
    }
  }

  /// By the numbers that `body` gives.
  package var stored: [Int: SegmentRecord] {
    files.enumerated().reduce(into: [:]) { stored, file in
      if case .stored(let segment) = file.element { stored[file.offset] = segment }
    }
  }

  /// Deletes what is stored and frees the key; nothing happens to what a message has.
  package mutating func discard() async throws {
    try await dropContent()
    if case .reserved(let reservation) = lease { try await outbox.release(reservation) }
    lease = .none
  }

  private mutating func spill(_ ordinal: Int) async throws {
    guard case .memory(let bytes) = files[ordinal] else { return }
    if let key, case .none = lease {
      switch try await outbox.reserve(key, account: account, in: workspace) {
      case .reserved(let reservation): lease = .reserved(reservation)
      case .accepted(let earlier): lease = .accepted(earlier)
      }
    }
    guard earlier == nil else { return files = [] }
    var writer = outbox.contentWriter(.attachment, reservation: reservation, in: workspace)
    var lines = Base64Lines()
    defer { files[ordinal] = .arriving(writer, lines) }
    try await writer.write(lines.encode(bytes))
  }

  private mutating func finish(_ ordinal: Int) async throws {
    guard case .arriving(var writer, var lines) = files[ordinal] else { return }
    defer { if case .arriving = files[ordinal] { files[ordinal] = .arriving(writer, lines) } }
    try await writer.write(lines.finish())
    files[ordinal] = .stored(try await writer.finish())
  }

  private mutating func dropContent() async throws {
    let segments = files.compactMap { file -> SegmentID? in
      switch file {
      case .memory: nil
      case .arriving(let writer, _): writer.segment
      case .stored(let segment): segment.id
      }
    }
    files = []
    guard !segments.isEmpty else { return }
    let workspace = workspace
    try await outbox.store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      for segment in segments { try tx.deleteUnusedSegment(workspace, segment) }
    }
  }
}

extension Outbox {
  /// - Parameter key: The request's idempotency key, which is taken when the first content is stored.
  package func incomingAttachments(
    of account: AccountID, in workspace: WorkspaceID, key: String?
  ) -> IncomingAttachments {
    IncomingAttachments(self, account: account, in: workspace, key: key)
  }

  /// `submission` with the messages among its attachments in memory: they travel as they are, not in base64.
  func withMessagesInMemory(_ submission: Submission) async throws -> Submission {
    var submission = submission
    for (index, attachment) in submission.attachments.enumerated() where attachment.isMessage {
      guard case .encoded(let number) = attachment.body, let segment = submission.storedContent[number]
      else { continue }
      let keys = (0..<segment.chunks).map { ChunkKey(segment.workspace, segment.id, $0) }
      let lines = try await store.read { (tx: borrowing Transaction) in
        try keys.flatMap { try tx.chunk($0) ?? [] }
      }
      submission.attachments[index].body = .bytes(Base64Lines.decode(lines))
    }
    return submission
  }
}
