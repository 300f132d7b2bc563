import Access
import Accounts
import Core
package import Hummingbird
import Listening
import Logging
import NIOCore

/// What is known about a request while it is answered.
package struct WebContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// Set by `BearerAuthentication`; `nil` on the public pages.
  var principal: Principal?
  /// The other end of the connection; `nil` when it is not a network connection.
  let peerAddress: IPAddress?
  /// The client itself, behind the trusted proxies. Set by `RequestGuard`, as is the next.
  var clientAddress: IPAddress?
  /// What this request's body holds in memory.
  var bodyMemory: BodyMemory?

  package init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
    peerAddress = IPAddress(source.channel.remoteAddress)
  }
}

extension WebContext {
  /// - Throws: `token.missing` on a route that no authentication guards; a bug.
  var caller: Principal {
    get throws {
      guard let principal else { throw Problem.tokenMissing }
      return principal
    }
  }

  /// The one that everything of this request belongs to.
  var workspace: WorkspaceID {
    get throws { try caller.workspace }
  }

  /// - Throws: `token.scope` unless an operator calls.
  func requireOperator() throws {
    guard try caller.isOperator else {
      throw Problem.tokenScope(needed: Principal.everything)
    }
  }
}
