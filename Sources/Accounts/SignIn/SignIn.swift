package import Core
import Microsoft
package import Store
package import Vault

/// Connects mailboxes by letting their owners sign in: a link is handed out, its page opened, the browser sent to
/// Microsoft and back (OpenID Connect Core section 3.1, with PKCE, RFC 7636).
///
/// Opening the link consumes nothing, because mail scanners open links; storing an account does.
package struct SignIn: Sendable {
  let store: Store
  let vault: Vault
  let endpoints: Endpoints
  /// How browsers reach us, without a trailing slash.
  package let publicURL: String
  let time: any Time

  /// Where the gateway answers after Microsoft's page, below its URL. All serve, so that an app registration made for
  /// another program keeps working.
  package static let callbackPaths = [
    "/oauth", "/api/v1/outlook-authorization/code", "/email-oauth/microsoft/callback",
  ]

  /// How long a link works.
  package static let formLife: Duration = .seconds(24 * 3600)
  /// How long a person may take at Microsoft.
  package static let stateLife: Duration = .seconds(15 * 60)
  /// How many sign-ins of one link may be under way; a new one replaces the oldest.
  static let pendingLimit = 10
  /// How long a link that no longer works can still say why.
  private static let formMemory: Duration = .seconds(30 * 24 * 3600)

  /// - Parameter publicURL: how browsers reach us, without a trailing slash.
  package init(
    store: Store, vault: Vault, endpoints: Endpoints, publicURL: String, time: any Time
  ) {
    self.store = store
    self.vault = vault
    self.endpoints = endpoints
    self.publicURL = publicURL
    self.time = time
  }

  /// Makes a link: `{public URL}/accounts/new?data=…&sig=…`, for 24 hours and one account.
  package func form(_ new: NewForm, in workspace: WorkspaceID) async throws -> String {
    let form = try await makeForm(new, in: workspace)
    return HostedLink(form: form.id, workspace: workspace).url(publicURL, vault)
  }

  /// What a link, or a code for another device, is for.
  func makeForm(_ new: NewForm, in workspace: WorkspaceID) async throws -> HostedFormRecord {
    try await check(new, in: workspace)
    let now = time.now
    let form = HostedFormRecord(
      workspace: workspace, id: FormID.make(at: now), account: new.account, name: new.name, email: new.email,
      expectedEmail: new.expectedEmail, app: new.app, delegated: new.delegated,
      redirectURL: new.redirectURL, unknownOutcome: new.unknownOutcome, created: now,
      expires: now + Self.formLife)
    try await store.write { (tx: borrowing Transaction) in
      try tx.deleteForms(expiredBefore: now - Self.formMemory)
      try tx.insert(form)
    }
    return form
  }

  /// Throws what is wrong with a link, without making it.
  package func check(_ new: NewForm, in workspace: WorkspaceID) async throws {
    try new.validate()
    try await store.read { [publicURL] (tx: borrowing Transaction) in
      let hosts = try tx.workspace(workspace)?.redirectHosts ?? []
      try new.validateRedirect(hosts: hosts, publicURL: publicURL)
      if let app = new.app { _ = try tx.signInApp(app, in: workspace) }
      guard let id = new.account, let existing = try tx.personsAccount(id, in: workspace) else { return }
      guard !new.delegated || existing.isDelegated(to: new.email) else {
        throw Problem.otherMailbox(id, existing.mailbox)
      }
    }
  }

  /// What the page behind a link shows.
  package func page(data: String, sig: String) async throws -> LinkPage {
    let link = try HostedLink(data: data, signature: sig, vault)
    let now = time.now
    let (form, apps, workspace) = try await store.read { (tx: borrowing Transaction) in
      let form = try tx.knownForm(link, at: now)
      return (form, form.used == nil ? try tx.choices(form) : [], try tx.workspace(form.workspace))
    }
    guard form.used == nil else { return .used(email: form.email ?? form.expectedEmail) }
    return .open(FormPage(form, try await askForDeviceCodes(apps, for: form), workspace: workspace))
  }

  /// The person has chosen an app and is sent to Microsoft.
  package func begin(data: String, sig: String, app: AppID) async throws -> SignInStart {
    let link = try HostedLink(data: data, signature: sig, vault)
    let now = time.now
    let (form, app) = try await store.read { (tx: borrowing Transaction) in
      let form = try tx.openForm(link, at: now)
      guard let app = try tx.choices(form).first(where: { $0.id == app }) else {
        throw Problem.appNotFound(app)
      }
      return (form, app)
    }
    let pending = PendingSignIn(app: app, publicURL: publicURL)
    let record = pending.record(form, app, until: now + Self.stateLife, at: now, vault)
    try await store.write { (tx: borrowing Transaction) in
      try tx.deleteSignIns(expiredBefore: now)
      try tx.deleteSignIns(of: form.id, in: form.workspace, beyond: Self.pendingLimit - 1)
      try tx.insert(record)
    }
    let request = AuthorizeRequest(
      clientID: app.clientID, redirectURI: pending.redirectURI,
      scopes: try await requestedScopes(of: app, for: form),
      state: pending.state.reveal(), nonce: pending.nonce.reveal(), challenge: pending.pkce.challenge,
      account: form.wantedEmail.map { .hinted($0) } ?? .picked)
    return SignInStart(
      authorizeURL: try endpoints.entra(for: app).authorizeURL(tenant: app.authority, request),
      cookie: BrowserCookie(
        name: BrowserCookie.name(stateHash: record.stateHash), value: pending.browser, maxAge: Self.stateLife)
    )
  }
}

extension Transaction {
  /// One that works or has done its work. Throws `form.invalid` for one that expired unused.
  func knownForm(_ link: HostedLink, at now: Instant) throws -> HostedFormRecord {
    guard let form = try form(link.form, in: link.workspace), form.used != nil || now < form.expires else {
      throw Problem.formExpired
    }
    return form
  }

  /// Throws `form.used` or `form.invalid` for a link that no longer works.
  func openForm(_ link: HostedLink, at now: Instant) throws -> HostedFormRecord {
    let form = try knownForm(link, at: now)
    guard form.used == nil else { throw Problem.formUsed }
    return form
  }

  /// At least one. Throws `app.disabled` where there is none.
  func choices(_ form: HostedFormRecord) throws -> [OAuth2AppRecord] {
    if let app = form.app { return [try signInApp(app, in: form.workspace)] }
    let apps = try listedSignInApps(in: form.workspace)
    guard !apps.isEmpty else { throw Problem.noAppEnabled }
    return apps
  }

  /// Those that the link's page would show, if any.
  func offeredApps(_ form: HostedFormRecord) throws -> [OAuth2AppRecord] {
    if let app = form.app { return try usableApp(app, in: form.workspace).map { [$0] } ?? [] }
    return try listedSignInApps(in: form.workspace)
  }

  /// The account that would be connected again. Throws `account.exists` for one of an app that acts for itself.
  func personsAccount(_ id: AccountID, in workspace: WorkspaceID) throws -> AccountRecord? {
    guard let existing = try account(id, in: workspace) else { return nil }
    guard existing.provider == .outlook else {
      throw Problem.accountExists(id, existing.provider)
    }
    return existing.account
  }

  /// Throws unless people may sign in to that app now.
  func signInApp(_ id: AppID, in workspace: WorkspaceID) throws -> OAuth2AppRecord {
    guard let app = try usableApp(id, in: workspace) else { throw Problem.appNotFound(id) }
    guard app.provider == .outlook else { throw Problem.appActsForItself(app.name) }
    guard app.enabled else { throw Problem.appDisabled(app.name) }
    return app
  }
}
