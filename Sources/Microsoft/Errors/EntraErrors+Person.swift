import Core

extension EntraErrors {
  /// What the owner of the mailbox or an administrator can fix, and what passes by itself.
  static let ofThePerson = code + grant + consent + person + policy + service

  // The result of one sign-in.
  private static let code: [ErrorEntry] = [
    ErrorEntry(
      [54005], .entraCodeUsed, .user, "This sign-in has already been used.",
      "Start again from the link; do not reload the page that Microsoft sends you back to, and do not return to it."
    ),
    ErrorEntry(
      [50147, 501_481, 501_491], .entraPKCEMismatch, .user,
      "This answer does not belong to the sign-in that was started.", "Start again from the link."),
    ErrorEntry(
      [70016], .entraInteractionRequired, .user, "The code has not been entered yet.",
      "Enter it on Microsoft's page and finish signing in.", .later(nil)),
    ErrorEntry(
      [70018, 70019, 70020], .signInDeviceCodeExpired, .user,
      "The code was not entered in time, or was mistyped.",
      "Request a new code and enter it within 15 minutes."),
    ErrorEntry(
      [16000, 16001, 16002], .entraInteractionRequired, .user,
      "The browser is signed in to Microsoft with another account.",
      "Open the link in a private window and choose the account of {mailbox}."),
    ErrorEntry(
      [50140, 50199], .entraInteractionRequired, .user, "Microsoft's page is waiting for an answer.",
      "Answer the question there and continue."),
  ]

  // Refresh tokens, and codes that have expired.
  private static let grant: [ErrorEntry] = [
    ErrorEntry(
      [70008, 700_082], .entraGrantExpired, .user, "The permission to use {mailbox} has expired.",
      "Connect the account again. A permission that is not used expires after 90 days."),
    ErrorEntry(
      [700_084], .entraGrantExpired, .appOwner, at: .portal(.authentication),
      "The permission to use {mailbox} expired after a day, as it does for a Single-page application.",
      "Register {redirectURI} under the platform Web instead of Single-page application, then connect the account again."
    ),
    ErrorEntry(
      [70043], .entraGrantExpired, .user,
      "A policy of {tenant} requires people to sign in regularly, and the last sign-in of {mailbox} is too old.",
      "Connect the account again; an administrator can exclude the app from the sign-in frequency policy."),
    ErrorEntry(
      [50132, 50133, 50173], .entraGrantRevoked, .user,
      "The permission to use {mailbox} was revoked, for example by a change of password.",
      "Connect the account again."),
    ErrorEntry(
      [70000], .entraGrantRevoked, .user,
      "The permission to use {mailbox} is no longer valid or belongs to another app.",
      "Connect the account again; for an imported refresh token, check that {clientID} is the one it was issued to."
    ),
    ErrorEntry(
      [700_007], .entraGrantRevoked, .appOwner,
      "The refresh token was issued to a different app, not to {clientID}.",
      "Use the client ID that the refresh token was issued to, or connect the account by signing in."),
  ]

  /// The refusal that both buttons of Microsoft's pages give, “Cancel” and, under “Need admin approval”, “Return to
  /// the application without granting consent”, for permissions of which an administrator may have to decide.
  static let declinedOrReserved = ErrorEntry(
    [ErrorCatalogue.declined], .signInDeclined, .administrator, at: .adminConsent,
    "Microsoft did not grant the permissions that the app requests ({scopes}): they were declined, or only an "
      + "administrator of the organisation may grant them.",
    "If Microsoft's page said “Need admin approval”, have an administrator open {adminConsent} and accept, then connect "
      + "again; if you declined, start again from the link and accept.")

