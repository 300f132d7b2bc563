import AccountsTesting
import Core
import Microsoft
import Store
import StoreTesting
import Testing
import Vault

@testable import Accounts
@testable import Diagnosis

/// How an app proves who it is, how that is renewed, and who may use it.
@Suite struct AppCredentialTests {
  private static let app = NewApp(
    name: "Mail", provider: .outlookService, enabled: true, clientID: "6731de76-14a6-49ae-97bc-6eba6914391e",
    clientSecret: Secret("first"),
    authority: "contoso.example")

  @Test(arguments: StoreEngine.allCases)
  func `a certificate is kept sealed, and says itself when it ends`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      var new = Self.app
      (new.clientSecret, new.clientCertificate) = (nil, TestCertificate.pem)
      let id = try await house.registry.create(new, in: .default)
      let app = try await house.registry.app(id, in: .default)
      #expect(!app.hasSecret && app.certificateThumbprint == TestCertificate.thumbprint)
      #expect(app.secretExpires == TestCertificate.notAfter)
      let record = try #require(try await house.record(id))
      #expect(!String(decoding: record.clientCertificate ?? [], as: UTF8.self).contains("PRIVATE"))
      guard
        case .certificate(let certificate, _) = try record.client(house.vault, at: house.time.now)
          .credential
      else { throw CancellationError() }
      #expect(certificate.thumbprint == TestCertificate.thumbprint)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what comes with one mailbox fills a gap and changes no secret`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      var shared = Self.app
      (shared.provider, shared.shared) = (.outlook, true)
      let own = try await house.registry.create(Self.app, in: .default)
      let common = try await house.registry.create(shared, in: .default)
      for (app, mayRenew) in [(Self.app, false), (shared, true)] {
        var other = app
        (other.clientSecret, other.shared) = (Secret("second"), false)
        let prepared = try house.registry.prepare(other, in: .default)
        let found = try await house.store.write { (tx: borrowing Transaction) in
          try prepared.findOrCreate(tx, mayRenew: mayRenew).id
        }
        #expect(found == (app.shared ? common : own))
        let record = try #require(try await house.record(found))
        #expect(try record.secret(house.vault) == Secret("first"))
      }
    }
  }

  @Test(arguments: [
    ("common", ClientKind.web, ProblemCode.entraClientDisabled, false),
    ("a.example", .web, .entraClientDisabled, true), ("common", .web, .entraSecretExpired, true),
    ("common", .native, .entraSecretMissing, false), ("a.example", .web, .entraGrantRevoked, false),
  ])
  func `a refusal blames the app only where it holds for all its accounts`(
    authority: String, kind: ClientKind, code: ProblemCode, concernsAll: Bool
  ) {
    let never = Instant(microseconds: 0)
    let app = OAuth2AppRecord(
      workspace: .default, id: AppID("app"), name: "", title: nil, description: nil, provider: .outlook,
      enabled: true, clientID: "6731de76-14a6-49ae-97bc-6eba6914391e", clientSecret: nil,
      authority: authority, redirectURL: nil,
      extraScopes: [], skipScopes: [], created: never)
    let grant = OAuth2GrantRecord(
      workspace: .default, account: AccountID("a"), version: 1, refreshToken: [], accessToken: [],
      expires: never, scopes: [], clientKind: kind, keepAlive: never, updated: never)
    let refusal = ProblemRecord(Problem(code, "", remedy: nil), at: never)
    #expect(grant.blames(app, for: refusal) == concernsAll)
  }

  @Test func `a guest of a shared app learns nothing of it from a verification`() {
    for id in VerificationStep.ID.allCases {
      let step = VerificationStep(
        id, .fail, "client ID secret-id", hint: "secret-id", problem: "entra.secretExpired",
        remedy: "secret-id", actor: .appOwner, link: "https://x/secret-id")
      let isOfApp = [.authority, .client, .secret, .redirect, .scopes].contains(id)
      #expect("\(step.withoutApp)".contains("secret-id") != isOfApp)
      #expect(step.withoutApp.problem == "entra.secretExpired" && step.withoutApp.status == .fail)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a secret and a certificate take each other's place`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      var new = Self.app
      new.secretExpires = house.time.now + .seconds(86_400)
      let id = try await house.registry.create(new, in: .default)
      var change = AppChange()
      change.clientCertificate = TestCertificate.pem
      try await house.registry.update(id, change, in: .default)
      let certified = try await house.registry.app(id, in: .default)
      #expect(!certified.hasSecret && certified.certificateThumbprint == TestCertificate.thumbprint)
      change = AppChange()
      change.clientSecret = Secret("second")
      try await house.registry.update(id, change, in: .default)
      let app = try await house.registry.app(id, in: .default)
      #expect(app.hasSecret && app.certificateThumbprint == nil && app.secretExpires == nil)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a renewed secret forgets what was said of the old one`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      var new = Self.app
      new.secretExpires = house.time.now + .seconds(86_400)
      let id = try await house.registry.create(new, in: .default)
      let (expires, now) = (try #require(new.secretExpires), house.time.now)
      try await house.store.write { (tx: borrowing Transaction) in
        _ = try tx.markSecretWarned(1, app: id, expires: expires, in: .default)
        try tx.setLastError(
          ProblemRecord(Problem.noIdentity, at: now), ofApp: id, in: .default)
      }
      var change = AppChange()
      change.title = "Sign in"
      try await house.registry.update(id, change, in: .default)
      #expect(try await house.record(id)?.secretWarned == 1)
      change.clientSecret = Secret("second")
      change.secretExpires = house.time.now + .seconds(700 * 86_400)
      try await house.registry.update(id, change, in: .default)
      let record = try #require(try await house.record(id))
      #expect(record.secretWarned == nil && record.lastError == nil)
      #expect(record.secretExpires == change.secretExpires)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an app is found again by what it is, and its secret renewed`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let first = try await house.registry.findOrCreate(Self.app, in: .default)
      #expect(first.isNew)
      var again = Self.app
      again.authority = "CONTOSO.example"
      again.name = "Another name"
      let second = try await house.registry.findOrCreate(again, in: .default)
      #expect(second.id == first.id && !second.isNew)
      again.clientSecret = Secret("second")
      house.time.advance(by: .seconds(1))
      #expect(try await house.registry.findOrCreate(again, in: .default).id == first.id)
      let record = try #require(try await house.record(first.id))
      #expect(record.name == "Mail" && record.updated == house.time.now)
      #expect(try record.secret(house.vault) == Secret("second"))
      for other in Self.others {
        let found = try await house.registry.findOrCreate(other, in: .default)
        #expect(found.isNew, "\(other)")
      }
      #expect(try await house.registry.findOrCreate(Self.app, in: WorkspaceID("default")).id == first.id)
    }
  }

  private static var others: [NewApp] {
    let changes: [(inout NewApp) -> Void] = [
      { $0.provider = .outlook }, { $0.cloud = "china" },
      { $0.clientID = "11111111-14a6-49ae-97bc-6eba6914391e" },
      { $0.authority = "fabrikam.example" }, { $0.baseScopes = .imap },
    ]
    return changes.map { change in
      var app = app
      change(&app)
      return app
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `sixteen who bring the same app end with one`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let ids = try await withThrowingTaskGroup(of: AppID.self) { group in
        for _ in 0..<16 {
          group.addTask { try await house.registry.findOrCreate(Self.app, in: .default).id }
        }
        return try await group.reduce(into: Set()) { $0.insert($1) }
      }
      #expect(ids.count == 1)
      #expect(try await house.registry.apps(PageRequest(), in: .default).total == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `only the operator shares an app, and only in the operator's workspace`(
    engine: StoreEngine
  ) async throws {
    try await House.open(engine) { house in
      var new = NewApp(
        name: "Mail", provider: .outlook, enabled: true, shared: true,
        clientID: "6731de76-14a6-49ae-97bc-6eba6914391e")
      let elsewhere = await #expect(throws: Problem.self) {
        try await house.registry.create(new, in: WorkspaceID("other"))
      }
      #expect(elsewhere?.code == .appInvalid)
      let shared = try await house.registry.create(new, in: .default)
      new.shared = false
      let own = try await house.registry.create(new, in: .default)
      var change = AppChange()
      change.name = "Post"
      var refused = await #expect(throws: Problem.self) {
        try await house.registry.update(shared, change, in: .default)
      }
      #expect(refused?.code == .tokenScope)
      try await house.registry.update(shared, change, in: .default, byOperator: true)
      change.shared = true
      refused = await #expect(throws: Problem.self) {
        try await house.registry.update(own, change, in: .default)
      }
      #expect(refused?.code == .tokenScope)
      refused = await #expect(throws: Problem.self) {
        try await house.registry.delete(shared, in: .default)
      }
      #expect(refused?.code == .tokenScope)
      let unseen = await #expect(throws: Problem.self) {
        try await house.registry.app(shared, in: WorkspaceID("other"))
      }
      #expect(unseen?.code == .appNotFound)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an app with accounts stays in its cloud`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp(.outlookService)
      _ = try await house.directory.create(
        NewAccount(id: AccountID("a"), name: "A", email: nil, app: app, mailbox: "a@contoso.example"),
        in: .default)
      var change = AppChange()
      change.cloud = "china"
      let refused = await #expect(throws: Problem.self) {
        try await house.registry.update(app, change, in: .default)
      }
      #expect(refused?.code == .appInvalid)
      change.cloud = "global"
      try await house.registry.update(app, change, in: .default)
    }
  }
}

extension House {
  func record(_ app: AppID) async throws -> OAuth2AppRecord? {
    try await store.read { (tx: borrowing Transaction) in try tx.app(app, in: .default) }
  }
}
