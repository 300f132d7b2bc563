import Core

extension EntraErrors {
  /// What the mailbox's owner, an administrator, or time mends.
  static let ofThePerson = code + grant + consent + person + policy + service

  // One sign-in, and what came of it.
  private static let code: [ErrorEntry] = [
    ErrorEntry(
      [54005], .entraCodeUsed, .user, "This sign-in has already been used.",
      "Start again from the link; do not reload the page that Microsoft leads back to, nor go back to it."),
    ErrorEntry(
      [50147, 501_481, 501_491], .entraPKCEMismatch, .user,
      "This answer does not belong to the sign-in that was started.", "Start again from the link."),
    ErrorEntry(
      [70016], .entraInteractionRequired, .user, "The code has not been entered yet.",
      "Enter it on Microsoft's page and finish the sign-in.", .later(nil)),
    ErrorEntry(
      [70018, 70019, 70020], .signInDeviceCodeExpired, .user,
      "The code was not entered in time, or was mistyped.",
      "Ask for a new code and enter it within fifteen minutes."),
    ErrorEntry(
      [16000, 16001, 16002], .entraInteractionRequired, .user,
      "The browser is signed in at Microsoft with another account.",
      "Open the link in a private window and pick the account of {mailbox}."),
    ErrorEntry(
      [50140, 50199], .entraInteractionRequired, .user, "Microsoft's page waits for an answer.",
      "Answer its question and go on."),
  ]

  // Refresh tokens, and codes that are as old.
  private static let grant: [ErrorEntry] = [
    ErrorEntry(
      [70008, 700_082], .entraGrantExpired, .user, "The permission to use {mailbox} has expired.",
      "Connect the account again. Unused, a permission lasts 90 days."),
    ErrorEntry(
      [700_084], .entraGrantExpired, .appOwner, at: .portal(.authentication),
      "The permission to use {mailbox} has ended after a day, as it does for a Single-page application.",
      "Register {redirectURI} under the platform Web in place of Single-page application, then connect the account again."
    ),
    ErrorEntry(
      [70043], .entraGrantExpired, .user,
      "A policy of {tenant} asks for a new sign-in more often than the last one of {mailbox}.",
      "Connect the account again; an administrator can exclude the app from the sign-in frequency policy."),
    ErrorEntry(
      [50132, 50133, 50173], .entraGrantRevoked, .user,
      "The permission to use {mailbox} has been withdrawn, as after a change of password.",
      "Connect the account again."),
    ErrorEntry(
      [70000], .entraGrantRevoked, .user,
      "The permission to use {mailbox} has ended or belongs to another app.",
      "Connect the account again; for an imported refresh token, check that {clientID} is the one it was issued to."
    ),
    ErrorEntry(
      [700_007], .entraGrantRevoked, .appOwner,
      "The refresh token was issued to another app than {clientID}.",
      "Use the client ID that the refresh token came with, or connect the account by signing in."),
  ]

  private static let consent: [ErrorEntry] = [
    ErrorEntry(
      [65001], .entraConsentRequired, .user, at: .adminConsent,
      "Nobody has allowed the app what it asks for: {scopes}.",
      "Connect the account again and accept; or have an administrator open {adminConsent} and accept for everybody."
    ),
    ErrorEntry(
      [65004], .signInDeclined, .user, "The permissions were declined.",
      "Start again from the link and accept: {scopes}."),
    ErrorEntry(
      [90094, 90095], .entraAdminConsentRequired, .administrator, at: .adminConsent,
      "In {tenant} only an administrator may allow what the app asks for: {scopes}.",
      "Have an administrator open {adminConsent} and accept, then connect again; an app that only sends (Mail.Send) needs "
        + "no administrator in most tenants."),
    ErrorEntry(
      [50105], .entraAccessBlocked, .administrator, at: .portal(.enterpriseApps),
      "The app is for assigned people only, and {mailbox} is not assigned.",
      "Have an administrator add the account under Enterprise applications, Users and groups."),
  ]

  // What Microsoft wants of the person.
  private static let person: [ErrorEntry] = [
    ErrorEntry(
      [50072, 50074, 50076, 50078, 50079, 50158], .entraInteractionRequired, .user,
      "Microsoft asks the owner of {mailbox} for a second proof, such as a code on the phone.",
      "Connect the account again and finish every step of Microsoft's sign-in."),
    ErrorEntry(
      [50058, 90072], .entraInteractionRequired, .user,
      "Microsoft wants the owner of {mailbox} to sign in again.",
      "Connect the account again."),
    ErrorEntry(
      [50055, 50056, 50126, 50144], .entraInteractionRequired, .user,
      "The password of {mailbox} is wrong or has expired.",
      "Set a new password at Microsoft, then connect the account again."),
    ErrorEntry(
      [50053], .entraAccessBlocked, .user,
      "Microsoft has locked {mailbox} after too many attempts, or blocks this server's address.",
      "Wait an hour and connect again; if it stays, have an administrator look into the account's sign-in log."
    ),
    ErrorEntry(
      [50057], .entraAccessBlocked, .administrator, at: .portal(.users),
      "Signing in is switched off for {mailbox}.",
      "Have an administrator enable it. A shared mailbox is a disabled account: connect it through one of its members, or "
        + "with application permissions."),
  ]

  // What the tenant's policies forbid.
  private static let policy: [ErrorEntry] = [
    ErrorEntry(
      [50097, 50129, 53000, 53001], .entraAccessBlocked, .administrator, at: .portal(.conditionalAccess),
      "A Conditional Access policy of {tenant} lets {mailbox} in from managed devices only.",
      "Have an administrator exclude the app from that policy, or connect with application permissions."),
    ErrorEntry(
      [50131, 53003, 53011, 530_032, 530_033], .entraAccessBlocked, .administrator,
      at: .portal(.conditionalAccess),
      "A Conditional Access policy of {tenant} keeps {mailbox} out.",
      "Have an administrator exclude the app from it, or name this server's address as a trusted location; the account's "
        + "sign-in log names the policy."),
    ErrorEntry(
      [530_035], .entraAccessBlocked, .administrator, at: .portal(.conditionalAccess),
      "The security defaults of {tenant} block this way of signing in.",
      "Connect the account by signing in at Microsoft, not with a password."),
    ErrorEntry(
      [90093], .entraAccessBlocked, .administrator, at: .portal(.enterpriseApps),
      "The directory of {tenant} is closed to the app.", "Have an administrator allow the app."),
  ]

  // Not now.
  private static let service: [ErrorEntry] = [
    ErrorEntry(
      [ErrorCatalogue.loop], .entraThrottled, .nobody,
      "Entra was asked for the same token too often and refuses for some minutes.", nil, .later(.seconds(600))
    ),
    ErrorEntry(
      [90055], .entraThrottled, .nobody, "Entra is receiving too many requests from {tenant}.", nil,
      .later(nil)),
    ErrorEntry(
      [50000, 50033, 90006, 90012, 90024, 90033], .entraUnavailable, .nobody,
      "Entra cannot answer at the moment.", nil, .later(nil)),
  ]
}
