import Accounts
import Backends
import Core
import MIME
import Store

extension Outbox {
  /// What would fail every attempt is reported now.
  ///
  /// - Parameter memory: What messages of one request have in common; it grows.
  /// - Returns: How a message that is too large for one request is taken apart; `nil` for one that is not.
  /// - Throws: `message.tooLarge` with the reason why it cannot be taken apart, and what Exchange would refuse.
  func layout(
    of composed: ComposedMessage, _ submission: Submission, _ memory: inout LayoutMemory
  ) async throws -> MessageLayout? {
    let content = composed.content
    let head = try OutgoingMessage(
      mime: content.head, from: composed.from.text, envelopeTo: composed.recipients.map(\.address),
      correlationIDs: CorrelationIDs(internetMessageID: composed.messageID, heliographID: "")
    ).addressed()
    let addition = head.count - content.head.count
    let (size, limit) = (content.size + addition, configuration.limits.message)
    guard size <= configuration.sizeLimit else {
      throw Problem.tooLarge(size, limit: configuration.sizeLimit)
    }
    guard size > limit || !submission.keepsCopy else { return nil }
    let account = submission.account
    guard try await canReconcile(account, in: submission.workspace, &memory) else {
      throw size > limit
        ? Problem.sendOnlyTooLarge(size, account: account, limit: limit) : Problem.sendOnlyKeepsCopy(account)
    }
    guard size > limit else { return nil }
    let layout = try await scan(content, &memory)
    let remaining = layout.remainingSize + addition
    guard remaining <= limit else {
      if let type = layout.sealed { throw Problem.sealedTooLarge(size, type: type, limit: limit) }
      throw Problem.textTooLarge(remaining, limit: limit)
    }
    for file in layout.files where file.size > configuration.contentLimit {
      throw Problem.contentTooLarge(file.size, limit: configuration.contentLimit)
    }
    return layout
  }

  private func canReconcile(
    _ account: AccountID, in workspace: WorkspaceID, _ memory: inout LayoutMemory
  ) async throws -> Bool {
    if let known = memory.canReconcile { return known }
    let details = try await store.read { (tx: borrowing Transaction) in
      try tx.account(account, in: workspace)
    }
    guard let details else { throw Problem.accountNotFound(account) }
    memory.canReconcile = details.canReconcile
    return details.canReconcile
  }

  /// Reads the structure of a message, of which what is stored already is read a chunk at a time.
  private func scan(_ content: MessageContent, _ memory: inout LayoutMemory) async throws -> MessageLayout {
    if let layout = memory.layout(of: content) { return layout }
    var scanner = PartScanner()
    try await forEachPiece(of: content) { scanner.feed($0) }
    let layout = scanner.finish()
    memory.learn(from: layout, of: content)
    return layout
  }

  /// Reads a message in order, of which what is stored already is read a chunk at a time.
  private func forEachPiece(
    of content: MessageContent, _ body: (ArraySlice<UInt8>) throws -> Void
  ) async throws {
    for piece in content.pieces {
      switch piece {
      case .own(let bytes): try body(bytes[...])
      case .stored(let segment):
        let run = SegmentRun(segment.id, chunks: segment.chunks)
        let extents = try await store.read { (tx: borrowing Transaction) in
          try tx.extents(of: [run], in: segment.workspace)
        }
        let stored = StoredContent(of: extents, in: store)
        guard stored.size == segment.size else { throw Problem.contentLost }
        var position = 0
        while position < stored.size {
          let bytes = try await stored.piece(from: position, upTo: stored.size)
          try body(bytes)
          position += bytes.count
        }
      }
    }
  }
}

extension MessageLayout {
  /// What Graph does not keep of files that are attached to a draft: an attachment has a name, a type, a content id and
  /// bytes (Microsoft Learn, "fileAttachment resource type").
  var change: String {
    let added =
      files.count == 1
      ? "its attachment is added to a draft"
      : "its \(files.count) attachments are added to a draft one by one"
    return
      "The message is too large for one request: \(added). The name, type, content id and bytes of each file "
      + "are kept; the other header fields of its part, and its position among the parts, are lost."
  }
}

extension OutgoingMessageRecord {
  /// What was changed of it when it was accepted, in sentences. That it is taken apart is not stored beside its layout,
  /// since each message of a merge has the same; one of an earlier version has it stored.
  func changes(with layout: MessageLayout?) -> [String] {
    guard let change = layout?.change, !changes.contains(change) else { return changes }
    return changes + [change]
  }
}

/// A message as it would be sent.
package struct MessagePreview: Sendable {
  /// With its angle brackets.
  package var messageID: String
  /// RFC 5322, without Bcc.
  package var mime: [UInt8]
  package var warnings: [String]
}

extension Outbox {
  /// The largest message that is shown, in bytes.
  static let previewLimit = 25 << 20

  /// What `submit` would accept, with all its checks; nothing is queued.
  package func preview(_ submission: Submission) async throws -> MessagePreview {
    let submission = try await withMessagesInMemory(submission)
    let template = try await messageTemplate(of: submission)
    let sender = try await currentSender(submission.account, in: submission.workspace)
    let accepted = try await rendered(submission, template, of: sender)
    if let check = accepted.listCheck {
      try await store.read { (tx: borrowing Transaction) in try check(tx) }
    }
    return try await preview(accepted)
  }

  /// A message that was not accepted.
  func preview(_ accepted: AcceptedMessage) async throws -> MessagePreview {
    let content = accepted.content
    guard content.size <= Self.previewLimit else {
      throw Problem.tooLargeToShow(content.size, limit: Self.previewLimit)
    }
    var mime: [UInt8] = []
    mime.reserveCapacity(content.size)
    try await forEachPiece(of: content) { mime += $0 }
    return MessagePreview(messageID: accepted.message.messageID, mime: mime, warnings: accepted.warnings)
  }
}
