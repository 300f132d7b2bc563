import AccountsTesting
import Core
import Microsoft
import Store
import StoreTesting
import Testing

@testable import Accounts

@Suite struct AccountDirectoryTests {
  static func account(_ id: String?, _ app: AppID, mailbox: String = "a@contoso.example") -> NewAccount {
    NewAccount(id: id.map { AccountID($0) }, name: "A", email: nil, app: app, mailbox: mailbox)
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account is new once and existing after that`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp(.outlookService)
      let first = try await house.directory.create(Self.account("a", app), in: .default)
      house.time.advance(by: .seconds(5))
      let second = try await house.directory.create(
        Self.account("a", app, mailbox: "b@contoso.example"), in: .default)
      #expect(first.origin == .new && second.origin == .existing)
      let account = try await house.directory.account(AccountID("a"), in: .default)
      #expect(account.mailbox == "b@contoso.example" && account.type == .outlookService)
      #expect(account.state == .initial && !account.mailboxFound && account.unknownOutcome == .hold)
      #expect(account.updated - account.created == .seconds(5))
      #expect(try await house.events(AccountID("a")) == ["accountAdded"])
      let made = try await house.directory.create(Self.account(nil, app), in: .default)
      #expect(made.id.rawValue.hasPrefix("acc_"))
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account of an app that people sign in to is refused`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp(.outlook)
      let problem = await #expect(throws: Problem.self) {
        try await house.directory.create(Self.account("a", app), in: .default)
      }
      #expect(problem?.code == .requestInvalidField)
      let unknown = await #expect(throws: Problem.self) {
        try await house.directory.create(Self.account("a", AppID("nope")), in: .default)
      }
      #expect(unknown?.code == .appNotFound)
      #expect(try await house.directory.accounts(PageRequest(), in: .default).total == 0)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account that its owner signed in to is not taken over by an app`(engine: StoreEngine) async throws
  {
    try await House.open(engine) { house in
      let (person, service) = (try await house.addApp(), try await house.addApp(.outlookService))
      let owned = AccountRecord(
        workspace: .default, id: AccountID("a"), name: "A", email: "a@x.example", app: person,
        mailbox: "a@x.example", state: .connected, mailboxFound: true, unknownOutcome: .hold,
        created: house.time.now)
      try await house.store.write { (tx: borrowing Transaction) in try tx.upsert(owned) }
      let problem = await #expect(throws: Problem.self) {
        try await house.directory.create(Self.account("a", service), in: .default)
      }
      #expect(problem?.code == .accountExists)
      _ = try await house.directory.create(Self.account("b", service), in: .default)
      let form = NewForm(account: AccountID("b"), redirectURL: "https://a.example/done")
      let other = await #expect(throws: Problem.self) {
        try await house.signIn.form(form, in: .default)
      }
      #expect(other?.code == .accountExists)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `accounts are found by state and by part of id, name or address`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp(.outlookService)
      for id in ["alice", "BOB", "100%", "1000"] {
        _ = try await house.directory.create(
          Self.account(id, app, mailbox: "\(id.count)@contoso.example"), in: .default)
        house.time.advance(by: .seconds(1))
      }
      func found(_ query: String?, _ state: AccountState? = nil) async throws -> [String] {
        try await house.directory.accounts(PageRequest(), state: state, query: query, in: .default)
          .elements.map(\.id.rawValue)
      }
      #expect(try await found(nil) == ["alice", "BOB", "100%", "1000"])
      #expect(try await found("bob") == ["BOB"])
      #expect(try await found("0%") == ["100%"])
      #expect(try await found("5@CONTOSO") == ["alice"])
      #expect(try await found(nil, .initial).count == 4)
      #expect(try await found(nil, .connected).isEmpty)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `the messages that wait for a deleted account are cancelled`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp(.outlookService)
      for id in ["a", "b"] { _ = try await house.directory.create(Self.account(id, app), in: .default) }
      let now = house.time.now
      let states: [QueueState] = [.ready, .active, .held, .deferred, .done]
      try await house.store.write { (tx: borrowing Transaction) in
        for account in ["a", "b"] {
          for state in states { try tx.insert(.sample(state, AccountID(account), app, at: now)) }
        }
      }
      try await house.directory.delete(AccountID("a"), in: .default)
      let after = try await house.store.read { (tx: borrowing Transaction) in
        try ["a", "b"].map { account in
          try states.map { try tx.queueRecord(.default, .sample($0, AccountID(account)))?.state }
        }
      }
      #expect(after == [[.cancelled, .active, .cancelled, .cancelled, .done], states])
      let gone = await #expect(throws: Problem.self) {
        try await house.directory.account(AccountID("a"), in: .default)
      }
      #expect(gone?.code == .accountNotFound)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an id that is used again goes on with the event numbers`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp(.outlookService)
      let id = AccountID("a")
      for _ in 0..<2 {
        _ = try await house.directory.create(Self.account("a", app), in: .default)
        try await house.directory.delete(id, in: .default)
      }
      #expect(
        try await house.events(id) == ["accountAdded", "accountDeleted", "accountAdded", "accountDeleted"])
    }
  }

  @Test(arguments: ["", " ", "a\nb", String(repeating: "a", count: 257)])
  func `an id that fits no line is refused`(id: String) async throws {
    try await House.open(.sqlite) { house in
      let app = try await house.addApp(.outlookService)
      await #expect(throws: Problem.self) {
        try await house.directory.create(Self.account(id, app), in: .default)
      }
    }
  }
}

extension QueueID {
  fileprivate static func sample(_ state: QueueState, _ account: AccountID) -> QueueID {
    QueueID("\(account)-\(state.rawValue)")
  }
}

extension QueueRecord {
  fileprivate static func sample(
    _ state: QueueState, _ account: AccountID, _ app: AppID, at now: Instant
  ) -> QueueRecord {
    var record = QueueRecord(
      workspace: .default, id: .sample(state, account), lane: LaneKey(.mail, "\(app)/a"), account: account,
      progress: "{}",
      created: now)
    record.state = state
    return record
  }
}
