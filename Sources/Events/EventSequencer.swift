package import Core
package import Logging
import ServiceLifecycle
package import Store

/// Gives committed events their positions among all events of their workspace, so that a reader can follow a
/// whole workspace without accounts waiting for each other when they append.
///
/// One node at a time does so. Positions are dense from 1, in the order of each account's own numbers; a
/// reader who continues after the last position it has read misses none and sees none twice.
package struct EventSequencer: Service {
  private let store: Store
  private let time: any Time
  private let node: NodeID
  private let listener: EventListener
  private let placed: Signal
  private let logger: Logger

  /// After this time without a sign of life another node takes over.
  private static let lease: Duration = .seconds(15)
  /// How often events of other nodes, including stopped ones, are looked for.
  private static let poll: Duration = .seconds(1)
  /// Between two transactions, which an event that comes alone never waits for. At a thousand events a second, twenty
  /// then share one.
  private static let pause: Duration = .milliseconds(20)
  /// Events in one transaction. With a hundred listening routes and as many accounts as events, the longest is about a
  /// third of a second.
  static let batch = 250

  /// - Parameters:
  ///   - listener: told of every event that gets a position.
  ///   - placed: sent when some have, on this node.
  package init(
    store: Store, time: any Time, node: NodeID, listener: EventListener = .none,
    placed: Signal = Signal(), logger: Logger
  ) {
    self.store = store
    self.time = time
    self.node = node
    self.listener = listener
    self.placed = placed
    self.logger = logger
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      await withTaskGroup(of: Void.self) { group in
        let (rings, bell) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        group.addTask { for await _ in store.appendedEvents { bell.yield() } }
        group.addTask {
          repeat { bell.yield() } while (try? await time.sleep(for: Self.poll)) != nil
        }
        for await _ in rings {
          await placeWhatIsThere()
          guard (try? await time.sleep(for: Self.pause)) != nil else { break }
        }
        group.cancelAll()
      }
    }
    // What was appended during the shutdown is left to the next start, or to another node.
    let node = node
    try? await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
      try tx.release(.placeEvents, owner: node)
    }
  }

  /// An outage shows as nothing done; the next poll tries again.
  private func placeWhatIsThere() async {
    do {
      try await placeAll()
    } catch {
      logger.warning("Events cannot be numbered; trying again.", metadata: ["problem": "\(error)"])
    }
  }

  /// Places all events that are committed now; nothing while another node does. Returns how many.
  @discardableResult
  package func placeAll() async throws -> Int {
    let (node, length, batch, listener) = (node, Self.lease, Self.batch, listener)
    var total = 0
    // Reading is cheap, and a transaction that writes nothing is not a commit to be synced.
    while try await store.read({ (tx: borrowing Transaction) in try tx.hasUnplacedEvents() }) {
      // Each statement must see what the one who had the duty before has committed.
      let (placed, lanes) = try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
        guard try tx.take(.placeEvents, owner: node, length: length) else { return (0, [LaneKey]()) }
        let placed = try tx.placeEvents(limit: batch)
        return (placed.count, try listener.take(placed, tx))
      }
      listener.wake(lanes)
      if placed > 0 { self.placed.send() }
      total += placed
      if placed < batch { break }
    }
    return total
  }
}

/// Turns events into work, in the transaction that gives them their positions: each event once, and none is missed.
package struct EventListener: Sendable {
  /// Returns the lanes that have something due now. Lanes are locked last.
  package typealias Take = @Sendable ([EventPlacing], borrowing Transaction) throws -> [LaneKey]

  fileprivate let take: Take
  /// These lanes have something due, and it is committed.
  fileprivate let wake: @Sendable ([LaneKey]) -> Void

  package init(take: @escaping Take, wake: @escaping @Sendable ([LaneKey]) -> Void) {
    (self.take, self.wake) = (take, wake)
  }

  package static let none = EventListener { _, _ in
    []
  } wake: { _ in
  }
}
