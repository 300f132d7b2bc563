import Access
package import Accounts
package import Backends
package import Core
import HTTP
package import MIME
import Microsoft
package import Store
package import Vault

/// Tests an app and its accounts from name resolution to a sent message, and says what is wrong.
///
/// Changes nothing, except that a token that is due is refreshed and a test message, if one is requested, is sent.
package struct Verifier: Sendable {
  let store: Store
  let vault: Vault
  let endpoints: Endpoints
  let tokens: TokenSource
  let backends: Backends
  let limiter: MailboxLimiter
  let publicURL: String
  let time: any Time

  package init(
    store: Store, vault: Vault, endpoints: Endpoints, tokens: TokenSource, backends: Backends,
    limiter: MailboxLimiter,
    publicURL: String, time: any Time
  ) {
    self.store = store
    self.vault = vault
    self.endpoints = endpoints
    self.tokens = tokens
    self.backends = backends
    self.limiter = limiter
    self.publicURL = publicURL
    self.time = time
  }

  /// - Parameters:
  ///   - account: one of the app's, with which the steps go on to its mailbox.
  ///   - sendTo: who gets a real test message from that account.
  package func verify(
    app id: AppID, account: AccountID?, sendTo: EmailAddress?, in workspace: WorkspaceID
  ) async throws -> Verification {
    let (app, details) = try await store.read {
      (tx: borrowing Transaction) -> (OAuth2AppRecord, AccountDetails?) in
      guard let app = try tx.app(id, in: workspace) else { throw Problem.appNotFound(id) }
      guard let account else { return (app, nil) }
      guard let details = try tx.account(account, in: workspace) else {
        throw Problem.accountNotFound(account)
      }
      guard details.account.app == id, details.account.appWorkspace == app.workspace else {
        throw Problem.invalidField(
          "account", "names an account of another app", remedy: "Name one that is connected through this app."
        )
      }
      return (app, details)
    }
    return try await verify(app, details, sendTo)
  }

  package func verify(
    account id: AccountID, sendTo: EmailAddress?, in workspace: WorkspaceID
  ) async throws -> Verification {
    let found = try await store.read { (tx: borrowing Transaction) -> (OAuth2AppRecord, AccountDetails)? in
      guard let details = try tx.account(id, in: workspace),
        let app = try tx.app(details.account.app, in: details.account.appWorkspace)
      else { return nil }
      return (app, details)
    }
    guard let (app, details) = found else { throw Problem.accountNotFound(id) }
    return try await verify(app, details, sendTo)
  }

  private func verify(
    _ app: OAuth2AppRecord, _ details: AccountDetails?, _ sendTo: EmailAddress?
  ) async throws -> Verification {
    var walk = VerificationWalk(time: time)
    let cloud = try endpoints.cloud(of: app)
    try await reach(cloud, app, &walk)
    let probe = try await prove(app, cloud, &walk)
    if let details {
      try await open(details, app, sendTo, &walk)
    } else {
      try await stopAtApp(app, probe, &walk)
    }
    // A shared app is readable in its own workspace only.
    let isGuest = details.map { $0.account.appWorkspace != $0.account.workspace } ?? false
    return Verification(
      app: app.id, provider: app.provider, account: details?.account.id,
      steps: isGuest ? walk.steps.map(\.withoutApp) : walk.steps)
  }
}

// The connection to Microsoft
extension Verifier {
  /// Entra accepts a signed assertion for ten minutes, and a token's lifetime is counted by our clock.
  static let clockTolerance: Duration = .seconds(300)

  private func reach(
    _ cloud: Cloud, _ app: OAuth2AppRecord, _ walk: inout VerificationWalk
  ) async throws {
    async let login = endpoints.http.reach(loginOf: cloud)
    async let graph = endpoints.http.reach(graphOf: cloud)
    let hosts = app.baseScopes == .api ? await [login, graph] : await [login]
    func fault(_ stages: Set<Reachability.Stage>) -> Problem? {
      hosts.compactMap(\.obstacle).first { stages.contains($0.stage) }?.problem
    }
    let names = Set(hosts.map(\.host)).sorted().joined(separator: " and ")
    try await walk.step(.dns) {
      if let problem = fault([.name]) { throw problem }
      return .fine("The name of \(names) resolves.")
    }
    try await walk.step(.tls, after: [.dns]) {
      if let problem = fault([.connection, .trust]) { throw problem }
      return hosts.allSatisfy(\.isEncrypted)
        ? .fine("\(names) replies, with a trusted certificate.")
        : .notNeeded("\(names) replies in plain http, which is allowed only on this machine.")
    }
    var discovery: Result<OpenIDConfiguration, Problem>?
    if fault([.name, .connection, .trust]) == nil {
      let entra = Entra(cloud: cloud, http: endpoints.http)
      do throws(Problem) {
        discovery = .success(try await entra.discover(tenant: app.authority))
      } catch {
        discovery = .failure(error)
      }
    }
    try await walk.step(.clock, after: [.tls]) { try clock(try? discovery?.get().serverDate) }
    try await walk.step(.authority, after: [.tls]) {
      guard let found = try discovery?.get() else { return .notNeeded("The authority was not queried.") }
      return .fine("“\(app.authority)” exists in the cloud \(cloud.name): its issuer is \(found.issuer).")
    }
  }

  private func clock(_ theirs: Instant?) throws -> Finding {
    guard let theirs else { return .notNeeded("Microsoft's reply had no date.") }
    let ours = time.now
    let gap = (ours - theirs).components.seconds
    guard abs(gap) < Self.clockTolerance.components.seconds else {
      throw Problem.clockWrong(minutes: gap / 60)
    }
    return .fine("This machine's clock agrees with Microsoft's to within five minutes.")
  }
}

extension Problem {
  fileprivate static func clockWrong(minutes: Int64) -> Problem {
    Problem(
      .clockWrong,
      "This machine's clock is \(abs(minutes)) minutes \(minutes > 0 ? "ahead of" : "behind") Microsoft's.",
      remedy:
        "Set the clock, and keep it synchronised with NTP, for instance with “timedatectl set-ntp true”.")
  }
}
