import Core

/// The token endpoint: one grant in, one reply or `EntraError` out.
struct TokenEndpoint {
  let state: SandboxState
  let origin: String
  /// The `Origin` of the calling page; `nil` for other clients.
  var browserOrigin: String?

  private var directory: SandboxDirectory { state.directory }
  private var now: Instant { state.clock.now }

  /// Checks in Entra's order: tenant, grant type, client, the client's credentials, the grant itself.
  func answer(_ form: FormFields, segment name: String) throws -> TokenReply {
    let segment = try TenantSegment(name, in: directory)
    guard let grantType = form["grant_type"] else { throw EntraError.missing("grant_type") }
    guard let grant = GrantType(grantType) else {
      throw EntraError(70003, "The grant type '\(grantType)' is not supported.")
    }
    let app = try directory.knownApp(form["client_id"], tenant: name)
    if grant == .clientCredentials, segment.tenant == nil { throw EntraError(9_001_023) }
    try segment.check(app)
    try app.authenticate(
      ClientEvidence(form, browserOrigin: browserOrigin), proof: proof(for: grant, form, app: app),
      audiences: Set([name, segment.path].map { "\(origin)/\($0)/oauth2/v2.0/token" }), now: now,
      clientNow: state.clock.wallNow)
    switch grant {
    case .authorizationCode: return try redeemCode(form, app: app, segment: segment)
    case .refreshToken: return try refresh(form, app: app, segment: segment)
    case .clientCredentials: return try actAlone(form, app: app, segment: segment)
    case .deviceCode: return try redeemDeviceCode(form, app: app, segment: name.lowercased())
    }
  }

  private enum GrantType: String {
    case authorizationCode = "authorization_code"
    case refreshToken = "refresh_token"
    case clientCredentials = "client_credentials"
    case deviceCode = "urn:ietf:params:oauth:grant-type:device_code"

    init?(_ name: String) {
      // The short name is in no document, but answered.
      self.init(rawValue: name == "device_code" ? Self.deviceCode.rawValue : name)
    }
  }

  private func proof(for grant: GrantType, _ form: FormFields, app: SandboxDirectory.App) -> ClientProof {
    let usual: ClientProof = app.kind == .native ? .none : .credentials
    switch grant {
    case .authorizationCode: return form["redirect_uri"].flatMap(app.platform).map(ClientProof.init) ?? usual
    case .refreshToken:
      let text = form["refresh_token"] ?? ""
      let platform = state.grants { $0.platform(refreshToken: text, clientID: app.clientId) }
      return platform.map(ClientProof.init) ?? usual
    case .deviceCode: return app.allowsPublicClient ? .none : .credentials
    // This grant always needs a credential, but a public client is first refused because it has none.
    case .clientCredentials:
      return app.kind == .native && form["client_secret"] ?? form["client_assertion"] != nil
        ? .none : .credentials
    }
  }
}

// Authorization code (RFC 6749 section 4.1.3).
extension TokenEndpoint {
  private func redeemCode(
    _ form: FormFields, app: SandboxDirectory.App, segment: TenantSegment
  ) throws -> TokenReply {
    guard let text = form["code"] else { throw EntraError.missing("code") }
    try segment.checkForm(of: text)
    do {
      return try redeem(text, form, app: app, segment: segment)
    } catch let error as EntraError where text.hasPrefix("M.") {
      throw error.forPersonalAccount
    }
  }

  private func redeem(
    _ text: String, _ form: FormFields, app: SandboxDirectory.App, segment: TenantSegment
  ) throws -> TokenReply {
    try state.grants { book in
      let code = try book.code(text, for: app, now: now)
      let user = try person(code.userID)
      guard segment.admits(user) else { throw EntraError(700_005) }
      try policy(user).checkSignIn()
      try check(form["redirect_uri"], against: code)
      try code.challenge?.check(form["code_verifier"])
      let asked = try form["scope"].map(ScopeRequest.init)
      if let asked, asked.resources.count > 1 { throw EntraError(28000) }
      var granted = try grant(asked ?? code.scope, app: app, user: user, book: book)
      granted.nonce = code.nonce
      granted.wantsIDToken = code.scope.openID.contains("openid")
      book.redeem(text)
      var reply = try reply(granted, form: form)
      if code.scope.wantsRefreshToken {
        let token = RefreshToken(
          clientID: app.clientId, userID: user.id, scope: code.scope, platform: code.platform,
          signedInAt: now, passedMFA: policy(user).mfa, issuedAt: now, lastUsedAt: now)
        reply.refreshToken = book.issue(token, isPersonal: user.kind == .personal)
      }
      return reply
    }
  }

