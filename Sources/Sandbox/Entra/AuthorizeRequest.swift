import Core

/// A request to the authorize endpoint, checked (Microsoft Learn, "OAuth 2.0 authorization code flow").
struct AuthorizeRequest: Sendable {
  let signIn: SignInRequest
  let reply: ReplyAddress
  let nonce: String?
  let challenge: PKCEChallenge?
  let wantsClientInfo: Bool

  var app: SandboxDirectory.App { signIn.app }

  /// Checks in Entra's order: while client and redirect URI are unproven, a refusal is a page; after that
  /// the client gets it.
  init(
    _ fields: FormFields, segment name: String, directory: SandboxDirectory
  ) throws(AuthorizeRefusal) {
    let segment: TenantSegment
    let app: SandboxDirectory.App
    do throws(EntraError) {
      segment = try TenantSegment(name, in: directory)
      app = try directory.knownApp(fields["client_id"], tenant: name)
      try segment.check(app)
      reply = try ReplyAddress(fields, for: app)
    } catch {
      throw .page(error)
    }
    do throws(EntraError) {
      try Self.checkResponse(fields)
      guard let scope = fields["scope"] else { throw EntraError.missing("scope") }
      // Personal accounts have an answer of their own.
      if segment != .consumers, let unknown = ScopeRequest.unknown(in: scope) {
        throw EntraError(
          650_053,
          "The application '\(app.displayName)' asked for scope '\(oneLine(unknown.name, limit: 128))' that doesn't "
            + "exist on the resource '\(unknown.resource.applicationID)'. Contact the app vendor.")
      }
      signIn = SignInRequest(
        app: app, segment: segment, scope: try ScopeRequest(scope), prompt: try Self.prompt(fields["prompt"]),
        loginHint: fields["login_hint"])
      challenge = try PKCEChallenge(value: fields["code_challenge"], method: fields["code_challenge_method"])
    } catch {
      throw .reply(error, to: reply)
    }
    nonce = fields["nonce"]
    wantsClientInfo = fields["client_info"] == "1"
  }

  private static func checkResponse(_ fields: FormFields) throws(EntraError) {
    if let mode = fields["response_mode"], ReplyAddress.Mode(rawValue: mode) == nil {
      throw EntraError(70007, "The response_mode '\(mode)' is not supported.")
    }
    guard let type = fields["response_type"] else { throw .missing("response_type") }
    guard type == "code" else {
      throw EntraError(700_054, "The response_type '\(type)' is not enabled for the application.")
    }
    guard fields["resource"] == nil else { throw EntraError(901_002) }
  }

  private static func prompt(_ text: String?) throws(EntraError) -> SignInRequest.Prompt? {
    guard let text else { return nil }
    guard let prompt = SignInRequest.Prompt(rawValue: text) else {
      throw EntraError(90023, "The value '\(text)' of 'prompt' is not supported.")
    }
    return prompt
  }
}

extension AuthorizeRequest {
  func step(_ input: SignInInput, in world: SignInWorld) throws(AuthorizeRefusal) -> SignInStep {
    do throws(SignInRefusal) {
      return try signIn.step(input, in: world)
    } catch {
      switch error {
      case .page(let error): throw .page(error)
      case .client(let error): throw .reply(error, to: reply)
      }
    }
  }
}

/// Why an authorize request is refused, and to whom the error goes.
enum AuthorizeRefusal: Error {
  /// The person at the browser: the client is unknown or not to be trusted.
  case page(EntraError)
  case reply(EntraError, to: ReplyAddress)
}
