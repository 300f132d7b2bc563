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

/// Who calls, as their API token says.
struct Principal: Sendable {
  let workspace: WorkspaceID
  let scopes: Set<String>

  func has(_ scope: String) -> Bool { scopes.contains("*") || scopes.contains(scope) }
}

extension WebContext {
  /// - Throws: `token.missing` on a route that no authentication guards; a fault of ours.
  var workspace: WorkspaceID {
    get throws {
      guard let principal else { throw RequestProblem.tokenMissing }
      return principal.workspace
    }
  }
}
