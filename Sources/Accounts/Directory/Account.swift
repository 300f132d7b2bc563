package import Core
package import Store

/// One mailbox that Heliograph sends from, as the faces may show it.
package struct Account: Sendable {
  package let id: AccountID
  package let name: String
  package let email: String
  package let type: OAuth2Provider
  package let app: AppID
  /// By which Microsoft knows it: an address, a principal name or a user id.
  package let mailbox: String
  package let state: AccountState
  /// Whether the mailbox is known to be there.
  package let verified: Bool
  /// Whether letters go without a draft, so that nobody can look up what became of one.
  package let sendOnly: Bool
  package let unknownOutcome: UnknownOutcome
  /// As Entra spelt them; empty for an app that acts for itself.
  package let scopes: [String]
  package let lastError: ProblemRecord?
  package let created: Instant
  package let updated: Instant

  init(_ details: AccountDetails) {
    let account = details.account
    id = account.id
    name = account.name
    email = account.email
    type = details.provider
    app = account.app
    mailbox = account.mailbox
    state = account.state
    verified = account.verified
    sendOnly = !details.canReconcile
    unknownOutcome = account.unknownOutcome
    scopes = details.scopes ?? []
    lastError = account.lastError
    created = account.created
    updated = account.updated
  }
}

extension AccountDetails {
  /// A person's grant says what it allows. What an app was granted is not told, so it is taken to be allowed
  /// everything until Graph refuses it a draft.
  var canReconcile: Bool {
    switch provider {
    case .outlook: Scopes.grant(scopes ?? [], includes: "Mail.ReadWrite")
    case .outlookService: !account.sendOnly
    }
  }
}
