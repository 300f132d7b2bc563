import Backends
import Core
import Foundation
import Logging
import MIME
import NIOHTTP1
import Sandbox
import ServiceLifecycle
import Store
import StoreTesting
import Testing
import Vault

@testable import Accounts
@testable import Delivery
@testable import HTTP
@testable import Microsoft

/// Messages from the queue to a recipient's mailbox, through a Microsoft that fails at every step and is as
/// awkward as it may be.
@Suite(.timeLimit(.minutes(10))) struct SandboxDeliveryTests {
  struct Trouble: Sendable, CustomTestStringConvertible {
    var name: String
    var faults: [String] = []
    var testDescription: String { name }
  }

  static let troubles = [
    Trouble(name: "none"),
    Trouble(name: "the draft's reply is lost", faults: [#"{"path":"*/messages","close":"after","count":1}"#]),
    Trouble(
      name: "the draft's request is lost", faults: [#"{"path":"*/messages","close":"before","count":1}"#]),
    Trouble(name: "send's reply is lost", faults: [#"{"path":"*/send","close":"after","count":1}"#]),
    Trouble(name: "send's request is lost", faults: [#"{"path":"*/send","close":"before","count":1}"#]),
    Trouble(
      name: "send's reply is lost, then a look fails",
      faults: [
        #"{"path":"*/send","close":"after","count":1}"#,
        // The two requests by which the mailbox is made to keep our header field.
        #"{"path":"*/messages/*","delayMs":0,"count":2}"#,
        #"{"path":"*/messages/*","status":503,"retryAfter":5,"count":1}"#,
      ]),
    Trouble(
      name: "whether the mailbox keeps our header field is not known",
      faults: [#"{"path":"*/messages/*","status":503,"retryAfter":5,"count":1}"#]),
    Trouble(name: "the draft fails", faults: [#"{"path":"*/messages","status":500,"count":1}"#]),
    Trouble(name: "send fails", faults: [#"{"path":"*/send","status":500,"count":1}"#]),
    Trouble(
      name: "throttled",
      faults: [
        #"{"path":"*/messages","status":429,"retryAfter":60,"count":2}"#,
        #"{"path":"*/send","status":503,"retryAfter":30,"count":1}"#,
      ]),
    Trouble(
      name: "no drafts allowed",
      faults: [#"{"path":"*/messages","status":403,"code":"ErrorAccessDenied","count":1}"#]),
  ]

  enum Awkwardness: String, Sendable, CaseIterable {
    case none
    case newID
    case newMessageID
    case everything

    func apply(to settings: inout SandboxSettings) {
      settings.newIdOnSend = self == .newID || self == .everything
      settings.replaceMessageId = self == .newMessageID || self == .everything
      settings.strictRotation = self == .everything
    }
  }

  @Test(arguments: troubles, Awkwardness.allCases)
  func `every message arrives once`(trouble: Trouble, awkwardness: Awkwardness) async throws {
    try await expectArrival(.sqlite, trouble, awkwardness)
  }

  @Test(arguments: troubles)
  func `every message arrives once with PostgreSQL`(trouble: Trouble) async throws {
    try await expectArrival(.postgres, trouble, .everything)
  }

  private func expectArrival(
    _ engine: StoreEngine, _ trouble: Trouble, _ awkwardness: Awkwardness
  ) async throws {
    try await Bench.run(engine, accounts: []) { bench in
      let state = try SandboxState(
        clock: SandboxClock(wall: { bench.time.now }), signingKey: try await Self.signingKey.value)
      awkwardness.apply(to: &state.settings)
      try await Self.withSandbox(state) { origin, http in
        for fault in trouble.faults {
          try await Self.post(fault, to: origin + "/sandbox/faults", http)
        }
        let vault = Vault(key: .random())
        try await bench.addAlice(vault)
        let outbox = try bench.outbox(http, vault, Clouds(global: Cloud(replacing: origin)))
        try await outbox.running {
          let id = try await outbox.submit(.toSandbox()).queueID
          var entry = try await outbox.entry(id)
          while entry.state != .done {
            if entry.state == .deferred, let next = entry.nextAttempt, next > bench.time.now {
              await bench.pass(next - bench.time.now + .seconds(1))
            }
            try await Task.sleep(for: .milliseconds(1))
            entry = try await outbox.entry(id)
            try #require(entry.state != .held && entry.state != .failed, "\(entry)")
          }
        }
        // Transport takes it.
        bench.time.advance(by: .seconds(3))
        for recipient in ["bob@contoso.test", "carol@fabrikam.test"] {
          #expect(try await Self.count(recipient, "inbox", origin, http) == 1)
        }
        #expect(try await Self.count("alice@contoso.test", "drafts", origin, http) == 0)
        #expect(try await Self.count("alice@contoso.test", "sentitems", origin, http) == 1)
      }
    }
  }

  @Test(arguments: StoreEngine.allCases, Awkwardness.allCases)
  func `the Message-ID of the sent copy is learnt`(
    engine: StoreEngine, awkwardness: Awkwardness
  ) async throws {
    try await Bench.run(engine, accounts: []) { bench in
      let state = try SandboxState(
        clock: SandboxClock(wall: { bench.time.now }), signingKey: try await Self.signingKey.value)
      awkwardness.apply(to: &state.settings)
      try await Self.withSandbox(state) { origin, http in
        let vault = Vault(key: .random())
        try await bench.addAlice(vault)
        let outbox = try bench.outbox(http, vault, Clouds(global: Cloud(replacing: origin)))
        let entry = try await outbox.running {
          let id = try await outbox.submit(.toSandbox()).queueID
          _ = try await bench.until(outbox, id, .done)
          for _ in 0..<3 { await bench.pass(.seconds(60)) }
          await bench.time.untilSleeping(4)
          return try await outbox.entry(id)
        }
        let sent = try await Self.messages("alice@contoso.test", "sentitems", origin, http)
        #expect(sent.map(\.internetMessageId) == [entry.exchangeMessageID ?? entry.messageID])
        #expect((entry.exchangeMessageID != nil) == state.settings.replaceMessageId)
        for messageID in [entry.messageID, entry.exchangeMessageID ?? entry.messageID] {
          let found = try await bench.store.read { (tx: borrowing Transaction) in
            try tx.messages(.default, messageID: messageID).map(\.id)
          }
          #expect(found == [entry.queueID])
        }
      }
    }
  }

  enum Missing: Sendable, CaseIterable {
    case key, cloud, certificate

    var code: ProblemCode {
      switch self {
      case .key: .vaultWrongKey
      case .cloud: .appCloudUnknown
      // The account says why.
      case .certificate: .accountNotConnected
      }
    }
  }

  @Test(arguments: StoreEngine.allCases, Missing.allCases)
  func `messages wait for a key, a cloud or a certificate that is not there`(
    engine: StoreEngine, missing: Missing
  ) async throws {
    try await Bench.run(engine, accounts: []) { bench in
      let state = try SandboxState(
        clock: SandboxClock(wall: { bench.time.now }), signingKey: try await Self.signingKey.value)
      try await Self.withSandbox(state) { origin, http in
        let vault = Vault(key: .random())
        let app = try await bench.addAlice(vault, cloud: "second")
        let second = Clouds(named: [try Cloud(replacing: origin, name: "second")])
        if missing == .certificate { try await bench.spoilCertificate(of: app, vault) }
        let broken = bench.outbox(
          http, missing == .key ? Vault(key: .random()) : vault, missing == .cloud ? Clouds() : second)
        let id = try await broken.running {
          let id = try await broken.submit(.toSandbox()).queueID
          let entry = try await bench.until(broken, id, .deferred)
          #expect(entry.problem?.code == missing.code.rawValue)
          return id
        }
        try await bench.store.write { (tx: borrowing Transaction) in try tx.update(app) }
        bench.time.advance(by: .seconds(301))
        let whole = bench.outbox(http, vault, second)
        try await whole.running { _ = try await bench.until(whole, id, .done) }
      }
    }
  }

  /// Making one takes longer than a test.
  private static let signingKey = Task { try SigningKey() }

  private static func withSandbox(
    _ state: SandboxState, _ body: (String, HTTPExchange) async throws -> Void
  ) async throws {
    var configuration = SandboxConfiguration()
    configuration.port = 0
    let (listening, continuation) = AsyncStream.makeStream(of: SandboxPorts.self)
    let logger = Logger(label: "sandbox") { _ in SwiftLogNoOpLogHandler() }
    let server = try SandboxServer(configuration: configuration, state: state, logger: logger) {
      continuation.yield($0)
    }
    let group = ServiceGroup(services: [server], logger: logger)
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask {
        defer { continuation.finish() }
        try await group.run()
      }
      let ports = try #require(await listening.first { _ in true })
      let http = try HTTPExchange()
      let result: Result<Void, any Error>
      do {
        result = .success(try await body("http://localhost:\(ports.http)", http))
      } catch {
        result = .failure(error)
      }
      try await http.shutdown()
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
      try result.get()
    }
  }

  private static func post(_ json: String, to url: String, _ http: HTTPExchange) async throws {
    let reply = try await http.send(
      HTTPRequest(
        method: .POST, url: url, headers: ["Content-Type": "application/json"], body: Array(json.utf8)))
    try #require(reply.status < 300)
  }

  private static func count(
    _ user: String, _ folder: String, _ origin: String, _ http: HTTPExchange
  ) async throws -> Int {
    try await messages(user, folder, origin, http).count
  }

  private struct StoredMessage: Decodable { var internetMessageId: String }

  private static func messages(
    _ user: String, _ folder: String, _ origin: String, _ http: HTTPExchange
  ) async throws -> [StoredMessage] {
    let reply = try await http.send(
      HTTPRequest(method: .GET, url: origin + "/sandbox/messages?user=\(user)&folder=\(folder)"))
    struct Page: Decodable { var value: [StoredMessage] }
    return try JSONDecoder().decode(Page.self, from: Data(reply.body)).value
  }
}

extension Bench {
  /// An outbox that sends through Microsoft Graph.
  fileprivate func outbox(_ http: HTTPExchange, _ vault: Vault, _ clouds: Clouds) -> Outbox {
    let endpoints = Endpoints(clouds: clouds, http: http)
    let tokens = TokenSource(store: store, vault: vault, endpoints: endpoints, time: time)
    let backends = Backends(
      store: store, vault: vault, endpoints: endpoints, tokens: tokens,
      limiter: MailboxLimiter(time: time))
    return outbox { try await backends.sender(for: $1, in: $0) }
  }

  /// The account alice, a mailbox of the sandbox that is reached through its daemon app.
  @discardableResult
  fileprivate func addAlice(_ vault: Vault, cloud: String = Cloud.global.name) async throws -> OAuth2AppRecord
  {
    let clouds = Clouds(named: [try Cloud(replacing: "http://localhost:1", name: "second")])
    let id = try await AppRegistry(
      store: store, vault: vault, clouds: clouds, publicURL: "http://localhost:3000", time: time
    ).create(
      NewApp(
        name: "Daemon", provider: .outlookService, enabled: true, cloud: cloud,
        clientID: "a0000000-0000-4000-8000-000000000003",
        clientSecret: Secret("daemon~Secret-Value.of.the.sandbox-0003"), authority: "contoso.test"),
      in: .default)
    let now = time.now
    let app = try await store.write { (tx: borrowing Transaction) in
      try tx.upsert(
        AccountRecord(
          workspace: .default, id: AccountID("alice"), name: "Alice", email: "alice@contoso.test", app: id,
          mailbox: "alice@contoso.test", state: .initial, mailboxFound: false, unknownOutcome: .hold,
          created: now))
      return try tx.app(id, in: .default)
    }
    return try #require(app)
  }

  /// Puts something in the place of the app's secret that proves nothing.
  fileprivate func spoilCertificate(of app: OAuth2AppRecord, _ vault: Vault) async throws {
    var spoilt = app
    spoilt.clientSecret = nil
    spoilt.clientCertificate = vault.seal(
      Secret("no PEM"), for: .clientCertificate(app.id, in: app.workspace))
    let changed = spoilt
    try await store.write { (tx: borrowing Transaction) in try tx.update(changed) }
  }
}

extension Submission {
  /// With a recipient whom the header does not name.
  fileprivate static func toSandbox() throws -> Submission {
    var submission = try Submission.sample(from: "alice", to: ["bob@contoso.test"])
    submission.bcc = [.init(address: try .init("carol@fabrikam.test"))]
    return submission
  }
}
