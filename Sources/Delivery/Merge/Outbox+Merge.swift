import Core
import Foundation
import MIME
import Queue
import Store

extension Outbox {
  /// Accepts a message for each entry, or none at all; entries whose recipients have left the list are skipped.
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
      let composed = try await composed(merge, template, of: sender)
      return try await underKey(
        common.idempotency, of: common.account, in: common.workspace, reservation
      ) { reservation in
        try await store(composed.messages, reservation)
        return try await commit(merge, composed, sender, reservation)
      }
    }
  }

  /// What `submit` would accept, with all its checks, and the first message, if there is one; nothing is queued.
  package func preview(_ merge: Merge) async throws -> (first: MessagePreview?, messages: [MergedMessage]) {
    let common = merge.common
    let (merge, template) = try await prepared(merge)
    let sender = try await currentSender(common.account, in: common.workspace)
    let composed = try await composed(merge, template, of: sender)
    guard let first = composed.messages.first else { return (nil, composed.merged) }
    return (try await preview(first), composed.merged)
  }

  private func prepared(_ merge: Merge) async throws -> (Merge, MessageTemplate?) {
    var merge = merge
    merge.common = try await withMessagesInMemory(merge.common)
    return (merge, try await messageTemplate(of: merge.common))
  }

  /// Renders and composes all messages but those to recipients who have left the list. Their ids are in the order of the
  /// entries, in which they are sent.
  func composed(
    _ merge: Merge, _ template: MessageTemplate?, of sender: SenderIdentity
  ) async throws -> ComposedMerge {
    let skips = try await skips(of: merge)
    let now = time.now
    let ids = merge.entries.map { _ in QueueID.make(at: now) }.sorted { $0.rawValue < $1.rawValue }
    var allowance = RenderingAllowance(bytes: Merge.sizeLimit, steps: Merge.stepLimit)
    var (memory, size) = (LayoutMemory(), 0)
    var composed = ComposedMerge(id: ids[0], created: now)
    composed.reserveCapacity(ids.count)
    for (index, id) in ids.enumerated() {
      let (entry, place) = (merge.entries[index], Merge.place(index))
      if let skip = skips[entry.to.address.key] {
        composed.merged.append(MergedMessage(entry, skipped: skip))
        continue
      }
      do {
        let rendered = try merge.submission(index).rendered(
          template, as: sender, id: id, serviceURL: configuration.serviceURL, within: &allowance,
          at: place + ".")
        let message = try await accepted(rendered, of: sender, id: id, at: now, &memory)
        composed.append(message, for: entry)
        size += message.content.ownSize
      } catch let problem as Problem {
        throw problem.of(place)
      }
      guard size <= Merge.sizeLimit else { throw Problem.mergeTooLarge(index, limit: Merge.sizeLimit) }
      // Others have their turn too.
      if index % 32 == 31 {
        try Task.checkCancellation()
        await Task.yield()
      }
    }
    return composed
  }

  /// Of recipients who have left the list, by `EmailAddress.key`.
  private func skips(of merge: Merge) async throws -> [String: MergedMessage.Skip] {
    guard let list = merge.common.list?.id else { return [:] }
    let (keys, workspace) = (merge.entries.map(\.to.address.key), merge.common.workspace)
    let reasons = try await store.read { (tx: borrowing Transaction) in
      try tx.suppressed(list, keys, in: workspace)
    }
    return reasons.mapValues { MergedMessage.Skip(list, reason: $0) }
  }

  /// Stores the messages' own bytes in batches. Without their messages they are swept.
  func store(_ messages: [AcceptedMessage], _ reservation: IdempotencyReservation?) async throws {
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

  /// The accepting transaction, as for a single message. Returns `nil` when the account is no longer as `sender` says, or
  /// a recipient has left the list.
  func commit(
    _ merge: Merge, _ composed: ComposedMerge, _ sender: SenderIdentity,
    _ reservation: IdempotencyReservation?
  ) async throws -> SubmissionReceipt? {
    let (common, messages) = (merge.common, composed.messages)
    let (account, workspace, list) = (common.account, common.workspace, common.list?.id)
    let text = String(decoding: try JSONEncoder().encode(composed.merged), as: UTF8.self)
    let now = composed.created
    let (queued, due) = (messages.map(\.queued), messages.map(\.row.due).min() ?? now)
    let segments = Set(messages.flatMap { $0.content.stored.map(\.id) })
    let remaining = list == nil ? [] : composed.addressKeys
    let result = composed.receipt(hasKey: common.idempotency != nil)
    let receipt = try await store.write(isolation: .readCommitted) {
      (tx: borrowing Transaction) -> SubmissionReceipt? in
      guard try tx.senderIdentity(account, in: workspace) == sender else { return nil }
      if let list, try !tx.suppressed(list, remaining, in: workspace).isEmpty { return nil }
      if let idempotency = common.idempotency {
        let name = IdempotencyName(workspace, account, idempotency.key)
        let state = try tx.claim(
          name, under: reservation?.lease, for: result.queueID, bodyHash: idempotency.bodyHash,
          receipt: text, at: now)
        if let earlier = try Self.earlier(state, name, in: tx) {
          return try earlier.receipt(for: idempotency.bodyHash)
        }
      }
      guard !messages.isEmpty else { return result }
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
    if receipt != nil, !messages.isEmpty { engine.wake(sender.lane) }
    return receipt
  }
}

/// The messages of a merge that have been found good.
struct ComposedMerge: Sendable {
  /// What a key belongs to if there is no message.
  let id: QueueID
  let created: Instant
  /// Without those of the entries that are skipped.
  private(set) var messages: [AcceptedMessage] = []
  /// Their recipients, as `EmailAddress.key` has them.
  private(set) var addressKeys: [String] = []
  /// All entries.
  var merged: [MergedMessage] = []

  init(id: QueueID, created: Instant) {
    (self.id, self.created) = (id, created)
  }

  mutating func reserveCapacity(_ count: Int) {
    messages.reserveCapacity(count)
    merged.reserveCapacity(count)
  }

  mutating func append(_ message: AcceptedMessage, for entry: Merge.Entry) {
    messages.append(message)
    addressKeys.append(entry.to.address.key)
    merged.append(MergedMessage(entry, message))
  }

  fileprivate func receipt(hasKey: Bool) -> SubmissionReceipt {
    let first = messages.first?.message
    var receipt = SubmissionReceipt(queueID: first?.id ?? id, messageID: first?.messageID ?? "")
    receipt.merged = merged
    receipt.idempotency = hasKey ? .miss : nil
    receipt.warnings = messages.reduce(into: []) { all, message in
      all += message.warnings.filter { !all.contains($0) }
    }
    return receipt
  }
}
