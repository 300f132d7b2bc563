import Accounts
import Backends
package import Core
import MIME
import Queue
package import Store

extension Outbox {
  /// The selected messages, newest first. Settled ones are found for as long as their content is kept. A text
  /// is looked for in the newest 100,000 messages that match the other filters.
  package func entries(
    _ request: PageRequest, _ selection: QueueSelection = QueueSelection(),
    in workspace: WorkspaceID = .default
  ) async throws -> OutboxList {
    let (limit, searchLimit) = (attemptLimit, configuration.searchLimit)
    return try await store.read { (tx: borrowing Transaction) in
      let rows = try tx.queue(
        .mail, selection, in: workspace, offset: request.page * request.size, limit: request.size,
        searchLimit: searchLimit)
      let entries = try rows.compactMap { row in
        try tx.message(workspace, row.id).map { try OutboxEntry(row, $0, attempts: limit, history: []) }
      }
      let total = try tx.queueCount(.mail, selection, in: workspace, searchLimit: searchLimit)
      let end =
        selection.text == nil
        ? nil : try tx.searchEnd(.mail, selection, in: workspace, searchLimit: searchLimit)
      return OutboxList(page: Page(entries, of: total), searchedSince: end?.created)
    }
  }

  /// A message by itself, with its attempts; also one that was settled some days ago.
  ///
  /// - Throws: `queue.notFound`, also for one of an account other than `account`.
  package func entry(
    _ id: QueueID, account: AccountID? = nil, in workspace: WorkspaceID = .default
  ) async throws -> OutboxEntry {
    let limit = attemptLimit
    return try await store.read { (tx: borrowing Transaction) in
      guard let row = try tx.messageRow(workspace, id), account == nil || row.account == account,
        let message = try tx.message(workspace, id)
      else { throw Problem.notFound(id) }
      var entry = try OutboxEntry(row, message, attempts: limit, history: try tx.attempts(workspace, id))
      entry.warnings = try Self.warnings(of: message, in: tx)
      entry.recipients = try tx.recipients(of: id, in: workspace)
      return entry
    }
  }

  /// As in the receipt, but by what is known of the mailbox now: only the first draft shows what it drops.
  private static func warnings(
    of message: OutgoingMessageRecord, in tx: borrowing Transaction
  ) throws -> [String] {
    guard message.chunks > 0, let head = try tx.chunk(ChunkKey(message.workspace, message.id, 0)) else {
      return []
    }
    let sender = try tx.senderIdentity(message.account, in: message.workspace)
    return DroppedHeader.warnings(
      of: MIMEMessage.fieldNames(of: head), dropsUnsubscribePost: sender?.dropsUnsubscribePost ?? false)
  }

  /// Cancels a message that is waiting or held, and forgets one that has failed. One whose outcome is unknown may
  /// have been sent all the same.
  ///
  /// - Throws: `queue.notFound`, also for one of an account other than `account`, or `queue.inFlight` while an
  ///   attempt is running.
  package func cancel(
    _ id: QueueID, account: AccountID? = nil, in workspace: WorkspaceID = .default
  ) async throws -> Cancellation {
    try await cancel(id, account: account, in: workspace, where: { _ in true })
  }

  /// - Parameter isMeant: Whether the message, as it is now, is still to be cancelled.
  func cancel(
    _ id: QueueID, account: AccountID? = nil, in workspace: WorkspaceID,
    where isMeant: @escaping RowCondition
  ) async throws -> Cancellation {
    let cancellation = try await cancelUnsettled(id, account, workspace, isMeant)
    guard cancellation == .settled(.failed) else { return cancellation }
    return try await store.write { (tx: borrowing Transaction) in
      guard let row = try tx.messageRow(workspace, id) else { throw Problem.notFound(id) }
      // It may have been put back into the queue meanwhile.
      guard row.state == .failed else { throw Problem.inFlight(id) }
      try tx.deleteContent(of: id, in: workspace)
      return .forgotten
    }
  }

  private func cancelUnsettled(
    _ id: QueueID, _ account: AccountID?, _ workspace: WorkspaceID, _ isMeant: @escaping RowCondition
  ) async throws -> Cancellation {
    let now = time.now
    // The row's state is asked again by the statement that changes it, so READ COMMITTED is enough.
    return try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      guard let row = try tx.messageRow(workspace, id), account == nil || row.account == account else {
        throw Problem.notFound(id)
      }
      guard isMeant(row) else { throw Problem.inFlight(id) }
      if row.state.isSettled { return .settled(row.state) }
      guard try tx.cancel(row, at: now) else { throw Problem.inFlight(id) }
      if let message = try tx.message(workspace, id) {
        let orphan = Progress(rawValue: row.progress)?.orphan
        try DeliveryOutcome(.cancelled, of: message, orphan: orphan, at: now).write(in: tx)
      }
      return .cancelled
    }
  }

  var attemptLimit: Int {
    configuration.schedule.backoff.attempts(within: configuration.schedule.maximumAge)
  }
}

extension OutboxEntry {
  fileprivate init(
    _ row: QueueRecord, _ message: OutgoingMessageRecord, attempts: Int, history: [AttemptRecord]
  ) throws {
    queueID = row.id
    account = row.account
    source = message.source
    messageID = message.messageID
    exchangeMessageID = message.exchangeMessageID
    envelopeFrom = message.envelopeFrom
    envelopeTo = message.envelopeTo
    subject = message.subject
    idempotencyKey = message.idempotencyKey
    created = row.created
    scheduled = row.scheduled
    nextAttempt = row.state == .ready || row.state == .deferred ? row.due : nil
    attemptsMade = row.attempts
    self.attempts = attempts
    state = row.state
    filter = row.filter
    response =
      row.state == .done && row.progress != Progress.releasedAsSent ? MessageEvents.acceptance : nil
    problem = row.state == .done ? nil : row.problem
    changes = message.changes(with: try message.messageLayout)
    settled = row.settled
    self.history = history
  }
}

extension Transaction {
  /// The queue row of a message; `nil` for other work, whose ids are nobody's business here.
  func messageRow(_ workspace: WorkspaceID, _ id: QueueID) throws -> QueueRecord? {
    try queueRecord(workspace, id).flatMap { $0.lane.kind == .mail ? $0 : nil }
  }
}
