import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A receiver of webhooks on a port of its own: counts what it gets, and answers with 204 or, if it hangs, never.
final class PostSink: Sendable {
  struct Post: Sendable {
    var path: String
    var headers: HTTPHeaders
    var body: ByteBuffer
    var arrived: ContinuousClock.Instant
  }

  private let isHanging: Bool
  private let state = Mutex((posts: [Post](), keeps: false, count: 0, last: ContinuousClock.now))
  private let place = Mutex(0)

  private init(isHanging: Bool) {
    self.isHanging = isHanging
  }

  /// - Parameter keeps: Whether posts can be looked at, not only be counted.
  static func run<Value>(
    isHanging: Bool = false, keeps: Bool = false, isolation: isolated (any Actor)? = #isolation,
    _ body: (PostSink) async throws -> Value
  ) async throws -> Value {
    let sink = PostSink(isHanging: isHanging)
    sink.state.withLock { $0.keeps = keeps }
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let channel = try await ServerBootstrap(group: group)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline()
          try channel.pipeline.syncOperations.addHandler(PostHandler(sink))
        }
      }.bind(host: "127.0.0.1", port: 0).get()
    sink.place.withLock { $0 = channel.localAddress?.port ?? 0 }
    let result: Result<Value, any Error>
    do { result = .success(try await body(sink)) } catch { result = .failure(error) }
    try await channel.close()
    try await group.shutdownGracefully()
    return try result.get()
  }

  var url: String { "http://127.0.0.1:\(place.withLock { $0 })" }
  var count: Int { state.withLock { $0.count } }
  var posts: [Post] { state.withLock { $0.posts } }

  /// When the last of them came.
  func untilThere(_ count: Int, within limit: Duration) async throws -> ContinuousClock.Instant {
    let start = ContinuousClock.now
    while true {
      let (there, last) = state.withLock { ($0.count, $0.last) }
      if there >= count { return last }
      guard ContinuousClock.now - start < limit else {
        throw Failure("Of \(count) posts \(there) have come after \(limit).")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  fileprivate func take(_ head: HTTPRequestHead, _ body: ByteBuffer) -> Bool {
    let now = ContinuousClock.now
    state.withLock { state in
      state.count += 1
      state.last = now
      if state.keeps {
        state.posts.append(Post(path: head.uri, headers: head.headers, body: body, arrived: now))
      }
    }
    return !isHanging
  }
}

private final class PostHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let sink: PostSink
  private var head: HTTPRequestHead?
  private var body = ByteBuffer()

  init(_ sink: PostSink) {
    self.sink = sink
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): (self.head, body) = (head, ByteBuffer())
    case .body(var part): body.writeBuffer(&part)
    case .end:
      guard let head, sink.take(head, body) else { return }
      context.write(
        wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: .noContent))), promise: nil)
      context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
  }
}
