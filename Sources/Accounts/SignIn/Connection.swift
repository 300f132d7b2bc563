import Core
import Microsoft
import Store
import Vault

/// All that is known once Microsoft has answered.
struct Connection: Sendable {
  let app: OAuth2AppRecord
  let person: SignedIn
  /// The mailbox, where it is another one than the person's own.
  let delegatedMailbox: String?
  let reply: TokenReply
  let refreshToken: Secret
  let clientKind: ClientKind
  let asked: Instant
  let verified: Bool

  func account(
    _ id: AccountID, _ form: HostedFormRecord, existing: AccountRecord?, at now: Instant
  ) -> AccountRecord {
    let mailbox = delegatedMailbox ?? person.address
    let known =
      existing?.verified == true && existing?.objectID == person.objectID
      && existing?.mailbox.lowercased() == mailbox.lowercased()
    var account = AccountRecord(
      workspace: form.workspace, id: id,
      name: form.name ?? existing?.name ?? (delegatedMailbox == nil ? person.name : nil) ?? mailbox,
      email: mailbox, appWorkspace: app.workspace, app: app.id, mailbox: mailbox,
      delegated: delegatedMailbox != nil, state: app.baseScopes.stateWithToken, verified: verified || known,
      unknownOutcome: form.unknownOutcome, tenantID: person.tenantID, objectID: person.objectID, created: now)
    account.paused = existing?.paused ?? false
    return account
  }

  func grant(_ account: AccountRecord, version: Int64, at now: Instant, _ vault: Vault) -> OAuth2GrantRecord {
    let (id, workspace) = (account.id, account.workspace)
    return OAuth2GrantRecord(
      workspace: workspace, account: id, version: version,
      refreshToken: vault.seal(refreshToken, for: .refreshToken(id, in: workspace)),
      accessToken: vault.seal(reply.accessToken, for: .accessToken(id, in: workspace)),
      expires: asked + reply.expiresIn, scopes: reply.scopes, clientKind: clientKind,
      keepAlive: KeepAlive.next(after: now), updated: now)
  }
}
