import Accounts
import Backends
import Core
import Foundation
import MIME
import Queue
import Store
import Synchronization

extension Outbox {
  /// Accepts a message. When this returns, it is on disk and will be delivered; when it throws, nothing is
  /// stored, except after `store.commitUnknown`.
  ///
  /// - Parameter reservation: of the submission's key, for a request whose key was taken before its body was read.
  /// - Throws: `Problem`: what is wrong with the message or its template, `account.notFound`, or
  ///   `idempotency.mismatch` and `idempotency.inProgress`.
  package func submit(
    _ submission: Submission, reservation: IdempotencyReservation? = nil
  ) async throws -> SubmissionReceipt {
    // What it was rendered from may be gone.
    if submission.values != nil, let earlier = try await earlierReceipt(of: submission) { return earlier }
    let submission = try await withMessagesInMemory(submission)
    let template = try await messageTemplate(of: submission)
    return try await asSender(submission.account, in: submission.workspace) { sender in
      let accepted = try await rendered(submission, template, of: sender)
      guard var receipt = try await accept(accepted, reservation) else { return nil }
      if receipt.idempotency != .hit { receipt.warnings = accepted.warnings }
      return receipt
    }
  }

  /// Calls `body` with what messages need of their account, again when that has changed meanwhile: when `body` returns
  /// `nil`.
  func asSender<Value>(
    _ account: AccountID, in workspace: WorkspaceID, _ body: (SenderIdentity) async throws -> Value?
  ) async throws -> Value {
    while true {
      let sender: SenderIdentity
      if let known = senders.withLock({ $0[account, workspace] }) {
        sender = known
      } else {
        sender = try await currentSender(account, in: workspace)
        senders.withLock { $0[account, workspace] = sender }
      }
      if let value = try await body(sender) { return value }
      senders.withLock { $0[account, workspace] = nil }
    }
  }

  /// - Throws: `account.notFound`, and the problem of an account that cannot send.
  func currentSender(_ account: AccountID, in workspace: WorkspaceID) async throws -> SenderIdentity {
    let sender = try await store.read { (tx: borrowing Transaction) in
      try tx.senderIdentity(account, in: workspace)
    }
    guard let sender else { throw Problem.accountNotFound(account) }
    guard sender.canSend else { throw Problem.backendNotImplemented(account) }
    return sender
  }

  /// Renders and composes one message, with all checks.
  func rendered(
    _ submission: Submission, _ template: MessageTemplate?, of sender: SenderIdentity
  ) async throws -> AcceptedMessage {
    let now = time.now
    let id = QueueID.make(at: now)
    let rendered = try submission.rendered(
      template, as: sender, id: id, serviceURL: configuration.serviceURL)
    var memory = LayoutMemory()
    return try await accepted(rendered, of: sender, id: id, at: now, &memory)
  }

  /// Composes a message, with all checks.
  ///
  /// - Parameter memory: What messages of one request have in common; it grows.
  func accepted(
    _ submission: Submission, of sender: SenderIdentity, id: QueueID, at now: Instant,
    _ memory: inout LayoutMemory
  ) async throws -> AcceptedMessage {
    let own = NamedAddress(name: sender.name, address: try EmailAddress(sender.email))
    let composed = try submission.composed(own: own, id: id, now: now)
    if let limit = sender.recipientLimit, composed.recipients.count > limit {
      throw Problem.tooManyRecipients(composed.recipients.count, limit: limit)
    }
    let content = composed.content
    var message = OutgoingMessageRecord(
      workspace: submission.workspace, id: id, account: submission.account,
      source: submission.source.rawValue,
      messageID: composed.messageID, envelopeFrom: composed.from.text,
      envelopeTo: composed.recipients.map(\.address.text), subject: composed.subject, size: content.size,
      chunks: content.ownChunks.count, segments: content.runs(of: id).count,
      idempotencyKey: submission.idempotency?.key, created: now)
    message.keepsCopy = submission.keepsCopy
    let layout = try await layout(of: composed, submission, &memory)
    message.layout = try layout.map { String(decoding: try JSONEncoder().encode($0), as: UTF8.self) }
    message.changes = submission.changes
    message.reportRequest = submission.reports.json
    return AcceptedMessage(
      message: message, content: content,
      recipients: composed.recipients.map {
        RecipientRecord(address: $0.address.text, role: $0.role, updated: now)
      },
      row: QueueRecord(
        workspace: message.workspace, id: id, lane: sender.lane, account: message.account,
        progress: Progress.fresh.rawValue, created: now, due: submission.sendAt,
        priority: submission.priority, refusalLimit: submission.refusalLimit),
      changes: message.changes(with: layout), sender: sender, idempotency: submission.idempotency,
      onAcceptance: submission.acceptance(of: composed.recipients),
      listCheck: submission.listCheck(of: composed.recipients),
      warnings: DroppedHeader.warnings(
        of: composed.fieldNames, dropsUnsubscribePost: sender.dropsUnsubscribePost)
        + (submission.list?.warnings ?? []))
  }

