import Core
import JSON
import Testing

@testable import API

/// Replies: what the server writes, and what a command makes of one.
@Suite struct ReplyTests {
  @Test func `a reply of a newer gateway is read`() throws {
    let json = """
      {"account":"a","name":"n","email":"e@x.example","type":"calendar","app":"app_1","state":"syncing","ready":false,
       "baseScopes":"api","verified":true,"sendOnly":false,"delegated":false,"unknownOutcome":"hold",
       "oauth2":{"provider":"app_1","auth":{"user":"e@x.example","avatar":1}},
       "smtp":{"host":"h","port":587,"secure":false,"auth":{"user":"c","pass":"******"}},
       "created":"2026-11-20T22:41:26.123Z","updated":"2026-11-20T22:41:26Z","mood":{"today":["good"]},
       "lastError":{"code":"x","problem":"galaxy.far","message":"m","actor":"robot","date":"2026-11-20T22:41:26.123Z"}}
      """
    let account = try Operations.account.reply(Array(json.utf8))
    #expect(account.state.known == nil)
    #expect(account.state.text == "syncing")
    #expect(account.type.description == "calendar")
    #expect(account.baseScopes.known == .api)
    #expect(account.lastError?.knownCode == nil)
    #expect(account.lastError?.actor?.known == nil)
    #expect(account.smtp?.auth.pass == Secret("******"))
  }

  @Test(arguments: [
    ("[]", "not an object"), ("{", "not valid JSON"), (#"{"url":1}"#, "url must be a string"),
    ("{}", "url is required"),
  ])
  func `a reply that is none says where it differs`(json: String, words: String) throws {
    let problem = try #require(throws: Problem.self) { try Operations.makeSignInLink.reply(Array(json.utf8)) }
    #expect(problem.code == .requestInternal)
    #expect(problem.summary.contains(words), "\(problem.summary)")
  }

  @Test func `secrets are masked unless a client sends them or a reply is there to tell them`() throws {
    var request = AppRequest()
    request.name = "n"
    request.clientID = "c"
    request.clientSecret = Secret("GEHEIM")
    let shown = String(decoding: request.json(), as: UTF8.self)
    #expect(shown.contains(#""clientSecret":"******""#))
    #expect(!shown.contains("GEHEIM"))
    #expect(try AppRequest.read(request.json(revealingSecrets: true)).clientSecret == Secret("GEHEIM"))
    #expect(
      String(decoding: TokenIssued(Secret("t0k"), id: TokenID("tok_1")).json(), as: UTF8.self).contains("t0k")
    )
  }

  @Test func `an entry of the outbox is written in the words of the contract`() throws {
    var entry = OutboxReply()
    entry.queueId = QueueID("q_1")
    entry.account = AccountID("a")
    entry.messageId = "<m@x>"
    entry.envelope = EnvelopeReply(from: "a@x.example", to: ["b@x.example"])
    entry.created = Instant(microseconds: 1_700_000_000_123_456)
    entry.scheduled = entry.created
    entry.state = Word(.deferred)
    let none = String(decoding: entry.json(), as: UTF8.self)
    #expect(none.contains(#""nextAttempt":false"#))
    #expect(none.contains(#""state":"deferred""#))
    #expect(none.contains(#""created":"2023-11-14T22:13:20.123Z""#))
    entry.nextAttempt = entry.created
    #expect(
      String(decoding: entry.json(), as: UTF8.self).contains(#""nextAttempt":"2023-11-14T22:13:20.123Z""#))
    #expect(
      try OutboxReply.read(reply: entry.json()).nextAttempt == Instant(microseconds: 1_700_000_000_123_000))
    let differences = Operations.outboxEntry.description.check(
      status: 200, reply: try JSONValue(parsing: entry.json()))
    #expect(differences == [])
  }

  @Test func `a problem of the past has both codes, also one of another version`() {
    let now = Instant(microseconds: 1_700_000_000_000_000)
    let known = ProblemReply("account.notFound", "m", at: now)
    #expect((known.code, known.problem) == ("AccountNotFound", "account.notFound"))
    #expect(known.knownCode == .accountNotFound)
    let other = ProblemReply("galaxy.far", "m", at: now)
    #expect((other.code, other.problem) == ("galaxy.far", "galaxy.far"))
  }

  @Test func `a state of an account is the contract's, and pausing hides all others`() {
    for state in AccountState.allCases {
      #expect(AccountReply.State(state, isPaused: true) == .paused)
      #expect(AccountReply.State(state, isPaused: false).rawValue == state.rawValue)
    }
  }

  @Test func `every code of the catalogue makes an error that is as declared and reads back`() throws {
    for code in ProblemCode.all {
      let problem = Problem(
        code, "It is “x”.", remedy: "Do it.", origin: PeerError(status: 400, code: "C", requestID: "r"),
        actor: .administrator, link: "https://entra.microsoft.com/",
        fields: [FieldFault(message: "is bad", key: "a[0].b")])
      let reply = ErrorReply(problem)
      let json = try JSONValue(parsing: reply.json())
      for operation in Operations.all { #expect(operation.check(status: code.status, reply: json) == []) }
      #expect(json["how"]?.string == code.how?.api)
      #expect(try ErrorReply.read(reply: json).asProblem == problem)
    }
  }

  @Test func `a reply that differs from its declaration is told where`() throws {
    func check(_ json: String) throws -> [String] {
      Operations.issueToken.description.check(status: 200, reply: try JSONValue(parsing: json))
    }
    #expect(try check(#"{"token":"t","id":"tok_1"}"#) == [])
    #expect(try check(#"{"token":"t"}"#) == ["id is missing"])
    #expect(
      try check(#"{"token":"t","id":7,"x":1}"#) == [
        "id is a number, but must be a string", "x is not declared",
      ])
    #expect(try check(#"{"token":"t","id":""}"#) == ["id must not be empty"])
    #expect(try check("[]") == ["the reply is an array, but must be an object"])
    let app = Operations.apps.description.check(
      status: 200,
      reply: try JSONValue(
        parsing: #"{"total":1,"page":0,"pages":1,"apps":[{"clientSecret":"GEHEIM","created":"2026-11-20"}]}"#)
    )
    #expect(app.contains("apps[0].clientSecret is a secret that is not masked"))
    #expect(app.contains { $0.hasPrefix("apps[0].created is 2026-11-20") })
    #expect(app.contains("apps[0].id is missing"))
    let error = Operations.apps.description.check(
      status: 404, reply: try JSONValue(parsing: ErrorReply(Problem(.tokenMissing, "m", remedy: nil)).json()))
    #expect(error == ["statusCode is not 404", "token.missing has the status 401 in the catalogue"])
  }

  @Test func `what was never set is told`() throws {
    let reply = try JSONValue(parsing: AccountReply().json())
    let differences = Operations.account.description.check(status: 200, reply: reply)
    #expect(differences.contains("account must not be empty"))
    #expect(differences.contains("created was never set"))
  }

  @Test func `pages are counted`() {
    var query = AccountsQuery()
    query.page = 2
    query.pageSize = 20
    for (total, pages) in [(0, 0), (1, 1), (20, 1), (21, 2)] {
      let page = AccountPage(query, total: total)
      #expect((page.total, page.page, page.pages) == (total, 2, pages))
    }
  }
}
