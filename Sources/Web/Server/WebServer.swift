package import Core
package import HummingbirdCore
import Listening
package import Logging
package import NIOCore
import NIOHTTP1

/// The listening side of HTTP: Hummingbird's server, kept to `ServerLimits`.
package struct WebServer: Sendable {
  private let limits: ServerLimits
  private let gate: ConnectionGate
  private let logger: Logger

  /// - Parameter trustedProxies: They may open any number of connections.
  package init(limits: ServerLimits, trustedProxies: [CIDR], logger: Logger) {
    self.limits = limits
    self.logger = logger
    gate = ConnectionGate(
      most: limits.connections, perAddress: limits.connectionsPerAddress, exempt: trustedProxies,
      logger: logger)
  }

  /// What `Application` makes its server with.
  package var builder: HTTPServerBuilder {
    HTTPServerBuilder { responder in
      GuardedChannel(inner: HTTP1Channel(responder: responder), limits: limits, gate: gate)
    }
  }

  /// To be called with the listening socket once it is there.
  package func attach(to listener: any Channel) async {
    let (gate, logger) = (gate, logger)
    // It fails only when the socket has been closed already.
    try? await listener.eventLoop.submit {
      try listener.pipeline.syncOperations.addHandler(
        AcceptHandler(gate: gate, logger: logger), position: .first)
    }.get()
  }
}

/// An HTTP/1.1 connection with our handlers in its pipeline.
private struct GuardedChannel: ServerChildChannel {
  typealias Value = HTTP1Channel.Value

  let inner: HTTP1Channel
  let limits: ServerLimits
  let gate: ConnectionGate

  func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
    inner.setup(channel: channel, logger: logger).flatMapThrowing { value in
      let pipeline = channel.pipeline.syncOperations
      let connection = ConnectionGuard(channel: channel, limits: limits, gate: gate)
      let parser = try pipeline.handler(type: ByteToMessageHandler<HTTPRequestDecoder>.self)
      try pipeline.addHandler(PartsHandler(connection), position: .after(parser))
      try pipeline.addHandler(BytesHandler(connection), position: .first)
      return value
    }
  }

  func handle(value: Value, logger: Logger) async {
    await inner.handle(value: value, logger: logger)
  }
}