  private func check(_ redirectURI: String?, against code: AuthorizationCode) throws(EntraError) {
    guard let redirectURI else { throw .missing("redirect_uri") }
    guard redirectURI == code.redirectURI else {
      throw EntraError(
        50011, "The redirect URI '\(redirectURI)' is not the one that the code was issued to.")
    }
  }
}

// Device code (RFC 8628 section 3.4).
extension TokenEndpoint {
  private func redeemDeviceCode(
    _ form: FormFields, app: SandboxDirectory.App, segment: String
  ) throws -> TokenReply {
    guard let code = form["device_code"] ?? form["code"] else { throw EntraError.missing("device_code") }
    let interval = Duration.seconds(state.settings.deviceInterval)
    return try state.grants { book in
      let (userID, scope) = try book.devices.poll(
        code, clientID: app.clientId, segment: segment, interval: interval, now: now)
      let user = try person(userID)
      var granted = try grant(scope, app: app, user: user, book: book)
      granted.wantsIDToken = scope.openID.contains("openid")
      book.devices.redeem(code)
      var reply = try reply(granted, form: form)
      if scope.wantsRefreshToken {
        let token = RefreshToken(
          clientID: app.clientId, userID: user.id, scope: scope,
          platform: app.allowsPublicClient ? .publicClient : .web, signedInAt: now,
          passedMFA: policy(user).mfa, issuedAt: now, lastUsedAt: now)
        reply.refreshToken = book.issue(token, isPersonal: user.kind == .personal)
      }
      return reply
    }
  }
}

// Refresh (RFC 6749 section 6).
extension TokenEndpoint {
  private func refresh(
    _ form: FormFields, app: SandboxDirectory.App, segment: TenantSegment
  ) throws -> TokenReply {
    guard let text = form["refresh_token"] else { throw EntraError.missing("refresh_token") }
    if state.settings.requireRefreshScope, form["scope"] == nil { throw EntraError.missing("scope") }
    try segment.checkForm(of: text)
    do {
      return try state.grants { book in
        let token = try book.refreshToken(text, for: app, now: now)
        let user = try person(token.userID)
        try segment.check(user, for: app)
        try app.checkEnabled(in: user.tenantId)
        try policy(user).checkRefresh(passedMFA: token.passedMFA)
        let named = try form["scope"].map(ScopeRequest.init)
        let asked = named ?? token.scope
        var granted = try grant(asked, app: app, user: user, book: book, isNamed: named != nil)
        granted.wantsIDToken = asked.openID.contains("openid")
        book.use(text, at: now, strictRotation: state.settings.strictRotation)
        var successor = token
        successor.issuedAt = now
        successor.lastUsedAt = now
        var reply = try reply(granted, form: form)
        reply.refreshToken = book.issue(successor, isPersonal: user.kind == .personal)
        return reply
      }
    } catch let error as EntraError where text.hasPrefix("M.") {
      throw error.forPersonalAccount
    }
  }
}

// Client credentials (RFC 6749 section 4.4).
extension TokenEndpoint {
  private func actAlone(
    _ form: FormFields, app: SandboxDirectory.App, segment: TenantSegment
  ) throws -> TokenReply {
    guard let tenant = segment.tenant else { throw EntraError(9_001_023) }
    guard let text = form["scope"] else { throw EntraError.missing("scope") }
    let scope = try ScopeRequest(text)
    guard scope.resources.count <= 1 else {
      throw EntraError(70011, "The scope '\(text)' names more than one resource.")
    }
    guard let scopes = scope.resources.first, scopes.isDefault, scope.openID.isEmpty else {
      throw EntraError(
        1_002_012,
        "The provided value for scope '\(text)' is not valid. Client credential flows"
          + " must have a scope value with /.default suffixed to the resource identifier.")
    }
    let lifetime = state.settings.accessTokenLifetime
    let claims = AccessTokenClaims(
      audience: scopes.audience, tenantID: tenant.id, clientID: app.clientId, clientName: app.displayName,
      scopes: [], roles: roles(of: app, in: tenant, at: scopes.resource), issuedAt: now,
      expiresAt: now + .seconds(lifetime))
    return TokenReply(
      accessToken: try state.tokens.mint(claims, issuer: "\(origin)/\(tenant.id)/"), lifetime: lifetime)
  }
}

