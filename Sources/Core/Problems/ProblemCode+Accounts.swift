// OAuth2 apps, accounts and connecting them.
extension ProblemCode {
  static let accountsCodes: [ProblemCode] = [
    .appNotFound, .appDisabled, .appInvalid, .appCertificateInvalid, .appCloudUnknown,
    .accountNotFound, .accountRefreshTokenInvalid, .accountExists, .accountNotConnected, .accountPaused,
    .accountInUse,
    .accountPermissionMissing, .accountIdentityMismatch, .accountIdentityUnproven, .accountDelegateNoAccess,
    .backendNotImplemented, .formInvalid, .formUsed, .signInExpired, .signInBrowserMismatch,
    .signInNonceMismatch, .signInIdentityInvalid, .signInDeclined, .signInDeviceCodeExpired,
    .signInTooManyCodes, .signInDeviceUnknown, .signInPublicClientOff, .signInNoRefreshToken,
  ]

  package static let appNotFound = ProblemCode(
    "app.notFound", .account, status: 404, smtp: "451 4.3.5", how: .apps,
    "There is no OAuth2 app with this id.",
    remedy: "List them with `heliograph app list`.")

  package static let appDisabled = ProblemCode(
    "app.disabled", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5",
    "The OAuth2 app is disabled here.",
    remedy: "Enable it, or use another app.")

  package static let appInvalid = ProblemCode(
    "app.invalid", .request, actor: .appOwner, status: 400, smtp: "550 5.3.5",
    "The app's settings are incomplete or contradict each other, or the app cannot be deleted because "
      + "accounts use it; the message says which.",
    remedy: "Correct the app, or delete its accounts first.")

  package static let appCertificateInvalid = ProblemCode(
    "app.certificateInvalid", .app, actor: .appOwner, status: 400, smtp: "451 4.3.5", fault: .settings,
    "The PEM does not contain a certificate with its own unencrypted RSA key of at least 2048 bits; the "
      + "message says what is wrong.",
    remedy: "Paste certificate and private key together, or create a new pair.")

  package static let appCloudUnknown = ProblemCode(
    "app.cloudUnknown", .app, actor: .operator, status: 400, smtp: "451 4.3.5", fault: .settings,
    "The app belongs to a cloud that the configuration no longer lists.",
    remedy: "Add the cloud under `clouds` again; messages wait until then.")

  package static let accountNotFound = ProblemCode(
    "account.notFound", .request, status: 404, vocabulary: "AccountNotFound", smtp: "550 5.1.1",
    how: .accounts,
    "There is no account with this id.",
    remedy: "List them with `heliograph account list`.")

  package static let accountRefreshTokenInvalid = ProblemCode(
    "account.refreshTokenInvalid", .account, actor: .operator, status: 400, smtp: "451 4.7.0", fault: .grant,
    "The refresh token that was imported has never worked: it is incomplete, is not one of Microsoft's, or belongs to "
      + "another client ID (AADSTS9002313, AADSTS90023, AADSTS70000).",
    remedy: "Copy the complete token again, with its client ID, or sign in through a link.")

  package static let accountExists = ProblemCode(
    "account.exists", .request, status: 400, vocabulary: "AccountAlreadyExists", smtp: "550 5.3.0",
    "The account id is already in use by an account that cannot take the new settings.",
    remedy: "Choose another id, or delete the account first.")

  package static let accountNotConnected = ProblemCode(
    "account.notConnected", .account, status: 503, vocabulary: "NotYetConnected", smtp: "451 4.7.0",
    "The account has no valid grant, so nothing can be done on its behalf.",
    remedy: "Sign in again through a new link; `lastError` of the account says why the grant was lost.")

  package static let accountPaused = ProblemCode(
    "account.paused", .account, status: 400, smtp: "451 4.7.0", how: .resume,
    "The account was paused; its messages wait.",
    remedy: "Resume it.")

  package static let accountInUse = ProblemCode(
    "account.inUse", .request, status: 409, smtp: "550 5.3.0",
    "Other accounts send through the grant of this account; the message names them.",
    remedy: "Delete those accounts first, or let them sign in themselves.")

  package static let accountPermissionMissing = ProblemCode(
    "account.permissionMissing", .account, actor: .appOwner, status: 400, smtp: "451 4.7.0",
    "The sign-in succeeded, but the token that Microsoft issued lacks a required permission, usually "
      + "`Mail.Send`: the app's registration does not list it.",
    remedy: "Add it under *API permissions*, grant consent, and connect again.")

  package static let accountIdentityMismatch = ProblemCode(
    "account.identityMismatch", .account, actor: .user, status: 403, smtp: "451 4.7.0", fault: .grant,
    "The person signed in with a different mailbox from the one that this account is for; the message names "
      + "both addresses, and nothing was stored.",
    remedy:
      "Sign in as the expected mailbox, create another account for the other one, or delete this account "
      + "and connect it again.")