  private static let consent: [ErrorEntry] = [
    ErrorEntry(
      [65001], .entraConsentRequired, .user, at: .adminConsent,
      "Nobody has consented to the permissions that the app requests: {scopes}.",
      "Connect the account again and accept; or have an administrator open {adminConsent} and accept for everyone."
    ),
    ErrorEntry(
      [ErrorCatalogue.declined], .signInDeclined, .user, "The permissions were declined.",
      "Start again from the link and accept: {scopes}."),
    ErrorEntry(
      [90094, 90095], .entraAdminConsentRequired, .administrator, at: .adminConsent,
      "In {tenant} only an administrator may consent to the permissions that the app requests: {scopes}.",
      "Have an administrator open {adminConsent} and accept, then connect again; in most tenants an app that only sends "
        + "(Mail.Send) needs no administrator."),
    ErrorEntry(
      [50105], .entraAccessBlocked, .administrator, at: .portal(.enterpriseApps),
      "The app is limited to assigned users, and {mailbox} is not assigned.",
      "Have an administrator add the account under Enterprise applications, Users and groups."),
  ]

  // What the person has to do at Microsoft.
  private static let person: [ErrorEntry] = [
    ErrorEntry(
      [50072, 50074, 50076, 50078, 50079, 50158], .entraInteractionRequired, .user,
      "Microsoft requires multi-factor authentication from the owner of {mailbox}, such as a code on the phone.",
      "Connect the account again and complete every step of Microsoft's sign-in."),
    ErrorEntry(
      [50058, 90072], .entraInteractionRequired, .user,
      "Microsoft requires the owner of {mailbox} to sign in again.",
      "Connect the account again."),
    ErrorEntry(
      [50055, 50056, 50126, 50144], .entraInteractionRequired, .user,
      "The password of {mailbox} is wrong or has expired.",
      "Set a new password at Microsoft, then connect the account again."),
    ErrorEntry(
      [50053], .entraAccessBlocked, .user,
      "Microsoft has locked {mailbox} after too many attempts, or blocks this server's address.",
      "Wait an hour and connect again; if that fails too, have an administrator check the account's sign-in log."
    ),
    ErrorEntry(
      [50057], .entraAccessBlocked, .administrator, at: .portal(.users),
      "Sign-in is disabled for {mailbox}.",
      "Have an administrator enable it. The account of a shared mailbox is disabled by design: connect it through one of "
        + "its members, or with application permissions."),
  ]

  // What the tenant's policies block.
  private static let policy: [ErrorEntry] = [
    ErrorEntry(
      [50097, 50129, 53000, 53001], .entraAccessBlocked, .administrator, at: .portal(.conditionalAccess),
      "A Conditional Access policy of {tenant} allows {mailbox} to sign in from managed devices only.",
      "Have an administrator exclude the app from that policy, or connect with application permissions."),
    ErrorEntry(
      [50131, 53003, 53011, 530_032, 530_033], .entraAccessBlocked, .administrator,
      at: .portal(.conditionalAccess),
      "A Conditional Access policy of {tenant} blocks {mailbox}.",
      "Have an administrator exclude the app from it, or add this server's address as a trusted location; the account's "
        + "sign-in log names the policy."),
    ErrorEntry(
      [530_035], .entraAccessBlocked, .administrator, at: .portal(.conditionalAccess),
      "The security defaults of {tenant} block this way of signing in.",
      "Connect the account by signing in at Microsoft, not with a password."),
    ErrorEntry(
      [90093], .entraAccessBlocked, .administrator, at: .portal(.enterpriseApps),
      "The directory of {tenant} does not allow the app.", "Have an administrator allow the app."),
  ]

  // Temporary failures.
  private static let service: [ErrorEntry] = [
    ErrorEntry(
      [ErrorCatalogue.loop], .entraThrottled, .nobody,
      "The same token was requested from Entra too often, so it refuses for some minutes.", nil,
      .later(.seconds(600))
    ),
    ErrorEntry(
      [90055], .entraThrottled, .nobody, "Entra is receiving too many requests from {tenant}.", nil,
      .later(nil)),
    ErrorEntry(
      [50000, 50033, 90006, 90012, 90024, 90033], .entraUnavailable, .nobody,
      "Entra cannot answer at the moment.", nil, .later(nil)),
  ]
}
