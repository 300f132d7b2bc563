/// Who may sign in to what, and what is asked of them: shared by the authorize endpoint and the page for
/// device codes.
struct SignInRequest: Sendable {
  enum Prompt: String, Sendable {
    case none, login, consent
    case selectAccount = "select_account"
  }

  let app: SandboxDirectory.App
  let segment: TenantSegment
  let scope: ScopeRequest
  var prompt: Prompt?
  var loginHint: String?
}

/// What comes next.
enum SignInStep: Sendable, Equatable {
  case pickAccount
  case askConsent(SandboxDirectory.User)
  /// The person may not consent to this (Microsoft Learn, "Need admin approval").
  case needAdministrator(SandboxDirectory.User)
  case finish(SandboxDirectory.User)
}

/// What the person did on our pages.
struct SignInInput: Sendable {
  enum Decision: String, Sendable { case accept, cancel }

  var username: String?
  var decision: Decision?
  /// Whom the browser's cookie names.
  var session: String?
}

/// The state of a sign-in in progress.
struct SignInWorld: Sendable {
  var directory: SandboxDirectory
  var policies: PolicyBook
  /// What the person, or an administrator for everyone, has granted this client, in full spelling.
  var consented: @Sendable (SandboxDirectory.User) -> Set<String>
}

/// Why a sign-in goes no further.
enum SignInRefusal: Error, Equatable {
  /// The error is shown to the person at the browser.
  case page(EntraError)
  case client(EntraError)
}

extension SignInRequest {
  func step(_ input: SignInInput, in world: SignInWorld) throws(SignInRefusal) -> SignInStep {
    guard prompt != Prompt.none else { return try silently(world) }
    guard input.decision != .cancel else { throw .client(EntraError(65004)) }
    guard let username = input.username ?? passing(input, world.directory) else { return .pickAccount }
    guard let user = world.directory.user(username) else {
      throw .page(EntraError(50034, "The user account '\(username)' does not exist in the directory."))
    }
    do throws(EntraError) {
      try segment.check(user, for: app)
      try app.checkEnabled(in: user.tenantId)
      try world.policies.policy(for: user).checkSignIn()
    } catch {
      throw .page(error)
    }
    guard scope.resources.isEmpty || !permissions.isEmpty else { throw .client(undeclared) }
    let missing = permissions.subtracting(world.consented(user))
    if missing.isEmpty, prompt != .consent { return .finish(user) }
    guard world.directory.mayConsent(user, to: missing) else { return .needAdministrator(user) }
    return input.decision == .accept ? .finish(user) : .askConsent(user)
  }

  /// Permissions in full spelling; `.default` means what the app is registered for, and what an app may
  /// not ask for is not asked.
  var permissions: Set<String> {
    let named = scope.resources.flatMap { scopes in
      (scopes.isDefault ? app.declared(at: scopes.resource) : scopes.permissions.map(\.name)).map(
        scopes.resource.fullName)
    }
    return app.dynamicConsent ? Set(named) : Set(named).intersection(app.allDeclared)
  }

  private var undeclared: EntraError {
    EntraError(
      650_057,
      "Invalid resource. The client has requested access to a resource which is not listed in the requested"
        + " permissions in the client's application registration. Client app ID: \(app.clientId). Resource"
        + " value from request: \(scope.resources.map(\.audience).joined(separator: " ")).")
  }

  /// A person who is signed in and named by `login_hint` is asked nothing, unless the client requests a prompt.
  private func passing(_ input: SignInInput, _ directory: SandboxDirectory) -> String? {
    guard prompt == nil, let session = input.session, let user = loginHint.flatMap(directory.user),
      user.id == session
    else { return nil }
    return user.id
  }

  /// For programs without a cookie jar too: the hint says who is signed in.
  private func silently(_ world: SignInWorld) throws(SignInRefusal) -> SignInStep {
    guard let user = loginHint.flatMap(world.directory.user), (try? segment.check(user, for: app)) != nil
    else { throw .client(EntraError(50058)) }
    do throws(EntraError) {
      try app.checkEnabled(in: user.tenantId)
      try world.policies.policy(for: user).checkRefresh(passedMFA: false)
    } catch {
      var error = error
      error.kind = "interaction_required"
      throw .client(error)
    }
    guard permissions.isSubset(of: world.consented(user)) else {
      var error = EntraError(65001)
      error.kind = "consent_required"
      throw .client(error)
    }
    return .finish(user)
  }
}

extension SandboxDirectory {
  /// Whether the person may grant these by themselves.
  func mayConsent(_ user: User, to permissions: Set<String>) -> Bool {
    guard !permissions.isEmpty, !user.isAdministrator, let tenant = tenant(user.tenantId) else { return true }
    switch tenant.consentPolicy {
    case .everyone: return true
    case .managed: return permissions.isSubset(of: ConsentPolicy.managedPermissions)
    case .administrators: return false
    }
  }
}

extension SandboxDirectory.ConsentPolicy {
  /// What Microsoft's own policy leaves to people, of what there is here.
  static let managedPermissions: Set<String> = [
    Resource.graph.fullName("Mail.Send"), Resource.graph.fullName("Mail.Send.Shared"),
    Resource.graph.fullName("SMTP.Send"), Resource.graph.fullName("User.Read"),
    Resource.exchange.fullName("SMTP.Send"), Resource.exchange.fullName("User.Read"),
  ]
}

extension SandboxDirectory.App {
  /// The permissions that its registration declares at a resource.
  func declared(at resource: Resource) -> [String] {
    delegatedScopes.compactMap { scope in
      guard let slash = scope.lastIndex(of: "/") else {
        return resource == .graph ? resource.knownName(scope) : nil
      }
      guard Resource(audience: String(scope[..<slash])) == resource else { return nil }
      return resource.knownName(String(scope[scope.index(after: slash)...]))
    }
  }
}
