import Core
import Microsoft
import Store
import Vault

extension SignIn {
  /// Microsoft has sent the browser back to the callback.
  ///
  /// Throws only what cannot be shown to the person, such as cancellation.
  package func complete(_ query: [String: String], cookies: [String: String]) async throws -> SignInOutcome {
    guard let state = query["state"], !state.isEmpty else {
      return .refused(SignInRefusal(problem: .signInExpired))
    }
    let stateHash = Digest.sha256(Secret(state))
    let cookie = cookies[BrowserCookie.name(stateHash: stateHash)] ?? ""
    let browserHash = Digest.sha256(Secret(cookie))
    let taking = try await store.write { (tx: borrowing Transaction) in
      try tx.takeSignIn(stateHash: stateHash, browserHash: browserHash)
    }
    switch taking {
    case .unknown: return .refused(SignInRefusal(problem: .signInExpired))
    // The sign-in is still under way elsewhere: this caller must not read its result.
    case .otherBrowser: return .refused(SignInRefusal(problem: .browserMismatch))
    case .taken(let signIn): return try await finish(signIn, query)
    }
  }

  private func finish(_ signIn: SignInRecord, _ query: [String: String]) async throws -> SignInOutcome {
    let form = try await store.read { (tx: borrowing Transaction) in
      try tx.form(signIn.form, in: signIn.workspace)
    }
    guard let form else { return .refused(SignInRefusal(problem: .formExpired)) }
    do {
      let asked = time.now
      guard asked < signIn.expires else { throw Problem.signInExpired }
      let app = try await store.read { (tx: borrowing Transaction) in
        try tx.signInApp(signIn.app, in: signIn.workspace)
      }
      if let error = query["error"] {
        throw Problem(
          callbackError: error, description: query["error_description"],
          values: try await values(of: app, for: form, redirectURI: signIn.redirectURI))
      }
      guard let code = query["code"], !code.isEmpty else { throw Problem.signInExpired }
      let secrets = try signIn.secrets(vault)
      let reply = try await endpoints.entra(for: app).redeem(
        code: Secret(code), redirectURI: signIn.redirectURI, pkce: secrets.pkce,
        scopes: try await requestedScopes(of: app, for: form), client: try app.client(vault, at: asked),
        tenant: app.authority)
      return try await connect(
        form: form, app: app, reply: reply, asked: asked, clientKind: app.isConfidential ? .web : .native,
        nonce: secrets.nonce)
    } catch let problem as Problem {
      return try await refusal(problem, of: form)
    }
  }

  /// Why it failed, and how to continue.
  func refusal(_ problem: Problem, of form: HostedFormRecord) async throws -> SignInOutcome {
    let (now, apps) = try await store.read { (tx: borrowing Transaction) in
      let form = try tx.form(form.id, in: form.workspace) ?? form
      return (form, try tx.offeredApps(form))
    }
    guard now.used == nil else { return .used(email: now.email ?? now.expectedEmail) }
    var refusal = SignInRefusal(problem: problem, back: WayBack(now, after: problem))
    if time.now < now.expires {
      refusal.tryAgain = HostedLink(form: now.id, workspace: now.workspace).url(publicURL, vault)
      refusal.offersSendOnly = apps.contains(where: \.sendOnly)
    }
    return .refused(refusal)
  }
}
