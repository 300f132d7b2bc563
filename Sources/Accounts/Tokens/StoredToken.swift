package import Core
package import Microsoft
package import Store
package import Vault

/// Whose token it is: a person's, or that of an app, shared by all its mailboxes.
enum TokenSubject: Hashable, Sendable {
  case account(AccountID, in: WorkspaceID)
  /// The grant that was imported for it and has not been tried yet.
  case pending(AccountID, in: WorkspaceID)
  case app(AppID, in: WorkspaceID)
}

/// What is stored about one subject's token, and the app that it belongs to.
struct StoredToken: Sendable {
  var app: OAuth2AppRecord
  var kind: Kind
  /// Whose grant it is; `nil` for an app's own token.
  var owner: AccountRecord?

  enum Kind: Sendable {
    case grant(OAuth2GrantRecord)
    case pending(PendingGrantRecord)
    /// `nil` before the first token.
    case service(AppTokenRecord?)
  }

  var version: Int64? {
    switch kind {
    case .grant(let grant): grant.version
    case .pending(let pending): pending.grant.version
    case .service(let token): token?.version
    }
  }

  /// `nil` for an app's own token.
  var grantVersion: Int64? {
    switch kind {
    case .grant(let grant): grant.version
    case .pending, .service: nil
    }
  }

  /// Whether Microsoft has not said yet whose grant it is.
  var isUnidentified: Bool {
    guard let owner, grantVersion != nil, owner.identity == .unverified else { return false }
    return owner.state != .connected || !owner.isOwnerKnown
  }

  /// The stored access token, if it lives for at least that long.
  func token(for span: Duration, at now: Instant, _ vault: Vault) throws(Problem) -> Secret? {
    switch kind {
    case .grant(let grant) where now + span <= grant.expires:
      try vault.openSecret(grant.accessToken, for: .accessToken(grant.account, in: grant.workspace))
    case .pending(let pending) where now + span <= pending.grant.expires:
      try vault.openSecret(
        pending.grant.accessToken,
        for: .pendingAccessToken(pending.grant.account, in: pending.grant.workspace))
    case .service(let token?) where now + span <= token.expires:
      try vault.openSecret(token.accessToken, for: .appToken(token.app, in: token.workspace))
    case .grant, .pending, .service: nil
    }
  }

  /// Marks the stored access token as no longer usable. Returns whether it is still this one that is
  /// stored; then it is not replaced before the commit.
  func expireToken(_ tx: borrowing Transaction) throws -> Bool {
    switch kind {
    case .grant(let grant):
      try tx.expireAccessToken(of: grant.account, version: grant.version, in: grant.workspace)
    case .pending: true
    case .service(let token?):
      try tx.expireAppToken(of: token.app, version: token.version, in: token.workspace)
    case .service(nil): true
    }
  }

  /// How the app proves itself, which for a person's grant must stay as it was when the grant was made.
  func client(_ vault: Vault, at now: Instant) throws -> EntraClient {
    let native =
      switch kind {
      case .grant(let grant): grant.clientKind == .native
      case .pending(let pending): pending.grant.clientKind == .native
      case .service: false
      }
    return try native ? EntraClient(clientID: app.clientID, credential: .none) : app.client(vault, at: now)
  }
}

// Who is to blame when it is refused
extension StoredToken {
  /// Whether all accounts of the app would be refused as well.
  func blamesApp(for refusal: ProblemRecord) -> Bool {
    switch kind {
    case .service: true
    case .grant(let grant): grant.blames(app, for: refusal)
    case .pending(let pending): pending.grant.blames(app, for: refusal)
    }
  }

  /// Of an imported token that has never worked nobody knows that it was ever good: Entra's words about one that was
  /// withdrawn would mislead.
  func explained(_ problem: Problem) -> Problem {
    guard isUntried, let code = problem.origin?.code, let meaning = Self.unreadable[code] else {
      return problem
    }
    return Problem(
      .accountRefreshTokenInvalid,
      meaning.replacing("{client}", with: "client ID " + app.clientID) + " (\(code))",
      remedy:
        "Copy the complete token again, with the client ID that it was issued to; or sign in through a link.",
      origin: problem.origin)
  }

  /// By Entra's number; personal accounts' tokens get the last one for everything.
  private static let unreadable: [String: String] = [
    "AADSTS9002313":
      "Microsoft cannot read this refresh token: it is incomplete, or Microsoft did not issue it.",
    "AADSTS90023":
      "Microsoft cannot read this refresh token: it is incomplete, or Microsoft did not issue it.",
    "AADSTS70000":
      "Microsoft does not accept this refresh token: it is incomplete, no longer valid, or was not issued to {client}.",
  ]

  /// Whether it was imported and no request with it has succeeded.
  private var isUntried: Bool {
    switch kind {
    case .grant(let grant): grant.scopes.isEmpty
    case .pending(let pending): pending.grant.scopes.isEmpty
    case .service: false
    }
  }
}

extension OAuth2GrantRecord {
  /// Through a shared authority each tenant decides about its own people alone, and a native client's grant says
  /// nothing about the secret.
  func blames(_ app: OAuth2AppRecord, for refusal: ProblemRecord) -> Bool {
    switch refusal.knownCode?.fault {
    case .credential: clientKind == .web
    case .registration: !Authority.shared.contains(app.authority)
    case .settings: true
    case .grant, nil: false
    }
  }
}

extension Problem {
  /// Whether a failure to get a token is a verdict on the grant or on the app. Everything else passes by
  /// itself, or is a matter of this installation.
  var refusesToken: Bool { retry == .futile && (scope == .account || scope == .app) }
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
  /// `nil` when there is nothing to request a token with.
  func storedToken(_ subject: TokenSubject) throws -> StoredToken? {
    switch subject {
    case .account(let id, let workspace):
      guard let account = try account(id, in: workspace)?.account,
        let grant = try grant(of: id, in: workspace),
        let app = try app(account.app, in: account.appWorkspace)
      else { return nil }
      return StoredToken(app: app, kind: .grant(grant), owner: account)
    case .pending(let id, let workspace):
      guard let account = try account(id, in: workspace)?.account,
        let pending = try pendingGrant(of: id, in: workspace),
        let app = try app(pending.app, in: pending.appWorkspace)
      else { return nil }
      return StoredToken(app: app, kind: .pending(pending), owner: account)
    case .app(let id, let workspace):
      guard let app = try app(id, in: workspace) else { return nil }
      return StoredToken(app: app, kind: .service(try appToken(of: id, in: workspace)))
    }
  }
}
