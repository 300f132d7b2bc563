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
  private let logger: Logger

  /// After this time without a sign of life another node takes over.
  private static let lease: Duration = .seconds(15)
  /// How often events of other nodes, including stopped ones, are looked for.
  private static let poll: Duration = .seconds(1)
  /// Between two transactions. At a thousand events a second, a hundred then share one.
  private static let pause: Duration = .milliseconds(100)
  /// Events in one transaction: about 20 ms.
  static let batch = 1000

  package init(store: Store, time: any Time, node: NodeID, logger: Logger) {
    self.store = store
    self.time = time
    self.node = node
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
    let (node, length, batch) = (node, Self.lease, Self.batch)
    var total = 0
    // Reading is cheap, and a transaction that writes nothing is not a commit to be synced.
    while try await store.read({ (tx: borrowing Transaction) in try tx.hasUnplacedEvents() }) {
      // Each statement must see what the one who had the duty before has committed.
      let placed = try await store.write(isolation: .readCommitted) { (tx: borrowing Transaction) in
        try tx.take(.placeEvents, owner: node, length: length) ? try tx.placeEvents(limit: batch) : 0
      }
      total += placed
      if placed < batch { break }
    }
    return total
  }
}
