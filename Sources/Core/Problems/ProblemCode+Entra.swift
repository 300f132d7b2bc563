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
    "No connection to Microsoft's login host: name, network or TLS.",
    remedy: "Check DNS, firewall, proxy and clock. It is retried.")

  package static let entraUnavailable = ProblemCode(
    "entra.unavailable", .service, actor: .nobody, status: 502, smtp: "451 4.3.2",
    "Microsoft's login service failed for the moment.",
    remedy: "Wait; it is retried.")

  package static let entraThrottled = ProblemCode(
    "entra.throttled", .service, actor: .nobody, status: 502, smtp: "451 4.3.2",
    "Too many token requests.",
    remedy: "Wait; it is retried when Microsoft allows.")

  package static let entraUnexpectedReply = ProblemCode(
    "entra.unexpectedReply", .service, actor: .operator, status: 502, smtp: "451 4.3.0",
    "The reply is not what the documentation describes, for instance a proxy's page.",
    remedy: "Check for a proxy or firewall in between.")

  package static let entraRejected = ProblemCode(
    "entra.rejected", .account, actor: .appOwner, status: 400, smtp: "451 4.7.0",
    "Microsoft refused for a reason without a row of its own; its text is kept.",
    remedy: "Read Microsoft's text; look up its AADSTS number.")

  package static let entraClientUnknown = ProblemCode(
    "entra.clientUnknown", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .registration,
    "The tenant knows no application with this client id (AADSTS700016, AADSTS700038).",
    remedy: "Paste the *Application (client) ID*, and check tenant and cloud.")

  package static let entraClientDisabled = ProblemCode(
    "entra.clientDisabled", .app, actor: .administrator, status: 400, smtp: "451 4.3.5", fault: .registration,
    "The application is switched off in the tenant (AADSTS7000112).",
    remedy: "Let the administrator enable it under *Enterprise applications*.")

  package static let entraSecretWrong = ProblemCode(
    "entra.secretWrong", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "The client secret is wrong (AADSTS7000215); often its *Secret ID* was pasted.",
    remedy: "Paste the secret's *Value*.")

  package static let entraSecretExpired = ProblemCode(
    "entra.secretExpired", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "The client secret has expired (AADSTS7000222).",
    remedy: "Make a new one in the app registration and store it in the app; no mailbox has to sign in again.")

  package static let entraSecretMissing = ProblemCode(
    "entra.secretMissing", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "The redirect URI is of platform *Web*, which needs a secret (AADSTS7000218).",
    remedy: "Add the secret to the app.")

  package static let entraSecretUnexpected = ProblemCode(
    "entra.secretUnexpected", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "The redirect URI is of a native platform, which takes no secret (AADSTS700025).",
    remedy: "Remove the secret from the app, or register the URI as *Web*.")

  package static let entraCertificateRejected = ProblemCode(
    "entra.certificateRejected", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .credential,
    "The proof that the app signed with its certificate is not accepted: another key, or a wrong clock "
    + "(AADSTS700027, AADSTS500133).",
    remedy: "Upload the certificate to the app, and set the server's clock.")

  package static let entraRedirectMismatch = ProblemCode(
    "entra.redirectMismatch", .account, actor: .appOwner, status: 400, smtp: "451 4.7.0",
    "The redirect URI is not registered, to the message (AADSTS50011).",
    remedy: "Copy the URI from the message into the app registration, platform *Web*.")

  package static let entraTenantUnknown = ProblemCode(
    "entra.tenantUnknown", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .registration,
    "There is no such tenant in this cloud (AADSTS90002).",
    remedy: "Correct the directory (tenant) id or the cloud.")

  package static let entraTenantRequired = ProblemCode(
    "entra.tenantRequired", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .registration,
    "The app is registered for one tenant, or uses application permissions, and cannot use `common` "
    + "(AADSTS50194, AADSTS9001023).",
    remedy: "Put the directory (tenant) id into the app.")

  package static let entraWrongAccountType = ProblemCode(
    "entra.wrongAccountType", .account, actor: .appOwner, status: 400, smtp: "451 4.7.0",
    "The app does not admit this kind of account: personal, work, or of another organisation "
    + "(AADSTS50020, AADSTS9002332).",
    remedy: "Use another account, or widen the registration's *Supported account types*.")

  package static let entraScopeInvalid = ProblemCode(
    "entra.scopeInvalid", .account, actor: .appOwner, status: 400, smtp: "451 4.7.0",
    "The scopes are malformed or belong to two resources (AADSTS70011, AADSTS28000).",
    remedy: "Correct the app's scopes.")

  package static let entraCodeUsed = ProblemCode(
    "entra.codeUsed", .account, actor: .user, status: 400, smtp: "451 4.7.0",
    "The sign-in code was used twice or is too old (AADSTS54005, AADSTS70008), for instance by a "
    + "reloaded page.",
    remedy: "Start the sign-in again.")

  package static let entraPKCEMismatch = ProblemCode(
    "entra.pkceMismatch", .account, actor: .user, status: 400, smtp: "451 4.7.0",
    "The proof of the browser's sign-in does not match (AADSTS501481).",
    remedy: "Start the sign-in again.")

  package static let entraGrantExpired = ProblemCode(
    "entra.grantExpired", .account, actor: .user, status: 400, smtp: "451 4.7.0", fault: .grant,
    "The grant was not used for 90 days, or a policy ends it earlier (AADSTS700082, AADSTS70043).",
    remedy: "Sign in again.")

  package static let entraGrantRevoked = ProblemCode(
    "entra.grantRevoked", .account, actor: .user, status: 400, smtp: "451 4.7.0", fault: .grant,
    "The grant was withdrawn, or the password was changed (AADSTS50173, AADSTS70000).",
    remedy: "Sign in again.")

  package static let entraConsentRequired = ProblemCode(
    "entra.consentRequired", .account, actor: .user, status: 400, smtp: "451 4.7.0", fault: .grant,
    "The person has not consented to a permission that is now asked (AADSTS65001).",
    remedy: "Sign in again and accept.")

  package static let entraAdminConsentRequired = ProblemCode(
    "entra.adminConsentRequired", .account, actor: .administrator, status: 400, smtp: "451 4.7.0",
    fault: .grant,
    "Only an administrator may consent in this tenant (AADSTS90094).",
    remedy: "Send the administrator the consent link, then sign in again.")

  package static let entraInteractionRequired = ProblemCode(
    "entra.interactionRequired", .account, actor: .user, status: 400, smtp: "451 4.7.0", fault: .grant,
    "Microsoft wants the person in person, usually for multi-factor authentication (AADSTS50076, "
    + "AADSTS50079).",
    remedy: "Sign in again.")

  package static let entraAccessBlocked = ProblemCode(
    "entra.accessBlocked", .account, actor: .administrator, status: 400, smtp: "451 4.7.0",
    "Conditional access or a security policy blocks this sign-in (AADSTS53003).",
    remedy: "Let the administrator allow the app or this machine's address.")
}
