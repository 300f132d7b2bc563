package import Access
package import Core
package import Store

/// Actions on an existing account: pause, resume, reconnect, return its token.
package struct AccountActions: Sendable {
  private let store: Store
  private let tokens: TokenSource
  private let connector: Connector
  private let exposesTokens: Bool
  private let time: any Time

  /// - Parameter exposesTokens: whether callers may have Microsoft's access tokens at all.
  package init(
    store: Store, tokens: TokenSource, connector: Connector, exposesTokens: Bool, time: any Time
  ) {
    self.store = store
    self.tokens = tokens
    self.connector = connector
    self.exposesTokens = exposesTokens
    self.time = time
  }

  /// Its messages wait, including new ones, until it is resumed; only attempts in progress continue.
  package func pause(_ id: AccountID, in workspace: WorkspaceID) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      guard try tx.apply(.paused, to: id, in: workspace, at: now) != nil else {
        throw Problem.accountNotFound(id)
      }
    }
  }

  /// The waiting messages are sent immediately.
  package func resume(_ id: AccountID, in workspace: WorkspaceID) async throws {
    let now = time.now
    let wakes = try await store.write { (tx: borrowing Transaction) in
      guard let change = try tx.apply(.resumed, to: id, in: workspace, at: now) else {
        throw Problem.accountNotFound(id)
      }
      return change.wakesConnector
    }
    if wakes { connector.nudge() }
  }

  /// Forgets earlier refusals of the account, and requests a new token now; a paused account requests it when it
  /// is resumed.
  ///
  /// - Throws: `account.notConnected` when it has never been signed in.
  package func reconnect(_ id: AccountID, in workspace: WorkspaceID) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      guard let details = try tx.account(id, in: workspace) else { throw Problem.accountNotFound(id) }
      let account = details.account
      if details.provider == .outlook {
        let owner = account.delegatedAccount ?? id
        guard let grant = try tx.grant(of: owner, in: workspace) else {
          throw Problem.notConnected(id, because: account.lastError)
        }
        try tx.expireAccessToken(of: owner, version: grant.version, in: workspace)
      }
      for id in [account.delegatedAccount, id].compactMap(\.self) {
        try tx.apply(.reconnectRequested, to: id, in: workspace, at: now)
      }
    }
    connector.nudge()
  }
}

// Returning tokens
extension AccountActions {
  /// - Throws: `token.notExposed` unless the operator allows it, always for an app that is shared, and for a
  ///   token that reaches more than the one account the caller may use.
  package func accessToken(
    of id: AccountID, for caller: Principal
  ) async throws -> ExposedToken {
    let workspace = caller.workspace
    let before = try await state(of: id, in: workspace)
    guard exposesTokens else { throw Problem.tokensNotExposed }
    guard !before.isShared else { throw Problem.sharedTokenNotExposed }
    guard caller.account == nil || before.reachesOnlyItself else {
      throw Problem.widerTokenNotExposed(id)
    }
    let token = try await tokens.token(for: id, in: workspace)
    let after = try await state(of: id, in: workspace)
    let account = after.details.account
    return ExposedToken(
      account: id, user: account.mailbox, token: token, provider: after.details.provider, app: account.app,
      scopes: after.details.scopes, expires: after.expires, cached: before.version == after.version)
  }

  private struct TokenState: Sendable {
    var details: AccountDetails
    var isShared: Bool
    /// Of what is stored now; `nil` before the first token.
    var version: Int64?
    var expires: Instant?

    /// An app's own token serves all its mailboxes, and that of another account serves that one too.
    var reachesOnlyItself: Bool { details.provider == .outlook && details.account.delegatedAccount == nil }
  }

  private func state(of id: AccountID, in workspace: WorkspaceID) async throws -> TokenState {
    try await store.read { (tx: borrowing Transaction) -> TokenState in
      guard let details = try tx.account(id, in: workspace) else { throw Problem.accountNotFound(id) }
      let account = details.account
      let app = try tx.app(account.app, in: account.appWorkspace)
      var state = TokenState(
        details: details, isShared: app?.shared != false || account.appWorkspace != workspace)
      switch details.provider {
      case .outlook:
        let grant = try tx.grant(of: account.delegatedAccount ?? id, in: workspace)
        (state.version, state.expires) = (grant?.version, grant?.expires)
      case .outlookService:
        let token = try tx.appToken(of: account.app, in: account.appWorkspace)
        (state.version, state.expires) = (token?.version, token?.expires)
      }
      return state
    }
  }
}

/// A valid access token from Microsoft, and its scope.
package struct ExposedToken: Sendable {
  package let account: AccountID
  /// The mailbox, by Microsoft's identifier.
  package let user: String
  package let token: Secret
  package let provider: OAuth2Provider
  package let app: AppID
  /// What a person has granted; `nil` for an app that acts for itself.
  package let scopes: [String]?
  package let expires: Instant?
  /// Whether it was there already.
  package let cached: Bool
}

extension Problem {
  fileprivate static let tokensNotExposed = Problem(
    .tokenNotExposed, "This gateway does not return Microsoft's access tokens.",
    remedy: "Let Heliograph send, or have the operator set expose-tokens to yes.")

  fileprivate static let sharedTokenNotExposed = Problem(
    .tokenNotExposed, "The account uses an app that the operator shares, whose tokens are never returned.",
    remedy: "Let Heliograph send, or connect the account through one of the workspace's own apps.")

  fileprivate static func widerTokenNotExposed(_ id: AccountID) -> Problem {
    Problem(
      .tokenNotExposed,
      "The access token of “\(id)” also serves other mailboxes, and the API token is for this account only.",
      remedy: "Use an API token for the whole workspace.")
  }
}
