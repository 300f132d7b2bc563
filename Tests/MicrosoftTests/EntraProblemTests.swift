import Core
import NIOHTTP1
import Testing

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
    // A grant is never lost to a failing service, whatever number comes with it.
    Case(number: 70000, status: 500, code: .entraGrantRevoked, retry: .safe(after: nil)),
    Case(
      number: 53003, error: "temporarily_unavailable", code: .entraAccessBlocked, retry: .safe(after: nil)),
  ])
  func `what Entra says becomes a code and a verdict`(row: Case) {
    let problem = EntraProblem(reply(row), hiding: [])
    #expect(problem.code == row.code)
    #expect(problem.retry == row.retry)
    #expect(problem.origin?.code == "AADSTS\(row.number)")
    #expect(problem.origin?.requestID == "0000aaaa-11bb-cccc-dd22-eeeeee333333")
    #expect(problem.origin?.status == row.status)
    #expect(problem.summary.contains("AADSTS\(row.number)"))
  }

  @Test func `an unknown number is explained in Entra's words, without what was secret`() {
    let row = Case(number: 999_999, error: "invalid_request", code: .entraRejected)
    let problem = EntraProblem(
      reply(row, text: "The value 's3cret' is odd.\r\nAnd more."), hiding: ["s3cret", ""])
    #expect(
      problem.summary == "Entra refused the request: The value '******' is odd. And more. (AADSTS999999)")
  }

  @Test func `a callback's error is read like the token endpoint's`() {
    let declined = EntraProblem(
      callbackError: "access_denied", description: "AADSTS65004: User declined to consent to access the app.")
    #expect(declined.code == .signInDeclined)
    #expect(declined.origin == PeerError(code: "AADSTS65004"))
    let bare = EntraProblem(callbackError: "login_required", description: nil)
    #expect(bare.code == .entraInteractionRequired)
    #expect(bare.retry == .futile)
    let hostile = EntraProblem(callbackError: "a\r\nb" + String(repeating: "x", count: 500), description: "")
    #expect(hostile.summary.utf8.count < 120 && !hostile.summary.contains("\n"))
    #expect(
      EntraProblem(callbackError: "temporarily_unavailable", description: nil).retry == .safe(after: nil))
  }

  @Test func `each number has one meaning, a sentence, and a remedy unless waiting is all there is`() {
    var numbers = Set<Int>()
    for entry in AADSTS.catalogue {
      for number in entry.numbers { #expect(numbers.insert(number).inserted, "\(number)") }
      #expect(entry.meaning.hasSuffix("."))
      #expect(entry.remedy?.hasSuffix(".") ?? [.entraThrottled, .entraUnavailable].contains(entry.code))
    }
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
