import Access
import Core
import NIOHTTP1
import Store
import StoreTesting
import Testing

@testable import Webhooks

/// `webhooks` of an account take the place of the settings' for its events: each goes to one of both, none to neither.
@Suite(.timeLimit(.minutes(10))) struct AccountWebhooksTests {
  private static let anna = AccountID("anna")

  /// Everybody's events go to the first sink; anna may have the second one.
  private static nonisolated(nonsending) func run(
    _ engine: StoreEngine,
    _ body:
      nonisolated(nonsending) (_ rig: Rig, _ webhooks: Webhooks, _ shared: Sink, _ own: Sink) async throws
      -> Void
  ) async throws {
    try await Sink.run { shared in
      try await Sink.run { own in
        try await Rig.run(engine) { rig in
          let webhooks = rig.webhooks { $0.turn = .seconds(1) }
          try await rig.set(webhooks) { change in
            change.set(.webhooks, to: .plain(.text(shared.url)))
            change.set(.webhooksEnabled, to: .plain(.flag(true)))
          }
          try await webhooks.running { try await body(rig, webhooks, shared, own) }
        }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account's own URL gets its events, until it is taken away`(engine: StoreEngine) async throws {
    try await Self.run(engine) { rig, webhooks, shared, own in
      for name in ["anna", "bert"] { try await rig.emitAndPlace(name, 2, for: webhooks) }
      try await rig.until { shared.taken.count == 4 }
      try await webhooks.set(Self.anna, own.url)
      for name in ["anna", "bert", nil] { try await rig.emitAndPlace(name, 2, for: webhooks) }
      try await rig.until { shared.taken.count == 8 && own.taken.count == 2 }
      try await webhooks.set(Self.anna, "")
      try await rig.emitAndPlace("anna", 2, for: webhooks)
      try await rig.until { shared.taken.count == 10 }
      #expect(own.taken.map(\.place) == ["anna 3", "anna 4"])
      #expect(shared.taken.filter { $0.account == "anna" }.map(\.sequence) == [1, 2, 5, 6])
      #expect(shared.taken.filter { $0.account == "bert" }.map(\.sequence) == [1, 2, 3, 4])
      #expect(own.taken.first?.headers.contains(name: "X-EE-Wh-Custom-Route") == false)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `no event is missed or posted twice while the URL comes and goes`(engine: StoreEngine) async throws {
    try await Self.run(engine) { rig, webhooks, shared, own in
      try await withThrowingTaskGroup { group in
        group.addTask { for _ in 0..<100 { try await rig.emit("anna") } }
        group.addTask { for _ in 0..<60 { try await rig.place(for: webhooks) } }
        group.addTask {
          for number in 0..<20 { try await webhooks.set(Self.anna, number.isMultiple(of: 2) ? own.url : "") }
        }
        try await group.waitForAll()
      }
      try await rig.place(for: webhooks)
      try await rig.until { Set((shared.taken + own.taken).map(\.sequence)).count == 100 }
      #expect((shared.taken + own.taken).map(\.sequence).sorted() == Array(1...100))
      for sink in [shared, own] { #expect(sink.taken.map(\.sequence) == sink.taken.map(\.sequence).sorted()) }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what waits for the settings' URL stays its own, and it goes on after it`(engine: StoreEngine)
    async throws
  {
    try await Self.run(engine) { rig, webhooks, shared, own in
      shared.answer { _ in .status(503) }
      try await rig.emitAndPlace("anna", 2, for: webhooks)
      try await rig.until { !shared.received.isEmpty }
      try await webhooks.set(Self.anna, own.url)
      try await rig.emitAndPlace("anna", 2, for: webhooks)
      try await rig.until { own.taken.count == 2 }
      try await webhooks.set(Self.anna, "")
      try await rig.emitAndPlace("anna", 2, for: webhooks)
      await #expect(throws: Problem.self) {
        try await webhooks.route(WebhookRouteID(of: Self.anna, in: .default), in: .default)
      }
      // Taken back at once, it is as if it had never been away.
      try await webhooks.set(Self.anna, own.url)
      try await rig.until { own.taken.count == 4 }
      try await webhooks.set(Self.anna, "")
      try await rig.emitAndPlace("anna", 2, for: webhooks)
      shared.answer { _ in .status(204) }
      try await rig.until { shared.taken.count == 4 }
      #expect(own.taken.map(\.sequence) == [3, 4, 5, 6])
      #expect(shared.taken.map(\.sequence) == [1, 2, 7, 8])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what an account's own URL has not taken goes to the settings' when it is taken away`(
    engine: StoreEngine
  ) async throws {
    try await Self.run(engine) { rig, webhooks, shared, own in
      try await webhooks.set(Self.anna, own.url)
      own.answer { $0.sequence == 1 ? .status(204) : .status(503) }
      try await rig.emitAndPlace("anna", 4, for: webhooks)
      try await rig.until { own.received.count >= 2 }
      try await webhooks.set(Self.anna, "")
      try await rig.emitAndPlace("anna", 1, for: webhooks)
      try await rig.until { shared.taken.count == 4 }
      #expect(own.taken.map(\.sequence) == [1] && shared.taken.map(\.sequence) == [2, 3, 4, 5])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what is in flight when the URL is taken away is waited for`(engine: StoreEngine) async throws {
    try await Self.run(engine) { rig, webhooks, shared, own in
      try await webhooks.set(Self.anna, own.url)
      own.answer { _ in .hold(.status(204)) }
      try await rig.emitAndPlace("anna", 1, for: webhooks)
      try await rig.until { own.received.count == 1 }
      try await webhooks.set(Self.anna, "")
      try await rig.emitAndPlace("anna", 1, for: webhooks)
      own.letGo(1)
      try await rig.until { shared.taken.count == 1 }
      #expect(own.received.map(\.sequence) == [1] && shared.taken.map(\.sequence) == [2])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `with the account goes what its own URL has not taken`(engine: StoreEngine) async throws {
    try await Self.run(engine) { rig, webhooks, shared, own in
      try await webhooks.set(Self.anna, own.url)
      own.answer { _ in .status(503) }
      try await rig.emitAndPlace("anna", 3, for: webhooks)
      try await rig.until { !own.received.isEmpty }
      let now = rig.time.now
      try await rig.store.write { (tx: borrowing Transaction) in
        try tx.deleteWebhookRoute(of: Self.anna, in: .default, at: now)
      }
      try await rig.emitAndPlace("anna", 1, kind: "accountDeleted", for: webhooks)
      try await rig.until { shared.taken.count == 1 }
      #expect(shared.taken.map(\.sequence) == [4] && own.taken.isEmpty)
      #expect(try await rig.rows(of: WebhookRouteID(of: Self.anna, in: .default)) == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the settings say whether and which events are posted`(engine: StoreEngine) async throws {
    try await Self.run(engine) { rig, webhooks, shared, own in
      try await webhooks.set(Self.anna, own.url)
      try await rig.set(webhooks) { $0.set(.webhookEvents, to: .plain(.texts(["messageFailed"]))) }
      try await rig.emitAndPlace("anna", 1, for: webhooks)
      try await rig.emitAndPlace("anna", 1, kind: "messageFailed", for: webhooks)
      try await rig.until { own.taken.count == 1 }
      try await rig.set(webhooks) { $0.set(.webhooksEnabled, to: .plain(.flag(false))) }
      try await rig.emitAndPlace("anna", 1, kind: "messageFailed", for: webhooks)
      try await rig.set(webhooks) { $0.set(.webhooksEnabled, to: .plain(.flag(true))) }
      try await rig.emitAndPlace("anna", 1, kind: "messageFailed", for: webhooks)
      try await rig.until { own.taken.count == 2 }
      #expect(own.taken.map(\.sequence) == [2, 4] && shared.received.isEmpty)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what the settings' URL did not want does not keep it from going on`(engine: StoreEngine) async throws
  {
    try await Self.run(engine) { rig, webhooks, shared, own in
      try await rig.set(webhooks) { $0.set(.webhookEvents, to: .plain(.texts(["messageFailed"]))) }
      try await rig.emitAndPlace("anna", 2, for: webhooks)
      try await webhooks.set(Self.anna, own.url)
      try await rig.emitAndPlace("anna", 1, kind: "messageFailed", for: webhooks)
      try await rig.until { own.taken.count == 1 }
      try await webhooks.set(Self.anna, "")
      try await rig.emitAndPlace("anna", 1, kind: "messageFailed", for: webhooks)
      try await rig.until { shared.taken.count == 1 }
      #expect(own.taken.map(\.sequence) == [3] && shared.taken.map(\.sequence) == [4])
    }
  }

  @Test func `it is listed among the routes, and changed where it comes from`() async throws {
    try await Self.run(.sqlite) { rig, webhooks, shared, own in
      try await webhooks.set(Self.anna, own.url, [CustomHeader("X-Key", Secret("s3cret"))])
      let id = WebhookRouteID(of: Self.anna, in: .default)
      let listed = try await webhooks.routes(PageRequest(), in: .default)
      #expect(Set(listed.elements.map(\.record.id)) == [.ofSettings, id] && listed.total == 2)
      let route = try await webhooks.route(id, in: .default)
      #expect(route.record.kind == .account && route.record.accounts == [Self.anna])
      #expect(route.headerNames == ["X-Key"])
      #expect(!String(decoding: route.record.secrets, as: UTF8.self).contains("s3cret"))
      var change = RouteChange()
      change.enabled = false
      let changed = change
      for attempt in [
        { try await webhooks.update(id, changed, in: .default) },
        { try await webhooks.delete(id, in: .default) },
      ] {
        let problem = await #expect(throws: Problem.self) { try await attempt() }
        #expect(problem?.summary.contains("the account “anna”") == true, "\(String(describing: problem))")
        #expect(problem?.remedy?.contains("PUT /v1/account/anna") == true)
      }
      // A field without a value keeps the one that it has.
      try await webhooks.set(Self.anna, nil, [CustomHeader("x-key", nil), CustomHeader("X-New", nil)])
      #expect(try await webhooks.test(id, in: .default).status == 204)
      #expect(own.taken.last?.headers.first(name: "x-key") == "s3cret")
      #expect(own.taken.last?.headers.first(name: "X-New") == "")
    }
  }
}

extension Rig {
  func set(_ webhooks: Webhooks, _ change: (inout SettingsChange) -> Void) async throws {
    var changes = SettingsChange()
    change(&changes)
    let settings = SettingsDirectory(store: store, vault: vault) {
      try webhooks.apply($0, of: $1, isChange: $2, in: $3)
    }
    try await settings.update(changes, in: .default)
  }

  /// Lets time pass until it is so.
  func until(_ condition: () async throws -> Bool) async throws {
    try await eventually {
      time.advance(by: .milliseconds(100))
      return try await condition()
    }
  }
}

extension Webhooks {
  func set(_ account: AccountID, _ url: String?, _ headers: [CustomHeader]? = nil) async throws {
    let change = AccountWebhooksChange(url: url, headers: headers)
    guard let checked = try await check(change, of: account, in: .default) else { return }
    try await apply(checked, to: account, in: .default)
  }
}
