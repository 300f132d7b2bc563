import HTTPTypes
import Hummingbird

/// `/{tenant}/v2.0/adminconsent` and `/{tenant}/adminconsent`: an administrator consents for everyone in a
/// tenant (Microsoft Learn, "Admin consent on the Microsoft identity platform").
struct AdminConsentRoutes: Sendable {
  private static let ownFields: Set<String> = ["username", "decision"]

  let state: SandboxState

  func add(to router: Router<SandboxContext>) {
    for (path, isFirst) in [("/v2.0/adminconsent", false), ("/adminconsent", true)] {
      router.get(RouterPath("/{tenant}" + path)) { request, context in
        try await state.answerPage(context) {
          answer(try FormFields(query: request), SignInInput(), path, isFirst: isFirst, context)
        }
      }
      router.post(RouterPath("/{tenant}" + path)) { request, context in
        try await state.answerPage(context) {
          let form = try await FormFields(body: request)
          let input = SignInInput(
            username: form["username"], decision: form["decision"].flatMap(SignInInput.Decision.init))
          return answer(form, input, path, isFirst: isFirst, context)
        }
      }
    }
  }

  private func answer(
    _ fields: FormFields, _ input: SignInInput, _ path: String, isFirst: Bool, _ context: SandboxContext
  ) -> Response {
    var fields = fields
    fields.fields.removeAll { Self.ownFields.contains($0.name) }
    let action = "\(context.origin)/\(context.tenantSegment)\(path)"
    do throws(EntraError) {
      let request = try AdminConsentRequest(
        fields, segment: context.tenantSegment, isFirst: isFirst, directory: state.directory)
      guard input.decision != .cancel else { return declined(request, context.origin) }
      guard let username = input.username else {
        return EntraPages.accountPicker(
          app: request.app, users: request.candidates(in: state.directory), action: action, fields: fields)
      }
      let user = try administrator(username, for: request)
      guard input.decision == .accept else {
        return EntraPages.consent(
          app: request.app, user: user, permissions: request.listed, action: action, fields: fields,
          forEverybody: true)
      }
      return granted(request, by: user)
    } catch {
      return state.page(for: error, origin: context.origin)
    }
  }

  private func administrator(
    _ name: String, for request: AdminConsentRequest
  ) throws(EntraError) -> SandboxDirectory.User {
    guard let user = state.directory.user(name) else {
      throw EntraError(50034, "The user account '\(name)' does not exist in the directory.")
    }
    try request.segment.check(user, for: request.app)
    try state.policies { $0.policy(for: user) }.checkSignIn()
    guard user.isAdministrator else {
      throw EntraError(
        90094,
        "\(request.app.displayName) needs permission to access resources in your organization that only an"
          + " admin can grant. Please ask an admin to grant permission to this app before you can use it.")
    }
    return user
  }

  private func granted(_ request: AdminConsentRequest, by user: SandboxDirectory.User) -> Response {
    state.grants { book in
      book.consent(grantor: user.tenantId, clientID: request.app.clientId, scopes: request.permissions)
      book.allow(request.roles, tenantID: user.tenantId, clientID: request.app.clientId)
    }
    var answer = FormFields([("admin_consent", "True"), ("tenant", user.tenantId)])
    if let state = request.reply.state { answer.fields.append(("state", state)) }
    if !request.isFirst {
      answer.fields.append(("scope", request.permissions.sorted().joined(separator: " ")))
    }
    return redirect(request, answer)
  }

  private func declined(_ request: AdminConsentRequest, _ origin: String) -> Response {
    let error = EntraError(65004, "The resource owner or authorization server denied the request.")
    let report = EntraErrorReport(error, origin: origin, now: state.clock.now, correlationID: nil)
    var answer = FormFields([
      ("error", request.isFirst ? "permission_denied" : "consent_required"),
      ("error_description", request.isFirst ? "The admin canceled the request" : report.errorDescription),
      ("admin_consent", "True"),
    ])
    if let tenant = request.segment.tenant { answer.fields.append(("tenant", tenant.id)) }
    if let state = request.reply.state { answer.fields.append(("state", state)) }
    return redirect(request, answer)
  }

  private func redirect(_ request: AdminConsentRequest, _ answer: FormFields) -> Response {
    var headers = HTTPFields.neverStored
    headers[.location] = request.reply.location(answer)
    return Response(status: .found, headers: headers)
  }
}

/// What an administrator is asked to grant, checked. Every refusal is a page.
struct AdminConsentRequest: Sendable {
  let app: SandboxDirectory.App
  let segment: TenantSegment
  let reply: ReplyAddress
  /// The older of the two endpoints, which asks for all that the registration declares.
  let isFirst: Bool
  /// Delegated permissions in full spelling.
  let permissions: Set<String>
  let roles: [String]

  init(
    _ fields: FormFields, segment name: String, isFirst: Bool, directory: SandboxDirectory
  ) throws(EntraError) {
    self.isFirst = isFirst
    segment = try TenantSegment(name, in: directory)
    guard segment != .consumers, isFirst || segment != .common else {
      throw EntraError(90023, "The tenant '\(name)' has no administrators; name one, or 'organizations'.")
    }
    app = try directory.knownApp(fields["client_id"], tenant: name)
    try segment.check(app)
    reply = try ReplyAddress(fields, for: app)
    if isFirst {
      permissions = app.allDeclared
      roles = app.applicationRoles
    } else {
      guard let text = fields["scope"] else { throw .missing("scope") }
      let scope = try ScopeRequest(text)
      permissions = SignInRequest(app: app, segment: segment, scope: scope).permissions
      let defaults = scope.resources.filter(\.isDefault).map(\.resource)
      roles = app.applicationRoles.filter { role in defaults.contains { $0.hasRole(role) } }
    }
  }

  /// What the page lists.
  var listed: [String] { permissions.sorted() + roles.map { $0 + " (as itself, for every account)" } }

  /// Administrators first.
  func candidates(in directory: SandboxDirectory) -> [SandboxDirectory.User] {
    let allowed = directory.users.filter { user in
      !user.isBulk && user.kind == .work && (try? segment.check(user, for: app)) != nil
    }
    return allowed.filter(\.isAdministrator) + allowed.filter { !$0.isAdministrator }
  }
}

extension SandboxDirectory.App {
  /// Every delegated permission of its registration, in full spelling.
  var allDeclared: Set<String> {
    Set([Resource.graph, .exchange].flatMap { resource in declared(at: resource).map(resource.fullName) })
  }
}
