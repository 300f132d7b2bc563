import Access
package import Core
import Microsoft
package import Store

/// A refresh token that was issued to another program, as entered; nothing is checked yet.
package struct ImportedGrant: Sendable {
  /// The account to create or to give this grant; `nil` creates one with a new id.
  package var account: AccountID?
  /// `nil` is the address.
  package var name: String?
  /// The mailbox that it is said to be for.
  package var email: String
  package var app: App
  package var refreshToken: Secret
  /// `nil` leaves an existing account's as it is.
  package var unknownOutcome: UnknownOutcome?
  /// How it was entered, to be shown again; `nil` for any other way.
  package var smtp: SMTPForm?

  /// The registration that the token was issued to.
  package enum App: Sendable {
    case existing(AppID)
    /// The workspace's own app with these values, created if there is none; a `tenant` of `nil` is `common`, a
    /// `cloud` of `nil` the global one.
    case client(id: String, tenant: String?, secret: Secret?, cloud: String?, base: BaseScopes)
  }

  package init(
    account: AccountID?, name: String?, email: String, app: App, refreshToken: Secret,
    unknownOutcome: UnknownOutcome? = nil, smtp: SMTPForm? = nil
  ) {
    self.account = account
    self.name = name
    self.email = email
    self.app = app
    self.refreshToken = refreshToken
    self.unknownOutcome = unknownOutcome
    self.smtp = smtp
  }

  /// Longer than any that Microsoft issues: a few kilobytes for work accounts, less for personal ones.
  package static let longestToken = 16_384

  func validate() throws(Problem) {
    if let account { try account.validate() }
    if let name { try validateName(name) }
    try validateAddress(email, field: "email")
    let token = refreshToken.reveal().utf8
    guard (1...Self.longestToken).contains(token.count), token.allSatisfy({ (0x21...0x7E).contains($0) })
    else {
      throw .invalidField(
        "refreshToken", "is empty, too long, or contains a space, a line break or a character outside ASCII",
        remedy: "Paste only the token, in one piece of at most \(Self.longestToken) characters.")
    }
  }
}

extension AccountDirectory {
  /// The client that the user of an SMTP form names: `client id` or `client id/tenant`, as other programs have
  /// people enter what goes with a refresh token.
  package func client(of form: SMTPForm) throws(Problem) -> ImportedGrant.App {
    guard let cloud = apps.clouds.cloud(withMailHost: form.host) else {
      throw Problem(
        .requestNotSupported,
        "“smtp.host” is “\(String(form.host.prefix(80)))”, which is not one of Outlook's servers.",
        remedy: "Use smtp.office365.com with a client id as user and a refresh token as password; other "
          + "servers are not supported.")
    }
    let parts = form.user.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    guard let id = parts.first, isGUID(id) else {
      throw .invalidField(
        "smtp.auth.user", "is not a client id, nor a client id, a slash and a tenant",
        remedy: "Write the Application (client) ID, or the ID, a slash and the tenant; the password is the "
          + "refresh token.")
    }
    let tenant = try parts.dropFirst().first.map { text throws(Problem) in try Authority(text).segment
    }
    return .client(id: id, tenant: tenant, secret: nil, cloud: cloud.name, base: .api)
  }
}

extension Clouds {
  /// The first cloud whose people would enter that host for their mail.
  fileprivate func cloud(withMailHost host: String) -> Cloud? {
    let host = host.lowercased()
    if ["smtp.office365.com", "smtp-mail.outlook.com", "outlook.office365.com"].contains(host) {
      return global
    }
    return names.compactMap { cloud(named: $0) }.first {
      [$0.smtpHost.lowercased(), $0.imapHost.lowercased()].contains(host)
    }
  }
}
