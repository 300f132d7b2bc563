import Core
import Listening
import NIOCore
import NIOSSL
import SMTP

/// On the event loop between the socket and a `Conversation`: feeds a `ServerSession` and hands out its events, one at
/// a time.
///
/// It reads from the socket only when the session needs more. So no command that was sent in the clear waits anywhere
/// when TLS begins, and a client that sends faster than its message is stored is slowed down.
final class SessionHandler: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ServerSession.Event
  typealias OutboundIn = ServerSession.Answer
  typealias OutboundOut = ByteBuffer

  /// Tells the handler that the gateway stops.
  struct Stop: Sendable {}

  private var session: ServerSession
  private var timing: SessionTiming
  private let gate: ConnectionGate
  private let tls: CertificateStore
  private let needsAuthentication: Bool
  private let id: ConnectionGate.ID
  private var alarm: (deadline: NIODeadline, task: Scheduled<Void>)?
  private var hasPlace = false
  private var isIdle = true
  private var wantsRead = false
  private var isStopping = false
  private var unsent = 0

  init(
    _ configuration: ServerSession.Configuration, limits: SubmissionLimits, gate: ConnectionGate,
    tls: CertificateStore, channel: any Channel
  ) {
    session = ServerSession(configuration)
    timing = SessionTiming(limits: limits, at: channel.eventLoop.now)
    needsAuthentication = configuration.needsAuthentication
    timing.isAdmitted = !configuration.needsAuthentication
    self.gate = gate
    self.tls = tls
    id = ObjectIdentifier(channel)
  }

  func channelActive(context: ChannelHandlerContext) {
    context.fireChannelActive()
    let channel = context.channel
    hasPlace = gate.enter(id, from: IPAddress(channel.remoteAddress)) { channel.close(promise: nil) }
    if !hasPlace { session.close(SMTPReply(421, "4.3.2", "Too many connections; try again later")) }
    pump(context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if hasPlace { gate.leave(id) }
    hasPlace = false
    alarm?.task.cancel()
    alarm = nil
    context.fireChannelInactive()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let buffer = unwrapInboundIn(data)
    guard timing.received(buffer.readableBytes, at: context.eventLoop.now) else {
      return context.close(promise: nil)
    }
    session.receive(Array(buffer.readableBytesView))
    pump(context)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    // The events are told as they come.
  }

  func read(context: ChannelHandlerContext) {
    wantsRead = true
    readIfNeeded(context)
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    readIfNeeded(context)
    context.fireChannelWritabilityChanged()
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    session.answer(unwrapOutboundIn(data))
    promise?.succeed()
    pump(context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if event is Stop {
      isStopping = true
      timing.stops(at: context.eventLoop.now)
      pump(context)
    } else {
      context.fireUserInboundEventTriggered(event)
    }
  }

  /// A handshake that fails, a connection that breaks off.
  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  /// Takes the session as far as it goes.
  private func pump(_ context: ChannelHandlerContext) {
    if isStopping, session.isWaiting, !session.isReceiving {
      session.close(SMTPReply(421, "4.3.2", "The server is shutting down"))
    }
    while true {
      switch session.next() {
      case nil:
        flush(context)
        attend(context)
        return readIfNeeded(context)
      case .startTLS:
        flush(context)
        startTLS(context)
      case .close:
        flush(context, thenClose: true)
        return attend(context)
      case .some(let event):
        if event.mayTakeTime { flush(context) }
        attend(context)
        context.fireChannelRead(wrapInboundOut(event))
        return context.fireChannelReadComplete()
      }
    }
  }

  private func readIfNeeded(_ context: ChannelHandlerContext) {
    // A client that does not read its replies is not heard either.
    guard wantsRead, session.isWaiting, context.channel.isWritable else { return }
    wantsRead = false
    context.read()
  }

  /// The bytes after STARTTLS have been read by nobody but the session, which has dropped them. Those that the kernel
  /// still has, go to TLS, to which they are garbage.
  private func startTLS(_ context: ChannelHandlerContext) {
    do {
      let handler = NIOSSLServerHandler(context: try tls.context())
      try context.pipeline.syncOperations.addHandler(handler, position: .first)
      session.startedTLS()
    } catch {
      context.close(promise: nil)
    }
  }

  private func flush(_ context: ChannelHandlerContext, thenClose: Bool = false) {
    let output = session.takeOutput()
    guard !output.isEmpty else {
      if thenClose { context.close(promise: nil) }
      return
    }
    unsent += output.count
    timing.sending(at: context.eventLoop.now)
    let promise = context.eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    promise.futureResult.whenComplete { _ in
      let (handler, context) = bound.value
      handler.unsent -= output.count
      if handler.unsent == 0 { handler.timing.sent() }
      if thenClose { context.close(promise: nil) } else { handler.watch(context) }
    }
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: output)), promise: promise)
  }

  /// Notes what is waited for now.
  private func attend(_ context: ChannelHandlerContext) {
    timing.isAdmitted = !needsAuthentication || session.isAuthenticated
    let isIdle = session.isWaiting && !session.isReceiving
    timing.waits(
      for: !session.isWaiting ? .nothing : session.isReceiving ? .content : .command,
      at: context.eventLoop.now)
    if hasPlace, isIdle != self.isIdle { if isIdle { gate.wait(id) } else { gate.work(id) } }
    self.isIdle = isIdle
    watch(context)
  }

  /// Sees to it that an alarm goes off at the deadline. One that goes off earlier looks again then.
  private func watch(_ context: ChannelHandlerContext) {
    let deadline = timing.deadline
    guard context.channel.isActive, deadline < .distantFuture else { return }
    if let alarm {
      guard deadline < alarm.deadline else { return }
      alarm.task.cancel()
    }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let task = context.eventLoop.scheduleTask(deadline: deadline) {
      let (handler, context) = bound.value
      handler.alarm = nil
      if handler.timing.deadline <= context.eventLoop.now {
        handler.timeOut(context)
      } else {
        handler.watch(context)
      }
    }
    alarm = (deadline, task)
  }

  private func timeOut(_ context: ChannelHandlerContext) {
    guard unsent == 0, session.isWaiting else { return context.close(promise: nil) }
    session.close(SMTPReply(421, "4.4.2", "The connection was idle for too long; closing it"))
    pump(context)
    // A client that does not even take this.
    timing.stops(at: context.eventLoop.now)
    watch(context)
  }
}

extension ServerSession.Event {
  /// Whether the client should see the replies so far before this is answered.
  fileprivate var mayTakeTime: Bool {
    switch self {
    case .authenticate, .end: true
    default: false
    }
  }
}
