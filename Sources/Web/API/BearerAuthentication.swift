import Access
import Accounts
import Core
import HTTPTypes
import Hummingbird

/// Lets a request pass that carries a valid API token with the scope, as `Authorization: Bearer` (RFC 6750) or,
/// as EmailEngine also takes it, `?access_token=`.
///
/// An operator's token acts in the workspace that the header `Heliograph-Workspace` names.
struct BearerAuthentication: RouterMiddleware {
  typealias Context = WebContext

  let tokens: TokenDirectory
  let scope: String

  func handle(
    _ request: Request, context: Context, next: (Request, Context) async throws -> Response
  ) async throws -> Response {
    guard let token = Self.token(of: request) else { throw Problem.tokenMissing }
    guard var principal = try await tokens.principal(of: token) else { throw Problem.tokenInvalid }
    if let workspace = Self.workspace(of: request) {
      principal = try await tokens.principal(principal, in: workspace)
    }
    guard principal.has(scope) else { throw Problem.tokenScope(needed: scope) }
    try Self.confine(principal, context)
    var context = context
    context.principal = principal
    return try await next(request, context)
  }

  static func token(of request: Request) -> Secret? {
    if let header = request.headers[.authorization] {
      let parts = header.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
      return Secret(String(parts[1]))
    }
    return request.query("access_token").map(Secret.init)
  }

  private static func workspace(of request: Request) -> WorkspaceID? {
    HTTPField.Name("Heliograph-Workspace").flatMap { request.headers[$0] }.map { WorkspaceID($0) }
  }

  /// The paths without an account in them whose routes ask themselves which account the caller may use.
  static let askingForAccount: Set = ["/v1/outbox", "/v1/outbox/{queueId}", "/v1/events"]

  /// Keeps a token of one account to the paths of that account.
  private static func confine(_ principal: Principal, _ context: Context) throws {
    guard let own = principal.account else { return }
    if context.parameters.get("account") != nil {
      let named = AccountID(try context.pathText("account"))
      guard named == own else { throw Problem.accountNotFound(named) }
    } else if !askingForAccount.contains(context.endpointPath ?? "") {
      throw Problem.tokenOfOneAccount
    }
  }
}
