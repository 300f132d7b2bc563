package import Core
package import Microsoft
package import Store
package import Vault

/// Whose token it is: a person's, or that of an app, shared by all its mailboxes.
enum TokenSubject: Hashable, Sendable {
  case account(AccountID, in: WorkspaceID)
  case app(AppID, in: WorkspaceID)
}

/// What is stored about one subject's token, and the app it belongs to.
struct StoredToken: Sendable {
  var app: OAuth2AppRecord
  var kind: Kind
  /// Whose grant it is; `nil` for an app's own token.
  var owner: AccountRecord?

  enum Kind: Sendable {
    case grant(OAuth2GrantRecord)
    /// `nil` before the first token.
    case service(AppTokenRecord?)
  }

  var version: Int64? {
    switch kind {
    case .grant(let grant): grant.version
    case .service(let token): token?.version
    }
  }

  /// `nil` for an app's own token.
  var grantVersion: Int64? {
    switch kind {
    case .grant(let grant): grant.version
    case .service: nil
    }
  }

  /// Whether an imported grant has not been tried yet.
  var isUnidentified: Bool {
    owner.map { $0.identity == .unverified && $0.state != app.baseScopes.stateWithToken } ?? false
  }

  /// The stored access token, if it lives for at least that long.
  func token(for span: Duration, at now: Instant, _ vault: Vault) throws(Problem) -> Secret? {
    switch kind {
    case .grant(let grant) where now + span <= grant.expires:
      try vault.openSecret(grant.accessToken, for: .accessToken(grant.account, in: grant.workspace))
    case .service(let token?) where now + span <= token.expires:
      try vault.openSecret(token.accessToken, for: .appToken(token.app, in: token.workspace))
    case .grant, .service: nil
    }
  }

  /// Makes the stored access token one that nobody uses any more, unless it has been replaced meanwhile.
  func expireToken(_ tx: borrowing Transaction) throws {
    switch kind {
    case .grant(let grant):
      try tx.expireAccessToken(of: grant.account, version: grant.version, in: grant.workspace)
    case .service(let token?):
      try tx.expireAppToken(of: token.app, version: token.version, in: token.workspace)
    case .service(nil): break
    }
  }

  /// How the app proves itself, which for a person's grant must stay as it was when the grant was made.
  func client(_ vault: Vault, at now: Instant) throws -> EntraClient {
    let native =
      switch kind {
      case .grant(let grant): grant.clientKind == .native
      case .service: false
      }
    return try native ? EntraClient(clientID: app.clientID, credential: .none) : app.client(vault, at: now)
  }
}

extension OAuth2AppRecord {
  /// - Parameter now: from which a certificate's proof is valid, for ten minutes.
  package func client(_ vault: Vault, at now: Instant) throws -> EntraClient {
    let credential: ClientCredential =
      if let secret = try secret(vault) {
        .secret(secret)
      } else if let pem = try certificate(vault) {
        .certificate(try ClientCertificate(pem: pem), at: now)
      } else {
        .none
      }
    return EntraClient(clientID: clientID, credential: credential)
  }
}

extension Transaction {
  /// `nil` when there is nothing to ask for a token with.
  func holding(_ subject: TokenSubject) throws -> StoredToken? {
    switch subject {
    case .account(let id, let workspace):
      guard let account = try account(id, in: workspace)?.account,
        let grant = try grant(of: id, in: workspace),
        let app = try app(account.app, in: account.appWorkspace)
      else { return nil }
      return StoredToken(app: app, kind: .grant(grant), owner: account)
    case .app(let id, let workspace):
      guard let app = try app(id, in: workspace) else { return nil }
      return StoredToken(app: app, kind: .service(try appToken(of: id, in: workspace)))
    }
  }
}
