import Core
import Microsoft
import Store
import Vault

/// The secrets of one sign-in at Microsoft. `state` is sent in the URL, `browser` in a cookie, and of
/// both only hashes stay; `nonce` and the code verifier stay here, sealed.
struct PendingSignIn: Sendable {
  let state = Digest.randomToken()
  let browser = Digest.randomToken()
  let nonce = Digest.randomToken()
  let pkce = PKCE()
  let redirectURI: String

  init(app: OAuth2AppRecord, publicURL: String) {
    redirectURI = app.redirectURL ?? publicURL + "/oauth"
  }

  func record(
    _ form: HostedFormRecord, _ app: OAuth2AppRecord, until expires: Instant, at now: Instant, _ vault: Vault
  ) -> SignInRecord {
    let stateHash = Digest.sha256(state)
    // Neither has a dot in it.
    let secrets = Secret(pkce.verifier.reveal() + "." + nonce.reveal())
    return SignInRecord(
      stateHash: stateHash, workspace: form.workspace, form: form.id,
      appWorkspace: app.workspace, app: app.id,
      browserHash: Digest.sha256(browser), secrets: vault.seal(secrets, for: .signIn(stateHash)),
      redirectURI: redirectURI, created: now, expires: expires)
  }
}

extension SignInRecord {
  func secrets(_ vault: Vault) throws -> (pkce: PKCE, nonce: Secret) {
    let parts = try vault.openSecret(secrets, for: .signIn(stateHash)).reveal().split(separator: ".")
    guard parts.count == 2 else { throw Problem.signInExpired }
    return (PKCE(verifier: Secret(String(parts[0]))), Secret(String(parts[1])))
  }
}
