import Foundation
import NIOCore
import StoreTesting
import Synchronization
import Testing

/// What is acknowledged is also told: every event of it is posted at least once, and each account's in order.
@Suite struct WebhookCrashTests {
  private static let length: Duration = Program.isTorture ? .seconds(60) : .seconds(6)

  @Test(.takingTurns, arguments: StoreEngine.allCases)
  func `A gateway killed again and again while it posts loses no event and changes no order`(
    engine: StoreEngine
  ) async throws {
    try await Self.run(engine) { rig, sink in
      let load = try await WebhookLoad(rig, sink, [rig.gateway])
      let kills = try await load.run { try await load.killAgainAndAgain(rig.gateway, for: Self.length) }
      #expect(kills >= 2)
      try await load.expectEverythingPosted(by: rig.gateway)
    }
  }

  /// One node comes back each time; in a long run it finally does not, and the other takes over what it had.
  @Test(.takingTurns, .enabled(if: StoreEngine.allCases.contains { $0 == .postgres }))
  func `One of two nodes is killed again and again, and no event is lost or out of order`() async throws {
    try await Self.run(.postgres) { rig, sink in
      let folder = rig.folder.appending(path: "second")
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let second = GatewayProcess(
        folder: folder, http: rig.http, sandbox: rig.sandbox,
        // The service is one: all nodes have its URL.
        arguments: Rig.webhookArguments + ["--url", rig.gateway.origin],
        environment: rig.gateway.environment, isDiskSmall: false)
      let load = try await WebhookLoad(rig, sink, [rig.gateway, second])
      try await second.start()
      let kills = try await load.run {
        let kills = try await load.killAgainAndAgain(rig.gateway, for: Self.length)
        if Program.isTorture {
          try await rig.gateway.killHard()
          try await load.untilAcknowledged(10, more: "by the node that is left")
        }
        return kills
      }
      #expect(kills >= 2)
      let result: Result<Void, any Error>
      do { result = .success(try await load.expectEverythingPosted(by: second)) } catch {
        result = .failure(error)
      }
      try await second.killHard()
      try result.get()
    }
  }

  private static func run(_ engine: StoreEngine, _ body: (Rig, Sink) async throws -> Void) async throws {
    let environment = [
      "HELIOGRAPH_UNKNOWN_OUTCOME_WAIT": "2",
      // Nodes that share a database share the key.
      "HELIOGRAPH_SECRET_KEY": Data((0..<32).map { _ in UInt8.random(in: 0...255) }).base64EncodedString(),
    ]
    try await Sink.run { sink in
      try await Rig.run(engine, arguments: Rig.webhookArguments, environment: environment) { rig in
        try await body(rig, sink)
      }
    }
  }
}

/// Messages that are submitted while gateways come and go, and what is posted of them.
private final class WebhookLoad: Sendable {
  private let sink: Sink
  private let gateways: [GatewayProcess]
  private let mailboxes: [String]
  private let accounts: [String]
  private let state = Mutex((acknowledged: Set<String>(), isOpen: true))

  /// The route comes first, so that it is to have every event of every account from number 1.
  init(_ rig: Rig, _ sink: Sink, _ gateways: [GatewayProcess]) async throws {
    (self.sink, self.gateways) = (sink, gateways)
    try await rig.sandbox.settings(["sendLagMs": 0])
    // Slow enough for every kill to cut posts in the middle.
    sink.answer(204, after: .milliseconds(30))
    _ = try await rig.addRoute(to: sink)
    mailboxes = Array(rig.sandbox.directory.mailboxes.suffix(6))
    accounts = try await rig.connectDaemon(mailboxes)
  }

  private var acknowledged: Set<String> { state.withLock { $0.acknowledged } }

  /// Submits while `chaos` runs; returns what that returns.
  func run(_ chaos: @escaping @Sendable () async throws -> Int) async throws -> Int {
    try await withThrowingTaskGroup(of: Int.self) { tasks in
      for index in accounts.indices {
        tasks.addTask {
          try await self.submit(from: index)
          return 0
        }
      }
      tasks.addTask {
        defer { self.state.withLock { $0.isOpen = false } }
        return try await chaos()
      }
      return try await tasks.reduce(0, +)
    }
  }

