import Core
import Foundation
import Testing

@testable import Sandbox

@Suite struct PolicyTests {
  struct Refusal: Sendable {
    var policy: String
    var number: Int
    var suberror: String?
    var hasClaims: Bool
  }

  static let refusals = [
    Refusal(policy: "mfa", number: 50076, suberror: "basic_action", hasClaims: true),
    Refusal(policy: "block", number: 53003, suberror: "message_only", hasClaims: true),
    Refusal(policy: "disabled", number: 50057, suberror: nil, hasClaims: false),
    Refusal(policy: "loop", number: 50196, suberror: nil, hasClaims: false),
  ]

  @Test(arguments: refusals, [#""user": "alice@contoso.test""#, #""tenant": "contoso.test""#])
  func `A policy stops the refresh of whom it is for`(_ refusal: Refusal, subject: String) async throws {
    try await SandboxHarness.run { sandbox in
      let (alice, carol) = (
        try await sandbox.refreshToken(), try await sandbox.refreshToken("carol@fabrikam.test")
      )
      try await sandbox.policy(subject, refusal.policy, true)
      let answer = try await sandbox.refresh(alice)
      #expect(answer.status == 400)
      #expect(answer.string("error") == "invalid_grant")
      #expect(answer.entraCode == refusal.number)
      #expect(answer.string("suberror") == refusal.suberror)
      let claims = answer.string("claims")
      #expect(refusal.hasClaims == (claims?.contains("capolids") == true))
      #expect(try await sandbox.refresh(carol).status == 200)
      try await sandbox.policy(subject, refusal.policy, false)
      #expect(try await sandbox.refresh(alice).status == 200)
    }
  }

  @Test func `A sign-in with a browser passes the second factor, for its own grant alone`() async throws {
    try await SandboxHarness.run { sandbox in
      let old = try await sandbox.refreshToken()
      try await sandbox.policy(#""user": "alice@contoso.test""#, "mfa", true)
      let new = try await sandbox.refreshToken()
      let answer = try await sandbox.refresh(new)
      #expect(answer.status == 200)
      let next = try #require(answer.string("refresh_token"))
      #expect(try await sandbox.refresh(next).status == 200)
      #expect(try await sandbox.refresh(old).entraCode == 50076)
      let silent = ["prompt": "none", "login_hint": "alice@contoso.test"]
      let fields = try await sandbox.authorize(silent).redirectFields
      #expect(fields["error"] == "interaction_required")
      #expect(fields["error_description"]?.hasPrefix("AADSTS50076:") == true)
    }
  }

  @Test(arguments: [("block", 53003), ("disabled", 50057)])
  func `Who is blocked or disabled ends on a page`(policy: String, number: Int) async throws {
    try await SandboxHarness.run { sandbox in
      try await sandbox.policy(#""user": "alice@contoso.test""#, policy, true)
      let page = try await sandbox.press(
        try await sandbox.authorize(), "username", "alice@contoso.test")
      #expect(page.status == 400)
      #expect(page.body.contains("AADSTS\(number):"))
      #expect(!page.body.contains("<form"))
    }
  }

  @Test func `A personal account has one number and its own words`() async throws {
    try await SandboxHarness.run { sandbox in
      let token = try await sandbox.refreshToken("erin@outlook.test")
      let more = try await sandbox.refresh(token, ["scope": "MailboxSettings.Read"])
      #expect(more.entraCode == 70000)
      #expect(more.string("error_description")?.contains("one or more scopes requested") == true)
      _ = try await sandbox.postJSON("/sandbox/revoke", #"{"user": "erin@outlook.test"}"#)
      let dead = try await sandbox.refresh(token)
      #expect(dead.entraCode == 70000)
      #expect(dead.string("suberror") == "bad_token")
      #expect(dead.string("error_description")?.contains("The user must sign in again") == true)
      let code = try await sandbox.code("erin@outlook.test")
      #expect(try await sandbox.redeem(code).status == 200)
      #expect(try await sandbox.redeem(code).entraCode == 70000)
      for changes in [["redirect_uri": "https://elsewhere.test/"], ["client_id": UUID().uuidString]] {
        let page = try await sandbox.authorize(segment: "consumers", changes)
        #expect(page.status == 400)
        #expect(page.body.contains(changes["client_id"] == nil ? "invalid_request:" : "unauthorized_client:"))
        #expect(!page.body.contains("AADSTS"))
      }
    }
  }

  @Test(
    arguments: [
      (#"{"mfa": true}"#, "either 'user' or 'tenant'"),
      (#"{"user": "nobody@x.test", "mfa": true}"#, "nobody"),
      (#"{"user": "alice@contoso.test", "tenant": "contoso.test"}"#, "either 'user' or 'tenant'"),
      (#"{"user": "alice@contoso.test", "mfa": 1}"#, "mfa"),
      (#"{"user": "alice@contoso.test", "sms": true}"#, "sms"),
    ])
  func `A policy that is not understood is refused`(body: String, named: String) async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.postJSON("/sandbox/policies", body)
      #expect(answer.status == 400)
      #expect(answer.errorMessage?.contains(named) == true)
      #expect(try await sandbox.get("/sandbox/policies").json.isEmpty)
    }
  }

  @Test(arguments: [("AADSTS90033", 503, "AADSTS90033:"), ("AADSTS50105", 400, "AADSTS50105:")])
  func `A fault of the authorize endpoint is a page`(code: String, status: Int, text: String) async throws {
    try await SandboxHarness.run { sandbox in
      _ = try await sandbox.postJSON(
        "/sandbox/faults", #"{"path": "/authorize", "status": \#(status), "code": "\#(code)"}"#)
      let page = try await sandbox.authorize()
      #expect(page.header("content-type")?.hasPrefix("text/html") == true)
      #expect(page.body.contains(text))
    }
  }

  @Test(
    arguments: [
      ("AADSTS65004", "access_denied"), ("AADSTS50076", "interaction_required"),
      ("AADSTS90033", "temporarily_unavailable"), ("AADSTS530032", "access_denied"),
    ])
  func `A fault with 302 goes to the client`(code: String, kind: String) async throws {
    try await SandboxHarness.run { sandbox in
      let fault = #"{"path": "/authorize", "status": 302, "code": "\#(code)"}"#
      #expect(try await sandbox.postJSON("/sandbox/faults", fault).status == 200)
      let fields = try await sandbox.authorize().redirectFields
      #expect(fields["error"] == kind)
      #expect(fields["error_description"]?.hasPrefix(code + ":") == true)
      #expect(fields["state"] == "state-1")
    }
  }
}

extension SandboxHarness {
  func policy(_ subject: String, _ name: String, _ value: Bool) async throws {
    let answer = try await postJSON("/sandbox/policies", #"{\#(subject), "\#(name)": \#(value)}"#)
    guard answer.status == 200 else { throw HarnessFailure(what: answer.body) }
  }
}
