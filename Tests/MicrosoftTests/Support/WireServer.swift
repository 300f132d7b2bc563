import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// An HTTP server on a free loopback port that does to each request exactly what the test says.
final class WireServer: Sendable {
  struct Request: Sendable, Equatable {
    var method: String
    /// As it stood on the wire.
    var target: String
    var headers: [String: String]
    var body: String
  }

  enum Reaction: Sendable {
    case answer(Int, headers: [String: String] = [:], body: String = "")
    /// These bytes, then the end.
    case raw(String)
    case hangUp
    case silence
  }

  enum Greeting: Sendable {
    case wait
    case hangUp
    /// Bytes before anything was asked.
    case garbage(String)
  }

  private let channel: any Channel
  private let seen: Seen

  var port: Int { channel.localAddress?.port ?? 0 }
  var origin: String { "http://127.0.0.1:\(port)" }
  var requests: [Request] { seen.requests.withLock { $0 } }

  /// Ends when something has been asked `count` times.
  func waitForRequests(_ count: Int) async {
    for await now in seen.counts where now >= count { return }
  }

  /// Ends when the client has closed a connection.
  func waitForClose() async {
    for await _ in seen.closes { return }
  }

  private init(channel: any Channel, seen: Seen) {
    self.channel = channel
    self.seen = seen
  }

  static func run<Value>(
    greeting: Greeting = .wait, tls: NIOSSLContext? = nil,
    react: @escaping @Sendable (Request) -> Reaction = { _ in .hangUp },
    isolation: isolated (any Actor)? = #isolation,
    _ body: (WireServer) async throws -> Value
  ) async throws -> Value {
    let seen = Seen()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
          try channel.pipeline.syncOperations.addHandler(
            Connection(greeting: greeting, react: react, seen: seen))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let result: Result<Value, any Error>
    do {
      result = .success(try await body(WireServer(channel: channel, seen: seen)))
    } catch {
      result = .failure(error)
    }
    try await channel.close()
    return try result.get()
  }

  /// A port on which nobody listens.
  static func refusedPort() async throws -> Int {
    try await run { $0.port }
  }
}

private final class Seen: Sendable {
  let requests = Mutex<[WireServer.Request]>([])
  let counts: AsyncStream<Int>
  let closes: AsyncStream<Void>
  private let continuation: AsyncStream<Int>.Continuation
  private let closing: AsyncStream<Void>.Continuation

  init() {
    (closes, closing) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
    (counts, continuation) = AsyncStream.makeStream(bufferingPolicy: .unbounded)
  }

  func close() { closing.yield() }

  func add(_ request: WireServer.Request) {
    continuation.yield(
      requests.withLock {
        $0.append(request)
        return $0.count
      })
  }
}

/// Reads requests with a Content-Length or without a body, one after the other.
private final class Connection: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let greeting: WireServer.Greeting
  private let react: @Sendable (WireServer.Request) -> WireServer.Reaction
  private let seen: Seen
  private var pending = ""

  init(
    greeting: WireServer.Greeting, react: @escaping @Sendable (WireServer.Request) -> WireServer.Reaction,
    seen: Seen
  ) {
    self.greeting = greeting
    self.react = react
    self.seen = seen
  }

  func channelActive(context: ChannelHandlerContext) {
    switch greeting {
    case .wait: break
    case .hangUp: context.close(promise: nil)
    case .garbage(let text): write(text, context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    seen.close()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    pending += String(buffer: unwrapInboundIn(data))
    while let request = nextRequest() {
      seen.add(request)
      switch react(request) {
      case .answer(let status, let headers, let body):
        var head = "HTTP/1.1 \(status) X\r\ncontent-length: \(body.utf8.count)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        write(head + "\r\n" + body, context)
      case .raw(let text):
        write(text, context)
        context.close(promise: nil)
      case .hangUp: context.close(promise: nil)
      case .silence: break
      }
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  private func write(_ text: String, _ context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
  }

  private func nextRequest() -> WireServer.Request? {
    guard let end = pending.firstRange(of: "\r\n\r\n") else { return nil }
    let lines = pending[..<end.lowerBound].split(separator: "\r\n").map(String.init)
    let first = lines[0].split(separator: " ").map(String.init)
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let field = line.split(separator: ":", maxSplits: 1)
      headers[field[0].lowercased()] = field[1].drop { $0 == " " }.description
    }
    let length = headers["content-length"].flatMap { Int($0) } ?? 0
    guard pending[end.upperBound...].utf8.count >= length else { return nil }
    let body = String(decoding: pending[end.upperBound...].utf8.prefix(length), as: UTF8.self)
    pending = String(decoding: pending[end.upperBound...].utf8.dropFirst(length), as: UTF8.self)
    return WireServer.Request(method: first[0], target: first[1], headers: headers, body: body)
  }
}
