// Entra's token endpoint and sign-in page.
extension ProblemCode {
  static let entraCodes: [ProblemCode] = [
    .entraUnreachable, .entraUnavailable, .entraThrottled, .entraUnexpectedReply, .entraRejected,
    .entraClientUnknown, .entraClientDisabled, .entraSecretWrong, .entraSecretExpired,
    .entraSecretMissing, .entraSecretUnexpected, .entraCertificateRejected, .entraRedirectMismatch,
    .entraTenantUnknown, .entraTenantRequired, .entraWrongAccountType, .entraScopeInvalid,
    .entraCodeUsed, .entraPKCEMismatch, .entraGrantExpired, .entraGrantRevoked,
    .entraConsentRequired, .entraAdminConsentRequired, .entraInteractionRequired,
    .entraAccessBlocked,
  ]

  package static let entraUnreachable = ProblemCode(
    "entra.unreachable", .service, actor: .operator, status: 502, smtp: "451 4.4.1",
    "There is no connection to Microsoft's login host: DNS, network or TLS failed.",
    remedy: "Check DNS, firewall, proxy and clock. Heliograph retries.")

  package static let entraUnavailable = ProblemCode(
    "entra.unavailable", .service, actor: .nobody, status: 502, smtp: "451 4.3.2",
    "Microsoft's login service is temporarily unavailable.",
    remedy: "Wait; Heliograph retries.")

  package static let entraThrottled = ProblemCode(
    "entra.throttled", .service, actor: .nobody, status: 502, smtp: "451 4.3.2",
    "There were too many token requests.",
    remedy: "Wait; Heliograph retries as soon as Microsoft allows.")

  package static let entraUnexpectedReply = ProblemCode(
    "entra.unexpectedReply", .service, actor: .operator, status: 502, smtp: "451 4.3.0",
    "The reply does not match Microsoft's documentation; it may be a proxy's page.",
    remedy: "Check for a proxy or firewall in between.")

  package static let entraRejected = ProblemCode(
    "entra.rejected", .account, actor: .appOwner, status: 400, smtp: "451 4.7.0",
    "Microsoft refused for a reason that has no code of its own here; Microsoft's text is kept.",
    remedy: "Read Microsoft's text, and look up its AADSTS number.")

  package static let entraClientUnknown = ProblemCode(
    "entra.clientUnknown", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .registration,
    "There is no application with this client id in the tenant (AADSTS700016, AADSTS700038).",
    remedy: "Paste the *Application (client) ID*, and check tenant and cloud.")

  package static let entraClientDisabled = ProblemCode(
    "entra.clientDisabled", .app, actor: .administrator, status: 400, smtp: "451 4.3.5", fault: .registration,
    "The application is disabled in the tenant (AADSTS7000112).",
    remedy: "Have an administrator enable it under *Enterprise applications*.")

  package static let entraSecretWrong = ProblemCode(
    "entra.secretWrong", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "The client secret is wrong (AADSTS7000215); often its *Secret ID* was pasted by mistake.",
    remedy: "Paste the secret's *Value*.")

  package static let entraSecretExpired = ProblemCode(
    "entra.secretExpired", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "The client secret has expired (AADSTS7000222).",
    remedy:
      "Create a new one in the app registration and store it in the app; no mailbox has to sign in again.")

  package static let entraSecretMissing = ProblemCode(
    "entra.secretMissing", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "The redirect URI is registered for the platform *Web*, which needs a secret (AADSTS7000218).",
    remedy: "Add the secret to the app.")

  package static let entraSecretUnexpected = ProblemCode(
    "entra.secretUnexpected", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "The redirect URI is registered for a native platform, which must not send a secret (AADSTS700025).",
    remedy: "Remove the secret from the app, or register the URI for the platform *Web*.")

  package static let entraCertificateRejected = ProblemCode(
    "entra.certificateRejected", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "Entra does not accept the assertion that the app signed with its certificate: the key differs, or the "
      + "clock is wrong (AADSTS700027, AADSTS500133).",
    remedy: "Upload the certificate to the app registration, and correct the server's clock.")