  package static let accountIdentityUnproven = ProblemCode(
    "account.identityUnproven", .account, actor: .user, status: 403, smtp: "451 4.7.0", fault: .grant,
    "The link accepts only an address that Microsoft confirms to be the person's: a user principal name or proxy "
      + "address in a domain of their tenant, or the sign-in name of a personal account at Outlook.com. A guest's "
      + "address, `mail` alone and the aliases of personal accounts prove nothing. Nothing was stored.",
    remedy:
      "Sign in with the address that the link names, or make a link with `email` and without `expectedEmail`: it "
      + "connects the account with `identity: unverified`.")

  package static let accountDelegateNoAccess = ProblemCode(
    "account.delegateNoAccess", .account, actor: .administrator, status: 403, smtp: "451 4.7.0",
    "The person who signed in, or the account whose grant is used, has no access to the shared mailbox; the "
      + "message names both.",
    remedy: "Have an administrator grant that user Full Access and Send As on the mailbox.")

  package static let backendNotImplemented = ProblemCode(
    "backend.notImplemented", .account, status: 400, smtp: "451 4.3.5",
    "The account's app has the base scopes `imap`, which cannot be used for sending yet.",
    remedy: "Connect the account through an app with the base scopes `api`.")

  package static let formInvalid = ProblemCode(
    "form.invalid", .request, actor: .user, status: 400, smtp: "550 5.7.0",
    "The sign-in link is incomplete, was altered, or is older than 24 hours.",
    remedy: "Ask for a new link.")

  package static let formUsed = ProblemCode(
    "form.used", .request, actor: .user, status: 400, smtp: "550 5.7.0",
    "The sign-in link has already connected an account.",
    remedy: "Ask for a new link if the account is to be connected again.")

  package static let signInExpired = ProblemCode(
    "signIn.expired", .request, actor: .user, status: 400, smtp: "550 5.7.0",
    "More than 15 minutes passed between opening Microsoft's page and coming back, or this answer was "
      + "already used.",
    remedy: "Open the link again and sign in without a long break.")

  package static let signInBrowserMismatch = ProblemCode(
    "signIn.browserMismatch", .request, actor: .user, status: 403, smtp: "550 5.7.0",
    "The sign-in ended in a different browser from the one that started it, or cookies are blocked.",
    remedy: "Open the link and finish in one browser window that accepts cookies.")

  package static let signInNonceMismatch = ProblemCode(
    "signIn.nonceMismatch", .request, actor: .user, status: 400, smtp: "550 5.7.0",
    "The identity token was not issued for this sign-in.",
    remedy: "Start again; if it happens repeatedly, someone may be interfering with it.")

  package static let signInIdentityInvalid = ProblemCode(
    "signIn.identityInvalid", .request, actor: .user, status: 400, smtp: "550 5.7.0",
    "The identity token is for another app, comes from another tenant or cloud, or is not valid at this time.",
    remedy: "Check the tenant, the cloud and the server's clock, then start again.")

  package static let signInDeclined = ProblemCode(
    "signIn.declined", .request, actor: .user, status: 403, smtp: "550 5.7.0",
    "The person, or the organisation's policy, declined the permissions.",
    remedy: "Sign in again and accept, or ask the administrator.")

  package static let signInDeviceCodeExpired = ProblemCode(
    "signIn.deviceCodeExpired", .request, actor: .user, status: 400, smtp: "550 5.7.0",
    "The device code was not entered within 15 minutes, or no longer exists.",
    remedy: "Request a new code.")

  package static let signInTooManyCodes = ProblemCode(
    "signIn.tooManyCodes", .request, actor: .user, status: 429, smtp: "450 4.7.1",
    "A sign-in link has already been used for ten device codes within 15 minutes.",
    remedy: "Wait 15 minutes, then request a new code.")

  package static let signInDeviceUnknown = ProblemCode(
    "signIn.deviceUnknown", .request, status: 404, smtp: "550 5.1.1",
    "There is no sign-in by device code with this id, or it ended more than a day ago.",
    remedy: "Start a new one.")

  package static let signInPublicClientOff = ProblemCode(
    "signIn.publicClientOff", .request, actor: .appOwner, status: 400, smtp: "550 5.7.0",
    "The app's registration does not allow public client flows, which a device code needs "
      + "(AADSTS7000218).",
    remedy: "Set *Allow public client flows* to *Yes* under *Authentication* of the registration.")

  package static let signInNoRefreshToken = ProblemCode(
    "signIn.noRefreshToken", .request, actor: .appOwner, status: 400, smtp: "550 5.7.0",
    "Microsoft granted access for an hour only, without a refresh token.",
    remedy: "Add the permission `offline_access` to the app and sign in again.")
}
