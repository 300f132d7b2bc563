import Core

/// Words for Entra's numbers (Microsoft Learn, "Microsoft Entra authentication and authorization error codes").
///
/// Entra changes its numbers without notice and says so: they choose words and a code of ours, and whether to
/// repeat is decided on `error` and the status. The two codes that mean "not now" are the exception.
struct AADSTS: Sendable {
  var numbers: [Int]
  var code: ProblemCode
  var meaning: String
  var remedy: String?

  init(_ numbers: [Int], _ code: ProblemCode, _ meaning: String, _ remedy: String?) {
    self.numbers = numbers
    self.code = code
    self.meaning = meaning
    self.remedy = remedy
  }

  static func entry(_ number: Int) -> AADSTS? { byNumber[number] }

  private static let byNumber = Dictionary(
    uniqueKeysWithValues: catalogue.flatMap { entry in entry.numbers.map { ($0, entry) } })

  /// A client that asks for the same thing again and again is refused for a while.
  static let loop = 50196

  static let catalogue: [AADSTS] = client + redirect + tenant + scope + grant + person + policy + service

  // The app and how it proves itself.
  private static let client: [AADSTS] = [
    AADSTS(
      [700016, 700038], .entraClientUnknown, "This tenant knows no app with that client id.",
      "Paste the Application (client) ID, and check that tenant and cloud are the app's own."),
    AADSTS(
      [70001, 7000112, 7000118], .entraClientDisabled, "The app is disabled in this tenant.",
      "Ask an administrator to enable it under Enterprise applications."),
    AADSTS(
      [7000215], .entraSecretWrong, "The client secret is wrong.",
      "Paste the secret's Value, not its Secret ID; if it is no longer shown, make a new one."),
    AADSTS(
      [7000222], .entraSecretExpired, "The client secret has expired.",
      "Make a new secret under Certificates & secrets and paste its Value; accounts stay connected."),
    AADSTS(
      [7000218], .entraSecretMissing, "This app must send a client secret.",
      "Paste a secret's Value, or register the redirect URI under Mobile and desktop applications."),
    AADSTS(
      [700025], .entraSecretUnexpected, "This app is a native client and must not send a secret.",
      "Clear the client secret, or register the redirect URI under Web."),
    AADSTS(
      [50012, 50013, 700023, 700027, 700030, 500133], .entraRejected,
      "The proof that the app signed was not accepted.",
      "Upload the matching certificate to the app, and check this server's clock."),
    AADSTS(
      [70021, 700212, 700213, 700229], .entraRejected, "No federated credential of the app matches.",
      "Compare its issuer, subject and audience with what is sent."),
    AADSTS(
      [70002], .entraRejected, "The app's credentials were not accepted.",
      "Check client id and client secret."),
    AADSTS(
      [9002327], .entraRejected, "The redirect URI is registered as a single-page application.",
      "Register it under Web, or under Mobile and desktop applications."),
    AADSTS(
      [70003, 70005, 70007, 700054, 901002, 900144, 90014, 90015, 90100, 90102, 900561, 9002313],
      .entraRejected, "Entra could not read the request.",
      "Check that no proxy changes requests to Microsoft; if it does not, report this as a fault."),
    AADSTS(
      [90023], .entraRejected, "Entra could not read the code or the refresh token.",
      "Paste it again, whole; or connect the account by signing in."),
  ]

  private static let redirect: [AADSTS] = [
    AADSTS(
      [50011, 70004, 500113, 900971], .entraRedirectMismatch, "The app does not list this redirect URI.",
      "Copy the redirect URI that Heliograph shows into the app's Authentication page, to the letter.")
  ]

  // Which directory, which cloud, which kind of account.
  private static let tenant: [AADSTS] = [
    AADSTS(
      [90002], .entraTenantUnknown, "There is no such tenant in this cloud.",
      "Check the Directory (tenant) ID and the cloud."),
    AADSTS(
      [90038, 900382, 900432], .entraTenantUnknown, "The tenant is in another cloud.",
      "Choose the cloud in which the app is registered."),
    AADSTS(
      [50194, 90130, 90124], .entraTenantRequired,
      "The app serves one tenant and was asked through “common”.",
      "Set the app's tenant to its Directory (tenant) ID, or make the app multi-tenant."),
    AADSTS(
      [9001023, 50059, 90019], .entraTenantRequired, "This request needs one certain tenant.",
      "Set the app's tenant to its Directory (tenant) ID."),
    AADSTS(
      [50020, 50177, 500208, 9002332, 50034, 51004, 700005], .entraWrongAccountType,
      "This account does not belong to a tenant that the app serves.",
      "Sign in with another account, or change the app's tenant and its supported account types."),
    AADSTS(
      [16000, 16001, 16002], .entraInteractionRequired, "The browser is signed in with another account.",
      "Open the link in a private window and pick the right account."),
  ]

