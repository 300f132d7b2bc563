import Core
import Listening
import NIOCore
import NIOHTTP1

/// Keeps one connection to the limits: a small shell around `ConnectionTiming`, told by the two handlers below
/// what happens. Used on the connection's event loop only.
final class ConnectionGuard {
  private let limits: ServerLimits
  private let gate: ConnectionGate
  private let id: ConnectionGate.ID
  private let channel: any Channel
  private(set) var timing: ConnectionTiming
  private var isAdmitted = false
  private var alarm: (deadline: NIODeadline, task: Scheduled<Void>)?

  init(channel: any Channel, limits: ServerLimits, gate: ConnectionGate) {
    self.channel = channel
    self.limits = limits
    self.gate = gate
    id = ObjectIdentifier(channel)
    timing = ConnectionTiming(limits: limits, at: channel.eventLoop.now)
  }

  func opened() {
    guard !isAdmitted else { return }
    let channel = channel
    isAdmitted = gate.enter(id, from: IPAddress(channel.remoteAddress)) { channel.close(promise: nil) }
    if isAdmitted { update { _, _ in } } else { close() }
  }

  func closed() {
    if isAdmitted { gate.leave(id) }
    isAdmitted = false
    alarm?.task.cancel()
    alarm = nil
  }

  func asked() { update { $0.asked(at: $1) } }
  func head() { update { timing, _ in timing.head() } }
  func end() { update { $0.end(at: $1) } }
  func answered() { update { $0.answered(at: $1) } }
  func finished() { update { $0.finished(at: $1) } }

  func sending(_ count: Int) { update { $0.sending(count, at: $1) } }
  func sent(_ count: Int) { update { $0.sent(count, at: $1) } }

  func received(_ count: Int) {
    var goesOn = true
    update { goesOn = $0.received(count, at: $1) }
    if !goesOn { close() }
  }

  func close() { channel.close(promise: nil) }

  private func update(_ change: (inout ConnectionTiming, NIODeadline) -> Void) {
    let wasIdle = timing.idleSince != nil
    change(&timing, channel.eventLoop.now)
    guard isAdmitted else { return }
    switch (wasIdle, timing.idleSince != nil) {
    case (true, false): gate.work(id)
    case (false, true): gate.wait(id)
    default: break
    }
    watch()
  }

  /// Sees to it that an alarm goes off at the deadline. One that goes off earlier looks again then: so most
  /// requests cost no change of the loop's timers.
  private func watch() {
    guard isAdmitted, let deadline = timing.deadline else { return }
    if let alarm {
      guard deadline < alarm.deadline else { return }
      alarm.task.cancel()
    }
    let task = channel.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { [weak self] in
      guard let self else { return }
      alarm = nil
      if let deadline = timing.deadline, deadline <= channel.eventLoop.now { close() } else { watch() }
    }
    alarm = (deadline, task)
  }
}

/// At the socket: reports when bytes are requested, when they arrive and when they leave.
final class BytesHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer
  typealias OutboundIn = IOData
  typealias OutboundOut = IOData

  private let connection: ConnectionGuard

  init(_ connection: ConnectionGuard) {
    self.connection = connection
  }

  func handlerAdded(context: ChannelHandlerContext) {
    if context.channel.isActive { connection.opened() }
  }

  func handlerRemoved(context: ChannelHandlerContext) { connection.closed() }

  func channelActive(context: ChannelHandlerContext) {
    connection.opened()
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    connection.closed()
    context.fireChannelInactive()
  }

  func read(context: ChannelHandlerContext) {
    connection.asked()
    context.read()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    connection.received(unwrapInboundIn(data).readableBytes)
    // After our last word there is nothing to parse.
    if connection.timing.isClosing { return }
    context.fireChannelRead(data)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // The handlers above do not request discarded bytes.
    if connection.timing.isDraining { context.read() }
    context.fireChannelReadComplete()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let count = unwrapOutboundIn(data).readableBytes
    let promise = promise ?? context.eventLoop.makePromise()
    connection.sending(count)
    promise.futureResult.assumeIsolated().whenComplete { [connection] _ in connection.sent(count) }
    context.write(data, promise: promise)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event as? ChannelEvent == .inputClosed, connection.timing.isClosing { connection.close() }
    context.fireUserInboundEventTriggered(event)
  }
}

/// Between HTTP's parser and the server: tells where requests and answers begin and end, refuses a header that
/// proxies could read in two ways, and throws away what is left of a body once its request is answered.
final class PartsHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias InboundOut = HTTPServerRequestPart
  typealias OutboundIn = HTTPServerResponsePart
  typealias OutboundOut = HTTPServerResponsePart

  private let connection: ConnectionGuard
  private var isPoisoned = false

  init(_ connection: ConnectionGuard) {
    self.connection = connection
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !isPoisoned else { return }
    switch unwrapInboundIn(data) {
    case .head(var head):
      guard Self.isSound(head) else {
        context.fireErrorCaught(HTTPParserError.invalidHeaderToken)
        isPoisoned = true
        return
      }
      // The server knows but one spelling, and not that HTTP/1.0 closes unless it is asked not to.
      if !head.isKeepAlive { head.headers.replaceOrAdd(name: "connection", value: "close") }
      // While an earlier request is being answered, this may not come in between; the client then sends its body
      // without waiting for ever (RFC 9110 section 10.1.1).
      if Self.expectsContinue(head), connection.timing.idleSince != nil {
        let goOn = HTTPResponseHead(version: head.version, status: .continue)
        context.writeAndFlush(wrapOutboundOut(.head(goOn)), promise: nil)
      }
      connection.head()
      context.fireChannelRead(wrapInboundOut(.head(head)))
    case .body:
      if !connection.timing.isDraining { context.fireChannelRead(data) }
    case .end:
      connection.end()
      context.fireChannelRead(data)
    }
  }

  private static func expectsContinue(_ head: HTTPRequestHead) -> Bool {
    head.version == .http1_1
      && head.headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    isPoisoned = true
    context.fireErrorCaught(error)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let isEnd = if case .end = unwrapOutboundIn(data) { true } else { false }
    context.write(data, promise: promise)
    guard isEnd else { return }
    connection.answered()
    if connection.timing.isDraining { context.read() }
  }

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    context.close(mode: mode, promise: promise)
    guard case .output = mode else { return }
    connection.finished()
    context.read()
  }

  /// HTTP/1.1 has exactly one Host, and HTTP/1.0 at most one (RFC 9112 section 3.2); the method and the target are
  /// what the router can read.
  private static func isSound(_ head: HTTPRequestHead) -> Bool {
    let hosts = head.headers["host"].count
    guard hosts == 1 || hosts == 0 && head.version == .http1_0 else { return false }
    return head.uri.hasPrefix("/") || head.uri == "*" || head.uri.lowercased().hasPrefix("http")
  }
}
