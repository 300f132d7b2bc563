import Accounts
import Backends
import Core
import MIME
import Queue
import Store

extension Outbox {
  /// Takes a message. When this returns, it is on disk and will be delivered; when it throws, nothing is
  /// stored, except after `store.commitUnknown`.
  ///
  /// - Throws: `Problem`, `Problem`, `Problem` or `Problem`.
  package func submit(_ submission: Submission) async throws -> SubmissionReceipt {
    let (account, workspace) = (submission.account, submission.workspace)
    while true {
      var sender = senders[account, workspace]
      if sender == nil {
        sender = try await store.read { (tx: borrowing Transaction) in
          try tx.senderIdentity(account, in: workspace)
        }
        if sender?.canSend == false { throw Problem.backendNotImplemented(account) }
        senders[account, workspace] = sender
      }
      guard let sender else { throw Problem.accountNotFound(account) }
      if let receipt = try await submit(submission, of: sender) { return receipt }
      senders[account, workspace] = nil
    }
  }

  /// Returns `nil`, and nothing is stored but parts that will be swept, when the account is no longer as
  /// `sender` says.
  private func submit(_ submission: Submission, of sender: SenderIdentity) async throws -> SubmissionReceipt?
  {
    let (id, now) = (QueueID.make(at: time.now), time.now)
    let recipients = try submission.recipients()
    let from = try submission.from ?? NamedAddress(name: sender.name, address: EmailAddress(sender.email))
    let composition = try submission.composition(from: from, id: id, now: now)
    let mime = try composition.compose()
    let message = OutgoingMessageRecord(
      workspace: submission.workspace, id: id, account: submission.account,
      source: submission.source.rawValue,
      messageID: composition.messageID.text, envelopeFrom: from.address.text,
      envelopeTo: recipients.map(\.text), subject: submission.subject, size: mime.count,
      chunks: max(1, (mime.count + ChunkKey.size - 1) / ChunkKey.size),
      idempotencyKey: submission.idempotency?.key, created: now)
    // What every attempt would stumble over is said now.
    let leaving = try OutgoingMessage(mime: mime, envelopeTo: recipients, correlationIDs: message.correlationIDs).addressed()
    guard leaving.count <= OutgoingMessage.sizeLimit else { throw Problem.tooLarge(leaving.count) }

    if message.chunks > 1 { try await store(mime, of: message) }
    let receipt = try await accept(
      message, mime: message.chunks > 1 ? nil : mime, of: sender, submission.idempotency)
    if receipt != nil { engine.wake(sender.lane) }
    return receipt
  }

  /// Each part in a transaction of its own, so that a long message holds nobody up. Without their message they
  /// are swept.
  private func store(_ mime: [UInt8], of message: OutgoingMessageRecord) async throws {
    for sequence in 0..<message.chunks {
      let start = sequence * ChunkKey.size
      let part = Array(mime[start..<min(start + ChunkKey.size, mime.count)])
      let key = ChunkKey(message.workspace, message.id, sequence)
      try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
        try tx.insertChunk(key, part)
      }
    }
  }

  /// The accepting transaction. Its rows are all new and the key's uniqueness is the database's own business,
  /// so READ COMMITTED is enough; it is even needed, for a repeat to see what the first request has stored.
  private func accept(
    _ message: OutgoingMessageRecord, mime: [UInt8]?, of sender: SenderIdentity, _ idempotency: IdempotencyKey?
  ) async throws -> SubmissionReceipt? {
    let lane = sender.lane
    let queued = MessageEvents(message: message, attempts: 0, attemptLimit: 0).queued()
    return try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      guard try tx.senderIdentity(message.account, in: message.workspace) == sender else { return nil }
      if let idempotency {
        let earlier = try tx.claim(
          IdempotencyRecord(
            workspace: message.workspace, account: message.account, key: idempotency.key,
            bodyHash: idempotency.bodyHash, message: message.id, created: message.created))
        if let earlier { return try Self.receipt(of: earlier, repeated: idempotency, in: tx) }
      }
      try tx.insert(message)
      if let mime { try tx.insertChunk(ChunkKey(message.workspace, message.id, 0), mime) }
      try tx.insert(
        QueueRecord(
          workspace: message.workspace, id: message.id, lane: lane.id, account: message.account,
          progress: Progress.fresh.rawValue, created: message.created))
      // The account may have been deleted since it was read.
      guard try tx.append(queued) != nil else { throw Problem.accountNotFound(message.account) }
      try tx.wake(lane, due: message.created)
      return SubmissionReceipt(
        queueID: message.id, messageID: message.messageID, idempotency: idempotency.map { _ in .miss })
    }
  }

  private static func receipt(
    of earlier: IdempotencyRecord, repeated: IdempotencyKey, in tx: borrowing Transaction
  ) throws -> SubmissionReceipt {
    guard earlier.bodyHash == repeated.bodyHash,
      let message = try tx.message(earlier.workspace, earlier.message)
    else { throw Problem.idempotencyMismatch(repeated.key) }
    return SubmissionReceipt(queueID: message.id, messageID: message.messageID, idempotency: .hit)
  }
}

extension Submission {
  fileprivate func composition(from: NamedAddress, id: QueueID, now: Instant) throws -> Composition {
    for (name, _) in headers where name.lowercased() == CorrelationIDs.headerName.lowercased() {
      throw Problem.reservedHeader(name)
    }
    // Messages are found again by Message-IDs of this form.
    if let chosen = self.messageID, chosen.text.hasPrefix("<" + QueueKind.prefix + "_") {
      throw Problem.reservedMessageID(chosen.text)
    }
    // A domain that a Message-ID cannot hold, an international one, gives way to one that nobody has.
    let messageID =
      try self.messageID ?? (try? MessageID(identifier: id.rawValue, domain: from.address.domain))
      ?? MessageID(identifier: id.rawValue, domain: "heliograph.invalid")
    var composition = Composition(from: from, messageID: messageID, date: now)
    composition.sender = sender
    composition.replyTo = replyTo
    composition.to = to
    composition.cc = cc
    composition.subject = subject
    composition.text = text
    composition.html = html
    composition.headers = headers + [(CorrelationIDs.headerName, id.rawValue)]
    composition.attachments = attachments
    return composition
  }
}
