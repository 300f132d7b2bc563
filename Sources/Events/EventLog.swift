package import Core
import ServiceLifecycle
package import Store

/// What happened, as it is read by cursor: each event once, in order, however late a reader comes back.
package struct EventLog: Sendable {
  private let store: Store
  package let time: any Time
  private let placed: Signal

  /// Events of other nodes are looked for that often.
  private static let poll: Duration = .seconds(2)
  /// Events that are read at a time.
  private static let batch = 200

  /// - Parameter placed: sent when events have their positions.
  package init(store: Store, time: any Time, placed: Signal = Signal()) {
    self.store = store
    self.time = time
    self.placed = placed
  }

  /// The position of the newest event of the workspace; 0 if there is none.
  package func lastPosition(in workspace: WorkspaceID) async throws -> Int64 {
    try await store.read { (tx: borrowing Transaction) in try tx.lastPosition(in: workspace) }
  }

  /// Hands over the events whose position is above `position`, and then those to come, until a graceful shutdown, or
  /// until `take` throws or the task is cancelled.
  ///
  /// - Parameter take: gets what there is, in order, and returns whether that was of use; after every `heartbeat`
  ///   without use, nothing. Also gets the last position that was looked at.
  package func follow(
    after position: Int64, heartbeat: Duration, in workspace: WorkspaceID,
    _ take: ([PlacedEvent], _ position: Int64) async throws -> Bool
  ) async throws {
    let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let (time, placed) = (time, placed)
    let ringing = Task {
      await cancelWhenGracefulShutdown {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { for await _ in placed.stream() { bell.yield() } }
          group.addTask {
            repeat { bell.yield() } while (try? await time.sleep(for: Self.poll)) != nil
          }
        }
      }
      bell.finish()
    }
    defer { ringing.cancel() }
    var (position, quietSince) = (position, time.now)
    for await _ in rings {
      while case let events = try await events(after: position, limit: Self.batch, in: workspace),
        let last = events.last
      {
        position = last.position
        if try await take(events, position) { quietSince = time.now }
      }
      if time.now - quietSince >= heartbeat {
        _ = try await take([], position)
        quietSince = time.now
      }
    }
    try Task.checkCancellation()
  }

  /// The events of the whole workspace whose position is above `position`, in order.
  package func events(
    after position: Int64, limit: Int, in workspace: WorkspaceID
  ) async throws -> [PlacedEvent] {
    try await store.read { (tx: borrowing Transaction) in
      try tx.events(workspace, afterPosition: position, limit: limit)
    }
  }

  /// The events of an account that are numbered above `cursor`.
  ///
  /// - Throws: `account.notFound` for an id that no account has and none has had lately.
  package func events(
    of account: AccountID, after cursor: Int64, limit: Int, in workspace: WorkspaceID
  ) async throws -> [(sequence: Int64, event: EventRecord)] {
    try await store.read { (tx: borrowing Transaction) in
      let events = try tx.events(workspace, account, after: cursor, limit: limit)
      if events.isEmpty, try tx.account(account, in: workspace) == nil,
        try tx.events(workspace, account, limit: 1).isEmpty
      {
        throw Problem.accountNotFound(account)
      }
      return events
    }
  }
}
