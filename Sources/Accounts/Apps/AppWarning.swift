package import Core
import Microsoft
package import Store
package import Vault

/// Something about an app that works now but will stop working, or that allows more than it should.
package struct AppWarning: Sendable, Hashable {
  package let code: Code
  package let message: String
  package let remedy: String
  /// What an administrator enters in Exchange Online PowerShell.
  package let commands: [String]

  package enum Code: String, Sendable, CaseIterable {
    case redirectElsewhere = "redirect.elsewhere"
    case secretLooksLikeID = "secret.looksLikeID"
    case secretExpiring = "secret.expiring"
    case secretExpired = "secret.expired"
    case noOfflineAccess = "scopes.noOfflineAccess"
    case noLookUp = "scopes.noLookUp"
    case everyMailbox = "consent.everyMailbox"
    case mailboxByMailbox = "consent.mailboxByMailbox"
  }

  init(_ code: Code, _ message: String, remedy: String, commands: [String] = []) {
    self.code = code
    self.message = message
    self.remedy = remedy
    self.commands = commands
  }

  /// The expiry of a secret or certificate must be announced early enough to create another.
  package static let notice: Duration = .seconds(30 * 86_400)

  /// - Parameter publicURL: how browsers reach the gateway.
  package static func all(
    for app: OAuth2AppRecord, publicURL: String, at now: Instant, _ vault: Vault
  ) throws -> [AppWarning] {
    var warnings: [AppWarning] = []
    if let secret = try app.secret(vault), isGUID(secret.reveal()) { warnings.append(looksLikeID) }
    if let end = app.secretExpires { warnings += expiry(of: app, end, now) }
    switch app.provider {
    case .outlook:
      if let warning = elsewhere(app, publicURL) { warnings.append(warning) }
      if app.skipScopes.contains(where: { $0.lowercased() == "offline_access" }) { warnings.append(anHour) }
      if app.sendOnly { warnings.append(sendOnly) }
    case .outlookService:
      warnings.append(app.baseScopes == .api ? everyMailbox(app) : mailboxByMailbox(app))
    }
    return warnings
  }
}

extension AppWarning {
  /// The browser that comes back must reach this gateway, with the cookie that it got here.
  private static func elsewhere(_ app: OAuth2AppRecord, _ publicURL: String) -> AppWarning? {
    guard let redirectURL = app.redirectURL, let redirect = WebURL(redirectURL), let own = WebURL(publicURL),
      redirect.origin != own.origin
    else { return nil }
    return AppWarning(
      .redirectElsewhere,
      "The redirect URI leads to \(redirect.origin), but this gateway is reached at \(own.origin).",
      remedy:
        "Leave out “redirectUrl” and register \(publicURL)/oauth at Microsoft, or set the gateway's --url.")
  }

  private static let looksLikeID = AppWarning(
    .secretLooksLikeID, "The client secret looks like a Secret ID, which does not work as a secret.",
    remedy: "Paste the secret's Value; if it is no longer shown, create a new secret.")

  private static let anHour = AppWarning(
    .noOfflineAccess,
    "Without “offline_access” Microsoft issues no refresh token: sending stops after an hour.",
    remedy: "Remove it from “skipScopes” and have people sign in again.")

  private static let sendOnly = AppWarning(
    .noLookUp,
    "The app may only send: if Microsoft's reply is lost, the outcome of a message cannot be looked up.",
    remedy: "Choose what happens to such messages with the account's “unknownOutcome”: hold or resend.")

  private static func expiry(of app: OAuth2AppRecord, _ end: Instant, _ now: Instant) -> [AppWarning] {
    let what = app.clientCertificate == nil ? "client secret" : "certificate"
    let date = String(end.description.prefix(10))
    let remedy =
      app.clientCertificate == nil
      ? "Create a new secret under Certificates & secrets and paste its Value; accounts stay connected."
      : "Create a new certificate, upload it to the app, and paste it here with its key; accounts stay connected."
    guard end > now else {
      return [AppWarning(.secretExpired, "The \(what) has expired on \(date).", remedy: remedy)]
    }
    guard end - now <= notice else { return [] }
    let days = (end - now).components.seconds / 86_400
    let span = days == 0 ? "within a day" : days == 1 ? "in 1 day" : "in \(days) days"
    return [AppWarning(.secretExpiring, "The \(what) expires \(span), on \(date).", remedy: remedy)]
  }

  private static func everyMailbox(_ app: OAuth2AppRecord) -> AppWarning {
    AppWarning(
      .everyMailbox,
      "An administrator's consent in Entra gives this app access to every mailbox of the tenant.",
      remedy:
        "Run these commands in Exchange Online PowerShell with your own names, then remove Mail.Send and "
        + "Mail.ReadWrite from the app's API permissions in Entra; otherwise both kinds of permission apply.",
      commands: narrowing(.api, app.clientID, app.name, cloud: app.cloud))
  }

  private static func mailboxByMailbox(_ app: OAuth2AppRecord) -> AppWarning {
    AppWarning(
      .mailboxByMailbox,
      "Over IMAP and SMTP, this app can use only mailboxes to which Exchange gives it access.",
      remedy: "Run these commands in Exchange Online PowerShell, the last one for each mailbox.",
      commands: narrowing(.imap, app.clientID, app.name, cloud: app.cloud))
  }

  /// What limits an app that acts for itself to some mailboxes (Microsoft Learn, "Role Based Access Control for
  /// Applications in Exchange Online"; "Authenticate an IMAP, POP or SMTP connection using OAuth").
  package static func narrowing(
    _ base: BaseScopes, _ clientID: String?, _ name: String, cloud: String
  ) -> [String] {
    let environment = Cloud(named: cloud)?.exchangeEnvironment.map { " -ExchangeEnvironmentName " + $0 }
    let id = quoted(clientID ?? "Application (client) ID")
    let object = "'Object ID under Enterprise applications'"
    let first = [
      "Connect-ExchangeOnline" + (environment ?? ""),
      "New-ServicePrincipal -AppId \(id) -ObjectId \(object) -DisplayName \(quoted(name))",
    ]
    guard base == .api else {
      return first + [
        "Add-MailboxPermission -Identity 'mailbox@example.com' -User \(object) -AccessRights FullAccess"
      ]
    }
    let scope = "'Heliograph senders'"
    let roles = ["Application Mail.Send", "Application Mail.ReadWrite"].map {
      "New-ManagementRoleAssignment -App \(id) -Role '\($0)' -CustomResourceScope \(scope)"
    }
    return first + [
      "New-ManagementScope -Name \(scope) -RecipientRestrictionFilter \"CustomAttribute1 -eq 'heliograph'\""
    ] + roles + ["Test-ServicePrincipalAuthorization -Identity \(id) -Resource 'mailbox@example.com'"]
  }

  /// A literal string of PowerShell (about_Quoting_Rules), which typographic quotes also end.
  private static func quoted(_ text: String) -> String {
    let quotes = "'\u{2018}\u{2019}\u{201A}\u{201B}"
    return "'" + text.map { quotes.contains($0) ? "\($0)\($0)" : String($0) }.joined() + "'"
  }
}
