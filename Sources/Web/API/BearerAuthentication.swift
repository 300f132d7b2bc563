import API
import Access
import Core
import HTTPTypes
import Hummingbird

/// Finds who calls by their API token: `Authorization: Bearer` (RFC 6750) or, as EmailEngine also takes it,
/// `?access_token=`.
///
/// An operator's token acts in the workspace that the header `Heliograph-Workspace` names.
struct BearerAuthentication: Sendable {
  let tokens: TokenDirectory
  /// The scope that every operation of the API takes.
  private static let scope = "api"

  /// `nil` where an operation needs no token and none was sent.
  ///
  /// - Throws: `token.missing`, `token.invalid`, `token.scope`, `workspace.notFound`, or what its restrictions and
  ///   permissions say: `token.restricted`, `token.rateLimited` and `token.permission`.
  func principal(
    _ request: Request, for operation: OperationDescription, _ context: WebContext
  ) async throws -> Principal? {
    if operation.access == .open { return nil }
    guard let token = try Self.token(of: request) else {
      if operation.access == .optionalToken { return nil }
      throw Problem.tokenMissing
    }
    guard var principal = try await tokens.principal(of: token) else {
      if operation.access == .optionalToken { return nil }
      throw Problem.tokenInvalid
    }
    if let workspace = try Self.workspace(of: request) {
      principal = try await tokens.principal(principal, in: workspace)
    }
    guard principal.has(Self.scope) else { throw Problem.tokenScope(needed: Self.scope) }
    try principal.check(address: context.clientAddress, referrer: request.headers[.referer])
    try await tokens.use(principal, from: context.clientAddress)
    try principal.check(operation.grant.action, in: operation.grant.group)
    return principal
  }

  /// - Throws: `request.invalidField` for a token that is given twice in the query: which of them counts must not be
  ///   open.
  private static func token(of request: Request) throws(Problem) -> Secret? {
    if let header = request.headers[.authorization] {
      let parts = header.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
      return Secret(String(parts[1]))
    }
    let given = request.uri.queryParameters[values: Substring(OperationAccess.queryName)]
    guard given.count <= 1 else {
      let fault = "is given \(given.count) times"
      throw Problem(
        .requestInvalidField, "\(OperationAccess.queryName): \(fault).", remedy: "Give the token once.",
        fields: [FieldFault(message: fault, key: OperationAccess.queryName)])
    }
    return given.first.map { Secret(String($0)) }
  }

  private static func workspace(of request: Request) throws -> WorkspaceID? {
    let header = RequestHeader.workspace
    let text = HTTPField.Name(header.name).flatMap { request.headers[$0] }
    return try header.read(text).map { WorkspaceID($0) }
  }
}

extension HTTPField.Name {
  fileprivate static let referer = HTTPField.Name("Referer") ?? .from
}
