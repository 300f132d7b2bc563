import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A receiver of webhooks on a port of this machine: records what it gets, and answers as it is told.
final class Sink: Sendable {
  struct Received: Sendable {
    var headers: HTTPHeaders
    var body: [UInt8]

    var text: String { String(decoding: body, as: UTF8.self) }
    var json: JSON { (try? JSON(parsing: text)) ?? .null }
    var id: String { header("webhook-id") ?? "" }

    func header(_ name: String) -> String? { headers.first(name: name) }
  }

  private struct State {
    var received: [Received] = []
    var status = 204
    var delay = TimeAmount.zero
  }

  private let state = Mutex(State())
  private let port = Mutex(0)

  /// A sink for the length of `body`.
  static func run<Value>(
    isolation: isolated (any Actor)? = #isolation, _ body: (Sink) async throws -> Value
  ) async throws -> Value {
    let sink = Sink()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(SinkHandler(sink))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    sink.port.withLock { $0 = channel.localAddress?.port ?? 0 }
    let result: Result<Value, any Error>
    do { result = .success(try await body(sink)) } catch { result = .failure(error) }
    try await channel.close()
    return try result.get()
  }

  var url: String { "http://127.0.0.1:\(port.withLock { $0 })/hook" }

  /// All posts so far, in the order in which they came.
  var received: [Received] { state.withLock { $0.received } }

  /// What is answered from now on, and how long after the post.
  func answer(_ status: Int, after delay: TimeAmount = .zero) {
    state.withLock { ($0.status, $0.delay) = (status, delay) }
  }

  fileprivate func take(_ headers: HTTPHeaders, _ body: [UInt8]) -> (status: Int, delay: TimeAmount) {
    state.withLock { state in
      state.received.append(Received(headers: headers, body: body))
      return (state.status, state.delay)
    }
  }
}

private final class SinkHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let sink: Sink
  private var headers = HTTPHeaders()
  private var body: [UInt8] = []

  init(_ sink: Sink) {
    self.sink = sink
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): (headers, body) = (head.headers, [])
    case .body(let buffer): body += Array(buffer.readableBytesView)
    case .end:
      let (status, delay) = sink.take(headers, body)
      let head = HTTPResponseHead(
        version: .http1_1, status: .init(statusCode: status),
        headers: status == 204 ? [:] : ["Content-Length": "0"])
      let channel = context.channel
      channel.eventLoop.scheduleTask(in: delay) {
        channel.write(HTTPServerResponsePart.head(head), promise: nil)
        channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
      }
    }
  }
}

extension Rig {
  /// Webhooks may be posted to this machine.
  static let webhookArguments = ["--webhook-allow", "127.0.0.0/8"]

  /// Adds a route to the sink; returns its id and the key that signs posts.
  func addRoute(to sink: Sink, _ more: [String: JSON] = [:]) async throws -> (id: String, secret: String) {
    let body: [String: JSON] = ["name": "Sink", "targetUrl": .string(sink.url)]
    let added = try await gateway.post("/v1/webhookRoutes", .object(body.merging(more) { $1 })).expect()
    guard let id = added["id"].text, let secret = added["secret"].text else {
      throw UnexpectedAnswer(description: "no route in \(added.written)")
    }
    return (id, secret)
  }
}
