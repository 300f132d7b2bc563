import API
import Core
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Logging
import NIOCore
import NIOPosix
import Synchronization

@testable import Web

/// Our server on a free port, over a few routes that do one thing each.
struct ServerHarness: Sendable {
  let port: Int
  let log: LineLog
  let budget: MemoryBudget

  static func run(
    _ change: (inout ServerLimits) -> Void = { _ in }, trustedProxies: [CIDR] = [],
    bodyMemory: Int = 64 << 20, _ body: @escaping @Sendable (ServerHarness) async throws -> Void
  ) async throws {
    var limits = ServerLimits(descriptors: 1024)
    change(&limits)
    let log = LineLog()
    let logger = Logger(label: "test", factory: { _ in log })
    let budget = MemoryBudget(limit: bodyMemory)
    let server = WebServer(limits: limits, trustedProxies: trustedProxies, logger: logger)
    let router = routes(budget, trustedProxies)
    let application = Application(
      router: router, server: server.builder, onServerRunning: { await server.attach(to: $0) }, logger: logger
    )
    try await application.test(.live) { client in
      try await body(ServerHarness(port: client.port ?? 0, log: log, budget: budget))
    }
  }

  private static func routes(_ budget: MemoryBudget, _ trustedProxies: [CIDR]) -> Router<WebContext> {
    let router = Router(context: WebContext.self)
    router.add(middleware: ResponseHeaders())
    router.add(middleware: ProblemMiddleware(bodyLimit: 1 << 30))
    router.add(middleware: RequestGuard(budget: budget, trustedProxies: trustedProxies))
    router.post("count") { request, _ in
      var count = 0
      for try await buffer in request.body { count += buffer.readableBytes }
      return "\(count)"
    }
    router.post("refuse") { _, _ -> String in throw Problem.tokenMissing }
    router.post("form") { request, _ in
      let buffer = try await request.body.collect(upTo: 1024)
      return try StartForm.read(form: buffer.readableBytesView).data
    }
    router.get("large") { _, _ in ByteBuffer(repeating: UInt8(ascii: "x"), count: 64 << 20) }
    router.get("client") { _, context in context.clientAddress?.description ?? "none" }
    return router
  }

  func connect() async throws -> RawClient {
    try await RawClient(port: port)
  }

  /// Sends the text on a connection of its own, and returns all that comes until the server closes it.
  func exchange(_ text: String) async throws -> String {
    let client = try await connect()
    client.send(text)
    return await client.everything()
  }
}

/// One connection on which anything can be said.
final class RawClient: Sendable {
  fileprivate struct State {
    var text = ""
    var isOver = false
  }

  private let channel: any Channel
  private let arrivals: Arrivals

  fileprivate final class Arrivals: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer

    fileprivate let state = Mutex(State())
    let changes: AsyncStream<Void>
    private let change: AsyncStream<Void>.Continuation

    init() {
      (changes, change) = AsyncStream.makeStream()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let text = String(buffer: unwrapInboundIn(data))
      state.withLock { $0.text += text }
      change.yield()
    }

    func channelInactive(context: ChannelHandlerContext) { end() }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
      if event as? ChannelEvent == .inputClosed { end() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func end() {
      state.withLock { $0.isOver = true }
      change.yield()
      change.finish()
    }
  }

  /// - Parameter reads: Whether it reads what it is sent.
  init(port: Int, reads: Bool = true) async throws {
    let arrivals = Arrivals()
    self.arrivals = arrivals
    channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { $0.pipeline.addHandler(arrivals) }
      .connect(host: "localhost", port: port).get()
  }

  var text: String { arrivals.state.withLock { $0.text } }

  func send(_ text: String) {
    channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
  }

  /// Sends it again and again until the connection ends.
  func trickle(_ text: String, every pause: TimeAmount) {
    let channel = channel
    channel.eventLoop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { task in
      guard channel.isActive else { return task.cancel() }
      channel.writeAndFlush(ByteBuffer(string: text), promise: nil)
    }
  }

  /// Returns when all of it has been taken by the socket.
  func send(bytes count: Int) async throws {
    try await channel.writeAndFlush(ByteBuffer(repeating: UInt8(ascii: "x"), count: count))
  }

  /// What has arrived once `part` is in it `times` times, or the connection has ended.
  @discardableResult
  func receive(_ part: String, times: Int = 1) async -> String {
    if text.ranges(of: part).count >= times { return text }
    for await _ in arrivals.changes where text.ranges(of: part).count >= times { break }
    return text
  }

  /// What has arrived when the server has said its last.
  @discardableResult
  func everything() async -> String {
    if !arrivals.state.withLock({ $0.isOver }) {
      for await _ in arrivals.changes where arrivals.state.withLock({ $0.isOver }) { break }
    }
    await close()
    return text
  }

  func close() async { try? await channel.close() }

  /// Returns when the connection is gone, which one that reads nothing learns when it writes.
  func ended() async { try? await channel.closeFuture.get() }
}

/// The lines of a log, by level.
struct LineLog: LogHandler {
  private final class Lines: Sendable {
    let lines = Mutex<[(Logger.Level, String)]>([])
  }

  private let storage = Lines()
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.debug

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    storage.lines.withLock { $0.append((event.level, "\(event.message)")) }
  }

  /// Warnings and worse.
  var complaints: [String] {
    storage.lines.withLock { $0.filter { $0.0 >= .warning }.map(\.1) }
  }
}
