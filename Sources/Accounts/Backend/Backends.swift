package import Core
package import Microsoft
package import Store

/// Finds the way into an account's mailbox.
package struct Backends: Sendable {
  private let store: Store
  private let cloud: Cloud
  private let http: HTTPExchange
  private let tokens: TokenSource
  private let gate: Gate
  private let scopes: Scopes

  package init(store: Store, cloud: Cloud, http: HTTPExchange, tokens: TokenSource, gate: Gate) {
    self.store = store
    self.cloud = cloud
    self.http = http
    self.tokens = tokens
    self.gate = gate
    scopes = Scopes(cloud: cloud)
  }

  /// A value for one attempt: what the account may do is read now. No token is asked for yet.
  package func backend(for id: AccountID, in workspace: WorkspaceID) async throws -> any Backend {
    let found = try await store.read { (tx: borrowing Transaction) in try tx.account(id, in: workspace) }
    guard let found else { throw AccountProblem.accountNotFound(id) }
    return GraphBackend(
      account: found.account, mailbox: found.provider == .outlook ? .me : .user(found.account.mailbox),
      canReconcile: found.canReconcile(scopes), learnsItsLimits: found.provider == .outlookService,
      cloud: cloud,
      http: http, tokens: tokens, gate: gate, store: store)
  }
}
