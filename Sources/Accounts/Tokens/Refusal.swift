import Core
import Microsoft
import Store

/// When it makes sense to ask Entra again after it has refused for good.
enum Refusal {
  /// Entra takes a client that asks in vain again and again for one that loops (AADSTS50196).
  static let pause: Duration = .seconds(300)

  /// The grant itself is gone: nothing helps but a new sign-in.
  private static let losses: Set<ProblemCode> = [
    .entraGrantExpired, .entraGrantRevoked, .entraConsentRequired, .entraAdminConsentRequired,
    .entraInteractionRequired, .accountIdentityMismatch,
  ]

  /// The last refusal, if it still stands. Whatever is not a loss can be mended at Microsoft without our hearing
  /// of it, so it is tried again now and then.
  static func standing(_ account: AccountRecord, _ holding: StoredToken, at now: Instant) -> ProblemRecord? {
    if account.state == .authenticationError, let refusal = account.lastError,
      isLoss(refusal) && holding.owner != nil || now < refusal.occurred + pause
    {
      return refusal
    }
    if let refusal = waiting(account, at: now) { return refusal }
    if let refusal = holding.app.lastError, now < refusal.occurred + pause { return refusal }
    return nil
  }

  /// What keeps an account from being connected though there are tokens: no mailbox, or no rights in it. Somebody
  /// may mend that, so it is looked at again now and then.
  static func waiting(_ account: AccountRecord, at now: Instant) -> ProblemRecord? {
    guard account.state == .connectError, let refusal = account.lastError,
      [.graphMailboxUnavailable, .accountDelegateNoAccess].map(\ProblemCode.rawValue).contains(refusal.code)
        || account.identity == .unverified && refusal.code.hasPrefix("graph."),
      now < refusal.occurred + pause
    else { return nil }
    return refusal
  }

  /// Whether a failure to get a token is a verdict on the grant or on the app. Everything else passes.
  static func isRefusal(_ problem: Problem) -> Bool {
    problem.retry == .futile && (problem.scope == .account || problem.scope == .app)
  }

  /// In a refresh the one thing that Entra may be unable to read is an imported token.
  static func explained(_ problem: Problem, _ holding: StoredToken) -> Problem {
    guard holding.owner?.identity == .unverified, problem.origin?.code == "AADSTS9002313" else {
      return problem
    }
    return Problem(
      .entraGrantRevoked, "The refresh token is none that Microsoft has given. (AADSTS9002313)",
      remedy: "Copy the token again, all of it, or sign in through a link instead.", origin: problem.origin)
  }

  /// Whether it is the app's registration that is at fault, and so every account of it.
  static func concernsApp(_ holding: StoredToken, _ refusal: ProblemRecord) -> Bool {
    switch holding.kind {
    case .service: true
    case .grant(let grant): concernsApp(grant, holding.app, refusal)
    }
  }

  /// Through a shared authority each tenant decides about its own people alone, and a native client's grant says
  /// nothing about the secret.
  static func concernsApp(
    _ grant: OAuth2GrantRecord, _ app: OAuth2AppRecord, _ refusal: ProblemRecord
  ) -> Bool {
    guard let code = ProblemCode(rawValue: refusal.code) else { return false }
    if proofFaults.contains(code) { return grant.clientKind == .web }
    return registrationFaults.contains(code) && !Authority.shared.contains(app.authority)
  }

  static func isFaultOfApp(_ refusal: ProblemRecord) -> Bool {
    ProblemCode(rawValue: refusal.code).map(proofFaults.union(registrationFaults).contains) ?? false
  }

  private static func isLoss(_ refusal: ProblemRecord) -> Bool {
    ProblemCode(rawValue: refusal.code).map(losses.contains) ?? false
  }

  private static let proofFaults: Set<ProblemCode> = [
    .entraSecretWrong, .entraSecretExpired, .entraSecretMissing, .entraSecretUnexpected,
    .entraCertificateRejected,
  ]

  private static let registrationFaults: Set<ProblemCode> = [
    .entraClientUnknown, .entraClientDisabled, .entraTenantUnknown, .entraTenantRequired,
  ]
}
