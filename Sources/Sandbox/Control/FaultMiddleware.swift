import HTTPTypes
package import Hummingbird

/// Carries out faults on Entra's half. Graph's half does it behind its gate, where it knows the token.
package struct FaultMiddleware: RouterMiddleware {
  let state: SandboxState

  package func handle(
    _ request: Request, context: SandboxContext,
    next: (Request, SandboxContext) async throws -> Response
  ) async throws -> Response {
    let path = request.uri.path
    guard path.hasSuffix("/oauth2/v2.0/token") || path.hasSuffix("/oauth2/v2.0/authorize"),
      let fault = state.faults.take(path: path, user: try await subject(of: request))
    else { return try await next(request, context) }
    return try await fault.run(context) { status, code in
      refusal(status, code, retryAfter: fault.retryAfter)
    } serve: {
      try await next(request, context)
    }
  }

  private func subject(of request: Request) async throws -> SandboxDirectory.User? {
    nil
  }

  private func refusal(_ status: Int, _ code: String?, retryAfter: Int?) -> Response {
    Response(status: HTTPResponse.Status(code: status))
  }
}
