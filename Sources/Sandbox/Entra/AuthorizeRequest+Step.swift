/// What the authorize endpoint does next.
enum AuthorizeStep: Sendable, Equatable {
  case pickAccount
  case askConsent(SandboxDirectory.User)
  case issueCode(SandboxDirectory.User)
}

/// What the person did on our pages.
struct AuthorizeInput: Sendable {
  enum Decision: String, Sendable { case accept, cancel }

  var username: String?
  var decision: Decision?
  /// Whom the browser's cookie names.
  var session: String?
}

extension AuthorizeRequest {
  /// - Parameter consented: what the person has granted this client, in full spelling.
  func step(
    _ input: AuthorizeInput, directory: SandboxDirectory,
    consented: (SandboxDirectory.User) -> Set<String>
  ) throws(AuthorizeRefusal) -> AuthorizeStep {
    guard prompt != AuthorizeRequest.Prompt.none else { return try silently(directory, consented) }
    guard input.decision != .cancel else { throw .reply(EntraError(65004), to: reply) }
    guard let username = input.username ?? passing(input, directory) else { return .pickAccount }
    guard let user = directory.user(username) else {
      throw .page(EntraError(50034, "The user account '\(username)' does not exist in the directory."))
    }
    do { try segment.check(user, for: app) } catch { throw .page(error) }
    let isGranted = input.decision == .accept || (prompt != .consent && isCovered(by: consented(user)))
    return isGranted ? .issueCode(user) : .askConsent(user)
  }

  /// Permissions in full spelling; `.default` stands for what the app is registered for.
  var permissions: Set<String> {
    Set(
      scope.resources.flatMap { scopes in
        (scopes.isDefault ? app.permissionNames : scopes.permissions.map(\.name)).map(
          scopes.resource.fullName)
      })
  }

  /// Who is signed in and was asked for is asked nothing, unless the client wants a prompt.
  private func passing(_ input: AuthorizeInput, _ directory: SandboxDirectory) -> String? {
    guard prompt == nil, let session = input.session, let user = loginHint.flatMap(directory.user),
      user.id == session
    else { return nil }
    return user.id
  }

  private func isCovered(by consented: Set<String>) -> Bool { permissions.isSubset(of: consented) }

  /// For programs without a cookie jar too: the hint says who is signed in.
  private func silently(
    _ directory: SandboxDirectory, _ consented: (SandboxDirectory.User) -> Set<String>
  ) throws(AuthorizeRefusal) -> AuthorizeStep {
    guard let user = loginHint.flatMap(directory.user), (try? segment.check(user, for: app)) != nil else {
      throw .reply(EntraError(50058), to: reply)
    }
    guard isCovered(by: consented(user)) else {
      var error = EntraError(65001)
      error.kind = "consent_required"
      throw .reply(error, to: reply)
    }
    return .issueCode(user)
  }
}

extension SandboxDirectory.App {
  /// The delegated permissions of its registration, without OpenID Connect's scopes.
  var permissionNames: [String] {
    delegatedScopes.filter { Resource.graph.knownName($0) != nil }
  }
}
