import Core

/// What Entra says on its sign-in page and at its token endpoint.
enum EntraErrors {
  /// What the owner of the app can fix.
  static let ofTheApp = client + certificate + redirect + tenant + accountType + scope + request

  private static let client: [ErrorEntry] = [
    ErrorEntry(
      [700_016], .entraClientUnknown, .appOwner, at: .portal(.overview),
      "Entra finds no app with {clientID} through {authority} in this cloud.",
      "Paste the Application (client) ID from the app's Overview, not its Object ID, and check that it is registered in "
        + "this tenant and cloud."),
    ErrorEntry(
      [700_038], .entraClientUnknown, .appOwner, at: .portal(.overview),
      "No app can have {clientID}: it is not an Application (client) ID.",
      "Paste the complete Application (client) ID from the app's Overview."),
    ErrorEntry(
      [70001, 7_000_112, 7_000_118], .entraClientDisabled, .administrator, at: .portal(.enterpriseApps),
      "The app with {clientID} is disabled in {tenant}.",
      "Have an administrator enable it under Enterprise applications, Properties, “Enabled for users to sign in”."
    ),
    ErrorEntry(
      [7_000_215], .entraSecretWrong, .appOwner, at: .portal(.credentials),
      "The client secret does not belong to the app with {clientID}.",
      "Paste the secret's Value, not its Secret ID; if the Value is no longer shown, create a new secret under "
        + "Certificates & secrets. Accounts stay connected."),
    ErrorEntry(
      [7_000_222], .entraSecretExpired, .appOwner, at: .portal(.credentials),
      "The client secret of the app with {clientID} has expired.",
      "Create a new secret under Certificates & secrets and paste its Value; accounts stay connected, and nobody has to "
        + "sign in again."
    ),
    ErrorEntry(
      [7_000_218], .entraSecretMissing, .appOwner, at: .portal(.credentials),
      "The app with {clientID} must authenticate with a secret or a certificate, but sent neither.",
      "Paste a secret's Value here; or, for an app without a secret and for sign-in by device code, turn on “Allow public "
        + "client flows” under Authentication."),
    ErrorEntry(
      [700_025], .entraSecretUnexpected, .appOwner, at: .portal(.authentication),
      "The app with {clientID} is registered as a native client and must not send a secret.",
      "Clear the client secret here, or register the redirect URI under the platform Web."),
    ErrorEntry(
      [70002], .entraRejected, .appOwner, stops: .app, at: .portal(.credentials),
      "The credentials of the app with {clientID} were not accepted.",
      "Paste the client ID and the secret's Value again, both from the same app."),
  ]

  private static let certificate: [ErrorEntry] = [
    ErrorEntry(
      [700_021, 700_027, 700_030, 50012, 50013, 50027, 5_002_738], .entraCertificateRejected, .appOwner,
      at: .portal(.credentials),
      "Entra does not accept the assertion signed with {certificate}.",
      "Upload the certificate, without its key, under Certificates & secrets, Certificates, and compare the thumbprint "
        + "shown there."),
    ErrorEntry(
      [500_133, 700_024], .entraCertificateRejected, .appOwner,
      "By Entra's clock, the assertion signed with {certificate} is not valid at this time.",
      "Correct this server's clock; it is wrong by minutes."),
    ErrorEntry(
      [700_023], .entraCertificateRejected, .appOwner,
      "The assertion signed with {certificate} names a different tenant or cloud from the one it was sent to.",
      "Check the tenant and the cloud of the app."),
    ErrorEntry(
      [70021, 700_212, 700_213, 700_229], .entraCertificateRejected, .appOwner, at: .portal(.credentials),
      "None of the app's federated credentials matches the token that it sent.",
      "Compare issuer, subject and audience under Certificates & secrets, Federated credentials, with those of the token."
    ),
  ]

  private static let redirect: [ErrorEntry] = [
    ErrorEntry(
      .entra,
      [
        "AADSTS50011", "AADSTS70004", "'redirect_uri' is not valid",
      ], .entraRedirectMismatch, .appOwner, at: .portal(.authentication),
      "The app with {clientID} does not list the redirect URI that was sent.",
      "Add exactly {redirectURI} under Authentication, platform Web: scheme, host, path, case and a trailing slash all "
        + "count."),
    ErrorEntry(
      [500_113, 900_971], .entraRedirectMismatch, .appOwner, at: .portal(.authentication),
      "The app with {clientID} has no redirect URI.",
      "Add exactly {redirectURI} under Authentication, platform Web."),
    ErrorEntry(
      [9_002_326, 9_002_327], .entraRedirectMismatch, .appOwner, at: .portal(.authentication),
      "The redirect URI is registered under the platform Single-page application.",
      "Remove {redirectURI} there and add it under the platform Web."),
  ]

