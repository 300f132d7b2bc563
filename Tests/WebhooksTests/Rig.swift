import Core
import Events
import Foundation
import HTTP
import Logging
import Store
import StoreTesting
import Testing
import Vault

@testable import Webhooks

/// A database with accounts, a clock moved by hand, and webhooks that come and go on it.
final class Rig: Sendable {
  let store: Store
  let time = ManualTime()
  let vault = Vault(key: .random())
  let exchange: GuardedExchange

  private init(_ store: Store, _ allowed: [String], _ resolver: @escaping HostResolver) {
    self.store = store
    var configuration = HTTPExchange.Configuration()
    configuration.exchangeTimeout = .seconds(60)
    configuration.sendsRequestID = false
    exchange = GuardedExchange(
      configuration, policy: AddressPolicy(allowed: allowed.compactMap { CIDR($0) }), time: time,
      resolver: resolver)
  }

  static nonisolated(nonsending) func run(
    _ engine: StoreEngine, accounts: [String] = ["anna", "bert"],
    allowed: [String] = ["127.0.0.0/8"], resolver: @escaping HostResolver = systemResolver,
    _ body: nonisolated(nonsending) (Rig) async throws -> Void
  ) async throws {
    try await withStore(engine) { store in
      let rig = Rig(store, allowed, resolver)
      try await rig.addAccounts(accounts)
      let result: Result<Void, any Error>
      do { result = .success(try await body(rig)) } catch { result = .failure(error) }
      await rig.exchange.shutdown()
      try result.get()
    }
  }

  private func addAccounts(_ names: [String]) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      try tx.insert(
        OAuth2AppRecord(
          workspace: .default, id: AppID("app"), name: "App", title: nil, description: nil,
          provider: .outlookService, enabled: true, clientID: "client", clientSecret: nil,
          authority: "common", redirectURL: nil, extraScopes: [], skipScopes: [], created: now))
      for name in names {
        try tx.upsert(
          AccountRecord(
            workspace: .default, id: AccountID(name), name: name, email: "\(name)@example.com",
            app: AppID("app"), mailbox: "\(name)@example.com", state: .connected, mailboxFound: true,
            unknownOutcome: .hold, created: now))
      }
    }
  }

  func webhooks(
    node: String = "one", configure: (inout WebhookConfiguration) -> Void = { _ in }
  ) -> Webhooks {
    var configuration = WebhookConfiguration()
    configuration.serviceURL = "https://mail.example"
    configure(&configuration)
    return Webhooks(
      store: store, vault: vault, exchange: exchange, time: time, node: NodeID(node),
      configuration: configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  /// Lets something happen to the account, or to the workspace as a whole, so many times.
  func emit(
    _ account: String?, _ count: Int = 1, kind: String = "messageSent", data: String = #"{"queueId":"q"}"#
  ) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      for _ in 0..<count {
        _ = try tx.append(
          EventRecord(
            workspace: .default, account: account.map { AccountID($0) }, kind: kind, data: data, created: now)
        )
      }
    }
  }

  /// Gives events their positions, which makes them tasks of the routes.
  func place(for webhooks: Webhooks, node: String = "one") async throws {
    _ = try await EventSequencer(
      store: store, time: time, node: NodeID(node), listener: webhooks.listener,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    ).placeAll()
  }

  func emitAndPlace(
    _ account: String?, _ count: Int = 1, kind: String = "messageSent", for webhooks: Webhooks
  ) async throws {
    try await emit(account, count, kind: kind)
    try await place(for: webhooks)
  }

  /// Moves the clock when there is nothing that could be posted before, and all who run have come to a pause: tick,
  /// renewal and sweep.
  func pass(_ duration: Duration) async throws {
    try await eventually { try await isIdle() }
    await time.untilSleeping(3)
    time.advance(by: duration)
  }

  /// Nothing is on its way to a receiver, and nothing will be before the clock moves.
  func isIdle() async throws -> Bool {
    let now = time.now
    return try await store.read { (tx: borrowing Transaction) in try tx.busyWebhookLanes(at: now) == 0 }
  }
}

/// Returns when `condition` holds; the test's time limit is the end of patience.
func eventually(_ condition: () async throws -> Bool) async throws {
  // Looks as often as others let it, without keeping them from what it waits for.
  while try await !condition() { try await Task.sleep(for: .milliseconds(1)) }
}

extension Webhooks {
  /// Runs while `body` does, then drops everything as a crash would.
  nonisolated(nonsending) func running<Value>(
    _ body: nonisolated(nonsending) () async throws -> Value
  ) async throws -> Value {
    let task = Task { try await self.run() }
    let result: Result<Value, any Error>
    do { result = .success(try await body()) } catch { result = .failure(error) }
    task.cancel()
    _ = await task.result
    return try result.get()
  }

  func add(
    to url: String, events: [String] = ["*"], accounts: [String] = [], ordering: WebhookOrdering = .account,
    change: (inout NewRoute) -> Void = { _ in }
  ) async throws -> WebhookRouteID {
    var route = NewRoute()
    route.name = "Sink"
    route.targetURL = url
    route.events = events
    route.accounts = accounts.map { AccountID($0) }
    route.ordering = ordering
    change(&route)
    return try await add(route, in: .default).id
  }
}
