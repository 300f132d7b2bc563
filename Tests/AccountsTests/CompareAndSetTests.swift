import Accounts
import AccountsTesting
import Core
import Store
import StoreTesting
import Testing

/// Whoever saves second finds out.
@Suite struct CompareAndSetTests {
  @Test(arguments: StoreEngine.allCases)
  func `of sixteen who save a grant at once one wins, each time`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let account = try await house.plainAccount()
      var version: Int64?
      for round in 1...5 as ClosedRange<Int64> {
        let wins = try await house.race { [version] (tx: borrowing Transaction) in
          try tx.save(.sample(account, version: round), replacing: version)
        }
        #expect(wins == 1)
        version = round
      }
      let stored = try await house.store.read { (tx: borrowing Transaction) in
        try tx.grant(of: account, in: .default)
      }
      #expect(stored?.version == 5)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `of sixteen who save an app's token at once one wins, each time`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp(.outlookService)
      var version: Int64?
      for round in 1...5 as ClosedRange<Int64> {
        let token = AppTokenRecord(
          workspace: .default, app: app, version: round, accessToken: [1], expires: house.time.now)
        let wins = try await house.race { [version] (tx: borrowing Transaction) in
          try tx.save(token, replacing: version)
        }
        #expect(wins == 1)
        version = round
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a refresh that ends after the account is gone leaves nothing behind`(engine: StoreEngine) async throws
  {
    try await House.open(engine) { house in
      let account = try await house.plainAccount()
      _ = try await house.store.write { (tx: borrowing Transaction) in
        try tx.save(.sample(account, version: 1), replacing: nil)
      }
      try await house.directory.delete(account, in: .default)
      let late = try await house.store.write { (tx: borrowing Transaction) in
        try tx.save(.sample(account, version: 2), replacing: 1)
      }
      #expect(!late)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a grant that has been replaced is no reason to give the account up`(engine: StoreEngine) async throws
  {
    try await House.open(engine) { house in
      let account = try await house.plainAccount()
      let refusal = ProblemRecord(
        Problem(.entraGrantRevoked, "Gone.", remedy: "Connect again."), at: house.time.now)
      let now = house.time.now
      let news = try await house.store.write { (tx: borrowing Transaction) -> [Bool] in
        _ = try tx.save(.sample(account, version: 2), replacing: nil)
        return try [1, 2, 2].map {
          try tx.apply(
            .tokenRefused(refusal, grantVersion: $0, blamesApp: false), to: account, in: .default, at: now)?
            .event != nil
        }
      }
      #expect(news == [false, true, false])
      let details = try await house.store.read { (tx: borrowing Transaction) in
        try tx.account(account, in: .default)
      }
      #expect(details?.account.lastError == refusal)
    }
  }
}

extension OAuth2GrantRecord {
  fileprivate static func sample(_ account: AccountID, version: Int64) -> OAuth2GrantRecord {
    OAuth2GrantRecord(
      workspace: .default, account: account, version: version, refreshToken: [1], accessToken: [2],
      expires: Instant(microseconds: 0), scopes: ["Mail.Send"], clientKind: .web,
      keepAlive: Instant(microseconds: 0),
      updated: Instant(microseconds: 0))
  }
}

extension House {
  fileprivate func plainAccount() async throws -> AccountID {
    let (app, now) = (try await addApp(), time.now)
    let account = AccountRecord(
      workspace: .default, id: AccountID("a"), name: "A", email: "a@x.example", app: app,
      mailbox: "a@x.example", state: .connected, mailboxFound: false, unknownOutcome: .hold, created: now)
    try await store.write { (tx: borrowing Transaction) in try tx.upsert(account) }
    return account.id
  }

  /// How many of sixteen writers hear that it was they.
  fileprivate func race(
    _ body: @escaping @Sendable (borrowing Transaction) throws -> Bool
  ) async throws -> Int {
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for _ in 0..<16 { group.addTask { try await store.write(body) } }
      return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
  }
}
