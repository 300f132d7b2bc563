import Foundation
import Testing

@testable import Sandbox

@Suite struct RefreshTests {
  @Test func `A refresh gives a new token, and the old one stays alive`() async throws {
    try await SandboxHarness.run { sandbox in
      let first = try await sandbox.refreshToken()
      let answer = try await sandbox.refresh(first)
      let second = try #require(answer.string("refresh_token"))
      #expect(second != first)
      #expect(answer.string("scope") == "Mail.ReadWrite Mail.Send openid profile")
      #expect(answer.string("id_token") != nil)
      #expect(try await sandbox.refresh(first).status == 200)
      #expect(try await sandbox.refresh(second, ["scope": "Mail.Send"]).string("scope") == "Mail.Send")
    }
  }

  @Test(arguments: [("alice@contoso.test", 70008), ("erin@outlook.test", 70000)])
  func `With strict rotation the old token dies`(user: String, number: Int) async throws {
    try await SandboxHarness.run { sandbox in
      let first = try await sandbox.refreshToken(user)
      sandbox.state.settings.strictRotation = true
      let second = try #require(try await sandbox.refresh(first).string("refresh_token"))
      let dead = try await sandbox.refresh(first)
      #expect(dead.status == 400)
      #expect(dead.string("error") == "invalid_grant")
      #expect(dead.entraCode == number)
      #expect(try await sandbox.refresh(second).status == 200)
    }
  }

  @Test(arguments: [("alice@contoso.test", 700_082), ("erin@outlook.test", 70000)])
  func `A token that rests for 90 days expires, one that is used does not`(
    user: String, number: Int
  ) async throws {
    try await SandboxHarness.run { sandbox in
      let token = try await sandbox.refreshToken(user)
      sandbox.state.clock.advance(by: .seconds(60 * 86_400))
      #expect(try await sandbox.refresh(token).status == 200)
      sandbox.state.clock.advance(by: .seconds(60 * 86_400))
      #expect(try await sandbox.refresh(token).status == 200)
      sandbox.state.clock.advance(by: .seconds(91 * 86_400))
      #expect(try await sandbox.refresh(token).entraCode == number)
    }
  }

  @Test(arguments: [("alice@contoso.test", 50173), ("erin@outlook.test", 70000)])
  func `Revoking a person's grants ends them`(user: String, number: Int) async throws {
    try await SandboxHarness.run { sandbox in
      let token = try await sandbox.refreshToken(user)
      let other = try await sandbox.refreshToken("bob@contoso.test")
      #expect(try await sandbox.postJSON("/sandbox/revoke", #"{"user":"\#(user)"}"#).status < 300)
      let answer = try await sandbox.refresh(token)
      #expect(answer.string("error") == "invalid_grant")
      #expect(answer.string("suberror") == "bad_token")
      #expect(answer.entraCode == number)
      #expect(try await sandbox.refresh(other).status == 200)
      sandbox.state.clock.advance(by: .seconds(1))
      #expect(try await sandbox.refresh(try await sandbox.refreshToken(user)).status == 200)
    }
  }

  @Test(arguments: [("alice@contoso.test", 65001), ("erin@outlook.test", 70000)])
  func `A scope that was never granted is refused`(user: String, number: Int) async throws {
    try await SandboxHarness.run { sandbox in
      let token = try await sandbox.refreshToken(user)
      let answer = try await sandbox.refresh(token, ["scope": "MailboxSettings.Read"])
      #expect(answer.string("error") == "invalid_grant")
      #expect(answer.entraCode == number)
      if number == 65001 { #expect(answer.string("suberror") == "consent_required") }
    }
  }

  @Test func `A token belongs to its client and its tenant`() async throws {
    try await SandboxHarness.run { sandbox in
      let token = try await sandbox.refreshToken()
      #expect(try await sandbox.refresh(token, app: Apps.native).entraCode == 700_007)
      #expect(try await sandbox.refresh(token, segment: "fabrikam.test").entraCode == 50020)
      #expect(try await sandbox.refresh(token, segment: "contoso.test").status == 200)
    }
  }

  @Test(
    arguments: [
      ("erin@outlook.test", "contoso.test", 9_002_313), ("erin@outlook.test", "organizations", 9_002_313),
      ("alice@contoso.test", "consumers", 70000), ("erin@outlook.test", "consumers", nil),
      ("erin@outlook.test", "common", nil), ("alice@contoso.test", "organizations", nil),
    ] as [(String, String, Int?)])
  func `Each half of Entra reads its own tokens`(user: String, segment: String, number: Int?) async throws {
    try await SandboxHarness.run { sandbox in
      let token = try await sandbox.refreshToken(user)
      let answer = try await sandbox.refresh(token, segment: segment)
      #expect(answer.status == (number == nil ? 200 : 400))
      #expect(answer.entraCode == number)
      #expect(answer.string("error") == (number == nil ? nil : "invalid_grant"))
    }
  }

  @Test func `A refresh must name a scope if a setting says so`() async throws {
    try await SandboxHarness.run { sandbox in
      let token = try await sandbox.refreshToken()
      #expect(try await sandbox.refresh(token).status == 200)
      try await sandbox.settings(#"{"requireRefreshScope": true}"#)
      let refused = try await sandbox.refresh(token)
      #expect(refused.entraCode == 900_144 && refused.string("error") == "invalid_request")
      #expect(refused.string("error_description")?.contains("'scope'") == true)
      #expect(try await sandbox.refresh(token, ["scope": "Mail.Send"]).status == 200)
    }
  }

  @Test func `After a reset nothing is granted`() async throws {
    try await SandboxHarness.run { sandbox in
      let token = try await sandbox.refreshToken()
      let personal = try await sandbox.refreshToken("erin@outlook.test")
      let code = try await sandbox.code()
      await sandbox.state.reset()
      #expect(try await sandbox.refresh(token).entraCode == 50173)
      #expect(try await sandbox.refresh(personal).entraCode == 70000)
      #expect(try await sandbox.redeem(code).entraCode == 70008)
      let silent = ["prompt": "none", "login_hint": "alice@contoso.test"]
      #expect(try await sandbox.authorize(silent).redirectFields["error"] == "consent_required")
    }
  }
}