  /// Stores what is too long for one transaction, then accepts. Returns `nil` when the account is no longer
  /// as it was.
  func accept(
    _ accepted: AcceptedMessage, _ reservation: IdempotencyReservation?
  ) async throws -> SubmissionReceipt? {
    guard !accepted.message.isShort else { return try await commit(accepted, reservation) }
    return try await underKey(
      accepted.idempotency, of: accepted.message.account, in: accepted.message.workspace, reservation
    ) { reservation in
      try await store(accepted.content, of: accepted.message)
      return try await commit(accepted, reservation)
    }
  }

  /// Calls `body`, which stores something before it accepts, with the key reserved, so that a repeat leaves nothing
  /// behind; of a repeat it returns the receipt.
  func underKey(
    _ idempotency: IdempotencyKey?, of account: AccountID, in workspace: WorkspaceID,
    _ reservation: IdempotencyReservation?,
    _ body: (IdempotencyReservation?) async throws -> SubmissionReceipt?
  ) async throws -> SubmissionReceipt? {
    guard let idempotency, reservation == nil else { return try await body(reservation) }
    switch try await reserve(idempotency.key, account: account, in: workspace) {
    case .accepted(let earlier): return try earlier.receipt(for: idempotency.bodyHash)
    case .reserved(let own):
      do {
        let receipt = try await body(own)
        if receipt == nil { try await release(own) }
        return receipt
      } catch {
        // If that fails too, the lease expires; what was accepted stays.
        _ = try? await release(own)
        throw error
      }
    }
  }

  /// Each chunk in a transaction of its own, so that a long message does not delay other writers. Without their
  /// message they are swept.
  private func store(_ content: MessageContent, of message: OutgoingMessageRecord) async throws {
    for (sequence, chunk) in content.ownChunks.enumerated() {
      let key = ChunkKey(message.workspace, message.id, sequence)
      try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
        try tx.insertChunk(key, Array(chunk))
      }
    }
  }

  /// The accepting transaction. Its rows are all new and the key's uniqueness is the database's own business,
  /// so READ COMMITTED is enough; it is even needed, for a repeat to see what the first request has stored.
  private func commit(
    _ accepted: AcceptedMessage, _ reservation: IdempotencyReservation?
  ) async throws -> SubmissionReceipt? {
    let (message, content, sender) = (accepted.message, accepted.content, accepted.sender)
    let (workspace, now) = (message.workspace, message.created)
    let (row, queued) = (accepted.row, accepted.queued)
    let receipt = try await store.write(isolation: .readCommitted) {
      (tx: borrowing Transaction) -> SubmissionReceipt? in
      guard try tx.senderIdentity(message.account, in: workspace) == sender else { return nil }
      if let idempotency = accepted.idempotency {
        let name = IdempotencyName(workspace, message.account, idempotency.key)
        let state = try tx.claim(
          name, under: reservation?.lease, for: message.id, bodyHash: idempotency.bodyHash, at: now)
        if let earlier = try Self.earlier(state, name, in: tx) {
          return try earlier.receipt(for: idempotency.bodyHash)
        }
      }
      try accepted.onAcceptance?(tx)
      try tx.insert(message)
      if message.isShort, let chunk = content.ownChunks.first {
        try tx.insertChunk(ChunkKey(workspace, message.id, 0), Array(chunk))
      }
      try tx.insert(content.runs(of: message.id), of: message.id, in: workspace, at: now)
      try tx.insert(accepted.recipients, of: message.id, in: workspace, at: now)
      try tx.insert(row)
      // The account may have been deleted since it was read.
      guard try tx.append(queued) != nil else { throw Problem.accountNotFound(message.account) }
      try tx.wake(sender.lane, due: row.due)
      return SubmissionReceipt(
        queueID: message.id, messageID: message.messageID,
        idempotency: accepted.idempotency.map { _ in .miss }, sendAt: accepted.sendAt)
    }
    if receipt != nil { engine.wake(row.lane) }
    return receipt
  }
}

/// A message that has been found good, and what is stored with it.
struct AcceptedMessage: Sendable {
  var message: OutgoingMessageRecord
  var content: MessageContent
  var recipients: [RecipientRecord]
  var row: QueueRecord
  /// What was changed of it, in sentences.
  var changes: [String] = []
  var sender: SenderIdentity
  var idempotency: IdempotencyKey?
  var onAcceptance: (@Sendable (borrowing Transaction) throws -> Void)?
  /// Whether its recipient has left its list; part of `onAcceptance`.
  var listCheck: (@Sendable (borrowing Transaction) throws -> Void)?
  /// What recipients will not get as it was asked for.
  var warnings: [String] = []

  /// The event of its acceptance.
  var queued: EventRecord { MessageEvents(message: message, attempts: 0, attemptLimit: 0).queued(changes) }
  /// `nil` when it is sent at once.
  var sendAt: Instant? { row.due > message.created ? row.due : nil }
}
