import Core
import Microsoft
import Store
import StoreTesting
import Testing
import Vault

@testable import Accounts

@Suite struct AppWarningTests {
  private static let vault = Vault(key: .random())
  private static let now = Instant(microseconds: 1_800_000_000_000_000)
  private static let id = "11111111-2222-4333-8444-555555555555"

  private static func warnings(_ app: NewApp) throws -> [AppWarning] {
    let prepared = PreparedApp(
      app, try app.validated(Clouds()), id: AppID("a"), in: .default, at: now, vault: vault)
    return try AppWarning.all(
      for: prepared.record, publicURL: "http://localhost:3000", at: now, vault)
  }

  private static func person(
    secret: String? = "a~secret", expires: Instant? = nil, sendOnly: Bool = false, skip: [String] = [],
    redirect: String? = nil
  ) -> NewApp {
    NewApp(
      name: "Mail", provider: .outlook, enabled: true, sendOnly: sendOnly, clientID: id,
      clientSecret: secret.map { Secret($0) }, secretExpires: expires, redirectURL: redirect, skipScopes: skip
    )
  }

  @Test(
    arguments: [
      (person(), []),
      (person(secret: nil), []),
      (person(secret: "0F5A7C1E-1111-4222-8333-444455556666"), [.secretLooksLikeID]),
      (person(skip: ["Offline_Access"]), [.noOfflineAccess]),
      (person(sendOnly: true), [.noLookUp]),
      (person(expires: now + .seconds(31 * 86_400)), []),
      (person(expires: now + .seconds(30 * 86_400)), [.secretExpiring]),
      (person(expires: now), [.secretExpired]),
      (person(redirect: "http://LOCALHOST:3000/email-oauth/microsoft/callback"), []),
      (person(redirect: "http://localhost/oauth"), [.redirectElsewhere]),
      (person(redirect: "https://localhost:3000/oauth"), [.redirectElsewhere]),
      (person(redirect: "https://mail.example.com/oauth"), [.redirectElsewhere]),
    ] as [(NewApp, [AppWarning.Code])])
  func `what will go wrong is told before it does`(app: NewApp, codes: [AppWarning.Code]) throws {
    let warnings = try Self.warnings(app)
    #expect(warnings.map(\.code) == codes)
  }

  @Test(
    arguments: [
      (30 * 86_400, "in 30 days"), (86_400, "in 1 day"), (3600, "within a day"),
    ] as [(Int64, String)])
  func `the days that are left are counted`(seconds: Int64, words: String) throws {
    let warnings = try Self.warnings(Self.person(expires: Self.now + .seconds(seconds)))
    #expect(warnings.first?.message.contains("expires \(words), on 2027-0") == true)
  }

  @Test func `an app that acts for itself is told how to be narrowed, with its own id`() throws {
    let warnings = try Self.warnings(
      NewApp(
        name: "Bob\u{2019}s 'app'", provider: .outlookService, enabled: true, clientID: Self.id,
        clientSecret: Secret("a~secret"), authority: "contoso.example"))
    let warning = try #require(warnings.first)
    #expect(warning.code == .everyMailbox)
    #expect(
      warning.commands.filter { $0.contains("'\(Self.id)'") }.map { $0.split(separator: " ")[0] } == [
        "New-ServicePrincipal", "New-ManagementRoleAssignment", "New-ManagementRoleAssignment",
        "Test-ServicePrincipalAuthorization",
      ])
    #expect(warning.commands.contains { $0.contains("-Role 'Application Mail.Send'") })
    #expect(warning.commands[1].hasSuffix("-DisplayName 'Bob\u{2019}\u{2019}s ''app'''"))
  }

  @Test(arguments: [
    ("global", "Connect-ExchangeOnline"),
    ("gcc-high", "Connect-ExchangeOnline -ExchangeEnvironmentName O365USGovGCCHigh"),
    ("dod", "Connect-ExchangeOnline -ExchangeEnvironmentName O365USGovDoD"),
    ("china", "Connect-ExchangeOnline -ExchangeEnvironmentName O365China"),
    ("lab", "Connect-ExchangeOnline"),
  ])
  func `the commands connect to the Exchange of the app's cloud`(cloud: String, first: String) {
    for base in BaseScopes.allCases {
      #expect(AppWarning.narrowing(base, nil, "x", cloud: cloud).first == first)
    }
  }
}
