import Accounts
import AccountsTesting
import Core
import Microsoft
import Store
import StoreTesting
import Testing

@testable import Diagnosis

@Suite struct RegistrationGuideTests {
  private static func guide(_ change: (inout RegistrationRequest) -> Void) async throws -> RegistrationGuide {
    try await House.open(.sqlite) { house in
      var request = RegistrationRequest()
      change(&request)
      let desk = RegistrationDesk(
        store: house.store, endpoints: Endpoints(clouds: Clouds(), http: house.endpoints.http),
        publicURL: House.publicURL)
      return try desk.guide(request)
    }
  }

  @Test(arguments: [
    (nil, "AzureADandPersonalMicrosoftAccount"), ("organizations", "AzureADMultipleOrgs"),
    ("consumers", "PersonalMicrosoftAccount"), ("Contoso.example", "AzureADMyOrg"),
  ])
  func `the authority decides the account types`(authority: String?, audience: String) async throws {
    let guide = try await Self.guide { $0.authority = authority }
    #expect(guide.accountTypes.audience == audience)
  }

  @Test func `an app that people sign in to`() async throws {
    let guide = try await Self.guide { $0.clientID = "11111111-2222-4333-8444-555555555555" }
    #expect(guide.platform == "Web" && !guide.allowsPublicClientFlows)
    #expect(guide.redirectURIs == [House.publicURL + "/oauth"])
    #expect(
      guide.permissions.map(\.name) == [
        "Mail.ReadWrite", "Mail.Send", "User.Read", "offline_access", "openid", "profile",
      ])
    #expect(guide.permissions.allSatisfy { $0.isDelegated && $0.id != nil && $0.why.hasSuffix(".") })
    #expect(guide.consent.need == .policy)
    #expect(
      guide.consent.link?.hasPrefix(
        "https://login.microsoftonline.com/organizations/v2.0/adminconsent?client_id=11111111-2222-4333-8444-555555555555&scope="
      ) == true)
    #expect(guide.credential.copy?.contains("not Secret ID") == true)
    #expect(
      guide.links.first { $0.page == "credentials" }?.url.contains(
        "/Credentials/appId/11111111-2222-4333-8444-555555555555") == true)
  }

  @Test func `an app that only sends needs no administrator`() async throws {
    let guide = try await Self.guide { $0.sendOnly = true }
    #expect(guide.permissions.map(\.name) == ["Mail.Send", "offline_access", "openid", "profile"])
    #expect(guide.consent.need == .no && guide.consent.link == nil)
  }

  @Test func `personal accounts ask no administrator`() async throws {
    let guide = try await Self.guide { $0.authority = "consumers" }
    #expect(guide.consent.need == .no)
  }

  @Test func `a native client makes no secret and allows public client flows`() async throws {
    let guide = try await Self.guide { $0.isNative = true }
    #expect(guide.platform == "Mobile and desktop applications" && guide.allowsPublicClientFlows)
    #expect(guide.credential.kind == .none && guide.credential.copy == nil)
  }

  @Test func `an app that acts for itself needs an administrator and no redirect URI`() async throws {
    let guide = try await Self.guide {
      $0.provider = .outlookService
      $0.authority = "contoso.example"
      $0.clientID = "11111111-2222-4333-8444-555555555555"
      $0.baseScopes = .imap
    }
    #expect(guide.platform == nil && guide.redirectURIs.isEmpty && guide.consent.need == .yes)
    #expect(guide.permissions.map(\.name) == ["SMTP.SendAsApp", "IMAP.AccessAsApp"])
    #expect(guide.permissions.allSatisfy { !$0.isDelegated && $0.resource == "Office 365 Exchange Online" })
    #expect(guide.consent.link?.contains("outlook.office365.com%2F.default") == true)
    #expect(guide.commands.contains { $0.hasPrefix("Add-MailboxPermission") })
  }

  @Test(arguments: ["gcc-high", "china"])
  func `links lead to the app's own cloud`(cloud: String) async throws {
    let guide = try await Self.guide {
      $0.cloud = cloud
      $0.clientID = "11111111-2222-4333-8444-555555555555"
    }
    let own = try #require(Clouds().cloud(named: cloud))
    #expect(guide.links.allSatisfy { $0.url.hasPrefix(own.portal) })
    #expect(guide.consent.link?.hasPrefix(own.login) == true)
  }

  @Test(
    arguments: [
      { $0.cloud = "mars" }, { $0.authority = "a/b" }, { $0.redirectURL = "http://mail.example/oauth" },
      {
        $0.provider = .outlookService
        $0.authority = "common"
      },
    ] as [@Sendable (inout RegistrationRequest) -> Void])
  func `what Entra would not take is refused before it is entered`(
    change: @Sendable (inout RegistrationRequest) -> Void
  ) async throws {
    let problem = await #expect(throws: Problem.self) { try await Self.guide(change) }
    #expect(problem?.code == .appInvalid)
  }
}
