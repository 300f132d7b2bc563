import Access
import Accounts
import Core
package import Hummingbird
import Logging
import NIOCore

/// What is known about a request while it is answered.
package struct WebContext: RequestContext {
  package var coreContext: CoreRequestContextStorage
  /// Set by `BearerAuthentication`; `nil` on the public pages.
  var principal: Principal?

  package init(source: ApplicationRequestContextSource) {
    coreContext = .init(source: source)
  }
}

extension WebContext {
  /// - Throws: `token.missing` on a route that no authentication guards; a fault of ours.
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
