import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// Clients that each send one request again and again, the next when the answer to the last is complete.
///
/// One thread and no HTTP library: the two cores belong to what is measured.
struct ClosedLoop {
  var port: Int
  /// A whole HTTP/1.1 request, head and body.
  var request: [UInt8]
  var clients: Int
  /// Who answers.
  var server: Child
  var warmUp: Duration = .milliseconds(500)
  var length: Duration = .seconds(2)

  struct Load {
    /// Answers per second with status 200.
    var rate: Double
    /// Microseconds that the server computed for each, on all cores together.
    var cost: Double
  }

  /// Throws when an answer has another status than 200.
  func run() async throws -> Load {
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let tally = Tally()
    let request = ByteBuffer(bytes: request)
    let bootstrap = ClientBootstrap(group: group).channelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        try channel.pipeline.syncOperations.addHandler(LoopingClient(request: request, tally: tally))
      }
    }
    let connecting = (0..<clients).map { _ in bootstrap.connect(host: "127.0.0.1", port: port) }
    var channels: [any Channel] = []
    for connection in connecting { channels.append(try await connection.get()) }
    let clock = ContinuousClock()
    try await clock.sleep(for: warmUp)
    let (before, computed, start) = (tally.answers, try server.computed(), clock.now)
    try await clock.sleep(for: length)
    let (answers, spent) = (Double(tally.answers - before), try server.computed() - computed)
    let load = Load(rate: answers / (clock.now - start).seconds, cost: spent.seconds * 1e6 / max(answers, 1))
    tally.stop()
    for channel in channels { try await channel.closeFuture.get() }
    try await group.shutdownGracefully()
    if let failure = tally.failure { throw failure }
    return load
  }
}

/// What the clients of one loop count together.
private final class Tally: Sendable {
  private struct Counts {
    var answers = 0
    var stopped = false
    var failure: Failure?
  }
  private let counts = Mutex(Counts())

  var answers: Int { counts.withLock { $0.answers } }
  var failure: Failure? { counts.withLock { $0.failure } }

  func stop() { counts.withLock { $0.stopped = true } }

  func fail(_ reason: String) {
    counts.withLock { $0.failure = $0.failure ?? Failure(reason) }
  }

  /// Whether to go on.
  func answer() -> Bool {
    counts.withLock { counts in
      counts.answers += 1
      return !counts.stopped
    }
  }
}

/// One connection. Reads answers that tell their length, as every answer here does.
private final class LoopingClient: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let request: ByteBuffer
  private let tally: Tally
  private var answer = ByteBuffer()

  init(request: ByteBuffer, tally: Tally) {
    self.request = request
    self.tally = tally
  }

  func channelActive(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(request), promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var part = unwrapInboundIn(data)
    answer.writeBuffer(&part)
    guard let (status, size) = Self.whole(answer.readableBytesView) else { return }
    if status != 200 {
      tally.fail("An answer was \(status), not 200: \(String(buffer: answer).suffix(600))")
    }
    if size != answer.readableBytes { tally.fail("There was more than one answer to a request.") }
    answer.clear()
    if tally.answer(), status == 200 {
      context.writeAndFlush(wrapOutboundOut(request), promise: nil)
    } else {
      context.close(promise: nil)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    tally.fail("A connection failed: \(error)")
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if answer.readableBytes > 0 { tally.fail("A connection ended in the middle of an answer.") }
  }

  private static let headEnd = Array("\r\n\r\n".utf8)
  private static let contentLength = Array("\ncontent-length:".utf8)

  /// The status and the size of an answer, once all of it is here.
  private static func whole(_ bytes: ByteBufferView) -> (status: Int, size: Int)? {
    guard let body = bytes.index(after: headEnd) else { return nil }
    let head = bytes[..<body]
    let status = Int(String(decoding: head.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0
    var length = 0
    if let field = head.index(after: contentLength) {
      let value = head[field...].drop { $0 == 0x20 }.prefix { (0x30...0x39).contains($0) }
      length = Int(String(decoding: value, as: UTF8.self)) ?? 0
    }
    let size = body - bytes.startIndex + length
    return bytes.count >= size ? (status, size) : nil
  }
}

extension ByteBufferView {
  /// Where the bytes after `pattern`, which is in lower case, begin; messages' case aside.
  fileprivate func index(after pattern: [UInt8]) -> Index? {
    guard count >= pattern.count else { return nil }
    for start in startIndex...(endIndex - pattern.count) {
      var offset = 0
      while offset < pattern.count, Self.folded(self[start + offset]) == pattern[offset] { offset += 1 }
      if offset == pattern.count { return start + offset }
    }
    return nil
  }

  private static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
}