  /// One message after the other, by one gateway after the other, each once.
  private func submit(from index: Int) async throws {
    var number = 0
    while state.withLock({ $0.isOpen }) {
      number += 1
      let answer = try? await gateways[number % gateways.count].submit(
        "message \(index)-\(number)", from: accounts[index],
        to: mailboxes[(index + number) % mailboxes.count])
      if answer?.status == 200, let id = answer?.json["queueId"].text {
        state.withLock { _ = $0.acknowledged.insert(id) }
      }
      // A few a second: what has to be settled afterwards stays small.
      try await Task.sleep(for: .milliseconds(250))
    }
  }

  /// Kills it a second or two after each start, when posts have come and messages were acknowledged meanwhile.
  func killAgainAndAgain(_ gateway: GatewayProcess, for length: Duration) async throws -> Int {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: length)
    var kills = 0
    while clock.now < end || kills < 2 {
      let (started, posts) = (clock.now, sink.received.count)
      let life = Duration.milliseconds(Int.random(in: 800...1800))
      try await eventually("the gateway has lived \(life)") { clock.now - started >= life }
      try await untilAcknowledged(5, more: "in a life of the gateway")
      try await eventually("something was posted") { self.sink.received.count > posts }
      try await gateway.killHard()
      kills += 1
      try await gateway.start()
    }
    return kills
  }

  func untilAcknowledged(_ count: Int, more words: String) async throws {
    let before = acknowledged.count
    try await eventually("\(count) more messages are acknowledged \(words)") {
      self.acknowledged.count >= before + count
    }
  }

  /// The log of each account, as `gateway` tells it, is what has arrived.
  func expectEverythingPosted(by gateway: GatewayProcess) async throws {
    let acknowledged = acknowledged
    #expect(acknowledged.count >= 10)
    try await eventually("every message is settled") { try await gateway.outboxTotal() == 0 }
    var told: Set<String> = []
    for account in accounts {
      let events = try await log(of: account, gateway)
      try await eventually("all \(events.count) events of \(account) have arrived") {
        Set(self.posts(of: account).map { $0.json["sequence"].int }).isSuperset(
          of: events.map { $0["id"].int })
      }
      told.formUnion(try expectInOrder(account, events))
    }
    for event in ["messageQueued", "messageSent"] {
      let lost = acknowledged.filter { !told.contains("\(event) \($0)") }.sorted()
      #expect(lost.isEmpty, "acknowledged, and no \(event) was posted")
    }
  }

  private func posts(of account: String) -> [Sink.Received] {
    sink.received.filter { $0.json["account"].text == account }
  }

  private func log(of account: String, _ gateway: GatewayProcess) async throws -> [JSON] {
    let page = try await gateway.get("/v1/events?account=\(account)&limit=1000").expect()
    #expect(page["events"].list.count < 1000)
    return page["events"].list
  }

  /// What the posts of an account say, as `messageSent q_01h...`.
  private func expectInOrder(_ account: String, _ events: [JSON]) throws -> Set<String> {
    var known: [Int: Sink.Received] = [:]
    var first: [Int] = []
    for post in posts(of: account) {
      let sequence = try #require(post.json["sequence"].int)
      if let earlier = known[sequence] {
        #expect(earlier.id == post.id && earlier.body == post.body, "\(account) \(sequence) has changed")
      } else {
        known[sequence] = post
        first.append(sequence)
      }
    }
    #expect(first == events.compactMap { $0["id"].int }, "\(account): in another order")
    #expect(first == Array(1...max(1, first.count)))
    #expect(Set(known.values.map(\.id)).count == known.count, "\(account): an id for two events")
    for event in events {
      let post = try #require(event["id"].int.flatMap { known[$0] }?.json)
      #expect(
        post["event"] == event["event"] && post["data"] == event["data"] && post["date"] == event["date"])
    }
    return Set(
      known.values.map { "\($0.json["event"].text ?? "") \($0.json["data"]["queueId"].text ?? "")" })
  }
}
