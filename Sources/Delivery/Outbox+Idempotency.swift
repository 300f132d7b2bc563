package import Core
import Foundation
import Store

/// A key that this request has for itself until it is accepted, is released, or has run out.
package struct IdempotencyReservation: Sendable, Hashable {
  let lease: IdempotencyLease

  /// How long a key stays with a request that is still being received: long enough for a pause in an upload,
  /// which renews it with every chunk.
  static let length: Duration = .seconds(60)
}

/// The result of requesting a key.
package enum IdempotencyAnswer: Sendable {
  case reserved(IdempotencyReservation)
  /// It belongs to a message that was accepted before. Whether this request is a repeat of that one is known
  /// when its body has been read.
  case accepted(EarlierSubmission)
}

/// A message that was accepted with the same key.
package struct EarlierSubmission: Sendable {
  let key: String
  let bodyHash: [UInt8]
  let queueID: QueueID
  let messageID: String
  /// Of a merge, what became of all its entries.
  let merged: [MergedMessage]

  /// The receipt of that message, for a repeat of its request.
  ///
  /// - Throws: `idempotency.mismatch` for another body.
  package func receipt(for bodyHash: [UInt8]) throws -> SubmissionReceipt {
    guard bodyHash == self.bodyHash else { throw Problem.idempotencyMismatch(key) }
    var receipt = SubmissionReceipt(queueID: queueID, messageID: messageID, idempotency: .hit)
    receipt.merged = merged
    return receipt
  }
}

extension Outbox {
  /// Takes the key for a request whose body is still to come, before any of its content is stored.
  ///
  /// Release it when the request fails. It is free again after 60 s without a chunk, and when this
  /// node restarts.
  ///
  /// - Throws: `idempotency.inProgress` while another request has it.
  package func reserve(
    _ key: String, account: AccountID, in workspace: WorkspaceID = .default
  ) async throws -> IdempotencyAnswer {
    let now = time.now
    let lease = IdempotencyLease(
      IdempotencyName(workspace, account, key), token: QueueID.make(at: now).rawValue, owner: node)
    // The key's uniqueness is the database's own business; a repeat must see what another request has stored.
    return try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      let state = try tx.lease(lease, length: IdempotencyReservation.length, at: now)
      if let earlier = try Self.earlier(state, lease.name, in: tx) { return .accepted(earlier) }
      return .reserved(IdempotencyReservation(lease: lease))
    }
  }

  /// Frees the key; nothing happens when a message was accepted with it.
  package func release(_ reservation: IdempotencyReservation) async throws {
    try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      try tx.release(reservation.lease)
    }
  }

  /// The message that the key belongs to; `nil` when the caller has just taken the key.
  ///
  /// - Throws: `idempotency.inProgress`.
  static func earlier(
    _ state: IdempotencyState?, _ name: IdempotencyName, in tx: borrowing Transaction
  ) throws -> EarlierSubmission? {
    switch state {
    case nil: return nil
    case .leased(let rest)?: throw Problem.idempotencyInProgress(name.key, after: rest)
    case .accepted(let id, let bodyHash, let receipt)?:
      if let receipt {
        let merged = try JSONDecoder().decode([MergedMessage].self, from: Data(receipt.utf8))
        let first = merged.first { $0.queueID != nil }
        return EarlierSubmission(
          key: name.key, bodyHash: bodyHash, queueID: id, messageID: first?.messageID ?? "", merged: merged)
      }
      guard let message = try tx.message(name.workspace, id) else {
        throw Problem.idempotencyMismatch(name.key)
      }
      return EarlierSubmission(
        key: name.key, bodyHash: bodyHash, queueID: id, messageID: message.messageID, merged: [])
    }
  }
}
