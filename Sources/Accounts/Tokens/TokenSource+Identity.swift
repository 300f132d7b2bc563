import Core
import Microsoft
import Store

// Whose mailbox an imported grant is for.
extension TokenSource {
  /// Lets Microsoft's answer decide, where nobody but whoever entered the account has said so far. Without an
  /// id_token and without User.Read it stays unknown.
  ///
  /// Throws `account.identityMismatch` for somebody else's grant.
  func identify(_ refreshed: RefreshedToken, _ holding: StoredToken) async throws {
    guard let owner = holding.owner, owner.identity == .unverified, refreshed.identity(of: owner) == nil,
      let person = try await person(refreshed, holding)
    else { return }
    guard person.matches(owner) else {
      throw Problem.foreignGrant(of: owner, signedIn: person.address)
    }
    try await store.write { (tx: borrowing Transaction) in
      try tx.setIdentity(
        tenantID: person.tenantID, objectID: person.objectID, account: owner.id, in: owner.workspace)
    }
  }

  private func person(_ refreshed: RefreshedToken, _ holding: StoredToken) async throws -> SignedIn? {
    guard Scopes.grant(refreshed.scopes, includes: "User.Read") else {
      return refreshed.idToken.flatMap { SignedIn($0) }
    }
    let user = try await endpoints.graph(for: holding.app, mailbox: .me, token: refreshed.accessToken).user()
    return SignedIn(refreshed.idToken, user: user)
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
  /// Looks into the mailbox when its account is about to be connected, where the token lets us.
  ///
  /// Throws for a mailbox that Exchange does not have, or does not let this account into. Whatever else fails,
  /// the first message will tell.
  func findsMailbox(of account: AccountRecord, with token: Secret) async throws -> Bool {
    let (id, workspace) = (account.id, account.workspace)
    let found = try await store.read { (tx: borrowing Transaction) -> (AccountDetails, OAuth2AppRecord)? in
      guard let details = try tx.account(id, in: workspace),
        let app = try tx.app(details.account.app, in: details.account.appWorkspace)
      else { return nil }
      return (details, app)
    }
    guard let (details, app) = found, details.mayLookIntoMailbox else { return false }
    let graph = try endpoints.graph(for: app, mailbox: details.mailbox, token: token)
    do throws(Problem) {
      _ = try await graph.folderID(.drafts)
      return true
    } catch {
      switch error.code {
      case .graphMailboxUnavailable: throw error
      case .graphAccessDenied where details.account.delegatedAccount != nil:
        throw Problem.noAccess(
          to: account.mailbox, through: details.account.delegatedAccount ?? id, origin: error.origin)
      default: return false
      }
    }
  }
}

extension AccountDetails {
  /// What an app may do is not told, so it is tried.
  fileprivate var mayLookIntoMailbox: Bool {
    baseScopes == .api && (provider == .outlookService || canReconcile)
  }
}

extension SignedIn {
  fileprivate func matches(_ account: AccountRecord) -> Bool {
    if account.tenantID != nil, account.objectID != nil { return isOwner(of: account) }
    return answers(to: account.email) || answers(to: account.mailbox)
  }
}

extension RefreshedToken {
  /// What the id_token alone can prove: that it is the account's owner.
  func identity(of owner: AccountRecord?) -> SignedIn? {
    guard let owner, owner.identity == .unverified, let idToken, let person = SignedIn(idToken),
      person.matches(owner)
    else { return nil }
    return person
  }
}
