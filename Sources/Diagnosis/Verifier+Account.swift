import Accounts
import Backends
import Core
import MIME
import Microsoft
import Store

// The account
extension Verifier {
  func open(
    _ details: AccountDetails, _ app: OAuth2AppRecord, _ sendTo: EmailAddress?, _ walk: inout VerificationWalk
  ) async throws {
    let account = details.account
    var token: Secret?
    try await walk.step(.token, after: [.client, .secret]) {
      token = try await liveToken(of: account)
      return .fine("There is a token for \(account.mailbox).")
    }
    try await walk.step(.permissions, after: [.token]) {
      guard details.provider == .outlook else {
        return roles(token.flatMap { AccessTokenHint($0) }, app.baseScopes)
      }
      return try granted(details, app)
    }
    try await walk.step(.mailbox, after: [.token]) { try await mailbox(details, app, token) }
    try await walk.step(.send, after: [.token]) {
      guard app.baseScopes == .api else { throw Problem.backendNotImplemented(account.id) }
      guard let sendTo else { return .notNeeded("No test message was requested.") }
      return try await TestMessage(verifier: self, details: details, app: app, to: sendTo).send()
    }
  }

  /// Entra's error is shown as such, and not as an account that is not connected.
  private func liveToken(of account: AccountRecord) async throws -> Secret {
    do {
      return try await tokens.token(for: account.id, in: account.workspace)
    } catch let problem as Problem where problem.code == .accountNotConnected {
      let now = try await store.read { (tx: borrowing Transaction) in
        try tx.account(account.id, in: account.workspace)?.account
      }
      throw now?.lastError.map(Problem.init) ?? problem
    }
  }

  private func granted(_ details: AccountDetails, _ app: OAuth2AppRecord) throws -> Finding {
    let scopes = details.scopes ?? []
    let isOther = details.account.delegated || details.account.delegatedAccount != nil
    if isOther, let permission = Scopes.missing(in: scopes, for: app) {
      throw Problem.notGranted(
        permission, clientID: app.clientID, link: try endpoints.permissionsLink(of: app))
    }
    let needed = Scopes.delegated(app.baseScopes, sendOnly: app.sendOnly).filter { $0 != "User.Read" }
    for permission in needed.sorted(by: { a, b in a.hasSuffix("Send") && !b.hasSuffix("Send") })
    where !Scopes.grant(scopes, includes: permission)
      && !(isOther && Scopes.grant(scopes, includes: permission + ".Shared"))
    {
      throw Problem.notGranted(
        permission, clientID: app.clientID, link: try endpoints.permissionsLink(of: app))
    }
    return .fine("The grant covers \(Scopes.shortNames(scopes).joined(separator: ", ")).")
  }

  private func mailbox(
    _ details: AccountDetails, _ app: OAuth2AppRecord, _ token: Secret?
  ) async throws -> Finding {
    let account = details.account
    guard app.baseScopes == .api else { throw Problem.backendNotImplemented(account.id) }
    guard let token else { return .notNeeded("There is no token to open it with.") }
    if details.provider == .outlook, !details.canReconcile {
      return .notNeeded(
        "The grant does not allow reading the mailbox; only a test message can show whether it exists.",
        hint: "Name a recipient for a test message.")
    }
    let graph = try endpoints.graph(for: app, mailbox: details.mailbox, token: token)
    do {
      _ = try await limiter.run(account.lane) { try await graph.folderID(.drafts) }
      return .fine("The drafts of \(account.mailbox) can be read.")
    } catch let problem as Problem
      where problem.code == .graphAccessDenied && !details.canReconcile
    {
      return .notNeeded("The app may only send as \(account.mailbox), and not read its mailbox.")
    }
  }
}

extension Problem {
  /// A problem of the past, in its own words.
  init(_ record: ProblemRecord) {
    self.init(
      ProblemCode(rawValue: record.code) ?? .accountNotConnected, record.summary, remedy: record.remedy,
      actor: record.actor, link: record.link)
  }

  fileprivate static func notGranted(_ permission: String, clientID: String, link: String) -> Problem {
    Problem(
      .accountPermissionMissing, "Microsoft did not grant this account \(permission).",
      remedy: "Add the delegated permission \(permission) under API permissions of the app with client ID "
        + "\(clientID), have it consented to, then connect the account again.",
      actor: .appOwner, link: link)
  }
}
