package import Core
package import Store

/// An app registration at Microsoft, as interfaces may show it.
package struct OAuth2App: Sendable {
  package let id: AppID
  package let name: String
  package let title: String?
  package let description: String?
  package let provider: OAuth2Provider
  package let enabled: Bool
  package let cloud: String
  package let baseScopes: BaseScopes
  package let sendOnly: Bool
  package let shared: Bool
  /// Whether a sign-in link that names no app offers it.
  package let listed: Bool
  /// Whether the configuration file declares it.
  package let declared: Bool
  package let clientID: String
  /// A native client has neither secret nor certificate.
  package let hasSecret: Bool
  /// `x5t#S256` of its certificate.
  package let certificateThumbprint: String?
  /// When the secret or the certificate expires.
  package let secretExpires: Instant?
  /// `common`, `organizations`, `consumers`, a tenant id or a domain.
  package let authority: String
  /// `nil` uses `{public URL}/oauth`.
  package let redirectURL: String?
  package let extraScopes: [String]
  package let skipScopes: [String]
  /// How many accounts use it.
  package let accounts: Int
  package let warnings: [AppWarning]
  package let lastError: ProblemRecord?
  package let created: Instant
  package let updated: Instant

  init(_ record: OAuth2AppRecord, accounts: Int, warnings: [AppWarning]) {
    id = record.id
    name = record.name
    title = record.title
    description = record.description
    provider = record.provider
    enabled = record.enabled
    cloud = record.cloud
    baseScopes = record.baseScopes
    sendOnly = record.sendOnly
    shared = record.shared
    listed = record.listed
    declared = record.declared
    clientID = record.clientID
    hasSecret = record.clientSecret != nil
    certificateThumbprint = record.certificateThumbprint
    secretExpires = record.secretExpires
    authority = record.authority
    redirectURL = record.redirectURL
    extraScopes = record.extraScopes
    skipScopes = record.skipScopes
    self.accounts = accounts
    self.warnings = warnings
    lastError = record.lastError
    created = record.created
    updated = record.updated
  }
}
