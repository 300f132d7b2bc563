import Accounts
import Core
import Foundation
import Testing

@testable import Web

@Suite struct FieldsTests {
  @Test(
    arguments: [
      (#"{"#, .requestMalformed, []),
      (#"[1]"#, .requestMalformed, []),
      (#""text""#, .requestMalformed, []),
      (#"{"subjekt":"x"}"#, .requestUnknownField, ["subjekt"]),
      (#"{"sendAt":"2026-11-20T22:41:26Z"}"#, .requestNotSupported, ["sendAt"]),
      (#"{"subject":5}"#, .requestInvalidField, ["subject"]),
      (#"{"subject":"a\r\nBcc: b@example.com"}"#, .requestInvalidField, ["subject"]),
      (#"{"to":"bob@example.com"}"#, .requestInvalidField, ["to"]),
      (#"{"to":[{"adress":"bob@example.com"}]}"#, .requestUnknownField, ["to[0].adress", "to[0].address"]),
      (#"{"attachments":[{"content":"%%%"}]}"#, .requestInvalidField, ["attachments[0].content"]),
      (#"{"attachments":[{"filename":"a"}]}"#, .requestInvalidField, ["attachments[0].content"]),
      (#"{"headers":{"X-A":1}}"#, .requestInvalidField, ["headers"]),
      (#"{"subject":5,"text":[],"zzz":1}"#, .requestUnknownField, ["zzz", "subject", "text"]),
    ] as [(String, ProblemCode, [String])])
  func `a faulty body is refused with every faulty field by its path`(
    body: String, code: ProblemCode, keys: [String]
  ) throws {
    let problem = try #require(throws: Problem.self) {
      try JSONDecoder.request(SubmitRequest.self, from: Data(body.utf8))
    }
    #expect(problem.code == code)
    #expect(problem.fields.map(\.key) == keys)
  }

  @Test func `a good body is read whole`() throws {
    let body = """
      {"from":{"name":"Alice","address":"alice@contoso.test"},"to":[{"address":"bob@contoso.test"}],
       "subject":"Hello","text":"line\\nline","html":null,"sendAt":null,"headers":{"X-B":"2","X-A":"1"},
       "attachments":[{"filename":"a.txt","content":"aGk=","cid":"c1"}]}
      """
    let request = try JSONDecoder.request(SubmitRequest.self, from: Data(body.utf8))
    #expect(request.from?.address == "alice@contoso.test")
    #expect(request.to.map(\.address) == ["bob@contoso.test"])
    #expect(request.text == "line\nline")
    #expect(request.headers.map(\.name) == ["X-A", "X-B"])
    #expect(request.attachments.first?.content == Array("hi".utf8))
    #expect(request.attachments.first?.inline == true)
  }

  @Test(
    arguments: [
      (#"{"name":"n","provider":"gmail","clientId":"c"}"#, .requestNotSupported),
      (#"{"name":"n","provider":"yahoo","clientId":"c"}"#, .requestInvalidField),
      (#"{"provider":"outlook","clientId":"c"}"#, .requestInvalidField),
      (#"{"name":"n","provider":"outlook","clientId":"c","baseScopes":"pubsub"}"#, .requestNotSupported),
      (#"{"name":"n","provider":"outlook","clientId":"c","baseScopes":"graph"}"#, .requestInvalidField),
      (
        #"{"name":"n","provider":"outlook","clientId":"c","secretExpires":"next year"}"#, .requestInvalidField
      ),
      (
        #"{"name":"n","provider":"outlook","clientId":"c","secretExpires":"2027-02-30"}"#,
        .requestInvalidField
      ),
      (#"{"name":"n","provider":"outlook","clientId":"c","clientSecret":"******"}"#, .requestInvalidField),
    ] as [(String, ProblemCode)])
  func `an app that cannot be built is refused`(body: String, code: ProblemCode) throws {
    let problem = try #require(throws: Problem.self) {
      try JSONDecoder.request(AppRequest.self, from: Data(body.utf8))
    }
    #expect(problem.code == code)
  }

  @Test(
    arguments: [
      ("2027-05-20", "2027-05-20T00:00:00.000Z"), ("2027-05-20T14:00:00Z", "2027-05-20T14:00:00.000Z"),
      ("2027-05-20T14:00:00.250+02:00", "2027-05-20T12:00:00.250Z"),
    ])
  func `a date is a day or a moment`(text: String, instant: String) throws {
    let body = #"{"name":"n","provider":"outlook","clientId":"c","secretExpires":"\#(text)"}"#
    let request = try JSONDecoder.request(AppRequest.self, from: Data(body.utf8))
    #expect(request.app.secretExpires?.description == instant)
  }
}
