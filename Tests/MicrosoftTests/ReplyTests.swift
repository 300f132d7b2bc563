import Core
import Foundation
import JSON
import NIOHTTP1
import Testing

@testable import HTTP
@testable import Microsoft

/// Replies that no part of Microsoft writes: every reader refuses them, and says what is wrong.
@Suite struct ReplyTests {
  /// What makes a valid reply invalid, and a word of the explanation.
  struct Flaw: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var explanation: String
    var change: @Sendable ([UInt8]) -> [UInt8]
  }

  static let flaws = [
    Flaw(testDescription: "a key twice", explanation: "occurs twice in one object") {
      Array(#"{"id":"1","a":1,"a":2,"access_token":"x","#.utf8) + $0.dropFirst()
    },
    Flaw(testDescription: "invalid UTF-8", explanation: "not valid UTF-8") {
      Array(#"{"x":""#.utf8) + [0xC3, 0x28] + Array(#"","#.utf8) + $0.dropFirst()
    },
    Flaw(testDescription: "a lone surrogate", explanation: "surrogate") {
      Array(#"{"x":"\ud800","#.utf8) + $0.dropFirst()
    },
    Flaw(testDescription: "a raw line feed", explanation: "control character") {
      Array("{\"x\":\"\n\",".utf8) + $0.dropFirst()
    },
    Flaw(testDescription: "trailing bytes", explanation: "the end of the text") { $0 + Array(" {}".utf8) },
    Flaw(testDescription: "a byte order mark", explanation: "byte order mark") { [0xEF, 0xBB, 0xBF] + $0 },
    Flaw(testDescription: "a deep list", explanation: "levels deep") {
      let depth = 100_000
      let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
      return Array("{\"x\":\(deep),".utf8) + $0.dropFirst()
    },
    Flaw(testDescription: "too many elements", explanation: "keys and list elements") {
      Array("{\"x\":[\(String(repeating: "0,", count: 200_000))0],".utf8) + $0.dropFirst()
    },
    Flaw(testDescription: "half", explanation: "ends before") { Array($0.dropLast()) },
    Flaw(testDescription: "nothing", explanation: "empty") { _ in [] },
    Flaw(testDescription: "a page", explanation: "expected a value") { _ in Array("<html></html>".utf8) },
    Flaw(testDescription: "a list", explanation: "missing or not valid") { _ in Array("[]".utf8) },
  ]

  private static let token = #"{"token_type":"Bearer","expires_in":3599,"access_token":"at","scope":"s"}"#
  private static let device = """
    {"device_code":"d","user_code":"C5H7QX9XW","verification_uri":"https://microsoft.com/devicelogin",\
    "expires_in":900,"interval":5,"message":"m"}
    """
  private static let configuration =
    #"{"issuer":"i","authorization_endpoint":"a","token_endpoint":"t","msgraph_host":"g"}"#
  private static let message = #"{"id":"1","isDraft":true,"parentFolderId":"f","internetMessageId":"<m@x>"}"#
  private static let user = #"{"id":"1","mail":"a@b.test","userPrincipalName":"a@b.test","displayName":"A"}"#

  @Test(arguments: flaws)
  func `a reply of Entra's that is not strict JSON is unexpected`(flaw: Flaw) throws {
    try expect(flaw, Self.token) { (json) throws(ReplyFault) in _ = try TokenReply(json) }
    try expect(flaw, Self.device) { (json) throws(ReplyFault) in _ = try DeviceCode(json) }
    try expect(flaw, Self.configuration) { (json) throws(ReplyFault) in _ = try OpenIDConfiguration(json) }
    try expect(flaw, #"{"error":"invalid_grant"}"#) { (json) throws(ReplyFault) in _ = try EntraError(json) }
  }

  @Test(arguments: flaws)
  func `a reply of Graph's that is not strict JSON is unexpected`(flaw: Flaw) throws {
    try expect(flaw, Self.message) { (json) throws(ReplyFault) in _ = try GraphMessage(json) }
    try expect(flaw, Self.user) { (json) throws(ReplyFault) in _ = try GraphUser(json) }
    let error = Array(#"{"error":{"code":"ErrorAccessDenied"}}"#.utf8)
    let refusal = HTTPReply(status: 403, headers: [:], body: flaw.change(error), cut: nil)
    #expect(Problem(refusal, effect: .acts).code == .graphUnexpectedReply)
  }

  private func expect(
    _ flaw: Flaw, _ body: String, _ read: (JSONValue) throws(ReplyFault) -> Void
  ) throws {
    let whole = HTTPReply(status: 200, headers: [:], body: Array(body.utf8), cut: nil)
    try whole.read(read)
    var flawed = whole
    flawed.body = flaw.change(whole.body)
    let fault = #expect(throws: ReplyFault.self) { try flawed.read(read) }
    #expect(fault?.flaw.contains(flaw.explanation) == true)
  }

  @Test func `what is wrong is told, and no value is quoted`() async throws {
    let doubled =
      #"{"access_token":"secret-1","token_type":"Bearer","access_token":"secret-2","expires_in":9}"#
    let odd = #"{"access_token":["secret-1"],"token_type":"Bearer","expires_in":9}"#
    for (body, told) in [(doubled, #"the key "access_token" occurs twice"#), (odd, "“access_token”")] {
      try await withEntra(react: { _ in .answer(200, body: body) }) { entra, _ in
        let problem = try #require(
          await #expect(throws: Problem.self) {
            try await entra.refresh(
              Secret("rt"), scopes: ["a"], client: EntraClient(clientID: "c", credential: .none),
              tenant: "common")
          })
        #expect(problem.code == .entraUnexpectedReply)
        #expect(problem.summary.contains(told))
        #expect(!problem.description.contains("secret"))
      }
    }
  }

  @Test func `a draft whose reply cannot be read may exist`() async throws {
    let body = #"{"id":"1","id":"2","isDraft":true,"parentFolderId":"f"}"#
    try await withGraph(react: { _ in .answer(201, body: body) }) { graph, _ in
      let problem = try #require(
        await #expect(throws: Problem.self) { _ = try await graph.createDraft(Array("x".utf8)) })
      #expect(problem.code == .graphUnexpectedReply)
      #expect(problem.retry == .unsafe)
    }
  }

  @Test(arguments: [
    ("token_type", "7"), ("access_token", "null"), ("expires_in", "\"3599\""), ("expires_in", "1.5"),
    ("expires_in", "1e99"), ("scope", "[]"), ("refresh_token", "{}"), ("id_token", "1"),
  ])
  func `a member of another kind is unexpected, and named`(name: String, value: String) throws {
    var json = try #require(try JSONValue(parsing: Self.token).object)
    json[name] = try JSONValue(parsing: value)
    let fault = #expect(throws: ReplyFault.self) { try TokenReply(.object(json)) }
    #expect(fault?.flaw.contains(name) == true)
  }

  @Test func `null and new members change nothing`() throws {
    var json = try #require(try JSONValue(parsing: Self.token).object)
    json["refresh_token"] = .null
    json["foci"] = ["new": [1, "x"]]
    let reply = try TokenReply(.object(json))
    #expect(reply.accessToken == Secret("at") && reply.refreshToken == nil && reply.scopes == ["s"])
  }

  @Test(arguments: [
    #"{"aud":"a","aud":"b"}"#, #"{"aud":"\#u{FEFF}"}x"#, #"{"aud":1}"#, #"{"aud":"a","roles":["x",1]}"#,
  ])
  func `claims that are not strict JSON are not read`(claims: String) {
    #expect(AccessTokenHint(Secret("e30." + Data(claims.utf8).base64URL + ".x")) == nil)
  }

  @Test(arguments: ["e30.e30=.x", "e30.e+0.x", "e30.e/0.x"])
  func `a token part is base64url without padding`(token: String) {
    #expect(AccessTokenHint(Secret(token)) == nil)
  }
}
