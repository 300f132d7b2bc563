import Backends
package import Core
package import MIME
package import Store

/// The attachments of a submission, or the message that it gives raw, while its request is still arriving.
///
/// Small ones stay in memory. Content beyond `memoryLimit` goes into the database a chunk at a time, as it will be in
/// the message, under the request's idempotency key: a repeat stores nothing. What comes of a request that fails must
/// be discarded.
package struct IncomingContent: Sendable {
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
  private var sizeLimit: Int

  private enum Lease: Sendable {
    case none
    case reserved(IdempotencyReservation)
    case accepted(EarlierSubmission)
  }

  /// What it is of the message.
  package enum Role: Sendable {
    case attachment
    case message
  }

  private struct File: Sendable {
    var coding: Coding
    var place = Place.memory([])
  }

  /// How what arrives becomes what is in the message.
  fileprivate enum Coding: Sendable {
    case attachment(Base64Lines)
    case message(RawMessageReader)
  }

  private enum Place: Sendable {
    /// An attachment is not encoded yet.
    case memory([UInt8])
    case arriving(ContentWriter)
    case stored(SegmentRecord)
  }

  fileprivate init(_ outbox: Outbox, account: AccountID, in workspace: WorkspaceID, key: String?) {
    (self.outbox, self.account, self.workspace, self.key) = (outbox, account, workspace, key)
    sizeLimit = outbox.configuration.contentLimit
  }

  /// Bytes of content in memory.
  package var held: Int {
    files.reduce(0) { held, file in
      if case .memory(let bytes) = file.place { held + bytes.count } else { held }
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

  /// Takes the next part of an attachment or of the message; one comes after the other.
  ///
  /// - Throws: `idempotency.inProgress` while another request has the key; `message.malformed` for a message whose header
  ///   passes a limit of Exchange.
  package mutating func append(
    _ bytes: [UInt8], to ordinal: Int, isLast: Bool, as role: Role = .attachment
  ) async throws {
    size += bytes.count
    if role == .message { sizeLimit = outbox.configuration.sizeLimit }
    guard size <= sizeLimit, earlier == nil else { return try await dropContent() }
    while files.count <= ordinal { files.append(File(coding: Coding(role))) }
    switch files[ordinal].place {
    case .memory(var content):
      // Not copied: there is no other reference now.
      files[ordinal].place = .memory([])
      content += try files[ordinal].coding.keep(bytes)
      files[ordinal].place = .memory(content)
      if held > Self.memoryLimit { try await spill(ordinal) }
    case .arriving: try await write(try files[ordinal].coding.encode(bytes), to: ordinal)
    case .stored: break
    }
    if isLast, files.indices.contains(ordinal) { try await finish(ordinal) }
  }

  /// - Throws: `message.tooLarge` when there was more than one message may hold.
  package func check() throws(Problem) {
    if size > sizeLimit { throw .contentTooLarge(size, limit: sizeLimit) }
  }

  package func body(of ordinal: Int) -> Attachment.Body {
    guard files.indices.contains(ordinal) else { return .bytes([]) }
    return switch files[ordinal].place {
    case .memory(let bytes): .bytes(bytes)
    case .arriving, .stored: .encoded(ordinal)
    }
  }

  /// The message that was given raw.
  package func message(of ordinal: Int) -> RawMessage? {
    guard files.indices.contains(ordinal), case .message(let reader) = files[ordinal].coding,
      let header = reader.header
    else { return nil }
    return switch files[ordinal].place {
    case .memory(let bytes): RawMessage(header: header, body: .bytes(bytes))
    case .stored(let segment): RawMessage(header: header, body: .stored(segment))
    case .arriving: nil
    }
  }

  /// By the numbers that `body` gives.
  package var stored: [Int: SegmentRecord] {
    files.enumerated().reduce(into: [:]) { stored, file in
      if case .stored(let segment) = file.element.place { stored[file.offset] = segment }
    }
  }

  /// Stores the attachments that are in memory, so that many messages can share them.
  ///
  /// - Throws: `idempotency.inProgress` while another request has the key.
  package mutating func storeAttachments() async throws {
    for ordinal in files.indices {
      guard files.indices.contains(ordinal), case .memory(let bytes) = files[ordinal].place,
        case .attachment = files[ordinal].coding, !bytes.isEmpty
      else { continue }
      try await spill(ordinal)
      if files.indices.contains(ordinal) { try await finish(ordinal) }
    }
  }

  /// Deletes what is stored and frees the key; nothing happens to what a message has.
  package mutating func discard() async throws {
    try await dropContent()
    if case .reserved(let reservation) = lease { try await outbox.release(reservation) }
    lease = .none
  }

  private mutating func spill(_ ordinal: Int) async throws {
    guard case .memory(let bytes) = files[ordinal].place else { return }
    if let key, case .none = lease {
      switch try await outbox.reserve(key, account: account, in: workspace) {
      case .reserved(let reservation): lease = .reserved(reservation)
      case .accepted(let earlier): lease = .accepted(earlier)
      }
    }
    guard earlier == nil else { return files = [] }
    files[ordinal].place = .arriving(
      outbox.contentWriter(files[ordinal].coding.kind, reservation: reservation, in: workspace))
    try await write(files[ordinal].coding.encode(kept: bytes), to: ordinal)
  }

  private mutating func write(_ bytes: [UInt8], to ordinal: Int) async throws {
    guard case .arriving(var writer) = files[ordinal].place else { return }
    // Not copied: there is no other reference now.
    files[ordinal].place = .memory([])
    defer { files[ordinal].place = .arriving(writer) }
    try await writer.write(bytes)
  }

  private mutating func finish(_ ordinal: Int) async throws {
    let rest = try files[ordinal].coding.finish()
    switch files[ordinal].place {
    case .memory(let content):
      if case .message = files[ordinal].coding { files[ordinal].place = .memory(content + rest) }
    case .arriving:
      try await write(rest, to: ordinal)
      guard case .arriving(var writer) = files[ordinal].place else { return }
      files[ordinal].place = .stored(try await writer.finish())
    case .stored: break
    }
  }

  private mutating func dropContent() async throws {
    let segments = files.compactMap { file -> SegmentID? in
      switch file.place {
      case .memory: nil
      case .arriving(let writer): writer.segment
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

extension IncomingContent.Coding {
  init(_ role: IncomingContent.Role) {
    self =
      switch role {
      case .attachment: .attachment(Base64Lines())
      case .message: .message(RawMessageReader())
      }
  }

  var kind: SegmentRecord.Kind {
    switch self {
    case .attachment: .attachment
    case .message: .message
    }
  }

  /// What of it stays in memory.
  mutating func keep(_ bytes: [UInt8]) throws(Problem) -> [UInt8] {
    guard case .message(var reader) = self else { return bytes }
    defer { self = .message(reader) }
    return try reader.feed(bytes[...])
  }

  /// What was kept, as it is stored.
  mutating func encode(kept bytes: [UInt8]) -> [UInt8] {
    guard case .attachment(var lines) = self else { return bytes }
    defer { self = .attachment(lines) }
    return lines.encode(bytes)
  }

  mutating func encode(_ bytes: [UInt8]) throws(Problem) -> [UInt8] {
    encode(kept: try keep(bytes))
  }

  mutating func finish() throws(Problem) -> [UInt8] {
    switch self {
    case .attachment(var lines):
      defer { self = .attachment(lines) }
      return lines.finish()
    case .message(var reader):
      defer { self = .message(reader) }
      return try reader.finish()
    }
  }
}

extension Outbox {
  /// - Parameter key: The request's idempotency key, which is taken when the first content is stored.
  package func incomingContent(
    of account: AccountID, in workspace: WorkspaceID, key: String?
  ) -> IncomingContent {
    IncomingContent(self, account: account, in: workspace, key: key)
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
