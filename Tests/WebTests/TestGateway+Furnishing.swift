import Core
import Foundation
import StoreTesting
import Testing
import Vault
import Web

@testable import Access
@testable import Accounts
@testable import Store

/// What stands in a furnished workspace, and how it is named from outside.
struct Furnishing: Sendable {
  let token, tokenID, account, app, clientID, signInApp, queueID, device, upload, route, template: String
  let pending: PendingSignIn

  /// A sign-in that has left for Microsoft.
  struct PendingSignIn: Sendable {
    let data, signature, state, cookie: String
  }

  /// Stands in everything of the workspace but in the ids, which the caller has to know anyway.
  static func marker(_ workspace: String) -> String { "inside-\(workspace)" }
}

extension TestGateway {
  func twoWorkspaces() async throws -> (alpha: Furnishing, bravo: Furnishing) {
    (try await furnish("alpha"), try await furnish("bravo"))
  }

  /// Makes the workspace, with one of everything that it can hold.
  func furnish(_ workspace: String) async throws -> Furnishing {
    try await addWorkspace(workspace)
    let (id, marker, account) = (
      WorkspaceID(workspace), Furnishing.marker(workspace), "sales-of-\(workspace)"
    )
    let clientID = UUID().uuidString.lowercased()
    let app = try await services.apps.create(
      NewApp(
        name: "App \(marker)", provider: .outlookService, enabled: true, clientID: clientID,
        clientSecret: Secret("secret-\(marker)"), authority: "contoso.example"), in: id)
    let record = AccountRecord(
      workspace: id, id: AccountID(account), name: "Sales \(marker)", email: "\(marker)@contoso.test",
      app: app,
      mailbox: "\(marker)@contoso.test", state: .connected, mailboxFound: true, unknownOutcome: .hold,
      created: time.now)
    try await services.store.write { (tx: borrowing Transaction) in try tx.upsert(record) }
    let issued = try await services.tokens.issue(NewToken(description: "For \(marker)"), in: id)
    let token = issued.token.reveal()
    let sent = try await send(
      "POST", "/v1/account/\(account)/submit",
      #"{"to":[{"address":"bob@contoso.test"}],"subject":"\#(marker)","text":"x"}"#, token: token,
      headers: ["Idempotency-Key": "a key"])
    let queueID = try #require(sent.text("queueId"), "\(sent)")
    let upload = try #require(
      try await send("POST", "/v1/account/\(account)/uploads", #"{"size":1}"#, token: token).text("id"))
    let template = try #require(
      try await send(
        "POST", "/v1/templates/template",
        #"{"account":"\#(account)","name":"\#(marker)","content":{"subject":"\#(marker)"}}"#, token: token
      ).text("id"))
    let signInApp = try await services.apps.create(
      NewApp(
        name: "Sign-in \(marker)", title: "With \(marker)", provider: .outlook, enabled: true,
        clientID: UUID().uuidString.lowercased(), clientSecret: Secret("secret-\(marker)")), in: id)
    try await addWorkspaceEvent(marker, in: id)
    let route = try await addWebhookRoute(marker, token: token, in: id)
    let set = try await send(
      "POST", "/v1/settings",
      #"{"webhooks":"https://\#(marker).example/","webhooksCustomHeaders":[{"key":"X-Of","value":"\#(marker)"}]}"#,
      token: token)
    #expect(set.status == 200, "\(set)")
    let blocked = try await send(
      "POST", "/v1/blocklist/list-of-\(workspace)",
      #"{"account":"\#(account)","recipient":"left@contoso.test","reason":"\#(marker)"}"#, token: token)
    #expect(blocked.json["added"] as? Bool == true, "\(blocked)")
    let device = try await addDeviceSignIn(marker, app: signInApp, in: id)
    return Furnishing(
      token: token, tokenID: issued.id.rawValue, account: account, app: app.rawValue, clientID: clientID,
      signInApp: signInApp.rawValue, queueID: queueID, device: device, upload: upload, route: route,
      template: template,
      pending: try await pending(marker, app: signInApp, in: id))
  }

  private func pending(_ marker: String, app: AppID, in workspace: WorkspaceID) async throws
    -> Furnishing.PendingSignIn
  {
    let link = try await services.signIn.form(
      NewForm(name: "Somebody \(marker)", redirectURL: "https://\(marker).example/back"), in: workspace)
    let fields = Self.query(link)
    let (data, signature) = (try #require(fields["data"]), try #require(fields["sig"]))
    let start = try await services.signIn.begin(data: data, sig: signature, app: app)
    return Furnishing.PendingSignIn(
      data: data, signature: signature, state: try #require(Self.query(start.authorizeURL)["state"]),
      cookie: "\(start.cookie.name)=\(start.cookie.value.reveal())")
  }

  private static func query(_ url: String) -> [String: String] {
    let items = URLComponents(string: url)?.queryItems ?? []
    return Dictionary(items.map { ($0.name, $0.value ?? "") }) { $1 }
  }

  private func addWorkspaceEvent(_ marker: String, in workspace: WorkspaceID) async throws {
    let event = EventRecord(
      workspace: workspace, account: nil, kind: "clientSecretExpiring", data: #"{"app":"\#(marker)"}"#,
      created: time.now)
    try await services.store.write { (tx: borrowing Transaction) in _ = try tx.append(event) }
  }

  /// With a post that failed, and one that waits.
  private func addWebhookRoute(
    _ marker: String, token: String, in workspace: WorkspaceID
  ) async throws -> String {
    let added = try await send(
      "POST", "/v1/webhookRoutes", #"{"name":"\#(marker)","targetUrl":"https://\#(marker).example/hook"}"#,
      token: token)
    let id = try #require(added.text("id"), "\(added)")
    let now = time.now
    try await services.store.write { (tx: borrowing Transaction) in
      let route = try #require(try tx.webhookRoute(WebhookRouteID(id), in: workspace))
      try tx.enqueue(.stream, nil, to: route, due: now, at: now)
      try tx.save(WebhookProgress(cursor: 0), of: nil, to: route)
      try tx.insert(
        WebhookAttemptRecord(
          started: now, account: nil, sequence: 1, event: "test", number: 1, duration: .zero, status: 500,
          answer: marker, problem: nil), of: route.id, in: workspace)
    }
    return id
  }

  private func addDeviceSignIn(
    _ marker: String, app: AppID, in workspace: WorkspaceID
  ) async throws -> String {
    let (id, now) = ("dev_of_\(workspace)", time.now)
    try await services.store.write { (tx: borrowing Transaction) in
      try tx.execute(
        """
        INSERT INTO device_sign_in (workspace, id, form, app_workspace, app, code, user_code,
          verification_url, poll_interval, next_poll, state, created, expires)
        VALUES ($1, $2, 'form', $1, $3, $4, $5, $5, 5000000, $6, 'pending', $6, $7)
        """, workspace, id, app, [UInt8]("box".utf8), marker, now, now + .seconds(900))
    }
    return id
  }
}
