import Accounts
package import Core
import Events
import Queue
import Store

/// Whether a row is still one that a request is about.
typealias RowCondition = @Sendable (QueueRecord) -> Bool

/// What a person has found out about a held message.
package enum HeldOutcome: Sendable, Hashable {
  /// It was sent.
  case sent
  /// It was not sent, and is to be.
  case queued
}

extension Outbox {
  /// Settles a held message as sent, or sends it.
  ///
  /// - Throws: `queue.notFound`, also for one of an account other than `account`, `queue.inFlight`, or
  ///   `queue.wrongState` for one that is not held.
  package func release(
    _ id: QueueID, as outcome: HeldOutcome, account: AccountID? = nil, in workspace: WorkspaceID = .default
  ) async throws -> OutboxEntry {
    try await releaseOnly(id, as: outcome, account: account, in: workspace)
    return try await entry(id, account: account, in: workspace)
  }

  func releaseOnly(
    _ id: QueueID, as outcome: HeldOutcome, account: AccountID? = nil, in workspace: WorkspaceID,
    where isMeant: @escaping RowCondition = { _ in true }
  ) async throws {
    let now = time.now
    try await change(id, account, workspace, isMeant) { (tx: borrowing Transaction, row) in
      guard row.state == .held else { throw Problem.wrongState(row, "only a held message can be released") }
      switch outcome {
      case .queued:
        guard try tx.requeue(row, progress: Progress.fresh.rawValue, at: now) else { return false }
      case .sent:
        guard try tx.settleAsDone(row, progress: Progress.releasedAsSent, at: now) else { return false }
        guard let message = try tx.message(workspace, id) else { return true }
        try DeliveryOutcome(.sent, of: message, orphan: nil, at: now).write(in: tx)
        let sent = Event.messageSent(MessageFacts(message), response: "Released as sent.")
        try tx.append(sent.record(row.account, in: workspace, at: now))
      }
      return true
    }
  }

  /// Makes a message that is deferred, or has failed, due now, in a lane that does not rest any longer. One that
  /// waits for its turn already stays as it is.
  ///
  /// - Throws: `queue.notFound`, also for one of an account other than `account`, `queue.inFlight`, or
  ///   `queue.wrongState` for one that is held, was sent or was cancelled.
  package func retry(
    _ id: QueueID, account: AccountID? = nil, in workspace: WorkspaceID = .default
  ) async throws -> OutboxEntry {
    try await retryOnly(id, account: account, in: workspace)
    return try await entry(id, account: account, in: workspace)
  }

  func retryOnly(
    _ id: QueueID, account: AccountID? = nil, in workspace: WorkspaceID,
    where isMeant: @escaping RowCondition = { _ in true }
  ) async throws {
    let now = time.now
    try await change(id, account, workspace, isMeant) { (tx: borrowing Transaction, row) in
      switch row.state {
      case .ready:
        try tx.endRest(of: row.lane, at: now)
        return true
      case .active: throw Problem.inFlight(id)
      case .held, .done, .cancelled:
        throw Problem.wrongState(row, "only a deferred or failed message can be tried again")
      case .deferred: return try tx.requeue(row, progress: row.progress, at: now)
      case .failed:
        // A draft that has not been deleted yet is the one to send: a second one would be found in its place.
        let isDraftKept = try tx.keepOrphanDraft(of: id, in: workspace)
        let progress = isDraftKept ? row.progress : Progress.fresh.rawValue
        guard try tx.requeue(row, progress: progress, at: now) else { return false }
        try tx.settleRecipients(of: id, in: workspace, as: .queued, at: now)
        return true
      }
    }
  }

  /// Moves a message that has not been tried yet to another time; now where that is over.
  ///
  /// - Throws: `queue.notFound`, also for one of an account other than `account`, `queue.inFlight`, or
  ///   `queue.wrongState` for one that was tried.
  package func reschedule(
    _ id: QueueID, for due: Instant, account: AccountID? = nil, in workspace: WorkspaceID = .default
  ) async throws -> OutboxEntry {
    try await rescheduleOnly(id, for: due, account: account, in: workspace)
    return try await entry(id, account: account, in: workspace)
  }

  func rescheduleOnly(
    _ id: QueueID, for due: Instant, account: AccountID? = nil, in workspace: WorkspaceID,
    where isMeant: @escaping RowCondition = { _ in true }
  ) async throws {
    let now = time.now
    try await change(id, account, workspace, isMeant) { (tx: borrowing Transaction, row) in
      guard row.state == .ready || row.state == .deferred, row.attempts == 0 else {
        if row.state == .active { throw Problem.inFlight(id) }
        throw Problem.wrongState(row, "only one that has not been tried can be sent at another time")
      }
      return try tx.reschedule(row, for: due, at: now)
    }
  }

  /// - Parameters:
  ///   - isMeant: Whether the row, as it is now, is still to be changed.
  ///   - body: Returns `false` when the row has moved on since it was read.
  private func change(
    _ id: QueueID, _ account: AccountID?, _ workspace: WorkspaceID, _ isMeant: @escaping RowCondition,
    _ body: @escaping @Sendable (borrowing Transaction, QueueRecord) throws -> Bool
  ) async throws {
    let lane = try await store.write { (tx: borrowing Transaction) in
      guard let row = try tx.messageRow(workspace, id), account == nil || row.account == account else {
        throw Problem.notFound(id)
      }
      guard isMeant(row), try body(tx, row) else { throw Problem.inFlight(id) }
      return row.lane
    }
    engine.wake(lane)
  }
}

extension Progress {
  /// Of a message that a person has released as sent, in place of a step.
  static let releasedAsSent = "released"
}

extension Problem {
  fileprivate static func wrongState(_ row: QueueRecord, _ rule: String) -> Problem {
    let (state, remedy) =
      switch row.state {
      case .held: ("is held", "Release it as sent or as queued instead.")
      case .done: ("has been sent", "Submit a new message.")
      case .cancelled: ("was cancelled", "Submit it again.")
      case .failed: ("has failed", "Try it again instead, or delete it.")
      case .ready, .deferred: ("is waiting to be sent", "Wait, or cancel it.")
      case .active: ("is being sent", "Wait until the attempt has ended.")
      }
    return Problem(
      .queueWrongState, "The message “\(row.id)” \(state); \(rule).", remedy: remedy)
  }
}
