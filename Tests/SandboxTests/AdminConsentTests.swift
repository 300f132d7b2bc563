import Core
import Foundation
import Testing

@testable import Sandbox

@Suite struct AdminConsentTests {
  private static let scope = "https://graph.microsoft.com/.default"

  private func path(_ segment: String, _ changes: [String: String] = [:], isFirst: Bool = false) -> String {
    var fields = [
      "client_id": Apps.web.clientId, "redirect_uri": SandboxHarness.redirectURI, "state": "s-1",
    ]
    if !isFirst { fields["scope"] = Self.scope }
    fields.merge(changes) { $1 }
    let query = FormFields(fields.filter { !$0.value.isEmpty }.map { (name: $0.key, value: $0.value) })
    return "/\(segment)\(isFirst ? "" : "/v2.0")/adminconsent?" + query.urlEncoded
  }

  @Test(arguments: [true, false])
  func `An administrator consents for everybody in the tenant`(isFirst: Bool) async throws {
    try await SandboxHarness.run { sandbox in
      var page = try await sandbox.get(path("wingtip.test", isFirst: isFirst))
      #expect(PageForm(page.body)?.buttons.first?.1 == "admin@wingtip.test")
      page = try await sandbox.press(page, "username", "admin@wingtip.test")
      #expect(page.body.contains("https://graph.microsoft.com/Mail.ReadWrite"))
      page = try await sandbox.press(page, "decision", "accept")
      let fields = try page.redirectFields
      #expect(fields["admin_consent"] == "True")
      #expect(fields["tenant"] == sandbox.state.directory.tenant("wingtip.test")?.id)
      #expect(fields["state"] == "s-1")
      #expect((fields["scope"] != nil) == !isFirst)
      let picker = try await sandbox.authorize()
      #expect(try await sandbox.press(picker, "username", "dave@wingtip.test").status == 302)
    }
  }

  @Test(arguments: [(true, "permission_denied"), (false, "consent_required")])
  func `An administrator may decline`(isFirst: Bool, kind: String) async throws {
    try await SandboxHarness.run { sandbox in
      var page = try await sandbox.get(path("organizations", isFirst: isFirst))
      page = try await sandbox.press(page, "username", "admin@contoso.test")
      let fields = try await sandbox.press(page, "decision", "cancel").redirectFields
      #expect(fields["error"] == kind)
      #expect(fields["admin_consent"] == "True")
      #expect(fields["state"] == "s-1")
    }
  }

  static let pages: [(String, [String: String], Int)] = [
    ("common", [:], 90023), ("consumers", [:], 90023), ("nowhere.test", [:], 90002),
    ("contoso.test", ["client_id": "99999999-9999-4999-8999-999999999999"], 700_016),
    ("contoso.test", ["redirect_uri": "https://elsewhere.test/"], 50011),
    ("contoso.test", ["redirect_uri": ""], 900_971), ("contoso.test", ["scope": ""], 900_144),
    ("contoso.test", ["scope": "Mail.Fly"], 70011),
    ("fabrikam.test", ["client_id": Apps.daemon.clientId], 700_016),
  ]

  @Test(arguments: pages)
  func `What is wrong is said on a page`(segment: String, changes: [String: String], number: Int) async throws
  {
    try await SandboxHarness.run { sandbox in
      let page = try await sandbox.get(path(segment, changes))
      #expect(page.status == 400)
      #expect(page.body.contains("AADSTS\(number):"))
    }
  }

  @Test func `Nobody else may consent for the tenant`() async throws {
    try await SandboxHarness.run { sandbox in
      let page = try await sandbox.get(path("contoso.test"))
      let refused = try await sandbox.press(page, "username", "alice@contoso.test")
      #expect(refused.body.contains("AADSTS90094:"))
    }
  }

