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
      return .refused(Problem.signInExpired, tryAgain: nil, back: nil)
    }
    let stateHash = Digest.sha256(Secret(state))
    let cookie = cookies[BrowserCookie.name(stateHash: stateHash)] ?? ""
    let browserHash = Digest.sha256(Secret(cookie))
    let taking = try await store.write { (tx: borrowing Transaction) in
      try tx.takeSignIn(stateHash: stateHash, browserHash: browserHash)
    }
    switch taking {
    case .unknown: return .refused(Problem.signInExpired, tryAgain: nil, back: nil)
    // The sign-in is still under way elsewhere: this caller must not read its result.
    case .otherBrowser: return .refused(Problem.browserMismatch, tryAgain: nil, back: nil)
    case .taken(let signIn): return try await finish(signIn, query)
    }
  }

  private func finish(_ signIn: SignInRecord, _ query: [String: String]) async throws -> SignInOutcome {
    let form = try await store.read { (tx: borrowing Transaction) in
      try tx.form(signIn.form, in: signIn.workspace)
    }
    guard let form else { return .refused(Problem.formExpired, tryAgain: nil, back: nil) }
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
      return refusal(problem, of: form)
    }
  }

  /// Why it failed, and how to continue.
  func refusal(_ problem: Problem, of form: HostedFormRecord) -> SignInOutcome {
    let works = form.used == nil && time.now < form.expires
    let link = HostedLink(form: form.id, workspace: form.workspace)
    return .refused(
      problem, tryAgain: works ? link.url(publicURL, vault) : nil, back: WayBack(form, after: problem))
  }
}
