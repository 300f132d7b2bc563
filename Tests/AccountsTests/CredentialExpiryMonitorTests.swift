import AccountsTesting
import Core
import Logging
import ServiceLifecycle
import Store
import StoreTesting
import Testing

@testable import Accounts

@Suite struct CredentialExpiryMonitorTests {
  private static let day: Int64 = 86_400

  @Test(arguments: StoreEngine.allCases)
  func `the end of a secret is told once at each threshold, by whichever node sees it first`(
    engine: StoreEngine
  ) async throws {
    try await House.open(engine) { house in
      let app = try await Self.add(house, days: 31)
      _ = try await Self.add(house, days: 400)
      var told: [[Int]] = []
      for _ in 0..<33 {
        try await Self.look(house)
        told.append(try await Self.told(house, app))
        house.time.advance(by: .seconds(Self.day))
      }
      #expect(told[0] == [] && told[1] == [30] && told[23] == [30])
      #expect(told[24] == [30, 7] && told[29] == [30, 7] && told[30] == [30, 7, 1])
      #expect(told[32] == [30, 7, 1])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a new secret is watched anew, and one that ends within days is told of once`(
    engine: StoreEngine
  ) async throws {
    try await House.open(engine) { house in
      let app = try await Self.add(house, days: 3)
      try await Self.look(house)
      try await Self.look(house)
      #expect(try await Self.told(house, app) == [3])
      var change = AppChange()
      change.clientSecret = Secret("second")
      change.secretExpires = house.time.now + .seconds(6 * Self.day)
      try await house.registry.update(app, change, in: .default)
      try await Self.look(house)
      #expect(try await Self.told(house, app) == [3, 6])
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what ends soon is listed, soonest first, and what has ended too`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      for days in [29, -1, 31, 0] { _ = try await Self.add(house, days: Int64(days)) }
      let listed = try await Self.watch(house).expiring()
      #expect(listed.map(\.days) == [0, 0, 29])
      #expect(listed.allSatisfy { $0.workspace == .default && !$0.isCertificate })
    }
  }

  private static func add(_ house: House, days: Int64) async throws -> AppID {
    try await house.registry.create(
      NewApp(
        name: "Mail", provider: .outlook, enabled: true, clientID: "6731de76-14a6-49ae-97bc-6eba6914391e",
        clientSecret: Secret("first"),
        secretExpires: house.time.now + .seconds(days * day)), in: .default)
  }

  private static func watch(_ house: House) -> CredentialExpiryMonitor {
    CredentialExpiryMonitor(
      store: house.store, time: house.time, logger: Logger(label: "test") { _ in .silent })
  }

  /// Two nodes at once, as after a restart.
  private static func look(_ house: House) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for node in [house, house.otherNode()] {
        group.addTask { try await watch(node).look() }
      }
      try await group.waitForAll()
    }
  }

  private static func told(_ house: House, _ app: AppID) async throws -> [Int] {
    let events = try await house.store.read { (tx: borrowing Transaction) in
      try tx.events(.default, nil, limit: 100)
    }
    return events.map(\.event).filter { $0.kind == "clientSecretExpiring" && $0.data.contains(app.rawValue) }
      .compactMap { $0.data.firstMatch(of: /"days":(\d+)/).flatMap { Int($0.1) } }
  }
}
