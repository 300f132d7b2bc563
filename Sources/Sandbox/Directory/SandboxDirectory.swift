package import Core

/// The tenants, people and applications of the sandbox: what `GET /sandbox/directory` answers, secrets
/// included.
package struct SandboxDirectory: Encodable, Sendable {
  package var tenants: [Tenant]
  package var users: [User]
  package var apps: [App]

  package struct Tenant: Encodable, Sendable, Hashable {
    package var id: String
    package var domain: String
    package var consentPolicy = ConsentPolicy.everyone
  }

  /// What people who are no administrators may consent to (Microsoft Learn, "Manage app consent policies").
  package enum ConsentPolicy: String, Codable, Sendable, CaseIterable {
    /// Whatever an app asks for.
    case everyone
    /// The policy that Microsoft manages, which keeps the reading of mail for administrators.
    case managed
    case administrators
  }

  package struct User: Encodable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable { case work, shared, personal }

    package var id: String
    package var userPrincipalName: String
    /// `nil` for a user without a mailbox.
    package var mail: String?
    package var displayName: String
    package var tenantId: String
    package var kind: Kind
    package var hasMailbox: Bool
    package var isAdministrator = false
    /// Who has been given a shared mailbox.
    package var members: [Member] = []
  }

  /// Exchange's rights in somebody else's mailbox (Microsoft Learn, "Manage permissions for recipients").
  package struct Member: Codable, Sendable, Hashable {
    /// User principal name.
    package var user: String
    /// Reads and writes everything; by itself sends nothing.
    package var fullAccess: Bool
    package var sendAs: Bool
  }

  package struct App: Encodable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable { case web, native, daemon }

    package var clientId: String
    package var displayName: String
    package var kind: Kind
    /// The tenant where it is registered.
    package var tenantId: String
    /// `nil` for a native client.
    package var secret: String?
    package var redirects: [Redirect]
    /// What its registration declares. A name without a resource is Graph's.
    package var delegatedScopes: [String]
    /// Consented by the administrator of its own tenant, if `adminConsented`.
    package var applicationRoles: [String]
    package var secretExpired = false
    package var secretExpires: Instant?
    package var signInAudience: SignInAudience
    /// "Allow public client flows": without it a device code is worth nothing.
    package var allowsPublicClient = false
    package var certificates: [ClientCertificate] = []
    package var adminConsented = true
    /// Whether people may be asked for more than `delegatedScopes`.
    package var dynamicConsent = true
    /// Ids of the tenants whose administrators have switched it off.
    package var disabledIn: [String] = []
    package var mailboxScope: MailboxScope?
    /// What is wrong with it on purpose.
    package var plant: String?
  }

  package struct Redirect: Encodable, Sendable, Hashable {
    package enum Platform: String, Codable, Sendable, CaseIterable { case web, spa, publicClient }

    package var uri: String
    package var platform: Platform
  }

  /// Which mailboxes an app reaches that acts by itself.
  package struct MailboxScope: Encodable, Sendable, Hashable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
      /// Role based access control for applications: adds these mailboxes to what the token's roles allow.
      case rbac
      /// An application access policy: takes all other mailboxes from what the token's roles allow.
      case accessPolicy
    }

    package var kind: Kind
    /// User principal names.
    package var mailboxes: [String]
  }

  /// Who may sign in to an app (Microsoft Learn, "Supported accounts").
  package enum SignInAudience: String, Codable, Sendable, CaseIterable {
    case singleTenant = "AzureADMyOrg"
    case workAccounts = "AzureADMultipleOrgs"
    case everyone = "AzureADandPersonalMicrosoftAccount"
    case personalAccounts = "PersonalMicrosoftAccount"
  }
}

extension SandboxDirectory {
  /// By object id, user principal name or address, messages' case aside.
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

  /// By id or domain, messages' case aside.
  package func tenant(_ name: String) -> Tenant? {
    let name = name.lowercased()
    return tenants.first { $0.id == name || $0.domain == name }
  }
}

extension SandboxDirectory.User {
  /// One of the hundred that stand for a large customer; pages for people leave them out.
  package var isBulk: Bool { userPrincipalName.hasPrefix("mailbox") }

  /// The right that somebody has been given here; `nil` when none.
  func member(_ other: SandboxDirectory.User) -> SandboxDirectory.Member? {
    members.first { $0.user.lowercased() == other.userPrincipalName.lowercased() }
  }
}

extension SandboxDirectory.App {
  package var redirectUris: [String] { redirects.map(\.uri) }

  /// The id of its secret, which people paste in place of its value.
  package var secretId: String? { secret.map { RandomText.guid(from: clientId + $0) } }
}
