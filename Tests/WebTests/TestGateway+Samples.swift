import Core
import Store
import StoreTesting
import Testing
import Vault
import Web

@testable import Access
@testable import Accounts

// What a test puts into the database before it calls.
extension TestGateway {
  func addWorkspace(_ id: String) async throws {
    let record = WorkspaceRecord(id: WorkspaceID(id), name: "Of \(id)", created: time.now)
    _ = try await services.store.write { (tx: borrowing Transaction) in try tx.insert(record) }
  }

  func token(in workspace: String, scopes: [String] = ["api"], account: String? = nil) async throws -> String
  {
    let new = NewToken(description: "A test", scopes: scopes, account: account.map { AccountID($0) })
    return try await services.tokens.issue(new, in: WorkspaceID(workspace)).token.reveal()
  }

  /// A connected account of an app that acts for itself.
  func addAccount(_ id: String, in workspace: String) async throws {
    let workspace = WorkspaceID(workspace)
    let app = try await services.apps.create(
      NewApp(
        name: "App of \(id)", provider: .outlookService, enabled: true,
        clientID: "22222222-2222-4222-8222-222222222227",
        clientSecret: Secret("a secret of \(id)"), authority: "contoso.example"), in: workspace)
    let account = AccountRecord(
      workspace: workspace, id: AccountID(id), name: "Name of \(id)", email: "\(id)@contoso.test", app: app,
      mailbox: "\(id)@contoso.test", state: .connected, mailboxFound: true, unknownOutcome: .hold,
      created: time.now)
    try await services.store.write { (tx: borrowing Transaction) in try tx.upsert(account) }
  }

  /// Returns the message's queue id.
  func submit(_ subject: String, from account: String, token: String = prepared) async throws -> String {
    let body = #"{"to":[{"address":"bob@contoso.test"}],"subject":"\#(subject)","text":"x"}"#
    let answer = try await send("POST", "/v1/account/\(account)/submit", body, token: token)
    return try #require(answer.text("queueId"), "\(answer)")
  }

  func account(_ id: String, in workspace: String = "default") async throws -> AccountRecord {
    let found = try await services.store.read { (tx: borrowing Transaction) in
      try tx.account(AccountID(id), in: WorkspaceID(workspace))?.account
    }
    return try #require(found)
  }

  /// Entra has refused it a token for good.
  func refuse(_ id: String) async throws {
    let refusal = ProblemRecord(Problem.appDisabled("Mail"), at: time.now)
    try await services.store.write { (tx: borrowing Transaction) in
      try tx.apply(
        .tokenRefused(refusal, grantVersion: nil, blamesApp: false), to: AccountID(id), in: .default,
        at: refusal.occurred)
    }
  }

  /// The app of the account holds this token for an hour.
  func holdToken(_ id: String, token: String) async throws {
    let app = try await account(id).app
    let record = AppTokenRecord(
      workspace: .default, app: app, version: 1,
      accessToken: vault.seal(Secret(token), for: .appToken(app, in: .default)),
      expires: time.now + .seconds(3600))
    try await services.store.write { (tx: borrowing Transaction) in _ = try tx.save(record, replacing: nil) }
  }

  func shareApp(of id: String) async throws {
    let app = try await account(id).app
    try await services.store.write { (tx: borrowing Transaction) in
      guard var record = try tx.app(app, in: .default) else { return }
      record.shared = true
      try tx.update(record)
    }
  }
}
