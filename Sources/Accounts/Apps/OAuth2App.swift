package import Core
package import Store

/// An app registration at Microsoft, as the faces may show it.
package struct OAuth2App: Sendable {
  package let id: AppID
  package let name: String
  package let title: String?
  package let description: String?
  package let provider: OAuth2Provider
  package let enabled: Bool
  package let clientID: String
  /// A web client or a daemon has one, a native client none.
  package let hasSecret: Bool
  /// `common`, `organizations`, `consumers`, a tenant id or a domain.
  package let authority: String
  /// `nil` uses `{public URL}/oauth`.
  package let redirectURL: String?
  package let extraScopes: [String]
  package let skipScopes: [String]
  /// How many accounts use it.
  package let accounts: Int
  package let lastError: ProblemRecord?
  package let created: Instant
  package let updated: Instant

  init(_ record: OAuth2AppRecord, accounts: Int) {
    id = record.id
    name = record.name
    title = record.title
    description = record.description
    provider = record.provider
    enabled = record.enabled
    clientID = record.clientID
    hasSecret = record.clientSecret != nil
    authority = record.authority
    redirectURL = record.redirectURL
    extraScopes = record.extraScopes
    skipScopes = record.skipScopes
    self.accounts = accounts
    lastError = record.lastError
    created = record.created
    updated = record.updated
  }
}
