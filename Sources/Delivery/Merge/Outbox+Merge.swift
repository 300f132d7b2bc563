import Core
import Foundation
import MIME
import Queue
import Store

extension Outbox {
  /// Accepts a message for each entry, or none at all.
  ///
  /// All messages are composed before anything is stored; then their content is, a batch at a time, and one transaction
  /// accepts all of them.
  ///
  /// - Parameter reservation: of the merge's key, for a request whose key was taken before its body was read.
  /// - Throws: What `submit` throws for one message; the problem names the entry.
  package func submit(
    _ merge: Merge, reservation: IdempotencyReservation? = nil
  ) async throws -> SubmissionReceipt {
    let common = merge.common
    if let earlier = try await earlierReceipt(of: common) { return earlier }
    let (merge, template) = try await prepared(merge)
    return try await asSender(common.account, in: common.workspace) { sender in
      let messages = try await accepted(merge, template, of: sender)
      return try await underKey(
        common.idempotency, of: common.account, in: common.workspace, reservation
      ) { reservation in
        try await store(messages, reservation)
        return try await commit(merge, messages, sender, reservation)
      }
    }
  }

  /// What `submit` would accept, with all its checks, and the message of the first entry; nothing is queued.
  package func preview(_ merge: Merge) async throws -> (first: MessagePreview, messages: [MergedMessage]) {
    let common = merge.common
    let (merge, template) = try await prepared(merge)
    let sender = try await currentSender(common.account, in: common.workspace)
    let messages = try await accepted(merge, template, of: sender)
    return (try await preview(messages[0]), zip(merge.entries, messages).map { MergedMessage($0, $1) })
  }

  private func prepared(_ merge: Merge) async throws -> (Merge, MessageTemplate?) {
    var merge = merge
    merge.common = try await withMessagesInMemory(merge.common)
    return (merge, try await messageTemplate(of: merge.common))
  }

  /// Renders and composes all messages. Their ids are in the order of the entries, in which they are sent.
  private func accepted(
    _ merge: Merge, _ template: MessageTemplate?, of sender: SenderIdentity
  ) async throws -> [AcceptedMessage] {
    let now = time.now
    let ids = merge.entries.map { _ in QueueID.make(at: now) }.sorted { $0.rawValue < $1.rawValue }
    var allowance = RenderingAllowance(bytes: Merge.sizeLimit, steps: Merge.stepLimit)
    var (memory, size) = (LayoutMemory(), 0)
    var messages: [AcceptedMessage] = []
    messages.reserveCapacity(merge.entries.count)
    for (index, id) in ids.enumerated() {
      let place = Merge.place(index)
      do {
        let rendered = try merge.submission(index).rendered(
          template, as: sender, serviceURL: configuration.serviceURL, within: &allowance, at: place + ".")
        messages.append(try await accepted(rendered, of: sender, id: id, at: now, &memory))
      } catch let problem as Problem {
        throw problem.of(place)
      }
      size += messages[index].content.ownSize
      guard size <= Merge.sizeLimit else { throw Problem.mergeTooLarge(index, limit: Merge.sizeLimit) }
      // Others have their turn too.
      if index % 32 == 31 {
        try Task.checkCancellation()
        await Task.yield()
      }
    }
    return messages
  }

  /// Stores the messages' own bytes in batches. Without their messages they are swept.
  private func store(_ messages: [AcceptedMessage], _ reservation: IdempotencyReservation?) async throws {
    var (batch, size): ([(key: ChunkKey, bytes: ArraySlice<UInt8>)], Int) = ([], 0)
    for message in messages {
      for (sequence, chunk) in message.content.ownChunks.enumerated() {
        batch.append((ChunkKey(message.message.workspace, message.message.id, sequence), chunk))
        size += chunk.count
        guard size >= Merge.batchSize else { continue }
        try await store(batch, reservation)
        (batch, size) = ([], 0)
      }
    }
    try await store(batch, reservation)
  }

  private func store(
    _ chunks: [(key: ChunkKey, bytes: ArraySlice<UInt8>)], _ reservation: IdempotencyReservation?
  ) async throws {
    let (now, lease) = (time.now, reservation?.lease)
    try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      if let lease, let state = try tx.lease(lease, length: IdempotencyReservation.length, at: now) {
        throw Problem.idempotencyTaken(lease.name.key, state)
      }
      for chunk in chunks { try tx.insertChunk(chunk.key, Array(chunk.bytes)) }
    }
  }

  /// The accepting transaction, as for a single message. Returns `nil` when the account is no longer as `sender` says.
  private func commit(
    _ merge: Merge, _ messages: [AcceptedMessage], _ sender: SenderIdentity,
    _ reservation: IdempotencyReservation?
  ) async throws -> SubmissionReceipt? {
    let (account, workspace) = (merge.common.account, merge.common.workspace)
    let merged = zip(merge.entries, messages).map { MergedMessage($0, $1) }
    let text = String(decoding: try JSONEncoder().encode(merged), as: UTF8.self)
    let (first, now) = (messages[0], messages[0].message.created)
    let (queued, due) = (messages.map(\.queued), messages.map(\.row.due).min() ?? now)
    let segments = Set(messages.flatMap { $0.content.stored.map(\.id) })
    var result = SubmissionReceipt(queueID: first.message.id, messageID: first.message.messageID)
    result.merged = merged
    result.idempotency = merge.common.idempotency.map { _ in .miss }
    result.warnings = messages.reduce(into: []) { all, message in
      all += message.warnings.filter { !all.contains($0) }
    }
    let receipt = try await store.write(isolation: .readCommitted) {
      [result] (tx: borrowing Transaction) -> SubmissionReceipt? in
      guard try tx.senderIdentity(account, in: workspace) == sender else { return nil }
      if let idempotency = merge.common.idempotency {
        let name = IdempotencyName(workspace, account, idempotency.key)
        let state = try tx.claim(
          name, under: reservation?.lease, for: first.message.id, bodyHash: idempotency.bodyHash,
          receipt: text, at: now)
        if let earlier = try Self.earlier(state, name, in: tx) {
          return try earlier.receipt(for: idempotency.bodyHash)
        }
      }
      for segment in segments { try tx.use(segment, in: workspace, at: now) }
      for accepted in messages {
        let message = accepted.message
        try tx.insert(message)
        try tx.insertUsed(accepted.content.runs(of: message.id), of: message.id, in: workspace)
        try tx.insert(accepted.recipients, of: message.id, in: workspace, at: now)
        try tx.insert(accepted.row)
      }
      // The account may have been deleted since it was read.
      guard try tx.append(queued, of: account, in: workspace) else { throw Problem.accountNotFound(account) }
      try tx.wake(sender.lane, due: due)
      return result
    }
    if receipt != nil { engine.wake(sender.lane) }
    return receipt
  }
}
