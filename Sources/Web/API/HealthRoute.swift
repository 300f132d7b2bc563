import API
import Access
import Accounts
import Core
import HTTPTypes
import Hummingbird
import NIOCore
import Store

/// Whether the database answers, how many secrets of apps end soon, and the description of the API.
struct HealthRoute: Sendable {
  let store: Store
  let credentials: CredentialExpiryMonitor

  func add(to router: APIRouter) {
    router.on(Operations.health) { call in
      try await store.read { (tx: borrowing Transaction) in try tx.ping() }
      let expiring = try await credentials.expiring()
      var reply = HealthReply()
      reply.warnings = expiring.count
      // Anyone may ask whether it works; which secrets expire is shown only to operators.
      if call.context.principal?.isOperator == true {
        reply.secrets = expiring.map { ExpiringCredential($0) }
      }
      return reply
    }
    router.handle(Operations.openAPI) { _, _ in
      Response(
        status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
        body: ResponseBody(byteBuffer: ByteBuffer(bytes: OpenAPI.document(version: heliographVersion))))
    }
  }
}

extension ExpiringCredential {
  fileprivate init(_ secret: ExpiringSecret) {
    self.init()
    workspace = secret.workspace
    app = secret.app
    name = secret.name
    credential = Word(secret.isCertificate ? .certificate : .secret)
    expires = secret.expires
    days = secret.days
  }
}
