import Core
import Testing

@testable import Microsoft

@Suite struct RedirectProbeTests {
  static let uri = "https://mail.contoso.test/oauth"

  @Test(arguments: [
    uri + "?error=login_required&error_description=AADSTS50058%3a+A+silent+sign-in&state=probe",
    uri + "?error=interaction_required&state=probe",
    uri + "#error=consent_required&state=probe",
    uri + "/?error=login_required",
    uri + "?code=0.AX",
    uri,
  ])
  func `an answer to the redirect URI shows that it is registered`(location: String) async throws {
    try await probe(.answer(302, headers: ["Location": location])) { outcome in
      #expect(outcome == .success(.registered(flaw: nil)))
    }
  }

  @Test func `an answer to the redirect URI may name another flaw`() async throws {
    let location = Self.uri + "?error=invalid_scope&error_description=AADSTS70011%3A+The+scope+is+not+valid."
    try await probe(.answer(302, headers: ["Location": location])) { outcome in
      guard case .registered(let flaw) = try outcome.get() else { throw Undecided() }
      #expect(flaw?.code == .entraScopeInvalid)
    }
  }

  @Test(arguments: [
    (50011, ProblemCode.entraRedirectMismatch), (700_016, .entraClientUnknown), (90002, .entraTenantUnknown),
    (50194, .entraTenantRequired), (900_971, .entraRedirectMismatch),
  ])
  func `an error page says what is wrong`(number: Int, code: ProblemCode) async throws {
    let page =
      "<script>$Config={\"strServiceExceptionMessage\":\"AADSTS\(number): The redirect URI\"}</script>"
    for status in [200, 400] {
      try await probe(.answer(status, headers: ["Content-Type": "text/html"], body: page)) { outcome in
        guard case .failure(let problem) = outcome else { throw Undecided() }
        #expect(problem.code == code && problem.retry == .futile)
        #expect(problem.origin?.code == "AADSTS\(number)")
      }
    }
  }

  @Test(arguments: [
    WireServer.Reaction.answer(302, headers: ["Location": "https://login.live.com/oauth20_authorize.srf?x"]),
    .answer(302, headers: ["Location": uri + ".evil.test/?error=login_required"]),
    .answer(302), .answer(200, body: "<form>Sign in</form>"), .answer(404), .answer(503, body: "AADSTS50011"),
    .answer(200, body: "AADSTS50058: A silent sign-in request was sent but no user is signed in."),
  ])
  func `anything else decides nothing`(reaction: WireServer.Reaction) async throws {
    try await probe(reaction) { outcome in #expect(outcome == .success(.undecided)) }
  }

  @Test func `a login host that does not answer is a delay`() async throws {
    try await probe(.hangUp) { outcome in
      guard case .failure(let problem) = outcome else { throw Undecided() }
      #expect(problem.code == .entraUnreachable && problem.retry == .safe(after: nil))
    }
  }

  private struct Undecided: Error {}

  private func probe(
    _ reaction: WireServer.Reaction, check: (Result<RedirectProbe, Problem>) throws -> Void
  ) async throws {
    try await withEntra(react: { _ in reaction }) { entra, server in
      let outcome: Result<RedirectProbe, Problem>
      do throws(Problem) {
        outcome = .success(
          try await entra.probeRedirect(
            tenant: "common", clientID: "c", redirectURI: Self.uri, scopes: ["openid", "a"]))
      } catch {
        outcome = .failure(error)
      }
      try check(outcome)
      let target = try #require(server.requests.first?.target)
      #expect(target.hasPrefix("/common/oauth2/v2.0/authorize?client_id=c&response_type=code"))
      #expect(target.contains("prompt=none") && server.requests.first?.headers["cookie"] == nil)
    }
  }
}
