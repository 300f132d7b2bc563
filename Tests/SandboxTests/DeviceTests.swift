import Core
import Foundation
import Testing

@testable import Sandbox

@Suite struct DeviceTests {
  struct Started: Sendable {
    var deviceCode: String
    var userCode: String
    var page: String
  }

  private func run(_ body: @escaping @Sendable (SandboxHarness) async throws -> Void) async throws {
    let start = SandboxClock.systemNow()
    try await SandboxHarness.run(clock: SandboxClock { start }, body)
  }

  @Test func `A device gets a code, and a page at the origin that it asked`() async throws {
    try await run { sandbox in
      for method in ["POST", "GET"] {
        let answer = try await sandbox.deviceCode(method: method)
        #expect(answer.status == 200)
        #expect(
          Set(answer.json.keys) == [
            "user_code", "device_code", "verification_uri", "expires_in", "interval", "message",
          ])
        #expect(answer.string("user_code")?.wholeMatch(of: /[A-Z2-9]{9}/) != nil)
        #expect(answer.json["expires_in"] as? Int == 900)
        #expect(answer.json["interval"] as? Int == 5)
        let page = try #require(answer.string("verification_uri"))
        #expect(page == sandbox.origin + "/common/oauth2/deviceauth")
        #expect(answer.string("message")?.contains(page) == true)
        #expect(try await sandbox.get(page).status == 200)
      }
    }
  }

  static let refusals: [([String: String], String, Int)] = [
    (["client_id": ""], "common", 900_144), (["client_id": "my app"], "common", 700_038),
    (["client_id": "99999999-9999-4999-8999-999999999999"], "common", 700_016),
    (["scope": ""], "common", 900_144), (["scope": "Mail.Fly"], "common", 70011),
    ([:], "nowhere.test", 90002), (["client_id": Apps.daemon.clientId], "common", 50194),
  ]

  @Test(arguments: refusals)
  func `What cannot be signed in to gets no code`(
    changes: [String: String], segment: String, number: Int
  ) async throws {
    try await run { sandbox in
      let answer = try await sandbox.deviceCode(segment: segment, changes)
      #expect(answer.status == 400)
      #expect(answer.entraCode == number)
    }
  }

  @Test func `A person enters the code, picks an account and consents, and the device has its tokens`()
    async throws
  {
    try await run { sandbox in
      let started = try await sandbox.startDevice()
      #expect(try await sandbox.poll(started).string("error") == "authorization_pending")
      var page = try await sandbox.get(started.page)
      page = try await sandbox.enter(page, started.userCode.lowercased())
      page = try await sandbox.press(page, "username", "alice@contoso.test")
      #expect(page.body.contains("https://graph.microsoft.com/Mail.Send"))
      page = try await sandbox.press(page, "decision", "accept")
      #expect(page.status == 200)
      let answer = try await sandbox.poll(started)
      #expect(answer.status == 200)
      #expect(answer.string("refresh_token") != nil)
      #expect(try answer.claims("id_token")["preferred_username"] as? String == "alice@contoso.test")
      #expect(try await sandbox.poll(started).entraCode == 54005)
      let token = try #require(answer.string("refresh_token"))
      #expect(try await sandbox.refresh(token, app: Apps.native).status == 200)
      let secret = try await sandbox.refresh(token, app: Apps.native, ["client_secret": "s"])
      #expect(secret.entraCode == 700_025)
    }
  }

  @Test(arguments: ["picker", "consent", "control"])
  func `Who declines is told to the device`(at place: String) async throws {
    try await run { sandbox in
      let started = try await sandbox.startDevice()
      if place == "control" {
        let decided = try await sandbox.decide(started, #""decision": "decline""#)
        #expect(decided.status == 204)
      } else {
        var page = try await sandbox.enter(try await sandbox.get(started.page), started.userCode)
        if place == "consent" { page = try await sandbox.press(page, "username", "alice@contoso.test") }
        #expect(try await sandbox.press(page, "decision", "cancel").status == 200)
      }
      let answer = try await sandbox.poll(started)
      #expect(answer.status == 400)
      #expect(answer.string("error") == "authorization_declined")
    }
  }

  @Test func `A test decides without a browser`() async throws {
    try await run { sandbox in
      let started = try await sandbox.startDevice()
      let unknown = Started(deviceCode: "", userCode: "AAAAAAAAA", page: "")
      #expect(try await sandbox.decide(unknown, #""user": "alice@contoso.test""#).status == 400)
      #expect(try await sandbox.decide(started, #""user": "nobody@contoso.test""#).status == 400)
      let shared = try await sandbox.decide(started, #""user": "info@contoso.test""#)
      #expect(shared.errorMessage?.hasPrefix("AADSTS50057") == true)
      #expect(try await sandbox.poll(started).entraCode == 70016)
      #expect(try await sandbox.decide(started, #""user": "erin@outlook.test""#).status == 204)
      let answer = try await sandbox.poll(started)
      #expect(answer.string("access_token")?.hasPrefix("EwB") == true)
    }
  }

  @Test func `A code lives a quarter of an hour`() async throws {
    try await run { sandbox in
      let started = try await sandbox.startDevice()
      sandbox.state.clock.advance(by: .seconds(901))
      let answer = try await sandbox.poll(started)
      #expect(answer.string("error") == "expired_token")
      #expect(answer.entraCode == 70020)
      let page = try await sandbox.enter(try await sandbox.get(started.page), started.userCode)
      #expect(page.body.contains("That code did not work"))
      #expect(try await sandbox.decide(started, #""user": "alice@contoso.test""#).status == 400)
    }
  }

  @Test func `Who polls too fast is told to slow down`() async throws {
    try await run { sandbox in
      let started = try await sandbox.startDevice()
      #expect(try await sandbox.poll(started).string("error") == "authorization_pending")
      #expect(try await sandbox.poll(started).string("error") == "slow_down")
      sandbox.state.clock.advance(by: .seconds(5))
      #expect(try await sandbox.poll(started).string("error") == "authorization_pending")
      try await sandbox.settings(#"{"deviceInterval": 0}"#)
      #expect(try await sandbox.deviceCode().json["interval"] as? Int == 1)
      #expect(try await sandbox.poll(started).string("error") == "authorization_pending")
    }
  }

  @Test func `A poll names the device code, the client and the tenant of the start`() async throws {
    try await run { sandbox in
      let started = try await sandbox.startDevice()
      var other = started
      other.deviceCode = "made-up"
      let unknown = try await sandbox.poll(other)
      #expect(unknown.string("error") == "bad_verification_code")
      #expect(unknown.entraCode == 70018)
      #expect(try await sandbox.poll(started, segment: "organizations").entraCode == 70018)
    }
  }

  @Test func `An app that allows no public client flows is refused at the poll`() async throws {
    try await run { sandbox in
      let started = try await sandbox.startDevice(app: Apps.web)
      _ = try await sandbox.decide(started, #""user": "alice@contoso.test""#)
      let answer = try await sandbox.poll(started, app: Apps.web)
      #expect(answer.status == 401)
      #expect(answer.string("error") == "invalid_client")
      #expect(answer.entraCode == 7_000_218)
    }
  }
}

extension SandboxHarness {
  func deviceCode(
    method: String = "POST", segment: String = "common", app: SandboxDirectory.App = Apps.native,
    _ changes: [String: String] = [:]
  ) async throws -> Answer {
    var fields = ["client_id": app.clientId, "scope": Self.scope]
    fields.merge(changes) { $1 }
    let kept = fields.filter { !$0.value.isEmpty }.map { ($0.key, $0.value) }
    let path = "/\(segment)/oauth2/v2.0/devicecode"
    guard method == "GET" else { return try await postForm(path, kept) }
    return try await get(path + "?" + FormFields(kept.map { (name: $0.0, value: $0.1) }).urlEncoded)
  }

  func startDevice(app: SandboxDirectory.App = Apps.native) async throws -> DeviceTests.Started {
    let answer = try await deviceCode(app: app)
    return DeviceTests.Started(
      deviceCode: try #require(answer.string("device_code")),
      userCode: try #require(answer.string("user_code")),
      page: try #require(answer.string("verification_uri")))
  }

  /// As a device does: without a secret.
  func poll(
    _ started: DeviceTests.Started, segment: String = "common", app: SandboxDirectory.App = Apps.native
  ) async throws -> Answer {
    let fields = [
      "grant_type": "urn:ietf:params:oauth:grant-type:device_code", "device_code": started.deviceCode,
      "client_secret": "",
    ]
    return try await token(segment: segment, app: app, fields)
  }

  func decide(_ started: DeviceTests.Started, _ members: String) async throws -> Answer {
    try await postJSON("/sandbox/device", #"{"userCode": "\#(started.userCode)", \#(members)}"#)
  }

  /// Types the code into the page's form.
  func enter(_ page: Answer, _ code: String) async throws -> Answer {
    let form = try #require(PageForm(page.body))
    try #require(form.inputs.contains { $0.0 == "otc" })
    return try await postForm(form.action, form.inputs.filter { $0.0 != "otc" } + [("otc", code)])
  }
}
