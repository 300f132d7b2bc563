import Foundation
import Testing

@testable import Sandbox

@Suite struct AuthorizeTests {
  /// Changes to a good request; the page's AADSTS number.
  static let pages: [(String, SandboxDirectory.App, [String: String], Int)] = [
    ("common", Apps.web, ["client_id": ""], 900_144),
    ("common", Apps.web, ["client_id": "99999999-9999-4999-8999-999999999999"], 700_016),
    ("common", Apps.web, ["client_id": "my app"], 700_038),
    ("common", Apps.web, ["client_id": "00000000-0000-0000-0000-000000000000"], 700_038),
    ("nowhere.test", Apps.web, [:], 90002),
    ("common", Apps.web, ["redirect_uri": ""], 900_971),
    ("common", Apps.web, ["redirect_uri": "https://localhost/oauth"], 50011),
    ("common", Apps.web, ["redirect_uri": "http://localhost:5511/OAuth"], 50011),
    ("common", Apps.web, ["redirect_uri": "http://localhost:5511/oauth/"], 50011),
    ("common", Apps.web, ["redirect_uri": "http://localhost:5511/oauth?x=1"], 50011),
    ("common", Apps.web, ["redirect_uri": "http://localhost.evil.test/oauth"], 50011),
    ("common", Apps.daemon, [:], 50194),
    ("organizations", Apps.daemon, [:], 50194),
    ("consumers", Apps.daemon, [:], 9_002_332),
    ("fabrikam.test", Apps.daemon, [:], 700_016),
  ]

