import Core

/// The values in play when something went wrong, with which the catalogue's sentences are filled.
///
/// No secret belongs here, and nothing of a message but its From address. A caller that knows a value sets it;
/// for an unknown one neutral words are used.
package struct ErrorValues: Sendable, Hashable {
  /// Whose portal is linked to.
  package var cloud: Cloud?
  package var clientID: String?
  package var tenant: String?
  package var redirectURI: String?
  package var scopes: [String]
  /// The one permission that the request needed.
  package var permission: String?
  package var mailbox: String?
  /// Who asks for the mailbox: the person who signed in, or the app itself.
  package var sender: String?
  package var from: String?
  /// The thumbprint by which the portal lists the app's certificate.
  package var certificate: String?
  /// A better admin-consent link than the one that the other values make.
  package var adminConsent: String?

  package init(
    cloud: Cloud? = nil, clientID: String? = nil, tenant: String? = nil, redirectURI: String? = nil,
    scopes: [String] = [], permission: String? = nil, mailbox: String? = nil,
    sender: String? = nil, from: String? = nil, certificate: String? = nil, adminConsent: String? = nil
  ) {
    self.cloud = cloud
    self.clientID = clientID
    self.tenant = tenant
    self.redirectURI = redirectURI
    self.scopes = scopes
    self.permission = permission
    self.mailbox = mailbox
    self.sender = sender
    self.from = from
    self.certificate = certificate
    self.adminConsent = adminConsent
  }
}

extension ErrorValues {
  /// Whether an administrator may have to grant what was requested; personal accounts decide for themselves.
  var mayNeedAdministrator: Bool {
    tenant?.lowercased() != "consumers"
      && scopes.contains { scope in Permission(scope: scope).map { $0.consent != .user } ?? false }
  }

  /// `template` with each `{placeholder}` replaced.
  func fill(_ template: String) -> String {
    var pieces = template.split(separator: "{", omittingEmptySubsequences: false)[...]
    var filled = String(pieces.removeFirst())
    for piece in pieces {
      let parts = piece.split(separator: "}", maxSplits: 1, omittingEmptySubsequences: false)
      let placeholder = Placeholder(rawValue: String(parts[0]))
      filled += placeholder.map { words(for: $0) ?? $0.neutral } ?? ""
      filled += parts.dropFirst().first ?? ""
    }
    return filled
  }

  func link(_ link: ErrorEntry.Link?) -> String? {
    guard let cloud else { return nil }
    switch link {
    case nil: return nil
    case .portal(let page): return cloud.portalLink(page, clientID: clientID.map { oneLine($0, limit: 64) })
    case .adminConsent: return words(for: .adminConsent)
    }
  }

  /// `nil` when the value is not known.
  private func words(for placeholder: Placeholder) -> String? {
    switch placeholder {
    case .redirectURI: shown(redirectURI, limit: 300)
    case .clientID: shown(clientID, limit: 64).map { "client ID " + $0 }
    case .authority: shown(tenant, limit: 100).map { Self.isShared($0) ? "“\($0)”" : "the tenant " + $0 }
    case .tenant: shown(tenant, limit: 100).flatMap { Self.isShared($0) ? nil : "the tenant " + $0 }
    case .scopes: shown(Self.listed(scopes), limit: 300)
    case .permission: shown(permission, limit: 100).map { "the permission " + $0 }
    case .mailbox: shown(mailbox, limit: 254)
    case .sender: shown(sender, limit: 254)
    case .from: shown(from, limit: 254)
    case .certificate: shown(certificate, limit: 64).map { "the certificate with the thumbprint " + $0 }
    case .portal: cloud?.portal
    case .adminConsent: adminConsent.map { oneLine($0, limit: 2000) } ?? ownAdminConsent
    }
  }

  /// Through these Entra finds the tenant by the account.
  private static func isShared(_ tenant: String) -> Bool {
    ["common", "organizations", "consumers"].contains(tenant.lowercased())
  }

  private func shown(_ value: String?, limit: Int) -> String? {
    guard let value else { return nil }
    let line = oneLine(value, limit: limit)
    return line.isEmpty ? nil : line
  }

  /// Permissions by their short names, without those that every sign-in asks for.
  private static func listed(_ scopes: [String]) -> String {
    let named = scopes.filter { !["openid", "profile", "email", "offline_access"].contains($0) }
    let short = (named.isEmpty ? scopes : named).map { scope in
      scope.hasSuffix("/.default") ? scope : String(scope.split(separator: "/").last ?? "")
    }
    return short.joined(separator: ", ")
  }

  /// Where the redirect back is unknown, Microsoft's page ends with its own word of thanks.
  private var ownAdminConsent: String? {
    guard let cloud, let clientID, !clientID.isEmpty, !scopes.isEmpty else { return nil }
    var fields = [("client_id", clientID), ("scope", scopes.joined(separator: " "))]
    if let redirectURI { fields.append(("redirect_uri", redirectURI)) }
    let link = cloud.adminConsentURL(tenant: tenant ?? "") + formEncoded(fields)
    return link.utf8.count <= 2000 ? link : nil
  }
}

/// The placeholders in braces in the catalogue's sentences.
enum Placeholder: String, CaseIterable {
  case redirectURI, clientID, authority, tenant, scopes, permission, mailbox, sender, from, certificate,
    portal,
    adminConsent

  /// The text when the value is not known.
  var neutral: String {
    switch self {
    case .redirectURI: "the redirect URI that Heliograph shows"
    case .clientID: "this client ID"
    case .authority: "the authority that was used"
    case .tenant: "the account's tenant"
    case .scopes: "the permissions that it requests"
    case .permission: "the permission that this needs"
    case .mailbox: "this mailbox"
    case .sender: "the person who signed in"
    case .from: "the From address of the message"
    case .certificate: "the app's certificate"
    case .portal: "the Microsoft Entra admin center"
    case .adminConsent: "the admin-consent link of the app's registration guide"
    }
  }
}
