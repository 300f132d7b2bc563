import Core
import Testing

@testable import API

/// What `POST /v1/account` takes, and what it refuses with the field's name and without its value.
@Suite struct AccountRequestTests {
  @Test(arguments: [
    #"{"oauth2": {"provider": "app_1", "auth": {"user": "a@x.example"}}}"#,
    #"{"oauth2": {"provider": "app_1", "refreshToken": "0.AAAA", "auth": {"user": "a@x.example"}}}"#,
    #"{"oauth2": {"clientId": "c", "tenant": "t", "clientSecret": "s", "auth": {"user": "a@x.example"}}}"#,
    #"{"email": "a@x.example", "oauth2": {"provider": "app_1", "authorize": true}}"#,
    #"{"account": null, "oauth2": {"auth": {"delegatedUser": "info@x.example", "delegatedAccount": "a"}}}"#,
    #"{"email": "a@x.example", "smtp": {"host": "smtp.office365.com", "port": 587, "auth": {"user": "c", "pass": "p"}}}"#,
  ])
  func `each way to connect a mailbox is read`(body: String) throws {
    _ = try AccountRequest.read(body.utf8)
  }

  @Test(
    arguments: [
      (#"{}"#, ["oauth2"]),
      (#"{"oauth2": 1}"#, ["oauth2"]),
      (#"{"smtp": false}"#, ["smtp"]),
      (#"{"oauth2": {"provider": "app_1"}}"#, ["oauth2.auth"]),
      (#"{"oauth2": {"provider": "app_1", "auth": {}}}"#, ["oauth2.auth"]),
      (#"{"oauth2": {"provider": "app_1", "auth": 1}}"#, ["oauth2.auth"]),
      (#"{"oauth2": {"auth": {"user": "a@x.example"}}}"#, ["oauth2.provider"]),
      (#"{"oauth2": {"clientId": 1, "auth": {"user": "a@x.example"}}}"#, ["oauth2.clientId"]),
      (#"{"oauth2": {"provider": "p", "tenant": "t", "auth": {"user": "a"}}}"#, ["oauth2.clientId"]),
      (
        #"{"oauth2": {"provider": "p", "refreshToken": "GEHEIM\n", "auth": {"user": "a"}}}"#,
        ["oauth2.refreshToken"]
      ),
      (
        #"{"oauth2": {"provider": "p", "refreshToken": "******", "auth": {"user": "a"}}}"#,
        ["oauth2.refreshToken"]
      ),
      (#"{"oauth2": {"provider": "p", "clientId": "c", "auth": {"user": "a"}}}"#, ["oauth2.clientId"]),
      (
        #"{"oauth2": {"clientId": "c", "clientSecret": "GEHEIM", "clientCertificate": "x", "auth": {"user": "a"}}}"#,
        ["oauth2.clientCertificate"]
      ),
      (
        #"{"oauth2": {"provider": "p", "authorize": true, "refreshToken": "GEHEIM"}}"#,
        ["oauth2.refreshToken"]
      ),
      (
        #"{"oauth2": {"provider": "p", "redirectUrl": "https://x.example", "auth": {"user": "a"}}}"#,
        ["oauth2.redirectUrl"]
      ),
      (#"{"oauth2": {"provider": "p", "auth": {"delegatedUser": "i@x.example"}}}"#, ["oauth2.auth"]),
      (#"{"oauth2": {"auth": {"delegatedAccount": "a"}}}"#, ["oauth2.auth"]),
      (
        #"{"oauth2": {"refreshToken": "GEHEIM", "auth": {"delegatedUser": "i", "delegatedAccount": "a"}}}"#,
        ["oauth2.refreshToken"]
      ),
      (#"{"oauth2": {"provider": "p", "expires": "soon", "auth": {"user": "a"}}}"#, ["oauth2.expires"]),
      (#"{"smtp": {"host": "h", "auth": {"user": "c", "pass": "GEHEIM"}}}"#, ["email"]),
      (
        #"{"email": "a@x.example", "smtp": {"host": "h", "port": 0, "auth": {"user": "c", "pass": "GEHEIM"}}}"#,
        ["smtp.port"]
      ),
      (#"{"email": "a@x.example", "smtp": {"host": "h", "auth": {"user": "c"}}}"#, ["smtp.auth.pass"]),
      (
        #"{"email": "a", "oauth2": {"provider": "p", "auth": {"user": "a"}}, "smtp": {"host": "h", "auth": {"user": "c", "pass": "GEHEIM"}}}"#,
        ["smtp"]
      ),
      (#"{"name": "a\r\nBcc: x", "oauth2": {"provider": "p", "auth": {"user": "a"}}}"#, ["name"]),
    ] as [(String, [String])])
  func `what is missing, doubled or wrong is named once, and no secret is repeated`(
    body: String, keys: [String]
  ) throws {
    let problem = try #require(throws: Problem.self) { try AccountRequest.read(body.utf8) }
    #expect(problem.code == .requestInvalidField)
    #expect(problem.fields.map(\.key) == keys, "\(problem.summary)")
    #expect(!problem.description.contains("GEHEIM"))
  }

  @Test(arguments: [(16_384, true), (16_385, false)])
  func `a refresh token of 16 KiB passes and a longer one does not`(length: Int, passes: Bool) {
    let token = String(repeating: "a", count: length)
    let body = #"{"oauth2": {"provider": "p", "refreshToken": "\#(token)", "auth": {"user": "a@x.example"}}}"#
    #expect(((try? AccountRequest.read(body.utf8)) != nil) == passes)
  }

  @Test(arguments: [
    (#"{"name":"n","provider":"gmail","clientId":"c"}"#, ProblemCode.requestNotSupported, ["provider"]),
    (#"{"name":"n","provider":"yahoo","clientId":"c"}"#, .requestInvalidField, ["provider"]),
    (#"{"provider":"outlook","clientId":"c"}"#, .requestInvalidField, ["name"]),
    (#"{"name":"","provider":"outlook","clientId":"c"}"#, .requestInvalidField, ["name"]),
    (
      #"{"name":"n","provider":"outlook","clientId":"c","baseScopes":"pubsub"}"#, .requestNotSupported,
      ["baseScopes"]
    ),
    (
      #"{"name":"n","provider":"outlook","clientId":"c","baseScopes":"graph"}"#, .requestInvalidField,
      ["baseScopes"]
    ),
    (
      #"{"name":"n","provider":"outlook","clientId":"c","secretExpires":"2027-02-30"}"#, .requestInvalidField,
      ["secretExpires"]
    ),
  ])
  func `an app that cannot be built is refused`(body: String, code: ProblemCode, keys: [String]) throws {
    let problem = try #require(throws: Problem.self) { try AppRequest.read(body.utf8) }
    #expect(problem.code == code)
    #expect(problem.fields.map(\.key) == keys)
  }

  @Test func `a mailbox of somebody else's needs its address, and a test message a sender`() {
    let form = #expect(throws: Problem.self) {
      try SignInRequest.read(#"{"redirectUrl":"https://x.example","delegated":true}"#.utf8)
    }
    #expect(form?.fields == [FieldFault(message: "is required", key: "email")])
    let verify = #expect(throws: Problem.self) {
      try AppVerifyRequest.read(#"{"sendTo":"a@x.example"}"#.utf8)
    }
    #expect(verify?.fields.map(\.key) == ["sendTo"])
  }
}
