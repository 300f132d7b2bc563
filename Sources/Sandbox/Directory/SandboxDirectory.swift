/// The tenants, people and applications of the sandbox: what `GET /sandbox/directory` answers, secrets
/// included.
package struct SandboxDirectory: Codable, Sendable {
  package var tenants: [Tenant]
  package var users: [User]
  package var apps: [App]

  package struct Tenant: Codable, Sendable, Hashable {
    package var id: String
    package var domain: String
  }

  package struct User: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable { case work, shared, personal }

    package var id: String
    package var userPrincipalName: String
    /// `nil` for a user without a mailbox.
    package var mail: String?
    package var displayName: String
    package var tenantId: String
    package var kind: Kind
    package var hasMailbox: Bool
  }

  package struct App: Codable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable { case web, native, daemon }

    package var clientId: String
    package var displayName: String
    package var kind: Kind
    /// The tenant where it is registered.
    package var tenantId: String
    /// `nil` for a native client.
    package var secret: String?
    package var redirectUris: [String]
    package var delegatedScopes: [String]
    /// Consented by the administrator of its own tenant.
    package var applicationRoles: [String]
    package var secretExpired: Bool
    package var signInAudience: SignInAudience
  }

  /// Who may sign in to an app (Microsoft Learn, "Supported accounts").
  package enum SignInAudience: String, Codable, Sendable {
    case singleTenant = "AzureADMyOrg"
    case everyone = "AzureADandPersonalMicrosoftAccount"
  }
}

extension SandboxDirectory {
  /// By object id, user principal name or address, letters' case aside.
  package func user(_ name: String) -> User? {
    // Nearly every request names somebody exactly, and folding a whole directory takes longer than answering.
    if let user = users.first(where: { $0.id == name || $0.userPrincipalName == name }) { return user }
    let name = name.lowercased()
    return users.first {
      $0.id == name || $0.userPrincipalName.lowercased() == name || $0.mail?.lowercased() == name
    }
  }

  package func app(_ clientID: String) -> App? {
    let clientID = clientID.lowercased()
    return apps.first { $0.clientId == clientID }
  }

  /// By id or domain, letters' case aside.
  package func tenant(_ name: String) -> Tenant? {
    let name = name.lowercased()
    return tenants.first { $0.id == name || $0.domain == name }
  }
}

extension SandboxDirectory.User {
  /// One of the hundred that stand for a large customer; pages for people leave them out.
  package var isBulk: Bool { userPrincipalName.hasPrefix("mailbox") }
}
