import Access
package import Core
import Events
package import Store
package import Vault

/// The mailboxes Heliograph sends from.
package struct AccountDirectory: Sendable {
  let store: Store
  let vault: Vault
  let apps: AppRegistry
  let time: any Time
  let connector: Connector

  package init(store: Store, vault: Vault, apps: AppRegistry, time: any Time, connector: Connector) {
    self.store = store
    self.vault = vault
    self.apps = apps
    self.time = time
    self.connector = connector
  }

  /// Creates an app-only account, or gives an existing one these values. It becomes `connected` automatically.
  package func create(
    _ new: NewAccount, in workspace: WorkspaceID
  ) async throws -> (id: AccountID, origin: AccountOrigin) {
    try new.validate()
    let client: AccountApp =
      switch new.app {
      case .existing(let id): .existing(id)
      case .client(let app): .prepared(try apps.prepare(app, in: workspace))
      }
    let now = time.now
    let id = new.id ?? AccountID.make(at: now)
    let origin = try await store.write { (tx: borrowing Transaction) -> AccountOrigin in
      let appID = try client.id(tx)
      guard let app = try tx.app(appID, in: workspace) else { throw Problem.appNotFound(appID) }
      guard app.provider == .outlookService else { throw Problem.needsSignIn(app.name) }
      guard app.enabled else { throw Problem.appDisabled(app.name) }
      let existing = try tx.account(id, in: workspace)
      try existing?.account.refuseIfDeclared()
      if existing?.provider == .outlook { throw Problem.accountExists(id, .outlook) }
      let account = AccountRecord(
        workspace: workspace, id: id, name: new.name, email: new.email ?? new.mailbox, app: app.id,
        mailbox: new.mailbox, state: .initial, mailboxFound: false,
        unknownOutcome: new.unknownOutcome ?? existing?.account.unknownOutcome ?? .hold, created: now)
      return try tx.enter(account, over: existing?.account, at: now)
    }
    connector.nudge()
    return (id, origin)
  }

  package func account(_ id: AccountID, in workspace: WorkspaceID) async throws -> Account {
    let now = time.now
    return try await store.read { (tx: borrowing Transaction) in
      guard let details = try tx.account(id, in: workspace) else { throw Problem.accountNotFound(id) }
      var account = Account(details)
      account.pausedUntil = try tx.rest(of: details.account.lane, at: now)
      return account
    }
  }

  /// Oldest first; of a `state` only those that are not paused, or just those that are. `query` is looked for
  /// in id, name and address.
  package func accounts(
    _ request: PageRequest, state: AccountState? = nil, paused: Bool = false, query: String? = nil,
    in workspace: WorkspaceID
  ) async throws -> Page<Account> {
    let page = try await store.read { (tx: borrowing Transaction) in
      try tx.accounts(request, state: state, paused: paused, query: query, in: workspace)
    }
    return page.map { Account($0) }
  }

  /// Also removes the grant and the account's own webhooks, and cancels its waiting messages. Throws `account.inUse` while
  /// others send through its grant.
  package func delete(_ id: AccountID, in workspace: WorkspaceID) async throws {
    let now = time.now
    try await store.write { (tx: borrowing Transaction) in
      try tx.deleteWebhookRoute(of: id, in: workspace, at: now)
      let users = try tx.accounts(delegatedBy: id, in: workspace)
      guard users.isEmpty else { throw Problem.accountInUse(id, by: users) }
      try tx.account(id, in: workspace)?.account.refuseIfDeclared()
      try tx.cancelMessages(of: id, in: workspace, at: now)
      try tx.append(Event.accountDeleted.record(id, in: workspace, at: now))
      guard try tx.deleteAccount(id, in: workspace) else { throw Problem.accountNotFound(id) }
    }
  }
}

extension AccountRecord {
  /// Throws `configuration.declared`.
  func refuseIfDeclared() throws(Problem) {
    if declared { throw .declared("the account “\(id)”") }
  }
}

extension Transaction {
  /// Creates the account, or gives the existing one its values; in both cases it is connected again.
  func enter(
    _ account: AccountRecord, over existing: AccountRecord?, at now: Instant
  ) throws -> AccountOrigin {
    try upsert(account)
    guard let existing else {
      try append(Event.accountAdded.record(account.id, in: account.workspace, at: now))
      return .new
    }
    let isSame = existing.app == account.app && existing.mailbox.lowercased() == account.mailbox.lowercased()
    try apply(.entered(sameMailbox: isSame), to: account.id, in: account.workspace, at: now)
    return .existing
  }
}

extension Problem {
  fileprivate static func needsSignIn(_ app: String) -> Problem {
    .invalidField(
      "oauth2.provider", "is “\(app)”, an app that people sign in to",
      remedy: "Create a sign-in link with POST /v1/authentication/form, or use an app of “outlookService”.")
  }
}
