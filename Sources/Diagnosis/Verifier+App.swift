import Accounts
import Core
import Microsoft
import Store

// The registration
extension Verifier {
  /// The redirect URI that people are sent back to.
  func redirectURI(of app: OAuth2AppRecord) -> String { app.redirectURL ?? publicURL + "/oauth" }

  func prove(
    _ app: OAuth2AppRecord, _ cloud: Cloud, _ walk: inout VerificationWalk
  ) async throws -> AppProbe {
    var probe = AppProbe()
    try await walk.step(.client, after: [.authority]) {
      let prober = AppProber(
        app: app, client: try app.client(vault, at: time.now), entra: try endpoints.entra(for: app),
        redirectURI: redirectURI(of: app), scopes: try endpoints.requestedScopes(of: app))
      probe = await prober.probe()
      if let fault = probe.fault(.client) { throw fault }
      let state = app.enabled ? nil : "It is disabled here: it cannot be used until you enable it."
      return .fine("Entra knows the app \(app.clientID) through “\(app.authority)”.", hint: state)
    }
    let warnings = try AppWarning.all(for: app, publicURL: publicURL, at: time.now, vault)
    try await walk.step(.secret, after: [.client]) { proof(app, probe, warnings) }
    try await walk.step(.redirect, after: [.client]) { try redirect(app, probe) }
    try await walk.step(.scopes) { try scopes(app, cloud, probe, warnings) }
    return probe
  }

  private func proof(_ app: OAuth2AppRecord, _ probe: AppProbe, _ warnings: [AppWarning]) -> Finding {
    let about: Set<AppWarning.Code> = [.secretLooksLikeID, .secretExpiring, .secretExpired]
    let hint = warnings.first { about.contains($0.code) }?.message
    if let fault = probe.fault(.secret) {
      return .fault(ProblemRecord(fault, at: time.now), hint: hint)
    }
    guard app.isConfidential else {
      return .fine("It is a native client, which needs no secret, and may request device codes.")
    }
    let what = app.clientCertificate == nil ? "secret" : "certificate"
    return .fine("Entra accepts the app's \(what).", hint: hint)
  }

  private func redirect(_ app: OAuth2AppRecord, _ probe: AppProbe) throws -> Finding {
    guard app.provider == .outlook else {
      return .notNeeded("An app that acts for itself has no sign-in.")
    }
    let uri = redirectURI(of: app)
    if let fault = probe.fault(.redirect) ?? probe.otherRefusal { throw fault }
    guard case .success(.registered) = probe.redirect else {
      return .notNeeded(
        "Entra did not say whether \(uri) is registered.",
        hint: "Compare it with the app's Authentication page: every character counts.")
    }
    return .fine("\(uri) is registered.")
  }

  private func scopes(
    _ app: OAuth2AppRecord, _ cloud: Cloud, _ probe: AppProbe, _ warnings: [AppWarning]
  ) throws -> Finding {
    if let fault = probe.fault(.scopes) { throw fault }
    let own = Scopes(cloud: cloud, base: app.baseScopes)
    guard app.provider == .outlook else {
      return .fine("Requests \(own.appOnly): all that an administrator has granted.")
    }
    let asked = own.requested(sendOnly: app.sendOnly, extra: app.extraScopes, skip: app.skipScopes)
    guard asked.contains("offline_access") else { throw Problem.noRefreshToken }
    if let missing = Scopes.delegated(app.baseScopes, sendOnly: app.sendOnly)
      .first(where: { $0 != "User.Read" && !Scopes.grant(asked, includes: $0) })
    {
      throw Problem.scopeSkipped(missing)
    }
    return .fine(
      "Requests \(Scopes.shortNames(asked).joined(separator: ", ")).", hint: limits(app, asked, warnings))
  }

  private func limits(_ app: OAuth2AppRecord, _ asked: [String], _ warnings: [AppWarning]) -> String? {
    let takesPersonal = ["common", "consumers"].contains(app.authority)
    if takesPersonal, let shared = asked.first(where: { $0.lowercased().hasSuffix(".shared") }) {
      return "Personal accounts have no shared mailboxes and may be refused \(shared)."
    }
    return warnings.first { $0.code == .noLookUp }?.message
  }
}

// Without an account
extension Verifier {
  func stopAtApp(_ app: OAuth2AppRecord, _ probe: AppProbe, _ walk: inout VerificationWalk) async throws {
    try await walk.step(.token, after: [.client, .secret]) {
      guard app.provider == .outlookService, let token = probe.token else {
        return .notNeeded("No account was named.")
      }
      return .fine(
        "Entra gives the app a token for \(try token.get().expiresIn.components.seconds / 60) minutes.")
    }
    try await walk.step(.permissions, after: [.token]) {
      guard app.provider == .outlookService, case .success(let reply) = probe.token else {
        return .notNeeded("No account was named.")
      }
      return roles(AccessTokenHint(reply.accessToken), app.baseScopes)
    }
    for step in [VerificationStep.ID.mailbox, .send] {
      try await walk.step(step, after: [.token]) { .notNeeded("No account was named.") }
    }
  }

  /// Only a hint: roles that Exchange limits to some mailboxes show in no token.
  func roles(_ token: AccessTokenHint?, _ base: BaseScopes) -> Finding {
    guard let token else { return .notNeeded("The token does not show what it allows.") }
    let needed = base == .api ? "Mail.Send" : "SMTP.SendAsApp"
    let shown =
      token.roles.isEmpty
      ? "The token shows no roles." : "The token shows \(token.roles.joined(separator: ", "))."
    guard !Scopes.grant(token.roles, includes: needed) else { return .fine(shown) }
    return .fine(
      shown,
      hint: "Without \(needed) among them the app sends only where Exchange itself allows it (RBAC for "
        + "Applications); otherwise have an administrator add it under API permissions and grant consent.")
  }
}

extension Problem {
  fileprivate static func scopeSkipped(_ permission: String) -> Problem {
    Problem(
      .entraScopeInvalid, "The app does not request \(permission).",
      remedy: permission == "Mail.ReadWrite"
        ? "Remove it from “skipScopes”, or set “sendOnly”."
        : "Remove it from “skipScopes”, and connect the accounts again.")
  }
}
