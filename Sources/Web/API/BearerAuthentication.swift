package import Core
import HTTPTypes
import Hummingbird
package import Store
import Synchronization
import Vault

/// Lets a request pass that carries a valid API token with the scope, as `Authorization: Bearer` (RFC 6750) or,
/// as EmailEngine also takes it, `?access_token=`.
struct BearerAuthentication: RouterMiddleware {
  typealias Context = WebContext

  let tokens: TokenDirectory
  let scope: String

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard let token = Self.token(of: request) else { throw RequestProblem.tokenMissing }
    guard let principal = try await tokens.principal(of: token) else { throw RequestProblem.tokenInvalid }
    guard principal.has(scope) else { throw RequestProblem.tokenScope(needed: scope) }
    var context = context
    context.principal = principal
    return try await next(request, context)
  }

  private static func token(of request: Request) -> Secret? {
    if let header = request.headers[.authorization] {
      let parts = header.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
      return Secret(String(parts[1]))
    }
    return request.query("access_token").map(Secret.init)
  }
}

/// Finds who a token belongs to, by its hash.
package final class TokenDirectory: Sendable {
  private let store: Store
  private let time: any Time
  private let preparedHash: [UInt8]?
  private let recent = Mutex<[[UInt8]: Entry]>([:])

  private struct Entry {
    let principal: Principal
    let validUntil: Instant
  }

  /// How long a revoked token may still pass; a lookup for each request would cost more than the request.
  private static let memory = Duration.seconds(1)
  /// Far more tokens than are in use at once; the memory is emptied when it is full.
  private static let memoryLimit = 10_000

  /// - Parameter prepared: an operator's token that is not in the database.
  package init(store: Store, time: any Time, prepared: Secret?) {
    self.store = store
    self.time = time
    preparedHash = prepared.map(Digest.sha256)
  }

  func principal(of token: Secret) async throws -> Principal? {
    // Hashes are compared, so how long it takes tells nothing about a token.
    let hash = Digest.sha256(token)
    if hash == preparedHash { return Principal(workspace: .default, scopes: ["*"]) }
    let now = time.now
    if let entry = recent.withLock({ $0[hash] }), entry.validUntil > now { return entry.principal }
    let found = try await store.read { (tx: borrowing Transaction) in try tx.apiToken(hash: hash, at: now) }
    guard let found else { return nil }
    let principal = Principal(workspace: found.workspace, scopes: Set(found.scopes))
    let validUntil = min(now + Self.memory, found.expires ?? now + Self.memory)
    recent.withLock { recent in
      if recent.count >= Self.memoryLimit { recent.removeAll() }
      recent[hash] = Entry(principal: principal, validUntil: validUntil)
    }
    return principal
  }
}
