import Core
import Foundation
import Testing

@testable import Web

/// What `POST /v1/account` takes, and what it refuses with the field's name and without its value.
@Suite struct AccountRequestTests {
  @Test(arguments: [
    #"{"oauth2": {"provider": "app_1", "auth": {"user": "a@x.example"}}}"#,
    #"{"oauth2": {"provider": "app_1", "refreshToken": "0.AAAA", "auth": {"user": "a@x.example"}}}"#,
    #"{"oauth2": {"clientId": "c", "tenant": "t", "clientSecret": "s", "auth": {"user": "a@x.example"}}}"#,
    #"{"email": "a@x.example", "oauth2": {"provider": "app_1", "authorize": true}}"#,
    #"{"oauth2": {"auth": {"delegatedUser": "info@x.example", "delegatedAccount": "a"}}}"#,
    #"{"email": "a@x.example", "smtp": {"host": "smtp.office365.com", "port": 587, "auth": {"user": "c", "pass": "p"}}}"#,
  ])
  func `each way to connect a mailbox is read`(body: String) throws {
    _ = try JSONDecoder.request(AccountRequest.self, from: Data(body.utf8))
  }

  @Test(arguments: [
    (#"{}"#, "oauth2"),
    (#"{"oauth2": {"provider": "app_1"}}"#, "oauth2.auth"),
    (#"{"oauth2": {"auth": {"user": "a@x.example"}}}"#, "oauth2.provider"),
    (
      #"{"oauth2": {"provider": "p", "refreshToken": "GEHEIM\n", "auth": {"user": "a"}}}"#,
      "oauth2.refreshToken"
    ),
    (
      #"{"oauth2": {"provider": "p", "refreshToken": "******", "auth": {"user": "a"}}}"#,
      "oauth2.refreshToken"
    ),
    (#"{"oauth2": {"provider": "p", "clientId": "c", "auth": {"user": "a"}}}"#, "oauth2.clientId"),
    (#"{"oauth2": {"provider": "p", "authorize": true, "refreshToken": "GEHEIM"}}"#, "oauth2.refreshToken"),
    (#"{"oauth2": {"provider": "p", "auth": {"delegatedUser": "i@x.example"}}}"#, "oauth2.auth"),
    (#"{"oauth2": {"auth": {"delegatedAccount": "a"}}}"#, "oauth2.auth"),
    (
      #"{"oauth2": {"refreshToken": "GEHEIM", "auth": {"delegatedUser": "i", "delegatedAccount": "a"}}}"#,
      "oauth2.refreshToken"
    ),
    (#"{"oauth2": {"provider": "p", "expires": "soon", "auth": {"user": "a"}}}"#, "oauth2.expires"),
    (#"{"smtp": {"host": "h", "auth": {"user": "c", "pass": "GEHEIM"}}}"#, "email"),
    (
      #"{"email": "a@x.example", "smtp": {"host": "h", "port": 0, "auth": {"user": "c", "pass": "GEHEIM"}}}"#,
      "smtp.port"
    ),
    (#"{"email": "a@x.example", "smtp": {"host": "h", "auth": {"user": "c"}}}"#, "smtp.auth.pass"),
    (
      #"{"oauth2": {"provider": "p", "auth": {"user": "a"}}, "smtp": {"host": "h", "auth": {"user": "c", "pass": "GEHEIM"}}}"#,
      "smtp"
    ),
    (#"{"name": "a\r\nBcc: x", "oauth2": {"provider": "p", "auth": {"user": "a"}}}"#, "name"),
  ])
  func `what is missing, doubled or none is named, and no secret is repeated`(body: String, key: String)
    throws
  {
    let problem = #expect(throws: Problem.self) {
      try JSONDecoder.request(AccountRequest.self, from: Data(body.utf8))
    }
    #expect(problem?.fields.contains { $0.key == key } == true, "\(problem?.fields ?? [])")
    #expect(problem?.description.contains("GEHEIM") == false)
  }

  @Test func `a refresh token of 16 KiB passes and a longer one does not`() throws {
    for (length, passes) in [(16_384, true), (16_385, false)] {
      let token = String(repeating: "a", count: length)
      let body =
        #"{"oauth2": {"provider": "p", "refreshToken": "\#(token)", "auth": {"user": "a@x.example"}}}"#
      let problem: Problem?
      do {
        _ = try JSONDecoder.request(AccountRequest.self, from: Data(body.utf8))
        problem = nil
      } catch let error as Problem {
        problem = error
      }
      #expect((problem == nil) == passes)
    }
  }
}
