import Core
import Foundation
import HTTPTypes
import Hummingbird

extension SandboxState {
  func addConsentRoutes(to router: Router<SandboxContext>) {
    router.get("/sandbox/directory") { _, _ in try Response.json(self.directory) }
    router.post("/sandbox/consents") { request, context in
      try self.consent(try await request.decode(as: ConsentRequest.self, context: context))
      return HTTPResponse.Status.noContent
    }
    router.post("/sandbox/revoke") { request, context in
      let request = try await request.decode(as: RevokeRequest.self, context: context)
      let user = try self.knownUser(request.user)
      self.grants { $0.revoke(userID: user.id, at: self.clock.now) }
      return HTTPResponse.Status.noContent
    }
  }

  /// As if that person had pressed Accept.
  private func consent(_ request: ConsentRequest) throws {
    let user = try knownUser(request.user)
    guard let app = directory.app(request.clientId) else {
      throw HTTPError(.badRequest, message: "No app '\(request.clientId)' is in the directory.")
    }
    do throws(EntraError) {
      let scope = try ScopeRequest(request.scopes.joined(separator: " "))
      let names = scope.resources.flatMap { scopes in
        (scopes.isDefault ? app.permissionNames : scopes.permissions.map(\.name)).map(
          scopes.resource.fullName)
      }
      grants { $0.consent(userID: user.id, clientID: app.clientId, scopes: Set(names)) }
    } catch {
      throw HTTPError(.badRequest, message: error.text)
    }
  }

  private func knownUser(_ name: String) throws -> SandboxDirectory.User {
    guard let user = directory.user(name) else {
      throw HTTPError(.badRequest, message: "No user '\(name)' is in the directory.")
    }
    return user
  }
}

/// `POST /sandbox/consents`
private struct ConsentRequest: Decodable, Sendable {
  /// Object id, user principal name or address.
  var user: String
  var clientId: String
  /// As in an authorize request; OpenID Connect's own need no consent.
  var scopes: [String]
}

/// `POST /sandbox/revoke`
private struct RevokeRequest: Decodable, Sendable {
  var user: String
}
