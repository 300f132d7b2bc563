import Accounts
package import Core
import Queue
package import Store

/// What is to be done to many messages.
package enum OutboxAction: Sendable, Hashable {
  case cancel
  case retry
  case release(HeldOutcome)
  case reschedule(Instant)
}

/// What was done to them.
package struct OutboxChanges: Sendable, Hashable {
  /// How many the selection leaves.
  package var matched = 0
  package var changed = 0
  package var skipped: Int { matched - changed }
  /// When it was begun.
  package var begun: Instant
  /// Where to go on; `nil` when all have been looked at.
  package var next: QueuePosition?
}

extension Outbox {
  /// Applies the action to each selected message separately, by the rules for a single one, so that those
  /// being sent, or changed in the meantime, are left alone. A call changes a few thousand; `next` of its
  /// result says where to continue.
  ///
  /// - Parameter isDryRun: Whether to change nothing and only count the messages that could be changed.
  /// - Throws: What the database throws. Changes made by then are kept, and a repeat makes the rest.
  package func apply(
    _ action: OutboxAction, to selection: QueueSelection, isDryRun: Bool = false,
    in workspace: WorkspaceID = .default
  ) async throws -> OutboxChanges {
    var selection = selection
    var changes = OutboxChanges(begun: time.now)
    var looked = 0
    while looked < configuration.searchLimit, changes.matched < configuration.changeLimit {
      let limit = min(
        configuration.searchLimit - looked, configuration.changeLimit - changes.matched, Self.step)
      let scan = try await store.read { [selection] (tx: borrowing Transaction) in
        try tx.scan(.mail, selection, in: workspace, limit: limit)
      }
      let isMeant: RowCondition = { [filter = selection.filter] in action.applies(to: $0, in: filter) }
      let rows = scan.found.filter(isMeant)
      changes.matched += scan.found.count
      changes.changed += isDryRun ? rows.count : try await apply(action, to: rows, where: isMeant)
      changes.next = scan.last
      guard scan.count == limit else {
        changes.next = nil
        break
      }
      looked += scan.count
      selection.after = scan.last
    }
    return changes
  }

  /// How many rows are read at once.
  private static let step = 500
  /// How many messages are changed at once, so that SQLite commits them together.
  private static let width = 16

  /// Returns how many were changed.
  private func apply(
    _ action: OutboxAction, to rows: [QueueRecord], where isMeant: @escaping RowCondition
  ) async throws -> Int {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      var changed = 0
      for (number, row) in rows.enumerated() {
        if number >= Self.width, try await group.next() == true { changed += 1 }
        group.addTask { try await self.apply(action, to: row, where: isMeant) }
      }
      for try await isChanged in group where isChanged { changed += 1 }
      return changed
    }
  }

  /// Returns whether the message was still as it has to be.
  private func apply(
    _ action: OutboxAction, to row: QueueRecord, where isMeant: @escaping RowCondition
  ) async throws -> Bool {
    let (id, workspace) = (row.id, row.workspace)
    do {
      switch action {
      case .cancel:
        switch try await cancel(id, in: workspace, where: isMeant) {
        case .cancelled, .forgotten: return true
        case .settled: return false
        }
      case .retry: try await retryOnly(id, in: workspace, where: isMeant)
      case .release(let outcome):
        try await releaseOnly(id, as: outcome, in: workspace, where: isMeant)
      case .reschedule(let due):
        try await rescheduleOnly(id, for: due, in: workspace, where: isMeant)
      }
      return true
    } catch let problem as Problem where problem.code.isOfOneMessage {
      return false
    }
  }
}

extension OutboxAction {
  /// Whether it can be done to a message as it is, and is meant for it. A message that waits for its first time is
  /// sent at once only where that was asked for by name.
  fileprivate func applies(to row: QueueRecord, in filter: QueueFilter) -> Bool {
    guard filter == .unfinished || filter == row.filter else { return false }
    return switch (self, row.filter) {
    case (.cancel, .queued), (.cancel, .scheduled), (.cancel, .deferred), (.cancel, .held),
      (.cancel, .failed):
      true
    case (.retry, .queued), (.retry, .deferred), (.retry, .failed): true
    case (.retry, .scheduled): filter == .scheduled
    case (.release, .held): true
    case (.reschedule, .queued), (.reschedule, .scheduled): row.attempts == 0
    default: false
    }
  }

  /// The messages that are meant where no state was named.
  package var filter: QueueFilter {
    switch self {
    case .release: .held
    case .cancel, .retry, .reschedule: .unfinished
    }
  }
}

extension ProblemCode {
  /// That the message is not there, or not in the right state any longer.
  fileprivate var isOfOneMessage: Bool {
    self == .queueNotFound || self == .queueInFlight || self == .queueWrongState
  }
}
