import Access
package import Core
import Events
import Store
import Vault

/// What became of what was declared before.
package struct DeclaredChanges: Sendable, Hashable {
  /// Stay, and can be changed through the API again.
  package var undeclaredApps: [AppID] = []
  package var undeclaredAccounts: [AccountID] = []
  /// No longer work.
  package var removedTokens: [TokenID] = []
  /// Keep their values, and can be changed through the API again.
  package var undeclaredSettings: [WorkspaceSetting] = []
}

extension AccountDirectory {
  /// Makes or updates everything that is declared, in one transaction: all of it, or nothing. What is no
  /// longer declared loses its mark; such tokens are removed.
  ///
  /// Throws what the API throws for the same values, such as `account.exists`, with the place of the declaration as
  /// its field.
  package func declare(_ settings: DeclaredSettings) async throws -> DeclaredChanges {
    let now = time.now
    let apps = try settings.apps.map { try self.apps.prepare($0.app, as: $0.id, in: .default) }
    let changes = try await store.write { [vault] (tx: borrowing Transaction) -> DeclaredChanges in
      for (app, declared) in zip(apps, settings.apps) {
        do { try tx.declare(app, at: now) } catch let problem as Problem where problem.scope != .installation
        {
          throw problem.placed(at: declared.place)
        }
      }
      for account in settings.accounts {
        do { try tx.declare(account, at: now, vault) } catch let problem as Problem
          where problem.scope != .installation
        {
          throw problem.placed(at: account.place)
        }
      }
      var changes = DeclaredChanges()
      let appIDs = settings.apps.map(\.id)
      changes.undeclaredApps = try tx.declaredApps().filter { !appIDs.contains($0) }
      for app in changes.undeclaredApps { try tx.setDeclared(false, app: app) }
      let accountIDs = settings.accounts.map(\.id)
      changes.undeclaredAccounts = try tx.declaredAccounts().filter { !accountIDs.contains($0) }
      for account in changes.undeclaredAccounts { try tx.setDeclared(false, account: account) }
      changes.removedTokens = try tx.declare(settings.tokens, at: now)
      changes.undeclaredSettings = try tx.declare(settings.settings, vault)
      return changes
    }
    connector.nudge()
    return changes
  }
}

extension Transaction {
  fileprivate func declare(_ app: PreparedApp, at now: Instant) throws {
    let record = app.record
    if let old = try self.app(record.id, in: .default) {
      guard old.provider == record.provider else {
        throw Problem.invalidField(
          "provider", "is “\(record.provider.rawValue)”, but was “\(old.provider.rawValue)” before",
          remedy: "Give the app another name in the file.")
      }
      try replace(old, by: app, at: now)
    } else {
      try insert(record)
    }
    try setDeclared(true, app: record.id)
  }

  fileprivate func declare(_ new: DeclaredSettings.Account, at now: Instant, _ vault: Vault) throws {
    guard let app = try app(new.app, in: .default) else { throw Problem.appNotFound(new.app) }
    let existing = try account(new.id, in: .default)
    if let existing, existing.provider != app.provider {
      throw Problem.accountExists(new.id, existing.provider)
    }
    var hash: [UInt8]?
    switch (app.provider, new.refreshToken) {
    case (.outlookService, _): try enter(new, app, over: existing?.account, at: now)
    case (.outlook, let token?):
      hash = Digest.sha256(token)
      // Entra may have replaced it since; the same one again would take the account back to it.
      if try existing?.account.app != app.id || declaredTokenHash(of: new.id) != hash {
        _ = try save(
          new.grant(token), as: new.id, app, existing: existing?.account, in: .default, at: now, vault)
      }
      try updateDetails(new, at: now)
    case (.outlook, nil):
      try expectSignIn(new, app, existing?.account, at: now)
      hash = try declaredTokenHash(of: new.id)
      try updateDetails(new, at: now)
    }
    try setDeclared(true, account: new.id, tokenHash: hash)
  }

  /// An account of an app that acts for itself; one that is there is connected again only if something has changed.
  private func enter(
    _ new: DeclaredSettings.Account, _ app: OAuth2AppRecord, over existing: AccountRecord?, at now: Instant
  ) throws {
    let account = record(of: new, app, state: .initial, at: now)
    guard let existing, existing.mailbox == account.mailbox, existing.app == account.app else {
      _ = try enter(account, over: existing, at: now)
      return
    }
    try updateDetails(new, at: now)
  }

  /// An account that a person signs in to, through that app and no other.
  private func expectSignIn(
    _ new: DeclaredSettings.Account, _ app: OAuth2AppRecord, _ existing: AccountRecord?, at now: Instant
  ) throws {
    guard existing?.app != app.id else { return }
    guard existing == nil || existing?.state == .unset else {
      throw Problem.invalidField(
        "app", "is not the app through which its owner signed in",
        remedy: "Name that app, or delete the account once the file no longer declares it.")
    }
    try upsert(record(of: new, app, state: .unset, at: now))
    if existing == nil { try append(Event.accountAdded.record(new.id, in: .default, at: now)) }
  }

  /// What has nothing to do with how the mailbox is reached.
  private func updateDetails(_ new: DeclaredSettings.Account, at now: Instant) throws {
    guard var account = try account(new.id, in: .default)?.account else { return }
    let name = new.name ?? new.email
    guard account.mailbox.lowercased() == new.email.lowercased() else {
      throw Problem.otherMailbox(new.id, account.mailbox)
    }
    guard account.name != name || account.unknownOutcome != new.unknownOutcome else { return }
    (account.name, account.unknownOutcome, account.updated) = (name, new.unknownOutcome, now)
    try upsert(account)
  }

  private func record(
    of new: DeclaredSettings.Account, _ app: OAuth2AppRecord, state: AccountState, at now: Instant
  ) -> AccountRecord {
    AccountRecord(
      workspace: .default, id: new.id, name: new.name ?? new.email, email: new.email, app: app.id,
      mailbox: new.email, identity: app.provider == .outlook ? .unverified : .verified, state: state,
      mailboxFound: false, unknownOutcome: new.unknownOutcome, created: now)
  }

  /// - Returns: those that are no longer declared.
  fileprivate func declare(_ tokens: [DeclaredSettings.Token], at now: Instant) throws -> [TokenID] {
    let before = try declaredTokens()
    let records = tokens.map { token in
      APITokenRecord(
        workspace: .default, id: token.id, hash: Digest.sha256(token.token), description: token.description,
        scopes: token.scopes, account: token.account,
        created: before.first { $0.id == token.id }?.created ?? now, expires: token.expires, declared: true)
    }
    // All that have changed go first: two of them may have changed places.
    for old in before where !records.contains(old) { _ = try deleteAPIToken(old.id, in: .default) }
    for record in records where !before.contains(record) { try insert(record) }
    return before.map(\.id).filter { id in !tokens.contains { $0.id == id } }
  }
}
