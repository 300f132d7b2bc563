import Core
import HTTPTypes
import Hummingbird

extension SandboxState {
  func addConsentRoutes(to router: Router<SandboxContext>) {
    router.post("/sandbox/consents") { request, _ in
      try await self.consent(request)
      return HTTPResponse.Status.noContent
    }
    router.post("/sandbox/device") { request, _ in
      try await self.decideDevice(request)
      return HTTPResponse.Status.noContent
    }
    router.post("/sandbox/revoke") { request, _ in
      var body = try await ControlBody(request)
      let name = try body.string("user") ?? ""
      try body.finish(known: ["user"])
      let user = try self.directory.knownUser(name)
      self.grants { $0.revoke(userID: user.id, at: self.clock.now) }
      return HTTPResponse.Status.noContent
    }
  }

  /// As if that person had pressed Accept.
  ///
  /// `user` is an object id, user principal name or address; `scopes` are as in an authorize request, of which
  /// OpenID Connect's own need no consent.
  private func consent(_ request: Request) async throws {
    var body = try await ControlBody(request)
    let (name, clientID) = (try body.string("user") ?? "", try body.string("clientId") ?? "")
    let scopes = try body.strings("scopes")
    try body.finish(known: ["user", "clientId", "scopes"])
    let user = try directory.knownUser(name)
    guard let app = directory.app(clientID) else {
      throw HTTPError(.badRequest, message: "There is no app '\(clientID)'.")
    }
    guard let scopes else { throw HTTPError(.badRequest, message: "'scopes' is missing.") }
    do throws(EntraError) {
      let scope = try ScopeRequest(scopes.joined(separator: " "))
      let names = scope.resources.flatMap { part in
        (part.isDefault ? app.declared(at: part.resource) : part.permissions.map(\.name)).map(
          part.resource.fullName)
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
    let decision: DeviceDecision = try body.choice("decision") ?? .accept
    try body.finish(known: ["userCode", "user", "decision"])
    guard let grant = grants({ $0.devices.grant(userCode: code, now: clock.now) }),
      let request = signIn(of: grant)
    else { throw HTTPError(.badRequest, message: "No device is waiting for the code '\(code)'.") }
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

private enum DeviceDecision: String, CaseIterable { case accept, decline }
