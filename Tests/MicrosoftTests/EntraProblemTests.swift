import Core
import NIOHTTP1
import Testing

@testable import HTTP
@testable import Microsoft

@Suite struct EntraProblemTests {
  struct Case: Sendable {
    var number: Int
    var status = 400
    var error = "invalid_grant"
    var suberror: String?
    var code: ProblemCode
    var retry = Retry.futile
  }

  @Test(arguments: [
    Case(number: 7_000_215, status: 401, error: "invalid_client", code: .entraSecretWrong),
    Case(number: 7_000_222, status: 401, error: "invalid_client", code: .entraSecretExpired),
    Case(number: 7_000_218, status: 401, error: "invalid_client", code: .entraSecretMissing),
    Case(number: 700_025, status: 401, error: "invalid_client", code: .entraSecretUnexpected),
    Case(number: 700_016, error: "unauthorized_client", code: .entraClientUnknown),
    Case(number: 7_000_112, error: "unauthorized_client", code: .entraClientDisabled),
    Case(number: 50011, error: "invalid_request", code: .entraRedirectMismatch),
    Case(number: 90002, error: "invalid_request", code: .entraTenantUnknown),
    Case(number: 9_001_023, error: "invalid_request", code: .entraTenantRequired),
    Case(number: 50020, code: .entraWrongAccountType),
    Case(number: 70011, error: "invalid_scope", code: .entraScopeInvalid),
    Case(number: 54005, code: .entraCodeUsed),
    Case(number: 501_481, code: .entraPKCEMismatch),
    Case(number: 700_082, suberror: "token_expired", code: .entraGrantExpired),
    Case(number: 70008, code: .entraGrantExpired),
    Case(number: 50173, suberror: "bad_token", code: .entraGrantRevoked),
    Case(number: 70000, suberror: "bad_token", code: .entraGrantRevoked),
    Case(number: 65001, suberror: "consent_required", code: .entraConsentRequired),
    Case(number: 90094, error: "access_denied", code: .entraAdminConsentRequired),
    Case(number: 50076, suberror: "basic_action", code: .entraInteractionRequired),
    Case(number: 53003, suberror: "message_only", code: .entraAccessBlocked),
    Case(number: 90033, error: "temporarily_unavailable", code: .entraUnavailable, retry: .safe(after: nil)),
    Case(number: 50196, code: .entraThrottled, retry: .safe(after: .seconds(600))),
    // Numbers that the catalogue does not know.
    Case(number: 999_999, code: .entraGrantRevoked),
    Case(number: 999_999, suberror: "token_expired", code: .entraGrantExpired),
    Case(number: 999_999, suberror: "consent_required", code: .entraConsentRequired),
    Case(number: 999_999, suberror: "additional_action", code: .entraInteractionRequired),
    Case(number: 999_999, suberror: "message_only", code: .entraAccessBlocked),
    Case(number: 999_999, error: "interaction_required", code: .entraInteractionRequired),
    Case(number: 999_999, error: "invalid_resource", code: .entraScopeInvalid),
    Case(number: 999_999, status: 401, error: "invalid_client", code: .entraRejected),
    Case(number: 999_999, error: "server_error", code: .entraUnavailable, retry: .safe(after: nil)),
    Case(number: 999_999, status: 503, code: .entraUnavailable, retry: .safe(after: nil)),
    Case(number: 999_999, status: 429, code: .entraThrottled, retry: .safe(after: nil)),
    // A grant is never lost to a failing service, whatever number comes with it: the number does not even choose
    // the words then.
    Case(number: 70000, status: 500, code: .entraUnavailable, retry: .safe(after: nil)),
    Case(
      number: 53003, error: "temporarily_unavailable", code: .entraUnavailable, retry: .safe(after: nil)),
    Case(
      number: 7_000_215, status: 429, error: "invalid_client", code: .entraThrottled, retry: .safe(after: nil)
    ),
    // Nor does a number that means waiting keep a dead grant alive.
    Case(number: 90033, code: .entraGrantRevoked),
    Case(number: 90055, suberror: "consent_required", code: .entraConsentRequired),
  ])
  func `what Entra says becomes a code and a verdict`(row: Case) {
    let problem = Problem(reply(row), hiding: [], values: ErrorValues())
    #expect(problem.code == row.code)
    #expect(problem.retry == row.retry)
    #expect(problem.origin?.code == "AADSTS\(row.number)")
    #expect(problem.origin?.requestID == "0000aaaa-11bb-cccc-dd22-eeeeee333333")
    #expect(problem.origin?.status == row.status)
    #expect(problem.summary.contains("AADSTS\(row.number)"))
  }

