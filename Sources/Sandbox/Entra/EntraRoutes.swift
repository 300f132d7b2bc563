import Core
import Foundation
import HTTPTypes
import Hummingbird
import JSON

extension SandboxState {
  /// Everything that Microsoft serves at its login host, and the control requests about people and their
  /// consent: `GET /sandbox/directory`, `POST /sandbox/consents`, `POST /sandbox/revoke`.
  func addEntraRoutes(to router: Router<SandboxContext>) throws {
    AuthorizeRoutes(state: self).add(to: router)
    DeviceRoutes(state: self).add(to: router)
    AdminConsentRoutes(state: self).add(to: router)
    addTokenRoutes(to: router)
    addDocumentRoutes(to: router)
    addConsentRoutes(to: router)
    for method in [HTTPRequest.Method.get, .post] {
      router.on("/{tenant}/oauth2/v2.0/logout", method: method) { _, _ in
        EntraPages.notice(title: "Signed out", text: "You may close this page.")
      }
    }
    router.get("/error") { request, _ in
      let number = try FormFields(query: request)["code"].flatMap { Int($0) } ?? 0
      guard let entry = EntraError.catalogue[number] else { throw HTTPError(.notFound) }
      return EntraPages.notice(title: "AADSTS\(number)", text: entry.text, details: [entry.kind])
    }
  }

  private func addTokenRoutes(to router: Router<SandboxContext>) {
    router.post("/{tenant}/oauth2/v2.0/token") { request, context in
      try await self.answerEntra(request, context) {
        var form = try await FormFields(body: request)
        try form.addBasicCredentials(request.headers)
        let endpoint = TokenEndpoint(
          state: self, origin: context.origin, browserOrigin: request.headers[.origin])
        let reply = try endpoint.answer(form, segment: context.tenantSegment)
        return .json(reply.json, headers: .neverStored)
      }
    }
    router.get("/{tenant}/oauth2/v2.0/token") { request, context in
      try await self.answerEntra(request, context) { throw EntraError(900_561) }
    }
  }

  private func addDocumentRoutes(to router: Router<SandboxContext>) {
    router.get("/{tenant}/v2.0/.well-known/openid-configuration") { request, context in
      try await self.answerEntra(request, context) {
        let segment = try self.documentSegment(context)
        return .json(Discovery.openIDConfiguration(segment, origin: context.origin))
      }
    }
    router.get("/{tenant}/discovery/v2.0/keys") { request, context in
      try await self.answerEntra(request, context) {
        let segment = try self.documentSegment(context)
        return .json(try Discovery.keys(self.tokens.signingKey, segment, origin: context.origin))
      }
    }
    router.get("/{tenant}/discovery/instance") { request, context in
      try await self.answerEntra(request, context) {
        let asked = try FormFields(query: request)["authorization_endpoint"]
        return .json(try Discovery.instance(authorizationEndpoint: asked, origin: context.origin))
      }
    }
    router.get("/{tenant}/userrealm/{user}") { request, context in
      try await self.answerEntra(request, context) {
        _ = try self.documentSegment(context)
        let segment = context.parameters.get("user") ?? ""
        let name = segment.removingPercentEncoding ?? segment
        return .json(Discovery.userRealm(self.directory.user(name), name, origin: context.origin))
      }
    }
    router.get("/oidc/userinfo") { request, context in try self.userInfo(request, context) }
  }

  private func documentSegment(_ context: SandboxContext) throws(EntraError) -> TenantSegment {
    do {
      return try TenantSegment(context.tenantSegment, in: directory)
    } catch {
      var error = error
      error.kind = "invalid_tenant"
      throw error
    }
  }

  func answerEntra(
    _ request: Request, _ context: SandboxContext, _ body: () async throws -> Response
  ) async throws -> Response {
    do {
      return try await body()
    } catch let error as EntraError {
      return refusal(error, request, context)
    } catch let fault as FormFault {
      return refusal(EntraError(fault), request, context)
    }
  }

  private func refusal(_ error: EntraError, _ request: Request, _ context: SandboxContext) -> Response {
    error.response(origin: context.origin, now: clock.now, correlationID: request.headers[.clientRequestID])
  }

  /// For what a person sees: an unreadable query or form leads to an error page.
  func answerPage(
    _ context: SandboxContext, _ body: () async throws -> Response
  ) async throws -> Response {
    do {
      return try await body()
    } catch let fault as FormFault {
      return page(for: EntraError(fault), origin: context.origin)
    }
  }

  /// OpenID Connect Core section 5.3; Microsoft serves it at Graph's host.
  private func userInfo(_ request: Request, _ context: SandboxContext) throws -> Response {
    let bearer = request.headers[.authorization].map { String($0.dropFirst("Bearer ".count)) } ?? ""
    guard let claims = try? tokens.verify(bearer), let user = claims.userID.flatMap(directory.user) else {
      throw HTTPError(.unauthorized)
    }
    let subject = RandomText.digest(user.id + claims.clientID)
    return .json([
      "sub": .string(subject), "name": .string(user.displayName), "email": .string(user.mail ?? ""),
    ])
  }
}
