import Accounts
import Core
import Store
import StoreTesting
import Testing
import Web

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
        name: "App of \(id)", provider: .outlookService, enabled: true, clientID: "client-\(id)",
        clientSecret: Secret("a secret of \(id)"), authority: "contoso.example"), in: workspace)
    let account = AccountRecord(
      workspace: workspace, id: AccountID(id), name: "Name of \(id)", email: "\(id)@contoso.test", app: app,
      mailbox: "\(id)@contoso.test", state: .connected, verified: true, unknownOutcome: .hold,
      created: time.now)
    try await services.store.write { (tx: borrowing Transaction) in try tx.upsert(account) }
  }

  /// Returns the letter's queue id.
  func submit(_ subject: String, from account: String, token: String = prepared) async throws -> String {
    let body = #"{"to":[{"address":"bob@contoso.test"}],"subject":"\#(subject)","text":"x"}"#
    let answer = try await send("POST", "/v1/account/\(account)/submit", body, token: token)
    return try #require(answer.text("queueId"), "\(answer)")
  }
}
