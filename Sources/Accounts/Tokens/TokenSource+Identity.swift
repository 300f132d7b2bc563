import Core
import Microsoft
import Store

// Whose mailbox an imported grant is for.
extension TokenSource {
  /// Lets Microsoft's answer decide, where so far only the person who entered the account has said so. Without an
  /// id_token and without User.Read it stays unknown.
  ///
  /// Throws `account.identityMismatch` for another person's grant.
  func identify(
    _ token: Secret, _ scopes: [String], _ idToken: IDToken?, _ stored: StoredToken
  ) async throws {
    guard stored.isUnidentified, let owner = stored.owner,
      let person = try await person(token, scopes, idToken, stored.app, for: owner)
    else { return }
    guard person.matches(owner) else {
      throw Problem.foreignGrant(of: owner, signedIn: person.address)
    }
    try await store.write { (tx: borrowing Transaction) in
      try tx.setIdentity(
        person.identity(of: owner), tenantID: person.tenantID, objectID: person.objectID, account: owner.id,
        in: owner.workspace)
    }
  }

  func person(
    _ token: Secret, _ scopes: [String], _ idToken: IDToken?, _ app: OAuth2AppRecord,
    for owner: AccountRecord
  ) async throws -> SignedIn? {
    try await endpoints.person(token, scopes, idToken, app, judging: [owner.email, owner.mailbox])
  }

  /// The id_token of a refresh, unless it is not for this app: it only says who, so its age does not matter.
  func identity(in reply: TokenReply, of app: OAuth2AppRecord) throws -> IDToken? {
    guard let token = reply.idToken else { return nil }
    do {
      try token.validate(
        clientID: app.clientID, nonce: nil, tenant: app.authority, cloud: try endpoints.cloud(of: app),
        now: token.expires)
      return token
    } catch {
      return nil
    }
  }
}

// Whether the mailbox is there.
extension TokenSource {
  /// Looks into the mailbox of an account that is about to be connected, where the token allows it.
  func look(
    into details: AccountDetails, _ app: OAuth2AppRecord, with token: Secret
  ) async throws -> MailboxLook {
    guard details.mayLookIntoMailbox else { return .unknown }
    let account = details.account
    let graph = try endpoints.graph(for: app, mailbox: details.mailbox, token: token)
    if let owner = account.delegatedAccount {
      return await graph.lookIntoMailbox { origin in
        .unusable(.noAccess(to: account.mailbox, through: owner, origin: origin))
      }
    }
    guard details.provider == .outlookService else { return await graph.lookIntoMailbox(noAccess: nil) }
    let roles = AccessTokenHint(token)?.roles ?? []
    let link = try endpoints.permissionsLink(of: app)
    return await graph.lookIntoMailbox { origin in
      // An app that may only send is refused here, and sends.
      roles.contains("Mail.Send") && !roles.contains("Mail.ReadWrite")
        ? .unknown : .closed(.mailboxClosed(account.mailbox, app, roles: roles, origin: origin, link: link))
    }
  }
}

extension AccountDetails {
  /// What an app may do is not told, so it is tried.
  fileprivate var mayLookIntoMailbox: Bool {
    baseScopes == .api && (provider == .outlookService || canReconcile)
  }

  /// Why the grant of another account does not reach this mailbox; `nil` where it does, or where it is unknown
  /// what was granted.
  func missingPermission(_ stored: StoredToken) -> Problem? {
    guard let owner = account.delegatedAccount, let scopes, !scopes.isEmpty else { return nil }
    return Scopes.missing(in: scopes, for: stored.app).map {
      .ownerMayNot(
        $0, mailbox: account.mailbox, owner: owner, email: stored.owner?.email, app: stored.app.name)
    }
  }
}
