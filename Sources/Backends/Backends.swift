package import Accounts
package import Core
import Microsoft
package import Store
package import Vault

/// Finds the way into and out of an account's mailbox.
package struct Backends: Sendable {
  private let store: Store
  private let vault: Vault
  private let endpoints: Endpoints
  private let tokens: TokenSource
  private let limiter: MailboxLimiter
  private let keptHeaders = KeptHeaders()
  private let catalogue: FolderCatalogue

  package init(
    store: Store, vault: Vault, endpoints: Endpoints, tokens: TokenSource, limiter: MailboxLimiter
  ) {
    self.store = store
    self.vault = vault
    self.endpoints = endpoints
    self.tokens = tokens
    self.limiter = limiter
    catalogue = FolderCatalogue(time: limiter.time)
  }

  /// A sender for one attempt: what the account may do is read now. No token is requested yet.
  package func sender(for id: AccountID, in workspace: WorkspaceID) async throws -> any Sender {
    let (details, access) = try await graph(for: id, in: workspace)
    return GraphSender(
      access,
      // Both take Mail.ReadWrite.
      abilities: details.canReconcile ? [.drafts, .submission, .lookup] : [.submission],
      learnsItsLimits: details.provider == .outlookService, keptHeaders: keptHeaders, store: store,
      vault: vault)
  }

  /// A reader for one request. No token is requested yet.
  ///
  /// - Throws: `account.notFound`; `mail.notReadable` for one that only sends.
  package func reader(for id: AccountID, in workspace: WorkspaceID) async throws -> any Reader {
    let (details, access) = try await graph(for: id, in: workspace)
    guard details.canReconcile else { throw Problem.cannotRead(id) }
    return GraphReader(access: access, catalogue: catalogue)
  }

  private func graph(
    for id: AccountID, in workspace: WorkspaceID
  ) async throws -> (AccountDetails, GraphAccess) {
    let found = try await store.read {
      (tx: borrowing Transaction) -> (AccountDetails, OAuth2AppRecord, signedIn: String?)? in
      guard let details = try tx.account(id, in: workspace),
        let app = try tx.app(details.account.app, in: details.account.appWorkspace)
      else { return nil }
      let other = try details.account.delegatedAccount.flatMap { try tx.account($0, in: workspace) }
      return (details, app, other?.account.email)
    }
    guard let (details, app, signedIn) = found else { throw Problem.accountNotFound(id) }
    guard details.baseScopes == .api else { throw Problem.backendNotImplemented(id) }
    let access = GraphAccess(
      account: details.account, mailbox: details.mailbox, cloud: try endpoints.cloud(of: app),
      values: ErrorValues(
        clientID: app.clientID, tenant: app.authority, mailbox: details.account.mailbox,
        sender: details.provider == .outlookService
          ? "the app with the client ID \(app.clientID)"
          : signedIn ?? (details.account.delegated ? nil : details.account.email)),
      http: endpoints.http, tokens: tokens, limiter: limiter)
    return (details, access)
  }
}
