import Foundation
import JSON
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A receiver of webhooks on a port of this machine: records what it gets, and answers as it is told.
final class Sink: Sendable {
  struct Received: Sendable {
    var path: String
    var headers: HTTPHeaders
    var body: [UInt8]
    var status: Int?

    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    var event: String { json["event"]?.string ?? "" }
    var account: String { json["account"]?.string ?? "" }
    var sequence: Int64 { json["sequence"]?.int64 ?? -1 }
    var id: String { headers.first(name: "webhook-id") ?? "" }
    /// `anna 3`
    var place: String { "\(account) \(sequence)" }
  }

  enum Reply: Sendable {
    case status(Int, headers: [(String, String)] = [], body: String = "")
    /// Never.
    case none
    /// The connection ends instead.
    case close
    /// When the test says so.
    indirect case hold(Reply)
  }

  private let state = Mutex(
    (received: [Received](), answer: { @Sendable (_: Received) in Reply.status(204) }))
  private let held = Mutex<[@Sendable () -> Void]>([])
  private let channel: any Channel

  private init(_ channel: any Channel) {
    self.channel = channel
  }

  static func run<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (Sink) async throws -> Value
  ) async throws -> Value {
    let box = SinkBox()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(SinkHandler(box))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    let sink = Sink(channel)
    box.sink.withLock { $0 = sink }
    let result: Result<Value, any Error>
    do { result = .success(try await body(sink)) } catch { result = .failure(error) }
    try await channel.close()
    return try result.get()
  }

  var port: Int { channel.localAddress?.port ?? 0 }
  var url: String { "http://127.0.0.1:\(port)/hook" }

  /// All posts so far, with those that were refused.
  var received: [Received] { state.withLock { $0.received } }
  /// Those that were answered with 2xx.
  var taken: [Received] { received.filter { (200..<300).contains($0.status ?? 0) } }

  /// What is answered from now on.
  func answer(_ answer: @escaping @Sendable (Received) -> Reply) {
    state.withLock { $0.answer = answer }
  }

  /// Answers so many of the posts that are held.
  func letGo(_ count: Int) {
    let replies = held.withLock { held in
      defer { held.removeFirst(count) }
      return held.prefix(count)
    }
    for reply in replies { reply() }
  }

  fileprivate func hold(_ reply: @escaping @Sendable () -> Void) { held.withLock { $0.append(reply) } }

  fileprivate func take(_ received: Received) -> Reply {
    state.withLock { state in
      var received = received
      let reply = state.answer(received)
      if case .status(let status, _, _) = reply { received.status = status }
      state.received.append(received)
      return reply
    }
  }
}

private final class SinkBox: Sendable {
  let sink = Mutex<Sink?>(nil)
}

private final class SinkHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let box: SinkBox
  private var current = Sink.Received(path: "", headers: [:], body: [], status: nil)

  init(_ box: SinkBox) {
    self.box = box
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      current = Sink.Received(path: head.uri, headers: head.headers, body: [], status: nil)
    case .body(let buffer): current.body += Array(buffer.readableBytesView)
    case .end:
      guard let sink = box.sink.withLock({ $0 }) else { return }
      answer(sink.take(current), sink, context)
    }
  }

  private func answer(_ reply: Sink.Reply, _ sink: Sink, _ context: ChannelHandlerContext) {
    switch reply {
    case .status(let status, let fields, let text):
      var headers = HTTPHeaders(fields.map { ($0.0, $0.1) })
      headers.add(name: "Content-Length", value: String(text.utf8.count))
      context.write(
        wrapOutboundOut(
          .head(HTTPResponseHead(version: .http1_1, status: .init(statusCode: status), headers: headers))),
        promise: nil)
      if !text.isEmpty {
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
      }
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    case .close: context.close(promise: nil)
    case .none: break
    case .hold(let later):
      let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      let loop = context.eventLoop
      sink.hold { loop.execute { bound.value.0.answer(later, sink, bound.value.1) } }
    }
  }
}