  @Test(arguments: pages)
  func `While the client is unproven, a refusal is a page`(
    segment: String, app: SandboxDirectory.App, changes: [String: String], number: Int
  ) async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.authorize(segment: segment, app: app, changes)
      #expect(answer.status == 400)
      #expect(answer.header("location") == nil)
      #expect(answer.header("content-type")?.hasPrefix("text/html") == true)
      #expect(answer.body.contains("AADSTS\(number):"))
    }
  }

  static let redirects: [([String: String], String, Int)] = [
    (["response_mode": "smoke"], "invalid_request", 70007),
    (["response_type": ""], "invalid_request", 900_144),
    (["response_type": "id_token"], "unsupported_response_type", 700_054),
    (["resource": "https://graph.microsoft.com"], "invalid_request", 901_002),
    (["scope": ""], "invalid_request", 900_144),
    (["scope": "Mail.Fly"], "invalid_client", 650_053),
    (["scope": "openid https://outlook.office.com/Mail.Fly"], "invalid_client", 650_053),
    (["scope": "https://graph.microsoft.com/.default Mail.Send"], "invalid_scope", 70011),
    (["scope": "https://nothing.test/Mail.Send"], "invalid_resource", 500_011),
    (["code_challenge": "short"], "invalid_request", 501_491),
    (["prompt": "dance"], "invalid_request", 90023),
    (["prompt": "none"], "login_required", 50058),
    (["prompt": "none", "login_hint": "nobody@contoso.test"], "login_required", 50058),
    (["prompt": "none", "login_hint": "alice@contoso.test"], "consent_required", 65001),
  ]

  @Test(arguments: redirects)
  func `Every other refusal goes to the client with its state`(
    changes: [String: String], kind: String, number: Int
  ) async throws {
    try await SandboxHarness.run { sandbox in
      let fields = try await sandbox.authorize(changes).redirectFields
      #expect(fields["error"] == kind)
      #expect(fields["error_description"]?.hasPrefix("AADSTS\(number):") == true)
      #expect(fields["state"] == "state-1")
      #expect(fields["code"] == nil)
    }
  }

  @Test func `A scope that Graph does not have is named with its application, and differently at consumers`()
    async throws
  {
    try await SandboxHarness.run { sandbox in
      let work = try await sandbox.authorize(["scope": "Mail.Fly"]).redirectFields
      #expect(
        work["error_description"]?.contains(
          "The application 'Web client' asked for scope 'Mail.Fly' that doesn't exist on the resource "
            + "'00000003-0000-0000-c000-000000000000'.") == true)
      let personal = try await sandbox.authorize(segment: "consumers", ["scope": "Mail.Fly"]).redirectFields
      #expect(personal["error"] == "invalid_scope")
      #expect(personal["error_description"]?.hasPrefix("AADSTS70011:") == true)
    }
  }

  @Test(arguments: [7200.0, -7200.0, 3.0e7])
  func `Sign-in works after the clock has jumped, for a client whose own clock has not`(seconds: Double)
    async throws
  {
    try await SandboxHarness.run { sandbox in
      sandbox.state.clock.advance(by: .seconds(Int64(seconds)))
      let before = Date().timeIntervalSince1970
      let answer = try await sandbox.redeem(try await sandbox.code())
      #expect(answer.status == 200)
      let claims = try answer.claims("id_token")
      let (from, to) = (try #require(claims["nbf"] as? Double), try #require(claims["exp"] as? Double))
      #expect(from <= before + 60 && from >= before - 60 && to > before + 600)
      let bearer = try #require(answer.string("access_token"))
      #expect(try await sandbox.graph("GET", "/me/messages", token: bearer).status == 200)
      // An assertion that the client dates by its own clock. The certificate ends by the sandbox's.
      guard seconds > 0 else { return }
      let app = try sandbox.certifiedDaemon()
      #expect(try await sandbox.prove(app, try sandbox.assertion(for: app).signed(with: app)).status == 200)
    }
  }

  @Test func `A person picks an account, consents once, and is sent back with a code`() async throws {
    try await SandboxHarness.run { sandbox in
      let picker = try await sandbox.authorize(["state": "<\"&'>"])
      #expect(picker.status == 200)
      #expect(picker.header("cache-control") == "no-store")
      #expect(!picker.body.contains("<script"))
      let consent = try await sandbox.press(picker, "username", "alice@contoso.test")
      #expect(consent.body.contains("https://graph.microsoft.com/Mail.Send"))
      let done = try await sandbox.press(consent, "decision", "accept")
      let location = try #require(done.header("location"))
      #expect(location.hasPrefix("http://localhost:5511/oauth?code="))
      #expect(try done.redirectFields["state"] == "<\"&'>")
      #expect(try done.redirectFields["session_state"] != nil)
      let again = try await sandbox.authorize()
      #expect(try await sandbox.press(again, "username", "alice@contoso.test").status == 302)
      let asked = try await sandbox.authorize(["prompt": "consent"])
      #expect(try await sandbox.press(asked, "username", "alice@contoso.test").status == 200)
    }
  }

  @Test(arguments: ["picker", "consent"])
  func `Cancel is access denied`(at page: String) async throws {
    try await SandboxHarness.run { sandbox in
      var answer = try await sandbox.authorize()
      if page == "consent" { answer = try await sandbox.press(answer, "username", "alice@contoso.test") }
      let fields = try await sandbox.press(answer, "decision", "cancel").redirectFields
      #expect(fields["error"] == "access_denied")
      #expect(fields["error_subcode"] == "cancel")
      #expect(fields["error_description"]?.hasPrefix("AADSTS65004:") == true)
      #expect(fields["state"] == "state-1")
    }
  }

  @Test func `Without a prompt who has consented is answered at once`() async throws {
    try await SandboxHarness.run { sandbox in
      let consent = try await sandbox.postJSON(
        "/sandbox/consents",
        #"{"user":"bob@contoso.test","clientId":"\#(Apps.web.clientId)","scopes":["Mail.ReadWrite","Mail.Send"]}"#
      )
      #expect(consent.status < 300)
      let silent = ["prompt": "none", "login_hint": "bob@contoso.test"]
      let fields = try await sandbox.authorize(silent).redirectFields
      #expect(fields["code"] != nil)
      let more = silent.merging(["scope": "Mail.Send MailboxSettings.Read"]) { $1 }
      #expect(try await sandbox.authorize(more).redirectFields["error"] == "consent_required")
    }
  }

  @Test func `The answer comes in the fragment or as a form where that is asked`() async throws {
    try await SandboxHarness.run { sandbox in
      var page = try await sandbox.authorize(["response_mode": "fragment"])
      page = try await sandbox.press(page, "username", "alice@contoso.test")
      page = try await sandbox.press(page, "decision", "accept")
      #expect(page.header("location")?.contains("/oauth#code=") == true)
      page = try await sandbox.authorize(["response_mode": "form_post", "client_info": "1"])
      page = try await sandbox.press(page, "username", "alice@contoso.test")
      let form = try #require(PageForm(page.body))
      #expect(form.action == SandboxHarness.redirectURI)
      #expect(form.inputs.map(\.0) == ["code", "client_info", "state", "session_state"])
    }
  }

  static let choices: [(String, String, Int?)] = [
    ("common", "erin@outlook.test", nil),
    ("organizations", "erin@outlook.test", 50020),
    ("consumers", "erin@outlook.test", nil),
    ("consumers", "alice@contoso.test", 50020),
    ("9188040d-6c67-4c5b-b112-36a304b66dad", "erin@outlook.test", nil),
    ("contoso.test", "alice@contoso.test", nil),
    ("CONTOSO.test", "alice@contoso.test", nil),
    ("c0000000-0000-4000-8000-000000000001", "ALICE@contoso.test", nil),
    ("contoso.test", "carol@fabrikam.test", 50020),
    ("common", "info@contoso.test", 50057),
    ("common", "nobody@contoso.test", 50034),
  ]

  @Test(arguments: choices)
  func `The tenant segment says who may sign in`(segment: String, user: String, number: Int?) async throws {
    try await SandboxHarness.run { sandbox in
      let form = SandboxHarness.query().fields.map { ($0.name, $0.value) } + [("username", user)]
      let answer = try await sandbox.postForm("/\(segment)/oauth2/v2.0/authorize", form)
      #expect(answer.status == (number == nil ? 200 : 400))
      if let number { #expect(answer.body.contains("AADSTS\(number):")) }
    }
  }

  @Test func `The picker offers who may sign in, the hinted account first`() async throws {
    try await SandboxHarness.run { sandbox in
      let all = try await sandbox.authorize(["login_hint": "erin@outlook.test"])
      let names = try #require(PageForm(all.body)).buttons.filter { $0.0 == "username" }.map(\.1)
      #expect(names.first == "erin@outlook.test")
      #expect(Set(names).isSuperset(of: ["alice@contoso.test", "carol@fabrikam.test", "frank@outlook.test"]))
      #expect(!names.contains("info@contoso.test"))
      let bulk = try await sandbox.authorize(["login_hint": "mailbox007@contoso.test"])
      #expect(PageForm(bulk.body)?.buttons.first?.1 == "mailbox007@contoso.test")
      let personal = try await sandbox.authorize(segment: "consumers")
      #expect(PageForm(personal.body)?.buttons.filter { $0.0 == "username" }.count == 2)
    }
  }

  static let ports = [
    "http://localhost/oauth", "http://localhost:1/oauth", "http://localhost:65535/oauth",
    "http://127.0.0.1:3000/oauth", "http://localhost:3000/api/v1/outlook-authorization/code",
    "http://localhost:3000/email-oauth/microsoft/callback",
  ]

  @Test(arguments: ports)
  func `The port of a loopback redirect URI counts for nothing`(uri: String) async throws {
    try await SandboxHarness.run { sandbox in
      let answer = try await sandbox.authorize(["redirect_uri": uri])
      #expect(answer.status == 200)
    }
  }

  @Test func `A redirect URI without a path comes back with one`() {
    let reply = ReplyAddress(redirectURI: "http://localhost:80", mode: .query, state: nil)
    #expect(reply.location(FormFields([("code", "a b")])) == "http://localhost:80/?code=a%20b")
    let query = ReplyAddress(redirectURI: "https://a.test/x?y=1", mode: .query, state: nil)
    #expect(query.location(FormFields([("code", "c")])) == "https://a.test/x?y=1&code=c")
  }
}