extension TokenEndpoint {
  /// What an administrator of the tenant has let the app do there.
  private func roles(
    of app: SandboxDirectory.App, in tenant: SandboxDirectory.Tenant, at resource: Resource
  ) -> [String] {
    let granted = state.grants { $0.roles(tenantID: tenant.id, clientID: app.clientId) }
    let isConsented = app.adminConsented && tenant.id == app.tenantId
    return app.applicationRoles.filter { resource.hasRole($0) && (isConsented || granted.contains($0)) }
  }

  private func policy(_ user: SandboxDirectory.User) -> AccessPolicy {
    state.policies { $0.policy(for: user) }
  }
}

// What a grant gives.
extension TokenEndpoint {
  /// The permissions of the first resource that is requested. Throws 65001 where one is not consented.
  ///
  /// - Parameter isNamed: whether a refresh names its scope; what the app may not ask for is an error then,
  ///   and left out otherwise.
  private func grant(
    _ asked: ScopeRequest, app: SandboxDirectory.App, user: SandboxDirectory.User, book: GrantBook,
    isNamed: Bool = false
  ) throws(EntraError) -> GrantedScopes {
    let consented = book.consented(userID: user.id, tenantID: user.tenantId, clientID: app.clientId)
    var granted = GrantedScopes(app: app, user: user, openID: asked.openID.filter { $0 != "offline_access" })
    guard let scopes = asked.resources.first else { return granted }
    granted.audience = scopes.audience
    if scopes.isDefault {
      let prefix = scopes.resource.fullName("")
      granted.names = consented.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        .sorted()
      granted.spellings = granted.names.map { scopes.audience + "/" + $0 } + scopes.permissions.map(\.asked)
    } else {
      let permissions = scopes.permissions.filter {
        isNamed || app.dynamicConsent || consented.contains(scopes.resource.fullName($0.name))
      }
      granted.names = permissions.map(\.name)
      granted.spellings = permissions.map(\.asked)
    }
    guard consented.isSuperset(of: granted.names.map(scopes.resource.fullName)), !granted.names.isEmpty else {
      throw EntraError(
        65001,
        "The user or administrator has not consented to use the application with ID"
          + " '\(app.clientId)' named '\(app.displayName)'. Send an interactive authorization request for this"
          + " user and resource.")
    }
    return granted
  }

  private func reply(_ granted: GrantedScopes, form: FormFields) throws -> TokenReply {
    let (app, user) = (granted.app, granted.user)
    let lifetime = state.settings.accessTokenLifetime
    let claims = AccessTokenClaims(
      audience: granted.audience, tenantID: user.tenantId, clientID: app.clientId,
      clientName: app.displayName, userID: user.id, userPrincipalName: user.userPrincipalName,
      scopes: granted.names + granted.openID, roles: [], issuedAt: now,
      expiresAt: now + .seconds(lifetime))
    var reply = TokenReply(
      accessToken: try state.tokens.mint(claims, issuer: "\(origin)/\(user.tenantId)/"), lifetime: lifetime)
    reply.scope = (granted.spellings + granted.openID).joined(separator: " ")
    if granted.wantsIDToken {
      // Good by a client's own clock, whether that has been moved along with this one or not.
      let clientNow = state.clock.wallNow
      let idToken = IDToken(
        user: user, clientID: app.clientId, issuer: "\(origin)/\(user.tenantId)/v2.0",
        scopes: granted.openID, nonce: granted.nonce, issued: clientNow,
        expires: max(clientNow, now) + .seconds(3600))
      reply.idToken = try state.tokens.signingKey.sign(idToken.json)
    }
    if form["client_info"] == "1" { reply.clientInfo = user.clientInfo }
    return reply
  }

  private func person(_ id: String) throws(EntraError) -> SandboxDirectory.User {
    guard let user = directory.user(id) else { throw EntraError(50034) }
    return user
  }
}

/// What a person's token is for.
private struct GrantedScopes {
  var app: SandboxDirectory.App
  var user: SandboxDirectory.User
  var openID: [String]
  var audience = Resource.graph.identifier
  var names: [String] = []
  /// As the client requested them; the reply repeats them so.
  var spellings: [String] = []
  var nonce: String?
  var wantsIDToken = false
}

extension TenantSegment {
  /// Codes and tokens of personal accounts begin with `M.`; the half of Entra that keeps work accounts cannot read
  /// them (9002313), nor the other half those of work accounts (70000).
  fileprivate func checkForm(of grant: String) throws(EntraError) {
    switch (self, grant.hasPrefix("M.")) {
    case (.tenant, true), (.organizations, true): throw EntraError(9_002_313)
    case (.consumers, false): throw EntraError(70000)
    default: return
    }
  }

  var tenant: SandboxDirectory.Tenant? {
    if case .tenant(let tenant) = self { tenant } else { nil }
  }
}