  @Test func `A daemon has its roles after consent, at the resource they are for`() async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.plant("no administrator has consented")
      let change = #"""
        {"clientId": "\#(app.clientId)", "applicationRoles": ["Mail.Send", "SMTP.SendAsApp"]}
        """#
      #expect(try await sandbox.postJSON("/sandbox/apps", change).status == 200)
      #expect(try await sandbox.aloneClaims(app)["roles"] == nil)
      var page = try await sandbox.get(
        path(
          "contoso.test", ["client_id": app.clientId, "redirect_uri": "http://localhost/oauth"], isFirst: true
        ))
      page = try await sandbox.press(page, "username", "admin@contoso.test")
      #expect(try await sandbox.press(page, "decision", "accept").status == 302)
      #expect(try await sandbox.aloneClaims(app)["roles"] as? [String] == ["Mail.Send"])
      let outlook = try await sandbox.aloneClaims(app, "https://outlook.office365.com/.default")
      #expect(outlook["roles"] as? [String] == ["SMTP.SendAsApp"])
      #expect(outlook["aud"] as? String == "https://outlook.office365.com")
    }
  }

  static let asked: [(String, Bool)] = [
    ("openid profile offline_access Mail.Send", true), ("Mail.Send User.Read Mail.Send.Shared", true),
    ("https://outlook.office.com/SMTP.Send", true), ("openid profile", true), ("Mail.ReadWrite", false),
    ("Mail.Send Mail.Read", false), ("https://outlook.office.com/IMAP.AccessAsUser.All", false),
    ("MailboxSettings.Read", false), ("https://graph.microsoft.com/.default", false),
  ]

  @Test(arguments: asked)
  func `Microsoft's policy lets people consent to sending, not to reading`(
    scope: String, isAllowed: Bool
  ) async throws {
    try await SandboxHarness.run { sandbox in
      let picker = try await sandbox.authorize(["scope": scope])
      let page = try await sandbox.press(picker, "username", "dave@wingtip.test")
      guard !isAllowed else {
        let done = page.status == 302 ? page : try await sandbox.press(page, "decision", "accept")
        #expect(try done.redirectFields["code"] != nil)
        return
      }
      #expect(page.header("location") == nil)
      #expect(page.body.contains("AADSTS90094:"))
      let forced = try #require(PageForm(page.body))
      let accepted = try await sandbox.postForm(
        forced.action, forced.inputs + [("username", "dave@wingtip.test"), ("decision", "accept")])
      #expect(accepted.body.contains("AADSTS90094:"))
      let fields = try await sandbox.press(page, "decision", "cancel").redirectFields
      #expect(fields["error"] == "access_denied")
      #expect(fields["error_description"]?.hasPrefix("AADSTS65004:") == true)
      let administrator = try await sandbox.press(picker, "username", "admin@wingtip.test")
      #expect(try await sandbox.press(administrator, "decision", "accept").status == 302)
    }
  }

  @Test func `A tenant may have another policy`() async throws {
    try await SandboxHarness.run { sandbox in
      let change = #"{"tenant": "contoso.test", "consentPolicy": "administrators"}"#
      #expect(try await sandbox.postJSON("/sandbox/tenants", change).status == 200)
      let picker = try await sandbox.authorize(["scope": "Mail.Send"])
      let page = try await sandbox.press(picker, "username", "alice@contoso.test")
      #expect(page.body.contains("AADSTS90094:"))
      let started = try await sandbox.startDevice()
      let decided = try await sandbox.decide(started, #""user": "alice@contoso.test""#)
      #expect(decided.errorMessage?.hasPrefix("AADSTS90094") == true)
    }
  }
}

extension SandboxHarness {
  /// The app whose `plant` contains the words.
  func plant(_ words: String) throws -> SandboxDirectory.App {
    guard let app = state.directory.apps.first(where: { $0.plant?.contains(words) == true }) else {
      throw HarnessFailure(what: "no plant \(words)")
    }
    return app
  }

  func aloneClaims(
    _ app: SandboxDirectory.App, _ scope: String = TokenTests.ownScope
  ) async throws -> [String: Any] {
    let fields = ["grant_type": "client_credentials", "scope": scope]
    return try await token(segment: "contoso.test", app: app, fields).claims("access_token")
  }
}
