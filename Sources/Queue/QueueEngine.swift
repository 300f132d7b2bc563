package import Core
package import Logging
import ServiceLifecycle
package import Store
import Synchronization

/// Leases lanes and works on many of them concurrently on this node.
package final class QueueEngine<Work: QueueWork>: Sendable {
  private let work: Work
  private let node: NodeID
  private let configuration: QueueConfiguration
  private let persistence: Persistence
  private let time: any Time
  private let logger: Logger

  private typealias Inbox = LaneInbox<LaneWorker<Work>.Finished>

  /// Rings when a lane without a worker may have something due.
  private let bell = Wakeup()
  private let state = Mutex(State())

  private struct State {
    var inboxes: [LaneKey: Inbox] = [:]
    var stopping = false
    var fault: ProblemRecord?
  }

  package init(
    _ work: Work, store: Store, time: any Time, node: NodeID, configuration: QueueConfiguration,
    logger: Logger
  ) {
    self.work = work
    self.node = node
    self.configuration = configuration
    self.time = time
    self.logger = logger
    persistence = Persistence(store: store, time: time, logger: logger)
  }

  /// A row was added to this lane, and committed. This only saves the wait for the next poll.
  package func wake(_ lane: LaneKey) {
    if let inbox = state.withLock({ $0.inboxes[lane] }) { inbox.more() } else { bell.ring() }
  }

  /// The fault of the installation that keeps this node from working on the queue; `nil` since it last did.
  package var fault: ProblemRecord? { state.withLock { $0.fault } }

  private func note(_ error: any Error) {
    guard let problem = error as? Problem, problem.scope == .installation else { return }
    let record = ProblemRecord(problem, at: time.now)
    state.withLock { $0.fault = record }
  }

  /// Works until a graceful shutdown; then claims nothing more and lets attempts in flight finish. May be
  /// called once. Cancelled, it drops everything as a crash would.
  package func run() async throws {
    let (persistence, node, kind) = (persistence, node, work.kind)
    try await persistence.write { (tx: borrowing Transaction) in try tx.reclaimLanes(kind, of: node) }
    try await withThrowingTaskGroup { group in
      group.addTask { try await self.tick() }
      group.addTask { try await self.renew() }
      group.addTask { try await self.stopWhenAsked() }
      group.addTask { await self.work() }
      bell.ring()
      // The first to end is the work, or the time allowed for what is still in flight.
      _ = try await group.next()
      group.cancelAll()
    }
  }

  private func work() async {
    await withDiscardingTaskGroup { group in
      for await _ in bell.rings {
        for lease in await lease() {
          let inbox = Inbox()
          state.withLock { $0.inboxes[lease.lane] = inbox }
          group.addTask { await self.work(lease, inbox) }
        }
        if state.withLock({ $0.stopping }) { break }
      }
    }
  }

  /// As many due lanes as there is room for. During an outage there are none; the next tick tries again.
  private func lease() async -> [LaneLease] {
    let free = state.withLock { $0.stopping ? 0 : configuration.lanes - $0.inboxes.count }
    guard free > 0 else { return [] }
    let (kind, node, now, length) = (work.kind, node, time.now, configuration.lease)
    do {
      // SKIP LOCKED on PostgreSQL keeps nodes out of each other's way; READ COMMITTED is enough.
      let leases = try await persistence.store.write(isolation: .readCommitted) {
        (tx: borrowing Transaction) in
        try tx.leaseLanes(kind, owner: node, now: now, length: length, limit: free)
      }
      state.withLock { $0.fault = nil }
      return leases
    } catch {
      note(error)
      logger.warning("No lanes can be leased; trying again.", metadata: ["problem": "\(error)"])
      return []
    }
  }

  private func work(_ lease: LaneLease, _ inbox: Inbox) async {
    let worker = LaneWorker(
      work: work, lease: lease, inbox: inbox, persistence: persistence, time: time,
      configuration: configuration, isStopping: { self.state.withLock { $0.stopping } })
    do {
      try await worker.run()
    } catch is CancellationError {
      // As in a crash: the next owner of the lane finds what was in flight.
    } catch {
      note(error)
      logger.error(
        "A lane was released after an error.", metadata: ["lane": "\(lease.lane.id)", "problem": "\(error)"])
      await abandon(lease)
    }
    state.withLock { $0.inboxes[lease.lane] = nil }
    // There is room for another lane now, and this one may have been filled again since it was released.
    bell.ring()
  }

  /// Releases a lane whose rows in flight we can no longer settle; its next owner looks up their outcome.
  private func abandon(_ lease: LaneLease) async {
    let rest = time.now + .seconds(10)
    // After a failure the lane stays leased until the lease expires.
    _ = try? await persistence.write { (tx: borrowing Transaction) in try tx.abandon(lease, until: rest) }
  }

  private func tick() async throws {
    while true {
      try await time.sleep(for: configuration.poll)
      for inbox in state.withLock({ Array($0.inboxes.values) }) { inbox.more() }
      bell.ring()
    }
  }

  private func renew() async throws {
    let (kind, node, length) = (work.kind, node, configuration.lease)
    while true {
      try await time.sleep(for: configuration.lease / 3)
      try await persistence.write { (tx: borrowing Transaction) in
        try tx.renewLeases(kind, of: node, length: length)
      }
    }
  }

  private func stopWhenAsked() async throws {
    try await gracefulShutdown()
    let inboxes = state.withLock { state in
      state.stopping = true
      return Array(state.inboxes.values)
    }
    inboxes.forEach { $0.more() }
    bell.ring()
    try await time.sleep(for: configuration.drain)
  }
}
