import Core
import Foundation
import HTTPTypes
import Hummingbird

/// `GET` and `POST /{tenant}/oauth2/v2.0/authorize`. The forms carry the request along; a cookie says who
/// signed in with this browser last.
struct AuthorizeRoutes: Sendable {
  /// The fields that our own forms add to the request.
  private static let ownFields: Set<String> = ["username", "decision"]
  /// Entra's own name for it.
  private static let sessionCookie = "ESTSAUTH"

  let state: SandboxState

  func add(to router: Router<SandboxContext>) {
    router.get("/{tenant}/oauth2/v2.0/authorize") { request, context in
      // A link can neither choose an account nor accept.
      let input = SignInInput(session: session(of: request))
      return try await state.answerPage(context) {
        answer(try FormFields(query: request), input: input, context: context)
      }
    }
    router.post("/{tenant}/oauth2/v2.0/authorize") { request, context in
      try await state.answerPage(context) {
        var form = try await FormFields(body: request)
        for field in try FormFields(query: request).fields { try form.add(field.name, field.value) }
        let input = SignInInput(
          username: form["username"], decision: form["decision"].flatMap(SignInInput.Decision.init),
          session: session(of: request))
        return answer(form, input: input, context: context)
      }
    }
  }

  private func answer(_ fields: FormFields, input: SignInInput, context: SandboxContext) -> Response {
    let segment = context.tenantSegment
    var fields = fields
    fields.fields.removeAll { Self.ownFields.contains($0.name) }
    do throws(AuthorizeRefusal) {
      let request = try AuthorizeRequest(fields, segment: segment, directory: state.directory)
      let step = try request.step(input, in: state.signInWorld(clientID: request.app.clientId))
      return show(step, of: request, fields: fields, context: context)
    } catch {
      switch error {
      case .page(let error): return state.page(for: error, origin: context.origin, segment: segment)
      case .reply(let error, let reply): return send(refusal(error, origin: context.origin), to: reply)
      }
    }
  }

  private func show(
    _ step: SignInStep, of request: AuthorizeRequest, fields: FormFields, context: SandboxContext
  ) -> Response {
    let action = "\(context.origin)/\(context.tenantSegment)/oauth2/v2.0/authorize"
    switch step {
    case .pickAccount:
      return EntraPages.accountPicker(
        app: request.app, users: request.signIn.candidates(in: state.directory), action: action,
        fields: fields)
    case .askConsent(let user):
      return EntraPages.consent(
        app: request.app, user: user, permissions: request.signIn.listed, action: action, fields: fields)
    case .needAdministrator(let user):
      return EntraPages.needAdministrator(app: request.app, user: user, action: action, fields: fields)
    case .finish(let user):
      var response = send(success(request, user), to: request.reply)
      response.headers[.setCookie] = "\(Self.sessionCookie)=\(user.id); Path=/; HttpOnly; SameSite=Lax"
      return response
    }
  }

  private func session(of request: Request) -> String? {
    let pairs = (request.headers[.cookie] ?? "").split(separator: ";").map { $0.drop { $0 == " " } }
    return pairs.first { $0.hasPrefix(Self.sessionCookie + "=") }
      .map { String($0.dropFirst(Self.sessionCookie.count + 1)) }
  }

  private func success(_ request: AuthorizeRequest, _ user: SandboxDirectory.User) -> FormFields {
    let code = AuthorizationCode(
      clientID: request.app.clientId, userID: user.id, redirectURI: request.reply.redirectURI,
      scope: request.signIn.scope, platform: request.app.platform(of: request.reply.redirectURI) ?? .web,
      nonce: request.nonce, challenge: request.challenge, issuedAt: state.clock.now)
    let text = state.grants { book in
      book.consent(grantor: user.id, clientID: request.app.clientId, scopes: request.signIn.permissions)
      return book.issue(code, isPersonal: user.kind == .personal)
    }
    var answer = FormFields([("code", text)])
    if request.wantsClientInfo { answer.fields.append(("client_info", user.clientInfo)) }
    if let state = request.reply.state { answer.fields.append(("state", state)) }
    answer.fields.append(("session_state", RandomText.guid()))
    return answer
  }

