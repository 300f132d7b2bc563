import Access
package import Core
import Microsoft
package import Store

extension AccountDirectory {
  /// The client that the user of an SMTP form names: `client id` or `client id/tenant`, as other programs have
  /// people enter what goes with a refresh token.
  package func client(of form: SMTPForm) throws(Problem) -> ImportedGrant.App {
    guard let cloud = apps.clouds.cloud(withMailHost: form.host) else {
      throw Problem(
        .requestNotSupported, "“smtp.host” is “\(String(form.host.prefix(80)))”, which is none of Outlook's.",
        remedy: "Use smtp.office365.com with a client id as user and a refresh token as password; other "
          + "servers are not supported.")
    }
    let parts = form.user.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    guard let id = parts.first, isGUID(id) else {
      throw .invalidField(
        "smtp.auth.user", "is no client id, alone or with a tenant behind a slash",
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
