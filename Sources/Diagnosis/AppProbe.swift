import Accounts
import Core
import Microsoft
import Store

/// What Entra replies to an app before any sign-in.
struct AppProbe: Sendable {
  /// The app's own token; `nil` where none can be requested.
  var token: Result<TokenReply, Problem>?
  /// To a sign-in code that was never issued. Entra judges the app first and then the code.
  var redemption: Problem?
  /// To a sign-in that shows nothing.
  var redirect: Result<RedirectProbe, Problem>?
  /// To a device code that has not been entered yet, for a native client.
  var device: Problem?

  /// Which step a refusal belongs to; `nil` for one that says nothing about the app.
  static func step(of problem: Problem) -> VerificationStep.ID? { steps[problem.code] }

  private static let steps: [ProblemCode: VerificationStep.ID] = [
    .entraClientUnknown: .client, .entraClientDisabled: .client, .entraTenantUnknown: .client,
    .entraTenantRequired: .client, .entraWrongAccountType: .client,
    // Without an answer nothing is known of the app at all.
    .entraUnreachable: .client, .entraUnavailable: .client, .entraThrottled: .client,
    .entraSecretWrong: .secret, .entraSecretExpired: .secret, .entraSecretMissing: .secret,
    .entraSecretUnexpected: .secret, .entraCertificateRejected: .secret, .appCertificateInvalid: .secret,
    .entraRedirectMismatch: .redirect,
    .entraScopeInvalid: .scopes,
  ]

  private var problems: [Problem] {
    [token?.failure, redirect?.failure, flaw, redemption, device].compactMap { $0 }
  }

  private var flaw: Problem? {
    guard case .success(.registered(let flaw)) = redirect else { return nil }
    return flaw
  }

  func fault(_ step: VerificationStep.ID) -> Problem? {
    problems.first { Self.step(of: $0) == step }
  }

  /// What else the sign-in page said.
  var otherRefusal: Problem? {
    [redirect?.failure, flaw].compactMap { $0 }.first { Self.step(of: $0) == nil }
  }
}

extension Result {
  var failure: Failure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}

/// Asks Entra about an app.
struct AppProber: Sendable {
  let app: OAuth2AppRecord
  let client: EntraClient
  let entra: Entra
  let redirectURI: String
  let scopes: [String]

  func probe() async -> AppProbe {
    var probe = AppProbe()
    if let authority = try? Authority(app.authority), authority.isConcrete, app.isConfidential {
      probe.token = await token()
    }
    guard app.provider == .outlook else { return probe }
    async let redirect = redirect()
    async let redemption = redemption()
    async let device = app.isConfidential ? nil : device()
    (probe.redirect, probe.redemption, probe.device) = await (redirect, redemption, device)
    return probe
  }

  private func token() async -> Result<TokenReply, Problem> {
    let scope = Scopes(cloud: entra.cloud, base: app.baseScopes).appOnly
    do throws(Problem) {
      return .success(
        try await entra.clientCredentials(scope: scope, client: client, tenant: app.authority))
    } catch {
      return .failure(error)
    }
  }

  private func redirect() async -> Result<RedirectProbe, Problem> {
    do throws(Problem) {
      return .success(
        try await entra.probeRedirect(
          tenant: app.authority, clientID: app.clientID, redirectURI: redirectURI, scopes: scopes))
    } catch {
      return .failure(error)
    }
  }

  private func redemption() async -> Problem? {
    do throws(Problem) {
      _ = try await entra.redeem(
        code: Secret("0.heliograph-asks-whether-the-app-is-known"), redirectURI: redirectURI, pkce: PKCE(),
        scopes: scopes, client: client, tenant: app.authority)
      return nil
    } catch {
      return error
    }
  }

  private func device() async -> Problem? {
    do throws(Problem) {
      try await entra.probeDeviceCodes(scopes: scopes, client: client, tenant: app.authority)
      return nil
    } catch {
      return error
    }
  }
}
