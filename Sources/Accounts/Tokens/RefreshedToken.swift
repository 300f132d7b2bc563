import Core
import Microsoft
import Store
import Vault

/// What a refresh brought, sealed and ready to be saved in the place of what it was asked with.
struct RefreshedToken: Sendable {
  let accessToken: Secret
  /// In Entra's spelling; empty for an app's own token.
  let scopes: [String]
  /// Who the grant is from, where Entra has said so with the token.
  let idToken: IDToken?
  private let replaced: Int64?
  private let record: Record

  private enum Record: Sendable {
    case grant(OAuth2GrantRecord)
    case pending(OAuth2GrantRecord)
    case service(AppTokenRecord)
  }

  /// - Parameter asked: when the request left: the token's life is counted from there.
  init(_ reply: TokenReply, _ idToken: IDToken?, replacing stored: StoredToken, asked: Instant, vault: Vault)
  {
    accessToken = reply.accessToken
    scopes = reply.scopes
    self.idToken = idToken
    replaced = stored.version
    let expires = asked + reply.expiresIn
    switch stored.kind {
    case .grant(var grant):
      let (account, workspace) = (grant.account, grant.workspace)
      grant.version += 1
      grant.accessToken = vault.seal(reply.accessToken, for: .accessToken(account, in: workspace))
      if let refreshToken = reply.refreshToken {
        grant.refreshToken = vault.seal(refreshToken, for: .refreshToken(account, in: workspace))
      }
      if !reply.scopes.isEmpty { grant.scopes = reply.scopes }
      grant.expires = expires
      grant.keepAlive = KeepAlive.next(after: asked)
      grant.updated = asked
      record = .grant(grant)
    case .pending(let pending):
      var grant = pending.grant
      let (account, workspace) = (grant.account, grant.workspace)
      grant.version += 1
      grant.accessToken = vault.seal(reply.accessToken, for: .pendingAccessToken(account, in: workspace))
      if let refreshToken = reply.refreshToken {
        grant.refreshToken = vault.seal(refreshToken, for: .pendingRefreshToken(account, in: workspace))
      }
      grant.scopes = reply.scopes
      grant.expires = expires
      record = .pending(grant)
    case .service(let token):
      let app = stored.app
      record = .service(
        AppTokenRecord(
          workspace: app.workspace, app: app.id, version: (token?.version ?? 0) + 1,
          accessToken: vault.seal(reply.accessToken, for: .appToken(app.id, in: app.workspace)),
          expires: expires))
    }
  }

  /// Whether it was requested with what is stored now.
  func follows(_ stored: StoredToken) -> Bool { stored.version == replaced }

  /// Returns whether it was stored; if not, another caller was quicker.
  func save(_ tx: borrowing Transaction) throws -> Bool {
    switch record {
    case .grant(let grant): return try tx.save(grant, replacing: replaced)
    case .pending(let grant):
      guard let replaced else { return false }
      return try tx.savePending(grant, replacing: replaced)
    case .service(let token):
      guard try tx.save(token, replacing: replaced) else { return false }
      // What the app is allowed comes with the token, so it is determined again.
      try tx.forgetSendOnly(ofApp: token.app, in: token.workspace)
      return true
    }
  }
}