  /// The answer that a fault asks for: a page, or with 302 what the client would be sent.
  func planted(_ error: EntraError, status: Int, _ fields: FormFields, _ context: SandboxContext) -> Response
  {
    var error = error
    if error.kind == "invalid_grant" {
      error.kind = error.suberror == "basic_action" ? "interaction_required" : "access_denied"
    }
    let request = try? AuthorizeRequest(fields, segment: context.tenantSegment, directory: state.directory)
    guard status == 302, let request else { return state.page(for: error, origin: context.origin) }
    return send(refusal(error, origin: context.origin), to: request.reply)
  }

  private func refusal(_ error: EntraError, origin: String) -> FormFields {
    let report = EntraErrorReport(error, origin: origin, now: state.clock.now, correlationID: nil)
    var answer = FormFields([("error", report.error)])
    if error.number == 65004 { answer.fields.append(("error_subcode", "cancel")) }
    answer.fields.append(("error_description", report.errorDescription))
    answer.fields.append(("error_uri", origin + "/error?code=\(error.number)"))
    return answer
  }

  private func send(_ parameters: FormFields, to reply: ReplyAddress) -> Response {
    var parameters = parameters
    if let state = reply.state, parameters["state"] == nil { parameters.fields.append(("state", state)) }
    guard reply.mode != .formPost else {
      return EntraPages.formPost(to: reply.redirectURI, fields: parameters)
    }
    var headers = HTTPFields.neverStored
    headers[.location] = reply.location(parameters)
    return Response(status: .found, headers: headers)
  }
}

extension SandboxState {
  /// An error page without links.
  ///
  /// - Parameter segment: the half of Entra that keeps personal accounts has its own pages.
  func page(for error: EntraError, origin: String, segment: String = "") -> Response {
    let isPersonal = (try? TenantSegment(segment, in: directory)) == .consumers
    if isPersonal, let text = error.textForPersonalAccounts {
      return EntraPages.notice(title: "We're unable to complete your request", text: text, status: 400)
    }
    let report = EntraErrorReport(error, origin: origin, now: clock.now, correlationID: nil)
    return EntraPages.notice(
      title: "Signing in is not possible", text: "\(error.code): \(error.text)",
      details: [
        "Trace ID: " + report.traceId, "Correlation ID: " + report.correlationId,
        "Timestamp: " + report.timestamp,
      ],
      status: 400)
  }

  func signInWorld(clientID: String) -> SignInWorld {
    SignInWorld(directory: directory, policies: policies { $0 }) { user in
      self.grants { $0.consented(userID: user.id, tenantID: user.tenantId, clientID: clientID) }
    }
  }
}

extension SignInRequest {
  /// Who may sign in here, the hinted one first.
  func candidates(in directory: SandboxDirectory) -> [SandboxDirectory.User] {
    let hinted = loginHint.flatMap(directory.user)
    let allowed = directory.users.filter { user in
      (!user.isBulk || user == hinted) && (try? segment.check(user, for: app)) != nil
    }
    return allowed.filter { $0 == hinted } + allowed.filter { $0 != hinted }
  }

  /// What a consent page lists.
  var listed: [String] { permissions.sorted() + scope.openID }
}

extension SandboxContext {
  /// `common`, `contoso.test`, ...: the first segment of the path.
  var tenantSegment: String {
    let segment = parameters.get("tenant") ?? ""
    return segment.removingPercentEncoding ?? segment
  }
}

extension SandboxDirectory.User {
  /// `client_info`: from `uid` and `utid` Microsoft's libraries make the account's home id.
  var clientInfo: String {
    Base64URL.encode(Array(#"{"uid":"\#(id)","utid":"\#(tenantId)"}"#.utf8))
  }
}
