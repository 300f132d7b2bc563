package import Core
package import Events
package import HTTP
package import Logging
import Queue
import ServiceLifecycle
package import Store
package import Vault

/// Posts events to those who want to know of them: in order, signed, again and again until they are taken.
package final class Webhooks: Service {
  let store: Store
  let vault: Vault
  let time: any Time
  let configuration: WebhookConfiguration
  let exchange: GuardedExchange
  private let engine: QueueEngine<WebhookWork>
  private let logger: Logger

  /// - Parameter exchange: shut down by its owner, after this has ended.
  package init(
    store: Store, vault: Vault, exchange: GuardedExchange, time: any Time, node: NodeID,
    configuration: WebhookConfiguration, logger: Logger
  ) {
    self.store = store
    self.vault = vault
    self.time = time
    self.configuration = configuration
    self.exchange = exchange
    self.logger = logger
    engine = QueueEngine(
      WebhookWork(
        vault: vault, exchange: exchange, time: time, configuration: configuration, logger: logger),
      store: store, time: time, node: node, configuration: configuration.queue, logger: logger)
  }

  /// Posts until a graceful shutdown. May be called once.
  package func run() async throws {
    try await withThrowingTaskGroup { group in
      group.addTask { try await self.engine.run() }
      group.addTask {
        await Periodic(
          "sweeping what is known of posts", every: self.configuration.sweepInterval, time: self.time,
          logger: self.logger
        ).run(startingAtOnce: false) { try await self.sweepOnce() }
      }
      // Only the engine ends by itself.
      _ = try await group.next()
      group.cancelAll()
    }
  }

  /// What the routes want of events becomes tasks of theirs.
  package var listener: EventListener {
    EventListener {
      [self] (placed: [EventPlacing], tx: borrowing Transaction) in
      try take(placed, in: tx)
    } wake: { [self] in
      wake($0)
    }
  }

  private func take(_ placed: [EventPlacing], in tx: borrowing Transaction) throws -> [LaneKey] {
    let now = time.now
    var lanes: [LaneKey] = []
    for (workspace, events) in Dictionary(grouping: placed, by: \.workspace).sorted(by: {
      $0.key.rawValue < $1.key.rawValue
    }) {
      let own = try tx.webhookRoutes(of: Set(events.compactMap(\.account)), in: workspace)
      let routes = try tx.enabledWebhookRoutes(in: workspace) + own.values.filter(\.enabled)
      for route in routes.sorted(by: { $0.id.rawValue < $1.id.rawValue }) {
        let accounts = Set(
          events.filter { event in
            let isElsewhere = route.kind == .settings && event.account.map { own[$0] != nil } == true
            return !isElsewhere && route.wants(event.kind, of: event.account)
          }.map(\.account))
        guard !accounts.isEmpty else { continue }
        // A lane before its rows, and lanes in the order of their ids, so that two transactions never wait for each other.
        try tx.wake(route.lane, due: now)
        for account in accounts { try tx.enqueue(.stream, account, to: route, due: now, at: now) }
        lanes.append(route.lane)
      }
    }
    return lanes
  }

  func wake(_ lanes: [LaneKey]) {
    for lane in lanes { engine.wake(lane) }
  }

  func sweepOnce() async throws {
    let bound = time.now - configuration.retention
    while try await store.write(
      isolation: .readCommitted,
      { (tx: borrowing Transaction) in
        try tx.deleteWebhookAttempts(before: bound, limit: 1000)
      }) == 1000
    {}
    while try await store.write(
      isolation: .readCommitted,
      { (tx: borrowing Transaction) in
        try tx.deleteSettledTasks(before: bound, limit: 1000)
      }) == 1000
    {}
  }
}
