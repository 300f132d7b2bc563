import Core
import NIOHTTP1
import Testing

@testable import HTTP
@testable import Microsoft

@Suite struct GraphProblemTests {
  struct Case: Sendable {
    var status: Int
    var name: String
    var code: ProblemCode
    /// Of a request that acts, and of one that does not.
    var acting: Retry
    var reading: Retry?
  }

  @Test(arguments: [
    Case(status: 401, name: "InvalidAuthenticationToken", code: .graphTokenRejected, acting: .futile),
    Case(
      status: 401, name: "OrganizationFromTenantGuidNotFound", code: .graphMailboxUnavailable, acting: .futile
    ),
    Case(status: 403, name: "ErrorAccessDenied", code: .graphAccessDenied, acting: .futile),
    Case(status: 403, name: "SomethingNew", code: .graphAccessDenied, acting: .futile),
    Case(status: 403, name: "ErrorSendAsDenied", code: .graphSendAsDenied, acting: .futile),
    Case(status: 403, name: "ErrorAccountSuspend", code: .graphSendingBlocked, acting: .futile),
    Case(status: 404, name: "MailboxNotEnabledForRESTAPI", code: .graphMailboxUnavailable, acting: .futile),
    Case(status: 404, name: "ErrorItemNotFound", code: .graphItemNotFound, acting: .futile),
    Case(status: 404, name: "SomethingNew", code: .graphRejected, acting: .futile),
    Case(status: 400, name: "ErrorInvalidRecipients", code: .graphRecipientsInvalid, acting: .futile),
    Case(status: 400, name: "ErrorMimeContentInvalidBase64String", code: .graphRejected, acting: .futile),
    Case(status: 413, name: "ErrorMessageSizeExceeded", code: .graphMessageTooLarge, acting: .futile),
    Case(
      status: 429, name: "ApplicationThrottled", code: .graphThrottled, acting: .safe(after: .seconds(10))),
    Case(status: 429, name: "SomethingNew", code: .graphThrottled, acting: .safe(after: .seconds(10))),
    Case(
      status: 429, name: "ErrorExceededMessageLimit", code: .graphSendingBlocked,
      acting: .safe(after: .seconds(3600))),
    Case(
      status: 503, name: "serviceNotAvailable", code: .graphUnavailable, acting: .safe(after: .seconds(10))),
    Case(status: 507, name: "ErrorQuotaExceeded", code: .graphMailboxFull, acting: .futile),
    Case(
      status: 500, name: "ErrorInternalServerTransientError", code: .graphUnavailable, acting: .unsafe,
      reading: .safe(after: .seconds(10))),
    Case(
      status: 502, name: "UnknownError", code: .graphUnavailable, acting: .unsafe,
      reading: .safe(after: .seconds(10))),
    Case(
      status: 504, name: "UnknownError", code: .graphUnavailable, acting: .unsafe,
      reading: .safe(after: .seconds(10))),
    Case(status: 500, name: "ErrorSendAsDenied", code: .graphSendAsDenied, acting: .unsafe, reading: .futile),
  ])
  func `what Graph says becomes a code and a verdict`(row: Case) {
    for (effect, retry) in [(Effect.acts, row.acting), (.idempotent, row.reading ?? row.acting)] {
      let problem = Problem(reply(row.status, row.name), effect: effect)
      #expect(problem.code == row.code)
      #expect(problem.retry == retry)
      #expect(
        problem.origin
          == PeerError(status: row.status, code: row.name, requestID: "e9a1b2c3-0000-4e0e-8b8b-3d2c1b0a9f8e"))
      #expect(problem.summary.contains(row.name) && problem.summary.contains("\(row.status)"))
      #expect(!problem.description.contains("secret subject"))
    }
  }

  @Test(arguments: [
    (401, ProblemCode.graphTokenRejected, Retry.futile),
    (413, .graphMessageTooLarge, .futile),
    (429, .graphThrottled, .safe(after: .seconds(10))),
    (503, .graphUnavailable, .safe(after: .seconds(10))),
    (502, .graphUnavailable, .unsafe), (500, .graphUnavailable, .unsafe), (504, .graphUnavailable, .unsafe),
    (408, .graphUnavailable, .unsafe),
    // A proxy's page: the message waits until somebody has fixed the proxy.
    (403, .graphUnexpectedReply, .safe(after: .seconds(10))),
    (404, .graphUnexpectedReply, .safe(after: .seconds(10))),
    (407, .graphUnexpectedReply, .safe(after: .seconds(10))),
    // Nothing says that it was not done.
    (200, .graphUnexpectedReply, .unsafe),
    (204, .graphUnexpectedReply, .unsafe),
    (302, .graphUnexpectedReply, .unsafe),
  ])
  func `a status without Graph's error object is judged alone`(status: Int, code: ProblemCode, retry: Retry) {
    for body in ["", "<html>secret subject</html>", "{}", "{\"error\":\"x\"}", "{\"error\":{\"code\":7}}"] {
      let reply = HTTPReply(status: status, headers: ["retry-after": "10"], body: Array(body.utf8), cut: nil)
      let problem = Problem(reply, effect: .acts)
      #expect(problem.code == code)
      #expect(problem.retry == retry)
      #expect(!problem.description.contains("secret"))
    }
  }

  @Test func `without a time to come again, 503 does not say that nothing was done`() {
    for name in ["serviceNotAvailable", "ErrorServerBusy"] {
      let reply = reply(503, name, retryAfter: nil)
      #expect(Problem(reply, effect: .acts).retry == .unsafe)
      #expect(Problem(reply, effect: .idempotent).retry == .safe(after: nil))
    }
  }

  @Test func `half an error says no more than its status`() {
    var reply = reply(404, "ErrorItemNotFound")
    reply.cut = .closed
    #expect(Problem(reply, effect: .acts).code == .graphUnexpectedReply)
    #expect(Problem(reply, effect: .acts).retry == .safe(after: .seconds(10)))
  }

  @Test(
    arguments: [
      (#"{"error":{"code":"BadRequest","innerError":{"code":"ErrorInvalidRecipients"}}}"#, "BadRequest"),
      (
        #"{"error":{"code":"Unheard","innererror":{"code":"ErrorInvalidRecipients"}}}"#,
        "ErrorInvalidRecipients"
      ),
      (#"{"error":{"code":"","innerError":{"code":"Inner"}}}"#, "Inner"),
      (#"{"error":{"code":"two words"}}"#, nil),
      (#"{"error":{"message":"only"}}"#, nil),
    ] as [(String, String?)])
  func `the outermost code that is known counts`(body: String, name: String?) throws {
    let reply = HTTPReply(status: 400, headers: [:], body: Array(body.utf8), cut: nil)
    #expect(try GraphError.code(in: reply.json()) == name)
  }

  @Test func `a refusal names the mailbox and the permission that the request needed`() async throws {
    let react = { @Sendable (request: WireServer.Request) in
      WireServer.Reaction.answer(
        403, body: #"{"error":{"code":"ErrorAccessDenied","message":"Access is denied."}}"#)
    }
    let rows: [(GraphMailbox, [String])] = [
      (.me, ["User.Read", "Mail.ReadWrite", "Mail.Send"]),
      (.user("sales@contoso.test"), ["User.Read.All", "Mail.ReadWrite", "Mail.Send"]),
      (.shared("sales@contoso.test"), ["User.Read", "Mail.ReadWrite.Shared", "Mail.Send.Shared"]),
    ]
    for (mailbox, permissions) in rows {
      try await withGraph(mailbox, react: react) { graph, _ in
        let problems = [
          await #expect(throws: Problem.self) { _ = try await graph.user() },
          await #expect(throws: Problem.self) { _ = try await graph.createDraft([]) },
          await #expect(throws: Problem.self) { try await graph.sendMail([]) },
        ]
        for (problem, permission) in zip(problems, permissions) {
          #expect(problem?.remedy?.contains("the permission \(permission) ") == true)
          #expect(problem?.summary.contains(mailbox == .me ? "this mailbox" : "sales@contoso.test") == true)
          #expect(problem?.actor == .administrator)
          #expect(problem?.link?.contains("/#view/") == true)
        }
      }
    }
  }

  @Test func `what the caller knows is said`() async throws {
    let values = ErrorValues(
      clientID: "c", mailbox: "sales@contoso.test", sender: "alice@contoso.test", from: "boss@contoso.test")
    let body = #"{"error":{"code":"ErrorSendAsDenied","message":"x"}}"#
    try await WireServer.run(react: { _ in .answer(403, body: body) }) { server in
      try await withHTTP { http in
        let graph = Graph(
          cloud: try Cloud(replacing: server.origin), http: http, mailbox: .me, token: Secret("t"),
          values: values)
        let problem = await #expect(throws: Problem.self) { try await graph.sendMail([]) }
        #expect(
          problem?.summary
            == "Exchange does not allow alice@contoso.test to send as boss@contoso.test. (HTTP 403, ErrorSendAsDenied)"
        )
        #expect(problem?.remedy?.contains("grant alice@contoso.test “Send as” on boss@contoso.test") == true)
      }
    }
  }

  /// Microsoft Learn, "Microsoft Graph error responses and resource types".
  private func reply(_ status: Int, _ name: String, retryAfter: String? = "10") -> HTTPReply {
    let body = """
      {"error":{"code":"\(name)","message":"Cannot send 'secret subject'.",\
      "innerError":{"date":"2024-12-13T13:58:15","request-id":"e9a1b2c3-0000-4e0e-8b8b-3d2c1b0a9f8e",\
      "client-request-id":"e9a1b2c3-0000-4e0e-8b8b-3d2c1b0a9f8e"}}}
      """
    return HTTPReply(
      status: status,
      headers: HTTPHeaders(
        [("request-id", "e9a1b2c3-0000-4e0e-8b8b-3d2c1b0a9f8e")]
          + (retryAfter.map { [("retry-after", $0)] } ?? [])),
      body: Array(body.utf8), cut: nil)
  }
}
