package import Core
import Microsoft
import Store
import Vault

/// Connects mailboxes without a browser that reaches us: a code is shown here, and its owner enters it on a
/// page of Microsoft's (RFC 8628). `DeviceSignIns` asks whether they have.
package struct DeviceSignIn: Sendable {
  let signIn: SignIn

  /// How long the result of a finished one can be read.
  private static let memory: Duration = .seconds(24 * 3600)
  /// How many codes one link provides within the lifetime of a sign-in: each is a request to Microsoft, and
  /// polled for.
  private static let codeLimit = 10
  /// A code with less time left is not shown again: there would be too little time to sign in.
  private static let worthShowing: Duration = .seconds(120)

  package init(signIn: SignIn) {
    self.signIn = signIn
  }

  /// For a program that shows the code itself. Where `redirectURL` is empty, the code's page leads to our own
  /// first page.
  ///
  /// Throws what `SignIn.form` throws, and a `Problem` when Entra issues no code.
  package func start(_ new: NewForm, app: AppID, in workspace: WorkspaceID) async throws
    -> PendingDeviceSignIn
  {
    var new = new
    new.app = app
    if new.redirectURL.isEmpty { new.redirectURL = signIn.publicURL + "/" }
    let form = try await signIn.makeForm(new, in: workspace)
    return try await begin(form, app)
  }

  /// For a person who has opened a hosted link and chosen an app there. A repeated call shows the same code.
  package func start(data: String, sig: String, app id: AppID) async throws -> PendingDeviceSignIn {
    let link = try HostedLink(data: data, signature: sig, signIn.vault)
    let now = signIn.time.now
    let (form, shown) = try await signIn.store.read { (tx: borrowing Transaction) in
      let form = try tx.openForm(link, at: now)
      guard try tx.choices(form).contains(where: { $0.id == id }) else {
        throw Problem.appNotFound(id)
      }
      return (form, try tx.pendingDeviceSignIn(of: form.id, app: id, in: form.workspace))
    }
    if let shown, now + Self.worthShowing < shown.expires { return pending(shown) }
    return try await begin(form, id)
  }

  private func begin(_ form: HostedFormRecord, _ id: AppID) async throws -> PendingDeviceSignIn {
    let now = signIn.time.now
    let app = try await signIn.store.read { (tx: borrowing Transaction) in
      try Self.checkCodes(of: form, at: now, tx)
      return try tx.signInApp(id, in: form.workspace)
    }
    let code = try await signIn.endpoints.entra(for: app).deviceCode(
      scopes: try await signIn.requestedScopes(of: app, for: form), client: app.deviceClient,
      tenant: app.authority)
    let newID = DeviceSignInID.make(at: now)
    let record = DeviceSignInRecord(
      workspace: form.workspace, id: newID, form: form.id, appWorkspace: app.workspace, app: app.id,
      code: signIn.vault.seal(code.deviceCode, for: .deviceCode(newID, in: form.workspace)),
      userCode: code.userCode, verificationURL: code.verificationURI, pollInterval: code.interval,
      created: now, expires: now + code.expiresIn)
    try await signIn.store.write { (tx: borrowing Transaction) in
      try tx.deleteDeviceSignIns(expiredBefore: now - Self.memory)
      try Self.checkCodes(of: form, at: now, tx)
      try tx.insert(record)
    }
    return pending(record)
  }

  private static func checkCodes(
    of form: HostedFormRecord, at now: Instant, _ tx: borrowing Transaction
  ) throws {
    let recent = try tx.deviceSignIns(of: form.id, in: form.workspace, since: now - SignIn.stateLife)
    guard recent < codeLimit else { throw Problem.tooManyDeviceCodes(codeLimit) }
  }

  private func pending(_ record: DeviceSignInRecord) -> PendingDeviceSignIn {
    let link = DeviceLink(id: record.id, workspace: record.workspace)
    return PendingDeviceSignIn(record, url: link.url(signIn.publicURL, signIn.vault))
  }
}

// Its state
extension DeviceSignIn {
  /// Throws `signIn.deviceUnknown`.
  package func status(_ id: DeviceSignInID, in workspace: WorkspaceID) async throws -> DeviceStatus {
    try await page(id, in: workspace).status
  }

  /// What the page shows that the `url` of a pending sign-in leads to. Throws `form.invalid` for an address
  /// that we did not make, and `signIn.deviceUnknown`.
  package func page(data: String, sig: String) async throws -> DevicePage {
    let link = try DeviceLink(data: data, signature: sig, signIn.vault)
    return try await page(link.id, in: link.workspace)
  }

  private func page(_ id: DeviceSignInID, in workspace: WorkspaceID) async throws -> DevicePage {
    let now = signIn.time.now
    let found = try await signIn.store.read { (tx: borrowing Transaction) -> DevicePage.Parts? in
      guard let record = try tx.deviceSignIn(id, in: workspace) else { return nil }
      return (
        record, try tx.form(record.form, in: workspace), try tx.workspace(workspace),
        try record.account.flatMap { try tx.account($0, in: workspace)?.account }
      )
    }
    guard let found else { throw Problem.deviceSignInUnknown }
    let works = found.form.map { $0.used == nil && now < $0.expires } ?? false
    let again = HostedLink(form: found.record.form, workspace: workspace)
    return DevicePage(found, tryAgain: works ? again.url(signIn.publicURL, signIn.vault) : nil)
  }
}

extension OAuth2AppRecord {
  /// No client authentication is needed to get a token for a device code, whatever the app has (Microsoft
  /// Learn, "OAuth 2.0 device authorization grant").
  var deviceClient: EntraClient { EntraClient(clientID: clientID, credential: .none) }
}

extension BoxIdentity {
  static func deviceCode(_ id: DeviceSignInID, in workspace: WorkspaceID) -> BoxIdentity {
    BoxIdentity("device_sign_in", workspace.rawValue, id.rawValue, "code")
  }
}

// Which apps get codes
extension SignIn {
  /// Asks Entra about each app once, and remembers the answer until the app is changed.
  func askForDeviceCodes(
    _ apps: [OAuth2AppRecord], for form: HostedFormRecord
  ) async throws -> [OAuth2AppRecord] {
    try await withThrowingTaskGroup(of: (Int, Bool?).self) { group in
      var known = apps
      for (index, app) in apps.enumerated() where app.deviceCodes == nil {
        group.addTask { (index, try await getsDeviceCodes(app, for: form)) }
      }
      for try await (index, isAllowed) in group { known[index].deviceCodes = isAllowed }
      return known
    }
  }

  /// `nil` where Entra does not say.
  private func getsDeviceCodes(_ app: OAuth2AppRecord, for form: HostedFormRecord) async throws -> Bool? {
    let isAllowed: Bool
    do {
      let scopes = try await requestedScopes(of: app, for: form)
      try await endpoints.entra(for: app).probeDeviceCodes(
        scopes: scopes, client: app.deviceClient, tenant: app.authority)
      isAllowed = true
    } catch let problem as Problem {
      guard problem.retry == .futile else { return nil }
      isAllowed = false
    }
    try await store.write { (tx: borrowing Transaction) in try tx.setDeviceCodes(isAllowed, of: app) }
    return isAllowed
  }
}
