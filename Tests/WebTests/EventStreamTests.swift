import Core
import Events
import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Logging
import NIOCore
import NIOPosix
import StoreTesting
import Synchronization
import Testing

@testable import Access
@testable import Store
@testable import Web

/// Server-sent events, read from a socket as a client would.
@Suite(.timeLimit(.minutes(5))) struct EventStreamTests {
  @Test(arguments: StoreEngine.allCases)
  func `a stream brings what happens, and goes on after the last event that was received`(
    engine: StoreEngine
  ) async throws {
    try await withGateway(engine) { web in
      try await web.happen("anna", 3)
      let all = try await web.listen("/v1/events/stream", lastEventID: "1")
      try await eventually { all.messages.count == 2 }
      try await web.happen("bert", 1)
      try await eventually { all.messages.count == 3 }
      #expect(all.messages.map(\.id) == ["2", "3", "4"])
      #expect(all.messages.map(\.event) == Array(repeating: "messageSent", count: 3))
      let body = try JSONValue(parsing: all.messages[2].data)
      #expect(body["account"] == "bert" && body["sequence"] == 1 && body["eventId"] == "evt_default_4")
      #expect(all.head.contains("text/event-stream") && all.head.contains("no-store"))
      // Without a place to go on from, only what is new.
      let new = try await web.listen("/v1/events/stream?account=anna", lastEventID: nil)
      try await web.happen("bert", 1)
      try await web.happen("anna", 1)
      try await eventually { new.messages.count == 1 }
      #expect(new.messages.map(\.id) == ["6"])
    }
  }

  @Test func `changes of states come as the vocabulary has them`() async throws {
    try await withGateway(.sqlite) { web in
      let changes = try await web.listen("/v1/changes", lastEventID: nil)
      try await web.happen("anna", 1)
      try await web.happen("anna", 1, kind: "authenticationError")
      try await web.happen("anna", 1, kind: "authenticationSuccess")
      try await eventually { changes.messages.count == 2 }
      let bodies = try changes.messages.map { try JSONValue(parsing: $0.data) }
      #expect(bodies.map { $0["key"]?.string } == ["authenticationError", "connected"])
      #expect(bodies.allSatisfy { $0["account"] == "anna" && $0["type"] == "state" })
    }
  }

  @Test func `a quiet stream shows that it is there, and how far it is`() async throws {
    try await withGateway(.sqlite) { web in
      let quiet = try await web.listen("/v1/events/stream?account=anna", lastEventID: nil)
      try await web.happen("bert", 2)
      try await eventually {
        web.time.advance(by: .seconds(2))
        return quiet.text.contains("id: 2\n\n")
      }
      #expect(quiet.messages.isEmpty)
    }
  }

  @Test func `a workspace has a limited number of streams, and what is wrong is said`() async throws {
    try await withGateway(.sqlite) { web in
      var open: [Listener] = []
      for _ in 0..<64 { open.append(try await web.listen("/v1/events/stream", lastEventID: nil)) }
      let refused = try await web.listen("/v1/events/stream", lastEventID: nil)
      #expect(refused.head.contains(" 503 "), "\(refused.head)")
      #expect(try await web.listen("/v1/events/stream", lastEventID: "x").head.contains(" 400 "))
      #expect(
        try await web.listen("/v1/events/stream?account=nobody", lastEventID: nil).head.contains(" 404 "))
      try await open.removeLast().close()
      // Its end is noticed with the next word to it.
      try await eventually {
        web.time.advance(by: .seconds(10))
        let again = try await web.listen("/v1/events/stream", lastEventID: nil)
        return again.head.contains(" 200 ")
      }
    }
  }
}

private func eventually(_ condition: () async throws -> Bool) async throws {
  while try await !condition() { try await Task.sleep(for: .milliseconds(1)) }
}

/// A gateway on a port.
private struct StreamGateway: Sendable {
  let port: Int
  let store: Store
  let time: ManualTime
  let token: String
  let sequencer: EventSequencer

  func happen(_ account: String, _ count: Int, kind: String = "messageSent") async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      for _ in 0..<count {
        _ = try tx.append(
          EventRecord(
            workspace: .default, account: AccountID(account), kind: kind, data: "{}", created: now))
      }
    }
    try await sequencer.placeAll()
  }

  func listen(_ path: String, lastEventID: String?) async throws -> Listener {
    let listener = try await Listener.connect(to: port)
    let last = lastEventID.map { "Last-Event-ID: \($0)\r\n" } ?? ""
    try await listener.send(
      "GET \(path) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\n\(last)\r\n")
    try await eventually { listener.text.contains("\r\n\r\n") }
    return listener
  }
}

private func withGateway(
  _ engine: StoreEngine, _ body: @escaping @Sendable (StreamGateway) async throws -> Void
) async throws {
  let time = ManualTime()
  try await WebFixture.withServices(engine, time: time) { services, _ in
    let placed = Signal()
    var services = services
    services.events = EventLog(store: services.store, time: time, placed: placed)
    let sequencer = EventSequencer(
      store: services.store, time: time, node: NodeID("one"), placed: placed, logger: .init(label: "test"))
    try await services.store.addStreamAccounts(["anna", "bert"], at: time.now)
    let token = try await services.tokens.issue(NewToken(description: "x"), in: .default).token.reveal()
    let router = WebApplication(
      services, publicURL: "https://mail.example", loginOrigins: [], bodyLimit: 1 << 20, bodyMemory: 8 << 20
    ).router()
    let app = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)))
    let store = services.store
    try await app.test(.live) { client in
      try await body(
        StreamGateway(
          port: client.port ?? 0, store: store, time: time, token: token, sequencer: sequencer))
    }
  }
}

extension Store {
  fileprivate func addStreamAccounts(_ names: [String], at now: Instant) async throws {
    try await write { (tx: borrowing Transaction) in
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
}

/// A client that reads whatever comes.
private final class Listener: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  struct Message: Sendable {
    var id = ""
    var event = ""
    var data = ""
  }

  private let received = Mutex("")
  private let channel = Mutex<(any Channel)?>(nil)

  static func connect(to port: Int) async throws -> Listener {
    let listener = Listener()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelInitializer { $0.pipeline.addHandler(listener) }
      .connect(host: "127.0.0.1", port: port).get()
    listener.channel.withLock { $0 = channel }
    return listener
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let text = String(buffer: unwrapInboundIn(data))
    received.withLock { $0 += text }
  }

  func send(_ text: String) async throws {
    try await channel.withLock { $0 }?.writeAndFlush(ByteBuffer(string: text))
  }

  func close() async throws {
    try await channel.withLock { $0 }?.close()
  }

  var text: String { received.withLock { $0 } }

  var head: String { received.withLock { $0 }.components(separatedBy: "\r\n\r\n").first ?? "" }

  /// Those that have come whole.
  var messages: [Message] {
    let body = received.withLock { $0 }.components(separatedBy: "\r\n\r\n").dropFirst().joined(
      separator: "\r\n\r\n")
    let plain = body.replacing(/(^|\r\n)[0-9a-f]+\r\n/, with: "").replacing("\r\n", with: "")
    return plain.components(separatedBy: "\n\n").dropLast().compactMap { block in
      var message = Message()
      for line in block.split(separator: "\n") {
        if line.hasPrefix("id: ") { message.id = String(line.dropFirst(4)) }
        if line.hasPrefix("event: ") { message.event = String(line.dropFirst(7)) }
        if line.hasPrefix("data: ") { message.data = String(line.dropFirst(6)) }
      }
      return message.data.isEmpty ? nil : message
    }
  }
}