  private static let scope: [AADSTS] = [
    AADSTS(
      [28000, 28001, 28002, 28003, 70011, 700022], .entraScopeInvalid, "The scopes are not valid together.",
      "Ask for permissions of one resource at a time, and never beside its .default."),
    AADSTS(
      [50001, 500011, 650052], .entraScopeInvalid, "The resource does not exist in this tenant.",
      "Check cloud and scopes, and that the tenant has Exchange Online."),
    AADSTS(
      [65005, 650056, 650057, 90008, 90009], .entraScopeInvalid, "The app's registration lacks a permission.",
      "Add it under API permissions, together with User.Read."),
  ]

  // Codes and refresh tokens.
  private static let grant: [AADSTS] = [
    AADSTS(
      [54005], .entraCodeUsed, "This sign-in has already been used.",
      "Start again from the link; do not reload the page that Microsoft leads back to."),
    AADSTS(
      [50147, 501481, 501491], .entraPKCEMismatch,
      "This answer does not belong to the sign-in that was started.",
      "Start again from the link."),
    AADSTS(
      [70008, 700082, 700084, 70043], .entraGrantExpired, "The permission to use this account has expired.",
      "Connect the account again; register the redirect URI under Web if this happens daily."),
    AADSTS(
      [50132, 50133, 50173, 70000], .entraGrantRevoked,
      "The permission to use this account has ended, as after a change of password.",
      "Connect the account again."),
    AADSTS(
      [700007], .entraGrantRevoked, "The refresh token was issued to another app.",
      "Set the client id that the refresh token came with, or connect the account by signing in."),
    AADSTS(
      [65001], .entraConsentRequired, "The app has not been allowed what it asks for.",
      "Connect the account again and accept, or have an administrator grant consent."),
    AADSTS(
      [70018, 70019, 70020], .signInDeviceCodeExpired, "The code was not entered in time, or is not known.",
      "Ask for a new code and enter it within fifteen minutes."),
    AADSTS([65004], .signInDeclined, "The permission was declined.", "Start again from the link and accept."),
    AADSTS(
      [90094, 90095], .entraAdminConsentRequired, "Only an administrator may allow what the app asks for.",
      "Have an administrator consent for the organisation, or ask for no more than sending."),
  ]

  // What the person must do.
  private static let person: [AADSTS] = [
    AADSTS(
      [50058, 50072, 50074, 50076, 50078, 50079, 50140, 50158, 50199, 90072], .entraInteractionRequired,
      "Microsoft wants the person to sign in again.", "Connect the account again and finish the sign-in."),
    AADSTS(
      [50055, 50056, 50126, 50144], .entraInteractionRequired, "The password is wrong or has expired.",
      "Set a new password at Microsoft, then connect the account again."),
    AADSTS(
      [50053], .entraAccessBlocked, "The account is locked, or this server's address is blocked.",
      "Wait, or ask an administrator to unblock it."),
    AADSTS(
      [50057], .entraAccessBlocked, "The account is disabled.",
      "Ask an administrator to enable it; reach a shared mailbox through a member or an app permission."),
    AADSTS(
      [50105], .entraAccessBlocked, "The account is not assigned to the app.",
      "Ask an administrator to assign it under Enterprise applications, Users and groups."),
  ]

  // What the tenant's policies forbid.
  private static let policy: [AADSTS] = [
    AADSTS(
      [50097, 50129, 53000, 53001], .entraAccessBlocked, "A policy of the tenant asks for a managed device.",
      "Ask an administrator to exclude the app from it, or use application permissions."),
    AADSTS(
      [50131, 53003, 53011, 530032, 530033, 530035], .entraAccessBlocked,
      "A Conditional Access policy of the tenant forbids this.",
      "Ask an administrator to allow the app, or this server's address as a named location."),
    AADSTS(
      [90093], .entraAccessBlocked, "The tenant does not let the app read its directory.",
      "Ask an administrator to allow it."),
  ]

  // Not now.
  private static let service: [AADSTS] = [
    AADSTS(
      [loop], .entraThrottled, "Entra was asked for the same token too often and refuses for a while.", nil),
    AADSTS([90055], .entraThrottled, "Entra is receiving too many requests from this tenant.", nil),
    AADSTS(
      [50000, 50033, 90006, 90012, 90024, 90033], .entraUnavailable, "Entra cannot answer at the moment.", nil
    ),
  ]
}
