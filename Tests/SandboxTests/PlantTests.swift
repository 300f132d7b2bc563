import Core
import Foundation
import Testing

@testable import Sandbox

@Suite struct PlantTests {
  static let pages: [(String, Int)] = [
    ("not the gateway's", 50011), ("end with a slash", 50011), ("have another case", 50011),
    ("have another scheme", 50011), ("have another path", 50011), ("refused through common", 50194),
    ("refuses work accounts", 9_002_331),
  ]

  @Test(arguments: pages)
  func `A planted app ends on a page that names what was sent`(words: String, number: Int) async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.plant(words)
      for changes in [[:], ["prompt": "none"]] {
        let page = try await sandbox.authorize(app: app, changes)
        #expect(page.status == 400)
        #expect(page.header("location") == nil)
        #expect(!page.body.contains("<a ") && !page.body.contains("<form"))
        #expect(page.body.contains("AADSTS\(number):"))
        #expect(page.body.contains(number == 50011 ? SandboxHarness.redirectURI : app.clientId))
      }
    }
  }

  @Test(arguments: [
    ("refuses personal accounts", "erin@outlook.test", 50020),
    ("disabled it", "bob@contoso.test", 7_000_112),
  ])
  func `A planted app refuses who signs in`(words: String, user: String, number: Int) async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.plant(words)
      let form = SandboxHarness.query(app: app).fields.map { ($0.name, $0.value) } + [("username", user)]
      let page = try await sandbox.postForm("/common/oauth2/v2.0/authorize", form)
      #expect(page.status == 400)
      #expect(page.body.contains("AADSTS\(number):"))
    }
  }

  static let redemptions: [(String, Bool, Int)] = [
    ("platform single-page", true, 700_025), ("platform single-page", false, 9_002_327),
    ("platform mobile", true, 700_025), ("AADSTS7000222", true, 7_000_222),
  ]

  @Test(arguments: redemptions)
  func `A planted app is refused when it redeems the code`(
    words: String, sendsSecret: Bool, number: Int
  ) async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.plant(words)
      let code = try await sandbox.code(app: app)
      let answer = try await sandbox.redeem(code, app: app, sendsSecret ? [:] : ["client_secret": ""])
      #expect(answer.entraCode == number)
    }
  }

  @Test func `A page of the platform single-page redeems its code, for a day`() async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.plant("platform single-page")
      let origin = ["origin": "http://localhost:5511"]
      let fields = [
        "grant_type": "authorization_code", "code": try await sandbox.code(app: app), "client_secret": "",
        "redirect_uri": SandboxHarness.redirectURI,
      ]
      let answer = try await sandbox.token(app: app, fields, headers: origin)
      #expect(answer.status == 200)
      let refresh = [
        "grant_type": "refresh_token", "client_secret": "",
        "refresh_token": answer.string("refresh_token") ?? "",
      ]
      #expect(try await sandbox.token(app: app, refresh, headers: origin).status == 200)
      sandbox.state.clock.advance(by: .seconds(86_401))
      #expect(try await sandbox.token(app: app, refresh, headers: origin).entraCode == 700_084)
      let web = ["grant_type": "refresh_token", "refresh_token": try await sandbox.refreshToken()]
      #expect(try await sandbox.token(web, headers: origin).entraCode == 9_002_326)
    }
  }

  @Test(arguments: ["Mail.Send", "Mail.ReadWrite"])
  func `What the app may not ask for is missing, and refused when it is named`(scope: String) async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.plant("may not ask for \(scope):")
      let other = scope == "Mail.Send" ? "Mail.ReadWrite" : "Mail.Send"
      let answer = try await sandbox.redeem(
        try await sandbox.code(app: app), app: app, ["scope": SandboxHarness.scope])
      #expect(answer.status == 200)
      #expect(answer.string("scope") == "\(other) openid profile")
      let token = try #require(answer.string("refresh_token"))
      #expect(try await sandbox.refresh(token, app: app).string("scope") == "\(other) openid profile")
      let named = try await sandbox.refresh(token, app: app, ["scope": scope])
      #expect(named.entraCode == 65001)
      #expect(named.string("suberror") == "consent_required")
      let fields = try await sandbox.press(
        try await sandbox.authorize(app: app, ["scope": scope]), "username", "alice@contoso.test"
      ).redirectFields
      #expect(fields["error"] == "invalid_resource")
      #expect(fields["error_description"]?.hasPrefix("AADSTS650057:") == true)
    }
  }

  @Test func `A native client without public client flows is refused at the poll`() async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.plant("it cannot redeem a device code")
      let started = try await sandbox.startDevice(app: app)
      #expect(try await sandbox.poll(started, app: app).entraCode == 7_000_218)
      #expect(try await sandbox.redeem(try await sandbox.code(app: app), app: app).status == 200)
    }
  }

  /// Which daemon; the status of a message from alice, and of one from bob.
  static let daemons: [(String, Int, Int)] = [
    ("no administrator has consented", 403, 403), ("its roles lack Mail.Send", 403, 403),
    ("send as alice@contoso.test alone", 202, 403), ("all mailboxes except alice@contoso.test", 202, 403),
  ]

  @Test(arguments: daemons)
  func `A daemon reaches the mailboxes that it was given`(
    words: String, alice: Int, bob: Int
  ) async throws {
    try await SandboxHarness.run { sandbox in
      let app = try sandbox.plant(words)
      let answer = try await sandbox.token(segment: "contoso.test", app: app, TokenTests.alone)
      let token = try #require(answer.string("access_token"))
      for (name, status) in [("alice", alice), ("bob", bob)] {
        let mime = message(from: "\(name)@contoso.test")
        let sent = try await sandbox.graphMIME("/users/\(name)@contoso.test/sendMail", mime, token: token)
        #expect(sent.status == status)
        #expect(sent.errorCode == (status == 403 ? "ErrorAccessDenied" : nil))
      }
    }
  }

  @Test func `Every fault is told in the directory`() async throws {
    try await SandboxHarness.run { sandbox in
      let apps = try await sandbox.get("/sandbox/directory").json["apps"] as? [[String: Any]] ?? []
      #expect(apps.prefix(3).allSatisfy { $0["plant"] is NSNull })
      #expect(apps.filter { $0["plant"] is String }.count == SandboxDirectory.plants.count + 1)
    }
  }
}