  package static let entraRedirectMismatch = ProblemCode(
    "entra.redirectMismatch", .account, actor: .appOwner, status: 400, smtp: "451 4.7.0",
    "The redirect URI is not registered exactly as it was sent (AADSTS50011).",
    remedy: "Copy the URI from the message into the app registration, platform *Web*.")

  package static let entraTenantUnknown = ProblemCode(
    "entra.tenantUnknown", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .registration,
    "There is no such tenant in this cloud (AADSTS90002).",
    remedy: "Correct the directory (tenant) id or the cloud.")

  package static let entraTenantRequired = ProblemCode(
    "entra.tenantRequired", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .registration,
    "The app is registered for one tenant, or uses application permissions, and so cannot use `common` "
      + "(AADSTS50194, AADSTS9001023).",
    remedy: "Set the app's authority to the directory (tenant) id.")

  package static let entraWrongAccountType = ProblemCode(
    "entra.wrongAccountType", .account, actor: .appOwner, status: 400, smtp: "451 4.7.0",
    "The app does not allow this kind of account: personal, work, or from another organisation "
      + "(AADSTS50020, AADSTS9002332).",
    remedy: "Use another account, or widen the registration's *Supported account types*.")

  package static let entraScopeInvalid = ProblemCode(
    "entra.scopeInvalid", .account, actor: .appOwner, status: 400, smtp: "451 4.7.0",
    "The scopes are malformed or belong to two resources (AADSTS70011, AADSTS28000).",
    remedy: "Correct the app's scopes.")

  package static let entraCodeUsed = ProblemCode(
    "entra.codeUsed", .account, actor: .user, status: 400, smtp: "451 4.7.0",
    "The sign-in code was used twice or is too old (AADSTS54005, AADSTS70008), for instance because a page was "
      + "reloaded.",
    remedy: "Start the sign-in again.")

  package static let entraPKCEMismatch = ProblemCode(
    "entra.pkceMismatch", .account, actor: .user, status: 400, smtp: "451 4.7.0",
    "The PKCE verifier does not match the sign-in that was started (AADSTS501481).",
    remedy: "Start the sign-in again.")

  package static let entraGrantExpired = ProblemCode(
    "entra.grantExpired", .account, actor: .user, status: 400, smtp: "451 4.7.0", fault: .grant,
    "The grant was not used for 90 days, or a policy ended it earlier (AADSTS700082, AADSTS70043).",
    remedy: "Sign in again.")

  package static let entraGrantRevoked = ProblemCode(
    "entra.grantRevoked", .account, actor: .user, status: 400, smtp: "451 4.7.0", fault: .grant,
    "The grant was revoked, or the password was changed (AADSTS50173, AADSTS70000).",
    remedy: "Sign in again.")

  package static let entraConsentRequired = ProblemCode(
    "entra.consentRequired", .account, actor: .user, status: 400, smtp: "451 4.7.0", fault: .grant,
    "The person has not consented to a permission that is now requested (AADSTS65001).",
    remedy: "Sign in again and accept.")

  package static let entraAdminConsentRequired = ProblemCode(
    "entra.adminConsentRequired", .account, actor: .administrator, status: 400, smtp: "451 4.7.0",
    fault: .grant,
    "Only an administrator may consent in this tenant (AADSTS90094).",
    remedy: "Send an administrator the consent link, then sign in again.")

  package static let entraInteractionRequired = ProblemCode(
    "entra.interactionRequired", .account, actor: .user, status: 400, smtp: "451 4.7.0", fault: .grant,
    "Microsoft requires the person to sign in interactively, usually for multi-factor authentication "
      + "(AADSTS50076, AADSTS50079).",
    remedy: "Sign in again.")

  package static let entraAccessBlocked = ProblemCode(
    "entra.accessBlocked", .account, actor: .administrator, status: 400, smtp: "451 4.7.0",
    "Conditional Access or another security policy blocks this sign-in (AADSTS53003).",
    remedy: "Have an administrator allow the app or this machine's address.")
}
