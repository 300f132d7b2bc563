import Core
import Foundation
import Hummingbird
import JSON

/// The device authorization grant (RFC 8628): its first request, and the page on which a person enters the
/// code. The polls go to the token endpoint.
struct DeviceRoutes: Sendable {
  /// The fields that our own forms add.
  private static let ownFields: Set<String> = ["otc", "username", "decision"]
  private static let pagePath = "/common/oauth2/deviceauth"

  let state: SandboxState

  func add(to router: Router<SandboxContext>) {
    // Some programs ask by GET, with the query of a sign-in.
    router.get("/{tenant}/oauth2/v2.0/devicecode") { request, context in
      try await state.answerEntra(request, context) { try begin(try FormFields(query: request), context) }
    }
    router.post("/{tenant}/oauth2/v2.0/devicecode") { request, context in
      try await state.answerEntra(request, context) {
        try begin(try await FormFields(body: request), context)
      }
    }
    router.get("/{tenant}/oauth2/deviceauth") { _, context in
      EntraPages.deviceCode(action: context.origin + Self.pagePath, fields: FormFields())
    }
    router.post("/{tenant}/oauth2/deviceauth") { request, context in
      try await state.answerPage(context) { page(try await FormFields(body: request), context) }
    }
  }

  private func begin(_ form: FormFields, _ context: SandboxContext) throws -> Response {
    let directory = state.directory
    let segment = try TenantSegment(context.tenantSegment, in: directory)
    let app = try directory.knownApp(form["client_id"], tenant: context.tenantSegment)
    try segment.check(app)
    guard let scope = form["scope"] else { throw EntraError.missing("scope") }
    let grant = DeviceGrant(
      clientID: app.clientId, segment: context.tenantSegment.lowercased(), scope: try ScopeRequest(scope),
      userCode: DeviceBook.newUserCode(), expiresAt: state.clock.now + DeviceBook.lifetime)
    let code = state.grants { $0.devices.issue(grant) }
    let place = context.origin + Self.pagePath
    // RFC 8628 section 3.2; Microsoft has no `verification_uri_complete`.
    return .json(
      [
        "user_code": .string(grant.userCode), "device_code": .string(code),
        "verification_uri": .string(place),
        "expires_in": JSONValue(DeviceBook.lifetime.components.seconds),
        "interval": JSONValue(max(1, state.settings.deviceInterval)),
        "message": .string(
          "To sign in, use a web browser to open the page \(place) and enter the code \(grant.userCode) to"
            + " authenticate."),
      ], headers: .neverStored)
  }

  private func page(_ form: FormFields, _ context: SandboxContext) -> Response {
    let action = context.origin + Self.pagePath
    let code = (form["otc"] ?? "").trimmingCharacters(in: .whitespaces)
    guard let grant = state.grants({ $0.devices.grant(userCode: code, now: state.clock.now) }),
      let request = state.signIn(of: grant)
    else {
      return EntraPages.deviceCode(
        action: action, fields: FormFields(),
        problem: "That code did not work. Check the code and try again.")
    }
    let input = SignInInput(
      username: form["username"], decision: form["decision"].flatMap(SignInInput.Decision.init))
    var fields = form
    fields.fields.removeAll { Self.ownFields.contains($0.name) }
    fields.fields.append(("otc", grant.userCode))
    do throws(SignInRefusal) {
      let step = try request.step(input, in: state.signInWorld(clientID: request.app.clientId))
      return show(step, of: request, code: grant.userCode, action: action, fields: fields)
    } catch {
      switch error {
      case .page(let error): return state.page(for: error, origin: context.origin)
      case .client: return declined(request, code: grant.userCode)
      }
    }
  }

  private func show(
    _ step: SignInStep, of request: SignInRequest, code: String, action: String, fields: FormFields
  ) -> Response {
    switch step {
    case .pickAccount:
      return EntraPages.accountPicker(
        app: request.app, users: request.candidates(in: state.directory), action: action, fields: fields)
    case .askConsent(let user):
      return EntraPages.consent(
        app: request.app, user: user, permissions: request.listed, action: action, fields: fields)
    case .needAdministrator(let user):
      return EntraPages.needAdministrator(app: request.app, user: user, action: action, fields: fields)
    case .finish(let user):
      state.accept(request, by: user, userCode: code)
      return EntraPages.notice(
        title: "You are signed in",
        text: "You have signed in to \(request.app.displayName) on your device. You may close this page.")
    }
  }

  private func declined(_ request: SignInRequest, code: String) -> Response {
    state.grants { $0.devices.decide(.declined, userCode: code) }
    return EntraPages.notice(
      title: "You declined", text: "\(request.app.displayName) was not given access. You may close this page."
    )
  }
}

extension SandboxState {
  /// The sign-in for which a device asked. `nil` when its app or tenant is gone.
  func signIn(of grant: DeviceGrant) -> SignInRequest? {
    guard let app = directory.app(grant.clientID),
      let segment = try? TenantSegment(grant.segment, in: directory)
    else { return nil }
    return SignInRequest(app: app, segment: segment, scope: grant.scope)
  }

  func accept(_ request: SignInRequest, by user: SandboxDirectory.User, userCode: String) {
    grants { book in
      book.consent(grantor: user.id, clientID: request.app.clientId, scopes: request.permissions)
      book.devices.decide(.accepted(userID: user.id), userCode: userCode)
    }
  }
}
