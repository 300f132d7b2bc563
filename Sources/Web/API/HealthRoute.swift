import Access
import Accounts
import Core
import Hummingbird
import Store

/// `GET /health`: whether the database answers, and how many secrets of apps end soon. Needs no token; an
/// operator's token is told which.
struct HealthRoute: Sendable {
  let store: Store
  let tokens: TokenDirectory
  let secrets: CredentialExpiryMonitor

  func add(to router: Router<WebContext>) {
    router.get("health") { request, _ in
      try await store.read { (tx: borrowing Transaction) in try tx.ping() }
      let expiring = try await secrets.expiring()
      let isOperator = try await caller(request)?.isOperator ?? false
      return try reply(
        Health(
          success: true, warnings: expiring.count,
          secrets: isOperator ? expiring.map(Health.Secret.init) : nil))
    }
  }

  private func caller(_ request: Request) async throws -> Principal? {
    guard let token = BearerAuthentication.token(of: request) else { return nil }
    return try await tokens.principal(of: token)
  }

  private struct Health: Encodable {
    let success: Bool
    let warnings: Int
    let secrets: [Secret]?

    struct Secret: Encodable {
      let workspace, app, name, credential, expires: String
      let days: Int

      init(_ secret: ExpiringSecret) {
        workspace = secret.workspace.rawValue
        app = secret.app.rawValue
        name = secret.name
        credential = secret.isCertificate ? "certificate" : "secret"
        expires = secret.expires.description
        days = secret.days
      }
    }
  }
}
