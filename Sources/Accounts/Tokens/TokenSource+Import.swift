import Core
import Microsoft
import Store
import Vault

// Grants that were imported for accounts that hold a good one.
extension TokenSource {
  /// Tries the grant that was imported for the account: it replaces the one that the account has, or the account
  /// says why not and keeps what it has.
  ///
  /// - Throws: what passes by itself, or is a matter of this installation; then the grant stays, to be tried
  ///   again.
  func tryPendingGrant(of account: AccountID, in workspace: WorkspaceID) async throws {
    let subject = TokenSubject.pending(account, in: workspace)
    let stored = try await stored(subject)
    do {
      // A token that was gained before may not have told yet whose it is.
      _ = try await refreshed(subject, rejected: try usable(stored, nil))
    } catch let problem as Problem where problem.refusesToken {
      try await refuse(stored, ProblemRecord(stored.explained(problem).keepingGrant, at: time.now))
    }
  }

  /// The account keeps its owner.
  func adopt(_ refreshed: RefreshedToken, _ stored: StoredToken, _ subject: TokenSubject) async throws {
    guard let owner = stored.owner else { return }
    guard
      let person = try await person(
        refreshed.accessToken, refreshed.scopes, refreshed.idToken, stored.app, for: owner)
    else { throw Problem.unknownOwner(of: owner) }
    guard person.matches(owner) else {
      throw Problem.foreignGrant(of: owner, signedIn: person.address)
    }
    if let problem = try endpoints.sendingRefusal(refreshed.scopes, of: stored.app) { throw problem }
    // As it was saved just now.
    guard case .pending(let pending) = try await self.stored(subject).kind else { return }
    let (now, vault) = (time.now, vault)
    let grant = try pending.grant.sealed(with: vault, at: now)
    let (id, workspace) = (grant.account, grant.workspace)
    try await store.write { (tx: borrowing Transaction) in
      guard try tx.deletePendingGrant(of: id, version: pending.grant.version, in: workspace),
        var account = try tx.account(id, in: workspace)?.account
      else { return }
      account.take(pending, person, at: now)
      try tx.upsert(account)
      let replaced = try tx.grant(of: id, in: workspace)?.version
      var grant = grant
      grant.version = max(now.microseconds, (replaced ?? 0) + 1)
      _ = try tx.save(grant, replacing: replaced)
      try tx.apply(.importAdopted, to: id, in: workspace, at: now)
    }
  }

  /// A refusal of the app says nothing about the grant: it stays, and is tried again later.
  private func refuse(_ stored: StoredToken, _ refusal: ProblemRecord) async throws {
    guard let id = stored.owner?.id, let workspace = stored.owner?.workspace else { return }
    let next = refusal.scope == .app ? refusal.occurred + AccountMachine.pause : nil
    try await store.write { (tx: borrowing Transaction) in
      // Another import may have taken its place; what is refused may have been saved once more since it was read.
      guard let current = try tx.pendingGrant(of: id, in: workspace),
        current.grant.version <= (stored.version ?? 0) + 1
      else { return }
      if let next {
        try tx.putOffPendingGrant(of: id, until: next, in: workspace)
      } else {
        try tx.deletePendingGrant(of: id, in: workspace)
      }
      try tx.apply(.importRefused(refusal), to: id, in: workspace, at: refusal.occurred)
    }
  }
}

extension AccountRecord {
  fileprivate mutating func take(_ pending: PendingGrantRecord, _ person: SignedIn, at now: Instant) {
    (appWorkspace, app, name) = (pending.appWorkspace, pending.app, pending.name)
    (unknownOutcome, smtp) = (pending.unknownOutcome, pending.smtp)
    if identity == .unverified { identity = person.identity(of: self) }
    tenantID = person.tenantID ?? tenantID
    objectID = person.objectID ?? objectID
    updated = now
  }
}

extension OAuth2GrantRecord {
  /// The pending grant as the account's own.
  fileprivate func sealed(with vault: Vault, at now: Instant) throws -> OAuth2GrantRecord {
    var grant = self
    let access = try vault.openSecret(accessToken, for: .pendingAccessToken(account, in: workspace))
    let refresh = try vault.openSecret(refreshToken, for: .pendingRefreshToken(account, in: workspace))
    grant.accessToken = vault.seal(access, for: .accessToken(account, in: workspace))
    grant.refreshToken = vault.seal(refresh, for: .refreshToken(account, in: workspace))
    grant.keepAlive = KeepAlive.next(after: now)
    grant.updated = now
    return grant
  }
}

extension Problem {
  /// The reader must not take the account for lost.
  fileprivate var keepingGrant: Problem {
    var problem = self
    problem.summary = "The imported refresh token was not used, and the account keeps its grant: " + summary
    return problem
  }
}