  // Which directory, and which cloud.
  private static let tenant: [ErrorEntry] = [
    ErrorEntry(
      [90002], .entraTenantUnknown, .appOwner, at: .portal(.overview),
      "Entra does not know {authority} in this cloud.",
      "Paste the Directory (tenant) ID from the app's Overview, and check the cloud."),
    ErrorEntry(
      [50049, 90038, 900_382, 900_432], .entraTenantUnknown, .appOwner, stops: .account,
      at: .portal(.overview),
      "The account or the app belongs to a different Microsoft cloud.",
      "Choose the cloud in which the app is registered; an account can sign in only through its own cloud."),
    ErrorEntry(
      [50194, 90130, 90124], .entraTenantRequired, .appOwner, at: .portal(.overview),
      "The app is registered for one tenant only, but the request was sent to {authority}.",
      "Set the app's authority here to its Directory (tenant) ID, or widen its Supported account types under "
        + "Authentication."),
    ErrorEntry(
      [9_001_023, 50059, 90019], .entraTenantRequired, .appOwner, at: .portal(.overview),
      "This request needs a specific tenant, but was sent to {authority}.",
      "Set the app's authority here to the Directory (tenant) ID."),
  ]

  private static let accountType: [ErrorEntry] = [
    ErrorEntry(
      [50020, 50177, 500_208, 700_005], .entraWrongAccountType, .appOwner, at: .portal(.authentication),
      "This account does not belong to {authority}, or the app does not allow accounts of its kind.",
      "Sign in with another account; or widen Supported account types under Authentication, and set the app's authority "
        + "here to “common”."),
    ErrorEntry(
      .entra, ["AADSTS9002332", "not enabled for consumers"], .entraWrongAccountType, .appOwner,
      at: .portal(.authentication), "The app with {clientID} does not allow personal Microsoft accounts.",
      "Sign in with a work or school account; or choose “Any Entra ID tenant + personal Microsoft accounts” as Supported "
        + "account types under Authentication."),
    ErrorEntry(
      [9_002_331], .entraWrongAccountType, .appOwner, at: .portal(.authentication),
      "The app with {clientID} allows only personal Microsoft accounts.",
      "Set the app's authority here to “consumers”; or choose “Any Entra ID tenant + personal Microsoft accounts” as "
        + "Supported account types under Authentication."),
    ErrorEntry(
      [50034, 51004], .entraWrongAccountType, .user, "Entra does not find {mailbox} in {tenant}.",
      "Check the spelling of the address; if it is right, sign in through another tenant."),
  ]

  private static let scope: [ErrorEntry] = [
    ErrorEntry(
      [28000, 28001, 28002, 28003, 70011, 700_022], .entraScopeInvalid, .appOwner, at: .portal(.permissions),
      "These permissions cannot be requested together: {scopes}.",
      "Correct the app's scopes here: use permissions of one resource only, spelt as under API permissions, with none "
        + "next to one that ends in /.default."),
    ErrorEntry(
      [50001, 500_011, 650_052], .entraScopeInvalid, .administrator, at: .portal(.enterpriseApps),
      "No service in {tenant} offers {scopes}.",
      "Check the cloud and the spelling of the scopes, and that the tenant has a subscription with Exchange Online."
    ),
    ErrorEntry(
      [65005, 650_053, 650_056, 650_057], .entraScopeInvalid, .appOwner, at: .portal(.permissions),
      "The app's registration does not list everything that it requests: {scopes}.",
      "Add the missing permissions under API permissions, then connect again."),
    ErrorEntry(
      [90008, 90009], .entraScopeInvalid, .appOwner, at: .portal(.permissions),
      "The app's registration lacks the permission to sign people in.",
      "Add the delegated permission User.Read of Microsoft Graph under API permissions."),
  ]

  // Faults that no change of the registration fixes.
  private static let request: [ErrorEntry] = [
    ErrorEntry(
      [
        70003, 70005, 70007, 700_054, 901_002, 900_144, 90014, 90100, 90102, 900_561, 9_002_313,
      ], .entraRejected, .appOwner, "Entra could not read the request.",
      "Check that no proxy changes requests to Microsoft; if none does, report this as a bug in Heliograph."
    ),
    ErrorEntry(
      [90015], .entraRejected, .appOwner, "The request is too long for Entra.",
      "Request fewer scopes: {scopes}."),
    ErrorEntry(
      [90023], .entraRejected, .user, "Entra could not read the code or the refresh token.",
      "Paste the complete refresh token again, on one line; or connect the account by signing in."),
  ]
}
