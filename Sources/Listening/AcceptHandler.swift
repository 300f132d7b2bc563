import Foundation
package import Logging
package import NIOCore

/// On the listening socket: a connection that cannot be accepted, because there is no descriptor or no memory for
/// it, neither ends the server nor keeps it spinning. Accepting pauses, longer each time.
package final class AcceptHandler: ChannelInboundHandler {
  package typealias InboundIn = any Channel
  package typealias InboundOut = any Channel

  package static let shortestPause: TimeAmount = .milliseconds(50)
  package static let longestPause: TimeAmount = .seconds(1)

  private let gate: ConnectionGate
  private let logger: Logger
  /// The next pause; `nil` while all is well.
  private var pause: TimeAmount?
  private var isPaused = false

  package init(gate: ConnectionGate, logger: Logger) {
    self.gate = gate
    self.logger = logger
  }

  package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    if !isPaused { pause = nil }
    context.fireChannelRead(data)
  }

  package func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? IOError, Self.passing.contains(error.errnoCode) else {
      context.fireErrorCaught(error)
      return
    }
    // The client has gone already.
    if error.errnoCode == ECONNABORTED { return context.read() }
    gate.makeRoom()
    guard !isPaused else { return }
    if pause == nil {
      logger.error("Connections cannot be accepted.", metadata: ["error": "\(error)"])
    }
    let length = pause ?? Self.shortestPause
    pause = min(length * 2, Self.longestPause)
    isPaused = true
    let channel = context.channel
    // Without this the socket, which stays readable, would be tried again immediately.
    channel.setOption(.autoRead, value: false).whenComplete { _ in }
    context.eventLoop.assumeIsolated().scheduleTask(in: length) { [self] in
      isPaused = false
      channel.setOption(.autoRead, value: true).whenComplete { _ in }
    }
  }

  private static let passing: Set<CInt> = [ECONNABORTED, EMFILE, ENFILE, ENOBUFS, ENOMEM]
}
