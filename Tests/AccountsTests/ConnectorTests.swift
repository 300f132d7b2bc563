import AccountsTesting
import Core
import Logging
import Microsoft
import ServiceLifecycle
import Store
import StoreTesting
import Testing

@testable import Accounts

@Suite struct ConnectorTests {
  @Test(arguments: StoreEngine.allCases)
  func `an app's account becomes connected by itself, also when Entra is down at first`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addDaemon()
      try await world.control("faults", #"{"path": "/token", "status": 503, "count": 1}"#)
      let group = ServiceGroup(
        services: [world.house.connector], logger: Logger(label: "test") { _ in .silent })
      try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        let account = NewAccount(
          id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "alice@contoso.test")
        _ = try await world.house.directory.create(account, in: .default)
        try await world.until { try await world.requests("/token").count == 1 }
        try await world.until {
          try await world.house.directory.account(AccountID("a"), in: .default).state == .connectError
        }
        await world.house.time.untilSleeping()
        world.house.time.advance(by: Connector.pause)
        try await world.until {
          try await world.house.directory.account(AccountID("a"), in: .default).state == .connected
        }
        let connected = try await world.house.directory.account(AccountID("a"), in: .default)
        #expect(connected.mailboxFound)
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
      }
    }
  }
}

extension Sandboxed {
  /// Asks until it is so; the time limit of the test run is the only other end.
  fileprivate func until(_ condition: () async throws -> Bool) async throws {
    while try await !condition() { await Task.yield() }
  }
}
