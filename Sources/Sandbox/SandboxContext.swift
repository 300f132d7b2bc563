package import Hummingbird
import NIOCore
import Synchronization

/// What a handler knows besides the request itself: the connection, and the origin that the client addressed.
package struct SandboxContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// `http://localhost:4000`: the listener's scheme and the request's `Host`. Every URL in an answer starts
  /// with it.
  package var origin: String
  private let channel: any Channel
  private let subject = NotedSubject()

  package init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    origin = "http://localhost"
    channel = source.channel
  }

  /// Notes for the request log whom the request is about.
  func note(_ user: SandboxDirectory.User?) {
    guard let user else { return }
    subject.name.withLock { $0 = user.userPrincipalName }
  }

  /// The user principal name of whom the request is about, as far as it is known by now.
  var notedUser: String? { subject.name.withLock { $0 } }

  /// Closes the connection, so that the client gets no answer. Changes made before stay.
  package func dropConnection() async throws -> Never {
    try? await channel.close(mode: .all)
    throw ConnectionDropped()
  }
}

/// Travels from the handler that dropped the connection through the middlewares; it gets no reply.
package struct ConnectionDropped: Error {}

/// What a handler learns and the log shows. Each middleware has its own copy of the context; this is the same in all.
private final class NotedSubject: Sendable {
  let name = Mutex<String?>(nil)
}
