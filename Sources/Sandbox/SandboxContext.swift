package import Hummingbird
import NIOCore

/// What a handler knows besides the request itself: the connection, and the origin that the client addressed.
package struct SandboxContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// `http://localhost:4000`: the listener's scheme and the request's `Host`. Every URL in an answer starts
  /// with it.
  package var origin: String
  private let channel: any Channel

  package init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    origin = "http://localhost"
    channel = source.channel
  }

  /// Closes the connection, so that the client gets no answer. Changes made before stay.
  package func dropConnection() async throws -> Never {
    try? await channel.close(mode: .all)
    throw ConnectionDropped()
  }
}

/// Travels from the handler that dropped the connection through the middlewares; it gets no reply.
package struct ConnectionDropped: Error {}
