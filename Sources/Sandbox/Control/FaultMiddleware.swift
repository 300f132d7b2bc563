import HTTPTypes
package import Hummingbird

/// Applies faults to requests to Entra. Graph's apply behind its gate, where the token is known; the sandbox's own
/// control requests and pages have none.
package struct FaultMiddleware: RouterMiddleware {
  let state: SandboxState

  package func handle(
    _ request: Request, context: SandboxContext,
    next: (Request, SandboxContext) async throws -> Response
  ) async throws -> Response {
    let path = request.uri.path
    guard Self.isEntra(path) else { return try await next(request, context) }
    let user = try await subject(of: request)
    context.note(user)
    guard let fault = state.faults.take(request.method.rawValue, path: path, user: user) else {
      return try await next(request, context)
    }
    let fields = try await Self.fields(of: request)
    return try await fault.run(context, clock: state.clock) { status, code in
      refusal(status, code, retryAfter: fault.retryAfter, to: request, fields, context)
    } serve: {
      try await next(request, context)
    }
  }

  private static func isEntra(_ path: String) -> Bool {
    !SandboxPath.isOwn(path) && !SandboxPath.isGraph(path)
  }

  /// The user whose grant is redeemed or who is about to sign in.
  private func subject(of request: Request) async throws -> SandboxDirectory.User? {
    let form = try await Self.fields(of: request)
    let (refreshToken, code) = (form["refresh_token"] ?? "", form["code"] ?? "")
    let device = form["device_code"] ?? ""
    let id = state.grants {
      $0.userID(refreshToken: refreshToken) ?? $0.userID(code: code) ?? $0.devices.userID(deviceCode: device)
    }
    return (id ?? form["username"] ?? form["login_hint"]).flatMap(state.directory.user)
  }

  /// Middlewares run before the router, which sets the path's parameters.
  private static func inTenant(_ context: SandboxContext, _ request: Request) -> SandboxContext {
    var context = context
    let tenant = request.uri.path.split(separator: "/").first ?? ""
    context.coreContext.parameters["tenant"] = tenant
    return context
  }

  /// Empty if they cannot be read: the endpoint refuses them.
  private static func fields(of request: Request) async throws -> FormFields {
    do {
      return request.method == .post ? try await FormFields(body: request) : try FormFields(query: request)
    } catch is FormFault {
      return FormFields()
    }
  }

  private func refusal(
    _ status: Int, _ code: String?, retryAfter: Int?, to request: Request, _ fields: FormFields,
    _ context: SandboxContext
  ) -> Response {
    let digits = (code ?? "").uppercased().replacing("AADSTS", with: "")
    var error = EntraError(Int(digits) ?? (status == 429 ? 90055 : 90033))
    error.status = status
    if request.uri.path.hasSuffix("/oauth2/v2.0/authorize") {
      return AuthorizeRoutes(state: state).planted(
        error, status: status, fields, Self.inTenant(context, request))
    }
    var response = error.response(
      origin: context.origin, now: state.clock.now, correlationID: request.headers[.clientRequestID])
    response.headers[.retryAfter] = retryAfter.map(String.init)
    return response
  }
}
