import API
import Access
import Accounts
import Core
import Delivery
import HTTPTypes
import Hummingbird
import NIOCore

/// Whether the database answers and messages can be sent, with the secrets of apps that end soon, and the description of the API.
struct HealthRoute: Sendable {
  let credentials: CredentialExpiryMonitor
  let outbox: Outbox
  let exposedFiles: @Sendable () -> [ExposedFile]

  private static let description = ByteBuffer(bytes: OpenAPI.document(version: heliographVersion))

  func add(to router: APIRouter) {
    router.on(Operations.health) { call in
      let isOperator = call.context.principal?.isOperator == true
      if let fault = try await outbox.fault() { throw Problem.faulty(isOperator ? fault : nil) }
      let expiring = try await credentials.expiring()
      var reply = HealthReply()
      reply.warnings = expiring.count
      // Anyone may ask whether it works; which secrets expire and which files are open is shown only to operators.
      if isOperator {
        reply.secrets = expiring.map { ExpiringCredential($0) }
        reply.files = exposedFiles().map { FileWarning($0) }
      }
      return reply
    }
    router.handle(Operations.openAPI) { _, _ in
      Response(
        status: .ok, headers: [.contentType: "application/json; charset=utf-8"],
        body: ResponseBody(byteBuffer: Self.description))
    }
  }
}

/// A file or folder of the installation that other users of its machine can read.
package struct ExposedFile: Sendable, Hashable {
  package let message: String
  package let remedy: String

  package init(message: String, remedy: String) {
    self.message = message
    self.remedy = remedy
  }
}

extension FileWarning {
  fileprivate init(_ file: ExposedFile) {
    self.init()
    message = file.message
    remedy = file.remedy
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
