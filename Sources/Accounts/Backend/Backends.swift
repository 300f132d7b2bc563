package import Core
import Microsoft
package import Store

/// Finds the way into an account's mailbox.
package struct Backends: Sendable {
  private let store: Store
  private let endpoints: Endpoints
  private let tokens: TokenSource
  private let gate: Gate

  package init(store: Store, endpoints: Endpoints, tokens: TokenSource, gate: Gate) {
    self.store = store
    self.endpoints = endpoints
    self.tokens = tokens
    self.gate = gate
  }

  /// A value for one attempt: what the account may do is read now. No token is asked for yet.
  package func backend(for id: AccountID, in workspace: WorkspaceID) async throws -> any Backend {
    let found = try await store.read { (tx: borrowing Transaction) -> (AccountDetails, OAuth2AppRecord)? in
      guard let details = try tx.account(id, in: workspace),
        let app = try tx.app(details.account.app, in: details.account.appWorkspace)
      else { return nil }
      return (details, app)
    }
    guard let (details, app) = found else { throw AccountProblem.accountNotFound(id) }
    guard details.baseScopes == .api else { throw AccountProblem.backendNotImplemented(id) }
    return GraphBackend(
      account: details.account, mailbox: details.mailbox, canReconcile: details.canReconcile,
      learnsItsLimits: details.provider == .outlookService, cloud: try endpoints.cloud(of: app),
      values: ErrorValues(clientID: app.clientID, tenant: app.authority, mailbox: details.account.mailbox),
      http: endpoints.http, tokens: tokens, gate: gate, store: store)
  }
}

extension AccountDetails {
  /// How Graph is told which mailbox is meant: only a person's own has no name.
  var mailbox: GraphMailbox {
    guard provider == .outlook else { return .user(account.mailbox) }
    return account.delegated || account.delegatedAccount != nil ? .shared(account.mailbox) : .me
  }
}
