import Access
package import Core
import Events
import Microsoft
import Store
import Vault

extension AccountDirectory {
  /// Creates an account from an imported refresh token, or gives the token to an existing one of the same
  /// mailbox. That is not connected yet: the token is tried, and Microsoft says whose it is. An account that
  /// has a valid grant keeps it until the new one has proved valid too.
  ///
  /// Throws `request.invalidField`, `app.notFound`, `app.invalid` or `account.exists`; then no account was stored.
  package func importGrant(
    _ grant: ImportedGrant, in workspace: WorkspaceID
  ) async throws -> (id: AccountID, origin: AccountOrigin) {
    try grant.validate()
    let client = try client(of: grant, in: workspace)
    let now = time.now
    let id = grant.account ?? AccountID.make(at: now)
    let origin = try await store.write { [vault] (tx: borrowing Transaction) -> AccountOrigin in
      let app = try tx.signInApp(try client.id(tx, mayRenew: false), in: workspace)
      let existing = try tx.personsAccount(id, in: workspace)
      try existing?.refuseIfDeclared()
      return try tx.save(grant, as: id, app, existing: existing, in: workspace, at: now, vault)
    }
    connector.nudge()
    return (id, origin)
  }

  private func client(of grant: ImportedGrant, in workspace: WorkspaceID) throws -> AccountApp {
    switch grant.app {
    case .existing(let id): return .existing(id)
    case .client: return .prepared(try prepareApp(of: grant, in: workspace))
    }
  }

  /// The app that such a grant is for, if it does not exist here yet.
  func prepareApp(of grant: ImportedGrant, in workspace: WorkspaceID) throws -> PreparedApp {
    switch grant.app {
    case .existing(let id): throw Problem.appNotFound(id)
    case .client(let id, let tenant, let secret, let cloud, let base):
      return try apps.prepare(
        NewApp(
          name: "Imported client \(id)", provider: .outlook, enabled: true, cloud: cloud, baseScopes: base,
          listed: false, clientID: id, clientSecret: secret, authority: tenant), in: workspace)
    }
  }
}

extension OAuth2AppRecord {
  /// Whether personal accounts get tokens through its authority.
  fileprivate var admitsPersonal: Bool { ["common", "consumers", IDToken.consumers].contains(authority) }
}

extension Transaction {
  /// Creates the account, or gives it this grant. Throws `account.exists` when it belongs to another mailbox.
  func save(
    _ grant: ImportedGrant, as id: AccountID, _ app: OAuth2AppRecord, existing: AccountRecord?,
    in workspace: WorkspaceID, at now: Instant, _ vault: Vault
  ) throws -> AccountOrigin {
    if let existing, existing.mailbox.lowercased() != grant.email.lowercased() || existing.delegated {
      throw Problem.otherMailbox(id, existing.mailbox)
    }
    guard !grant.isPersonal || app.admitsPersonal else { throw grant.personalToken }
    let replaced = try self.grant(of: id, in: workspace)?.version
    if let existing, existing.state == .connected, existing.hasOwner, let replaced {
      let pending = try pendingGrant(of: id, in: workspace)?.grant.version ?? replaced
      try insert(
        grant.pending(for: existing, app, version: max(now.microseconds, pending + 1), at: now, vault))
      return .existing
    }
    try deletePendingGrant(of: id, in: workspace)
    let account = grant.account(id, app, existing: existing, in: workspace, at: now)
    let origin = try enter(account, over: existing, at: now)
    let record = OAuth2GrantRecord(
      workspace: workspace, account: id, version: max(now.microseconds, (replaced ?? 0) + 1),
      refreshToken: vault.seal(grant.refreshToken, for: .refreshToken(id, in: workspace)),
      accessToken: vault.seal(Secret(""), for: .accessToken(id, in: workspace)),
      expires: Instant(microseconds: 0), scopes: [], clientKind: app.isConfidential ? .web : .native,
      keepAlive: KeepAlive.next(after: now), updated: now)
    _ = try save(record, replacing: replaced)
    return origin
  }
}

extension ImportedGrant {
  /// The refresh tokens of personal accounts begin so, those of work accounts with `0.` or `1.`.
  fileprivate var isPersonal: Bool { refreshToken.reveal().hasPrefix("M.") }

  /// Quotes nothing: the row of a list may be shifted.
  fileprivate var personalToken: Problem {
    .invalidField(
      smtp == nil ? "tenant" : "smtp.auth.user",
      "names the tenant of an organisation, but the refresh token is of a personal account",
      remedy: "Use the tenant consumers, or leave the tenant out.")
  }

  /// The owner of an existing account stays known, so that another person's token cannot replace theirs.
  fileprivate func account(
    _ id: AccountID, _ app: OAuth2AppRecord, existing: AccountRecord?, in workspace: WorkspaceID,
    at now: Instant
  ) -> AccountRecord {
    var account = AccountRecord(
      workspace: workspace, id: id, name: name ?? existing?.name ?? email, email: email,
      appWorkspace: app.workspace, app: app.id, mailbox: email, identity: .unverified, state: .initial,
      mailboxFound: false, unknownOutcome: unknownOutcome ?? existing?.unknownOutcome ?? .hold,
      tenantID: existing?.tenantID, objectID: existing?.objectID, created: now)
    account.smtp = smtp
    return account
  }

  /// A grant that is tried before the account gets it.
  fileprivate func pending(
    for existing: AccountRecord, _ app: OAuth2AppRecord, version: Int64, at now: Instant, _ vault: Vault
  ) -> PendingGrantRecord {
    let (id, workspace) = (existing.id, existing.workspace)
    let grant = OAuth2GrantRecord(
      workspace: workspace, account: id, version: version,
      refreshToken: vault.seal(refreshToken, for: .pendingRefreshToken(id, in: workspace)),
      accessToken: vault.seal(Secret(""), for: .pendingAccessToken(id, in: workspace)),
      expires: Instant(microseconds: 0), scopes: [], clientKind: app.isConfidential ? .web : .native,
      keepAlive: now, updated: now)
    return PendingGrantRecord(
      grant: grant, appWorkspace: app.workspace, app: app.id, name: name ?? existing.name,
      unknownOutcome: unknownOutcome ?? existing.unknownOutcome, smtp: smtp, due: now)
  }
}
