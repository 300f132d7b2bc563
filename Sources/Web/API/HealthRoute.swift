import Core
import Hummingbird
import Store

/// `GET /health`: whether the database answers. Needs no token and tells nothing else.
struct HealthRoute: Sendable {
  let store: Store

  func add(to router: Router<WebContext>) {
    router.get("health") { _, _ in
      try await store.read { (tx: borrowing Transaction) in try tx.ping() }
      return try reply(Health(success: true))
    }
  }

  private struct Health: Encodable { let success: Bool }
}
