package import Core
package import Microsoft
package import Store

/// One mailbox that Heliograph sends from, as interfaces may show it.
package struct Account: Sendable {
  package let id: AccountID
  package let name: String
  package let email: String
  package let type: OAuth2Provider
  package let app: AppID
  /// Microsoft's identifier: an address, a principal name or a user id.
  package let mailbox: String
  /// Whether the mailbox is not that of the person whose grant is used.
  package let delegated: Bool
  /// The account whose grant is used; `nil` for its own.
  package let delegatedAccount: AccountID?
  /// Of a grant of its own, whether it is proven that the address is that of the person who gave it.
  package let identity: Identity?
  package let baseScopes: BaseScopes
  /// How it was entered, if in the SMTP form.
  package let smtp: SMTPForm?
  package let state: AccountState
  /// Whether it is paused.
  package let paused: Bool
  /// Whether the mailbox is known to exist.
  package let mailboxFound: Bool
  /// Whether messages are sent without a draft, so that their outcome cannot be looked up; `nil` while that is not
  /// known: before the first token, and of an app until it was tried.
  package let sendOnly: Bool?
  package let unknownOutcome: UnknownOutcome
  /// In Entra's spelling; empty for an app that acts for itself.
  package let scopes: [String]
  package let lastError: ProblemRecord?
  /// Whether messages can be sent now, as far as is known; `lastError` says why not.
  package let ready: Bool
  package let pacing: Pacing
  /// Until when its lane rests; only of an account that was asked for by itself.
  package var pausedUntil: Instant?
  /// Whether the configuration file declares it.
  package let declared: Bool
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
    delegated = account.delegated
    delegatedAccount = account.delegatedAccount
    identity = details.provider == .outlook && account.delegatedAccount == nil ? account.identity : nil
    baseScopes = details.baseScopes
    smtp = account.smtp
    state = account.state
    paused = account.paused
    mailboxFound = account.mailboxFound
    sendOnly = details.sendsWithoutDraft
    unknownOutcome = account.unknownOutcome
    scopes = details.scopes ?? []
    lastError = account.lastError
    ready = account.state == .connected && !account.paused && !account.status.isClosed
    pacing = account.pacing
    declared = account.declared
    created = account.created
    updated = account.updated
  }
}

extension AccountDetails {
  private var readingPermission: String {
    account.delegated || account.delegatedAccount != nil ? "Mail.ReadWrite.Shared" : "Mail.ReadWrite"
  }

  fileprivate var sendsWithoutDraft: Bool? {
    switch provider {
    case .outlook: scopes?.isEmpty == false ? !canReconcile : nil
    case .outlookService: account.sendOnly ? true : account.mailboxFound ? false : nil
    }
  }

  /// A person's grant says what it allows. What an app was granted is unknown, so it is assumed to be allowed
  /// everything until Graph refuses it a draft.
  package var canReconcile: Bool {
    switch provider {
    case .outlook: Scopes.grant(scopes ?? [], includes: readingPermission)
    case .outlookService: !account.sendOnly
    }
  }
}

extension AccountDetails {
  /// How the mailbox is named in requests to Graph: only a person's own has no name.
  package var mailbox: GraphMailbox {
    guard provider == .outlook else { return .user(account.mailbox) }
    return account.delegated || account.delegatedAccount != nil ? .shared(account.mailbox) : .me
  }
}
