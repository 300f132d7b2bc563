package import Core

/// The tenants, people and applications of the sandbox: what `GET /sandbox/directory` answers, secrets
/// included.
package struct SandboxDirectory: Sendable {
  package var tenants: [Tenant]
  package var users: [User]
  package var apps: [App]

  package struct Tenant: Sendable, Hashable {
    package var id: String
    package var domain: String
    package var consentPolicy = ConsentPolicy.everyone
  }

  /// What people other than administrators may consent to (Microsoft Learn, "Manage app consent policies").
  package enum ConsentPolicy: String, Sendable, CaseIterable {
    /// Whatever an app asks for.
    case everyone
    /// The policy that Microsoft manages, which keeps the reading of mail for administrators.
    case managed
    case administrators
  }

  package struct User: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable { case work, shared, personal }

    package var id: String
    package var userPrincipalName: String
    /// `nil` for a user without a mailbox.
    package var mail: String?
    /// Further addresses of the mailbox.
    package var aliases: [String] = []
    /// Whether the account is of another directory and was invited to this one.
    package var isGuest = false
    package var displayName: String
    package var tenantId: String
    package var kind: Kind
    package var hasMailbox: Bool
    package var isAdministrator = false
    /// Who else has rights in the mailbox.
    package var members: [Member] = []
  }

  /// Exchange's rights in another person's mailbox (Microsoft Learn, "Manage permissions for recipients").
  package struct Member: Sendable, Hashable {
    /// User principal name.
    package var user: String
    /// Reads and writes everything; does not include sending.
    package var fullAccess: Bool
    package var sendAs: Bool
    /// The recipient sees who sent it.
    package var sendOnBehalf = false
  }

  package struct App: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable { case web, native, daemon }

    package var clientId: String
    package var displayName: String
    package var kind: Kind
    /// The tenant where it is registered.
    package var tenantId: String
    /// `nil` for a native client.
    package var secret: String?
    package var redirects: [Redirect]
    /// The permissions of its registration. A name without a resource is Graph's.
    package var delegatedScopes: [String]
    /// Consented by the administrator of its own tenant, if `adminConsented`.
    package var applicationRoles: [String]
    package var secretExpired = false
    package var secretExpires: Instant?
    package var signInAudience: SignInAudience
    /// "Allow public client flows", which device codes need.
    package var allowsPublicClient = false
    package var certificates: [ClientCertificate] = []
    package var adminConsented = true
    /// Whether people may be asked for more than `delegatedScopes`.
    package var dynamicConsent = true
    /// Ids of the tenants whose administrators have switched it off.
    package var disabledIn: [String] = []
    package var mailboxScope: MailboxScope?
    /// The fault that it demonstrates.
    package var plant: String?
  }

  package struct Redirect: Sendable, Hashable {
    package enum Platform: String, Sendable, CaseIterable { case web, spa, publicClient }

    package var uri: String
    package var platform: Platform
  }

  /// Which mailboxes an app reaches with its own token.
  package struct MailboxScope: Sendable, Hashable {
    package enum Kind: String, Sendable, CaseIterable {
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
  package enum SignInAudience: String, Sendable, CaseIterable {
    case singleTenant = "AzureADMyOrg"
    case workAccounts = "AzureADMultipleOrgs"
    case everyone = "AzureADandPersonalMicrosoftAccount"
    case personalAccounts = "PersonalMicrosoftAccount"
  }
}

extension SandboxDirectory {
  /// By object id, user principal name or address, without regard to case.
  package func user(_ name: String) -> User? {
    // Nearly every request names a user exactly, and folding a whole directory takes longer than answering.
    if let user = users.first(where: { $0.id == name || $0.userPrincipalName == name }) { return user }
    let name = name.lowercased()
    return users.first {
      $0.id == name || $0.userPrincipalName.lowercased() == name || $0.mail?.lowercased() == name
        || $0.aliases.contains { $0.lowercased() == name }
    }
  }

  package func app(_ clientID: String) -> App? {
    let clientID = clientID.lowercased()
    return apps.first { $0.clientId == clientID }
  }

  /// By id or domain, without regard to case.
  package func tenant(_ name: String) -> Tenant? {
    let name = name.lowercased()
    return tenants.first { $0.id == name || $0.domain == name }
  }
}

extension SandboxDirectory.User {
  /// One of the hundred that represent a large customer; pages for people leave them out.
  package var isBulk: Bool { userPrincipalName.hasPrefix("mailbox") }

  /// The rights of another user here; `nil` without any.
  func member(_ other: SandboxDirectory.User) -> SandboxDirectory.Member? {
    members.first { $0.user.lowercased() == other.userPrincipalName.lowercased() }
  }
}

extension SandboxDirectory.App {
  package var redirectUris: [String] { redirects.map(\.uri) }

  /// The id of its secret, which people paste in place of its value.
  package var secretId: String? { secret.map { RandomText.guid(from: clientId + $0) } }
}
