import Accounts
import AccountsTesting
import Core
import MIME
import Microsoft
import Store
import StoreTesting
import Testing

@testable import Diagnosis

/// Each step of a verification, against apps of the sandbox with one fault each.
@Suite struct VerificationTests {
  @Test(arguments: StoreEngine.allCases)
  func `each planted fault is named at its step, and nothing on the healthy ones`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      for plant in Plant.all {
        world.catchUp()
        let app = try await world.house.registry.create(plant.app, in: .default)
        let found = try await world.house.verifier.verify(
          app: app, account: nil, sendTo: nil, in: .default)
        let failed = found.steps.filter { $0.status == .fail }
        #expect(failed.first?.id == plant.step, "\(plant.name)")
        #expect(failed.first?.problem == plant.code?.rawValue, "\(plant.name): \(failed)")
        #expect(found.isFine == (plant.code == nil), "\(plant.name): \(failed)")
        #expect(found.steps.map(\.id) == VerificationStep.ID.allCases, "\(plant.name)")
        #expect(failed.allSatisfy { $0.remedy != nil && $0.actor != nil }, "\(plant.name): \(failed)")
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a healthy account passes every step, and its test message arrives`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let account = try await world.connected("alice", as: "alice@contoso.test", app: world.addWebApp())
      let bob = try EmailAddress("bob@contoso.test")
      let found = try await world.house.verifier.verify(account: account, sendTo: bob, in: .default)
      #expect(found.isFine && found.account == account)
      let skipped = found.steps.filter { $0.status == .skip }.map(\.id)
      #expect(skipped == [.tls], "\(found.steps)")
      #expect(found.steps.last?.hint?.contains("Junk Email") == true)
      #expect(try await world.requests("/send").count == 1)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `what a person did not grant is named`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      let account = try await world.connected("alice", as: "alice@contoso.test", app: app)
      for (granted, missing) in [("Mail.ReadWrite", "Mail.Send"), ("Mail.Send", "Mail.ReadWrite")] {
        try await world.house.store.write { (tx: borrowing Transaction) in
          guard var grant = try tx.grant(of: account, in: .default) else { return }
          let version = grant.version
          grant.version += 1
          grant.scopes = [granted, "openid", "User.Read"]
          _ = try tx.save(grant, replacing: version)
        }
        let found = try await world.house.verifier.verify(account: account, sendTo: nil, in: .default)
        let failed = found.steps.filter { $0.status == .fail }
        #expect(failed.map(\.id) == [.permissions])
        #expect(failed.first?.problem == "account.permissionMissing")
        #expect(failed.first?.message.contains(missing) == true, "\(failed)")
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an app that acts for itself is judged by what its mailboxes let it do`(
    engine: StoreEngine
  ) async throws {
    try await Sandboxed.run(engine) { world in
      let cases: [(Int, String, VerificationStep.ID?)] = [
        (21, "alice@contoso.test", .mailbox), (22, "alice@contoso.test", .send),
        (23, "alice@contoso.test", nil), (23, "bob@contoso.test", .mailbox),
        (24, "alice@contoso.test", nil), (24, "bob@contoso.test", .mailbox),
      ]
      for (number, mailbox, step) in cases {
        let app = try await world.house.registry.create(Plant.daemon(number), in: .default)
        let account = try await world.house.directory.create(
          NewAccount(id: nil, name: "A", email: mailbox, app: app, mailbox: mailbox), in: .default
        ).id
        let found = try await world.house.verifier.verify(
          app: app, account: account, sendTo: try EmailAddress("bob@contoso.test"), in: .default)
        let failed = found.steps.filter { $0.status == .fail }
        #expect(failed.first?.id == step, "\(number) \(mailbox): \(failed)")
        #expect(failed.allSatisfy { $0.problem == "graph.accessDenied" }, "\(failed)")
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `a clock that is five minutes off is told`(engine: StoreEngine) async throws {
    try await Sandboxed.run(engine) { world in
      let app = try await world.addWebApp()
      for (seconds, isFine) in [(200, true), (3600, false)] {
        world.catchUp()
        world.house.time.advance(by: .seconds(seconds))
        let found = try await world.house.verifier.verify(
          app: app, account: nil, sendTo: nil, in: .default)
        let clock = try #require(found.steps.first { $0.id == .clock })
        #expect((clock.status == .ok) == isFine, "\(clock)")
        if !isFine { #expect(clock.problem == "clock.wrong" && clock.message.contains("minutes ahead")) }
      }
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `where Microsoft is not reached, what needs it is not tried`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let app = try await house.addApp()
      let found = try await house.verifier.verify(app: app, account: nil, sendTo: nil, in: .default)
      let failed = found.steps.filter { $0.status == .fail }
      #expect(failed.map(\.id) == [.tls] && failed.first?.problem == "entra.unreachable")
      let skipped = found.steps.filter { $0.message.contains("“Microsoft is reachable” has failed") }.map(
        \.id)
      #expect(
        skipped == [
          .clock, .authority, .client, .secret, .redirect, .token, .permissions, .mailbox, .send,
        ])
      #expect(found.steps.first { $0.id == .scopes }?.status == .ok)
    }
  }

  @Test(arguments: StoreEngine.allCases)
  func `an account of another app is refused`(engine: StoreEngine) async throws {
    try await House.open(engine) { house in
      let (app, other) = (try await house.addApp(.outlookService), try await house.addApp(.outlookService))
      let account = try await house.directory.create(
        NewAccount(id: nil, name: "A", email: nil, app: app, mailbox: "a@contoso.example"), in: .default
      ).id
      let problem = await #expect(throws: Problem.self) {
        try await house.verifier.verify(app: other, account: account, sendTo: nil, in: .default)
      }
      #expect(problem?.code == .requestInvalidField)
    }
  }
}

extension Sandboxed {
  /// The sandbox's clock goes on while a slow machine works, and more than five minutes between both are a fault.
  fileprivate func catchUp() {
    let gap = Instant.onThisMachine - house.time.now
    if gap > .zero { house.time.advance(by: gap) }
  }
}

/// An app of the sandbox's directory, and where its fault shows; `nil` for one that has none.
struct Plant: Sendable {
  let name: String
  let app: NewApp
  var step: VerificationStep.ID?
  var code: ProblemCode?

  static let all: [Plant] =
    (7...11).map { web($0, .redirect, .entraRedirectMismatch) } + [
      web(12, .secret, .entraSecretUnexpected), web(13, .secret, .entraSecretUnexpected),
      web(14, .client, .entraTenantRequired), web(14, at: "contoso.test"),
      web(15, .client, .entraWrongAccountType, at: "consumers"), web(15, at: "organizations"),
      web(16, .client, .entraWrongAccountType, at: "organizations"), web(16, at: "consumers"),
      web(17, .client, .entraClientDisabled, at: "contoso.test"),
      web(18, .secret, .entraSecretMissing, secret: nil),
      web(1, secret: Sandboxed.web.secret), web(1, at: "contoso.test", secret: Sandboxed.web.secret),
      web(1, .secret, .entraSecretWrong, secret: "0f5a7c1e-1111-4222-8333-444455556666"),
      web(1, .secret, .entraSecretMissing, secret: nil),
      web(4, .secret, .entraSecretExpired, secret: "expired~Secret-Value.of.the.sandbox-0004"),
      web(2, secret: nil), web(2, .secret, .entraSecretUnexpected, secret: "a~secret"),
      web(999, .client, .entraClientUnknown),
      web(1, .authority, .entraTenantUnknown, at: "nowhere.test", secret: Sandboxed.web.secret),
      Plant(name: "daemon", app: daemon(3, secret: Sandboxed.daemon.secret)),
      Plant(name: "daemon 23", app: daemon(23)), Plant(name: "daemon 21", app: daemon(21)),
      Plant(name: "daemon 25", app: daemon(25), step: .secret, code: .entraSecretExpired),
    ]

  static func daemon(_ number: Int, secret: String? = nil) -> NewApp {
    NewApp(
      name: "Daemon \(number)", provider: .outlookService, enabled: true, clientID: id(number),
      clientSecret: Secret(secret ?? planted(number)), authority: "contoso.test")
  }

  private static func web(
    _ number: Int, _ step: VerificationStep.ID? = nil, _ code: ProblemCode? = nil, at authority: String? = nil
  ) -> Plant {
    web(number, step, code, at: authority, secret: planted(number))
  }

  private static func web(
    _ number: Int, _ step: VerificationStep.ID? = nil, _ code: ProblemCode? = nil,
    at authority: String? = nil, secret: String?
  ) -> Plant {
    Plant(
      name: "\(number) through \(authority ?? "common")",
      app: NewApp(
        name: "Web \(number)", provider: .outlook, enabled: true, clientID: id(number),
        clientSecret: secret.map { Secret($0) }, authority: authority), step: step, code: code)
  }

  private static func id(_ number: Int) -> String { "a0000000-0000-4000-8000-" + padded(number, 12) }
  private static func planted(_ number: Int) -> String {
    "planted~Secret-Value.of.the.sandbox-" + padded(number, 4)
  }
  private static func padded(_ number: Int, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: width - digits.count) + digits
  }
}