  @Test func `an unknown number is explained in Entra's words, without what was secret`() {
    let row = Case(number: 999_999, error: "invalid_request", code: .entraRejected)
    let problem = Problem(
      reply(row, text: "The value 's3cret' is odd.\r\nAnd more."), hiding: ["s3cret", ""],
      values: ErrorValues())
    #expect(
      problem.summary == "Entra refused the request: The value '******' is odd. And more. (AADSTS999999)")
  }

  @Test func `a callback's error is read like the token endpoint's`() {
    let declined = Problem(
      callbackError: "access_denied", description: "AADSTS65004: User declined to consent to access the app.")
    #expect(declined.code == .signInDeclined)
    #expect(declined.origin == PeerError(code: "AADSTS65004", word: "access_denied"))
    let bare = Problem(callbackError: "login_required", description: nil)
    #expect(bare.code == .entraInteractionRequired)
    #expect(bare.retry == .futile)
    let hostile = Problem(callbackError: "a\r\nb" + String(repeating: "x", count: 500), description: "")
    #expect(hostile.summary.utf8.count < 120 && !hostile.summary.contains("\n"))
    #expect(
      Problem(callbackError: "temporarily_unavailable", description: nil).retry == .safe(after: nil))
  }

  @Test func `a refusal without a number is known by its words`() {
    let body =
      #"{"error":"unauthorized_client","error_description":"The client does not exist or is not enabled for consumers. If you are the application developer, configure a new application."}"#
    let problem = Problem(
      HTTPReply(status: 400, headers: [:], body: Array(body.utf8), cut: nil), hiding: [],
      values: ErrorValues(clientID: "6731de76"))
    #expect(problem.code == .entraWrongAccountType && problem.actor == .appOwner)
    #expect(problem.summary == "The app with client ID 6731de76 does not allow personal Microsoft accounts.")
  }

  @Test func `a refusal names the exact value, who mends it and where`() async throws {
    let body = #"{"error":"invalid_client","error_description":"AADSTS7000222: x","error_codes":[7000222]}"#
    let client = EntraClient(clientID: "6731de76-14a6", credential: .secret(Secret("s3cret")))
    try await withEntra(react: { _ in .answer(401, body: body) }) { entra, server in
      let problem = try #require(
        await #expect(throws: Problem.self) {
          try await entra.refresh(Secret("rt"), scopes: ["a"], client: client, tenant: "contoso.test")
        })
      #expect(
        problem.summary
          == "The client secret of the app with client ID 6731de76-14a6 has expired. (AADSTS7000222)")
      #expect(problem.remedy?.contains("accounts stay connected") == true)
      #expect(problem.actor == .appOwner)
      #expect(
        problem.link == server.origin
          + "/#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/Credentials/appId/6731de76-14a6")
    }
  }

  @Test func `a missing consent comes with the administrator's link`() async throws {
    let values = ErrorValues(
      cloud: .global, clientID: "c", tenant: "common", redirectURI: "http://localhost/oauth",
      scopes: [
        "openid", "https://graph.microsoft.com/Mail.ReadWrite", "https://graph.microsoft.com/Mail.Send",
      ])
    let problem = Problem(
      callbackError: "access_denied", description: "AADSTS90094: Admin consent is required.", values: values)
    let link =
      "https://login.microsoftonline.com/organizations/v2.0/adminconsent?client_id=c"
      + "&scope=openid%20https%3A%2F%2Fgraph.microsoft.com%2FMail.ReadWrite%20https%3A%2F%2Fgraph.microsoft.com%2FMail.Send"
      + "&redirect_uri=http%3A%2F%2Flocalhost%2Foauth"
    #expect(problem.code == .entraAdminConsentRequired && problem.actor == .administrator)
    #expect(problem.link == link)
    #expect(problem.remedy?.contains(link) == true)
    #expect(problem.summary.contains(": Mail.ReadWrite, Mail.Send."))
  }

  /// Microsoft Learn, "Microsoft Entra authentication and authorization error codes", handling error codes.
  private func reply(_ row: Case, text: String = "Something about the request.") -> HTTPReply {
    let suberror = row.suberror.map { ",\"suberror\":\"\($0)\"" } ?? ""
    let escaped = text.replacing("\r\n", with: "\\r\\n")
    let body = """
      {"error":"\(row.error)","error_description":"AADSTS\(row.number): \(escaped) Trace ID: \
      0000aaaa-11bb-cccc-dd22-eeeeee333333 Correlation ID: aaaa0000-bb11-2222-33cc-444444dddddd \
      Timestamp: 2016-01-09 02:02:12Z","error_codes":[\(row.number)],"timestamp":"2016-01-09 02:02:12Z",\
      "trace_id":"0000aaaa-11bb-cccc-dd22-eeeeee333333",\
      "correlation_id":"aaaa0000-bb11-2222-33cc-444444dddddd"\(suberror)}
      """
    return HTTPReply(status: row.status, headers: [:], body: Array(body.utf8), cut: nil)
  }
}
