import Core
import Foundation
import HTTPTypes
import Hummingbird

extension SandboxState {
  func addConsentRoutes(to router: Router<SandboxContext>) {
    router.post("/sandbox/consents") { request, context in
      try self.consent(try await request.decode(as: ConsentRequest.self, context: context))
      return HTTPResponse.Status.noContent
    }
    router.post("/sandbox/device") { request, _ in
      try await self.decideDevice(request)
      return HTTPResponse.Status.noContent
    }
    router.post("/sandbox/revoke") { request, context in
      let request = try await request.decode(as: RevokeRequest.self, context: context)
      let user = try self.directory.knownUser(request.user)
      self.grants { $0.revoke(userID: user.id, at: self.clock.now) }
      return HTTPResponse.Status.noContent
    }
  }

  /// As if that person had pressed Accept.
  private func consent(_ request: ConsentRequest) throws {
    let user = try directory.knownUser(request.user)
    guard let app = directory.app(request.clientId) else {
      throw HTTPError(.badRequest, message: "No app '\(request.clientId)' is in the directory.")
    }
    do throws(EntraError) {
      let scope = try ScopeRequest(request.scopes.joined(separator: " "))
      let names = scope.resources.flatMap { scopes in
        (scopes.isDefault ? app.declared(at: scopes.resource) : scopes.permissions.map(\.name)).map(
          scopes.resource.fullName)
      }
      grants { $0.consent(grantor: user.id, clientID: app.clientId, scopes: Set(names)) }
    } catch {
      throw HTTPError(.badRequest, message: error.text)
    }
  }

  /// As if that person had entered the code and pressed a button.
  private func decideDevice(_ request: Request) async throws {
    var body = try await ControlBody(request)
    let code = try body.string("userCode") ?? ""
    let name = try body.string("user")
    let decision = try body.string("decision").map(SignInInput.Decision.init(control:)) ?? .accept
    try body.finish(known: ["userCode", "user", "decision"])
    guard let grant = grants({ $0.devices.grant(userCode: code, now: clock.now) }),
      let request = signIn(of: grant)
    else { throw HTTPError(.badRequest, message: "No device waits for the code '\(code)'.") }
    guard let decision else {
      throw HTTPError(.badRequest, message: "'decision' has to be accept or decline.")
    }
    guard decision == .accept else { return grants { $0.devices.decide(.declined, userCode: code) } }
    guard let name else { throw HTTPError(.badRequest, message: "'user' is missing.") }
    let input = SignInInput(username: try directory.knownUser(name).id, decision: .accept)
    do throws(SignInRefusal) {
      switch try request.step(input, in: signInWorld(clientID: grant.clientID)) {
      case .finish(let user): accept(request, by: user, userCode: code)
      case .needAdministrator: throw SignInRefusal.page(EntraError(90094))
      case .pickAccount, .askConsent: break
      }
    } catch {
      switch error {
      case .page(let error), .client(let error):
        throw HTTPError(.badRequest, message: "\(error.code): \(error.text)")
      }
    }
  }
}

extension SignInInput.Decision {
  fileprivate init?(control name: String) {
    switch name {
    case "accept": self = .accept
    case "decline": self = .cancel
    default: return nil
    }
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
