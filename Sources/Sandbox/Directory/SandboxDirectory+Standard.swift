import Core

extension SandboxDirectory {
  /// The tenant of every personal account (Microsoft Learn, "Microsoft identity platform and OpenID
  /// Connect").
  package static let consumersTenantID = "9188040d-6c67-4c5b-b112-36a304b66dad"

  /// The directory at start. Its ids never change, so that scripts may contain them.
  package static let standard = SandboxDirectory(
    tenants: [
      Tenant(id: contosoID, domain: "contoso.test"),
      Tenant(id: fabrikamID, domain: "fabrikam.test"),
      Tenant(id: wingtipID, domain: "wingtip.test", consentPolicy: .managed),
    ],
    users: people + newcomers + bulk, apps: registrations + plants)

  static let contosoID = "c0000000-0000-4000-8000-000000000001"
  private static let fabrikamID = "fab00000-0000-4000-8000-000000000001"
  private static let wingtipID = "1a9a0000-0000-4000-8000-000000000001"

  private static let people = [
    work(1, "alice", "Alice Archer", contosoID, "contoso.test"),
    work(2, "bob", "Bob Baker", contosoID, "contoso.test"),
    work(3, "carol", "Carol Cook", fabrikamID, "fabrikam.test"),
    shared(
      4, "info", "Contoso Info",
      [
        Member(user: "alice@contoso.test", fullAccess: true, sendAs: true),
        Member(user: "bob@contoso.test", fullAccess: true, sendAs: true),
      ]),
    User(
      id: userID(5), userPrincipalName: "nomailbox@contoso.test", mail: nil,
      displayName: "Nora Nomailbox", tenantId: contosoID, kind: .work, hasMailbox: false),
    personal(6, "erin", "Erin Evans"),
    personal(7, "frank", "Frank Fisher"),
  ]

  /// A large customer: a hundred mailboxes in one tenant.
  private static let bulk = (1...100).map { number in
    let digits = String(repeating: "0", count: 3 - String(number).count) + String(number)
    return work(1000 + number, "mailbox" + digits, "Mailbox " + digits, contosoID, "contoso.test")
  }

  private static let newcomers = [
    administrator(8, "admin", "Ada Admin", contosoID, "contoso.test"),
    work(9, "dave", "Dave Dyer", wingtipID, "wingtip.test"),
    administrator(10, "admin", "Wanda Warden", wingtipID, "wingtip.test"),
    shared(
      11, "sales", "Contoso Sales",
      [
        Member(user: "alice@contoso.test", fullAccess: true, sendAs: false),
        Member(user: "bob@contoso.test", fullAccess: false, sendAs: true),
      ]),
    shared(12, "junk", "Contoso Junk", []),
    shared(
      13, "support", "Contoso Support",
      [
        Member(user: "alice@contoso.test", fullAccess: true, sendAs: false, sendOnBehalf: true),
        Member(user: "bob@contoso.test", fullAccess: false, sendAs: false, sendOnBehalf: true),
      ]),
  ]

  private static let registrations = [
    App(
      clientId: appID(1), displayName: "Web client", kind: .web, tenantId: contosoID,
      secret: "web~Secret-Value.of.the.sandbox-0001", redirects: webRedirects, delegatedScopes: mailScopes,
      applicationRoles: [], signInAudience: .everyone),
    App(
      clientId: appID(2), displayName: "Native client", kind: .native, tenantId: contosoID, secret: nil,
      redirects: nativeRedirects, delegatedScopes: mailScopes, applicationRoles: [],
      signInAudience: .everyone, allowsPublicClient: true),
    App(
      clientId: appID(3), displayName: "Daemon", kind: .daemon, tenantId: contosoID,
      secret: "daemon~Secret-Value.of.the.sandbox-0003", redirects: daemonRedirects,
      delegatedScopes: ["User.Read"], applicationRoles: ["Mail.ReadWrite", "Mail.Send", "User.Read.All"],
      signInAudience: .singleTenant),
    App(
      clientId: appID(4), displayName: "Web client with an expired secret", kind: .web, tenantId: contosoID,
      secret: "expired~Secret-Value.of.the.sandbox-0004", redirects: webRedirects,
      delegatedScopes: mailScopes, applicationRoles: [], secretExpired: true, signInAudience: .everyone,
      plant: "its secret has expired (AADSTS7000222)"),
    App(
      clientId: appID(5), displayName: "Daemon with a certificate", kind: .daemon, tenantId: contosoID,
      secret: nil, redirects: daemonRedirects, delegatedScopes: ["User.Read"],
      applicationRoles: ["Mail.ReadWrite", "Mail.Send", "User.Read.All"], signInAudience: .singleTenant),
    App(
      clientId: appID(6), displayName: "Web client with a certificate", kind: .web, tenantId: contosoID,
      secret: nil, redirects: webRedirects, delegatedScopes: mailScopes, applicationRoles: [],
      signInAudience: .everyone),
  ]

  /// The apps of the standard directory that authenticate by certificate, with one certificate each.
  func certified(by key: ClientKey, now: Instant) throws -> SandboxDirectory {
    var directory = self
    for index in apps.indices where [Self.appID(5), Self.appID(6)].contains(apps[index].clientId) {
      directory.apps[index].certificates = [try key.certificate(for: apps[index].displayName, now: now)]
    }
    return directory
  }

  /// The paths at which programs that speak this vocabulary listen for the code.
  static let webRedirects =
    ["/oauth", "/api/v1/outlook-authorization/code", "/email-oauth/microsoft/callback"].flatMap {
      ["http://localhost" + $0, "http://127.0.0.1" + $0]
    }
    .map { Redirect(uri: $0, platform: .web) }

  static let nativeRedirects =
    ["http://localhost", "http://localhost/oauth", "http://127.0.0.1/oauth"].map {
      Redirect(uri: $0, platform: .publicClient)
    }

  static let daemonRedirects = [Redirect(uri: "http://localhost/oauth", platform: .web)]

  static let mailScopes = ["Mail.ReadWrite", "Mail.Send", "User.Read", "offline_access"]

  private static func work(
    _ number: Int, _ name: String, _ displayName: String, _ tenant: String, _ domain: String
  ) -> User {
    User(
      id: userID(number), userPrincipalName: name + "@" + domain, mail: name + "@" + domain,
      displayName: displayName, tenantId: tenant, kind: .work, hasMailbox: true)
  }

  private static func administrator(
    _ number: Int, _ name: String, _ displayName: String, _ tenant: String, _ domain: String
  ) -> User {
    var user = work(number, name, displayName, tenant, domain)
    user.isAdministrator = true
    return user
  }

  private static func shared(
    _ number: Int, _ name: String, _ displayName: String, _ members: [Member]
  ) -> User {
    User(
      id: userID(number), userPrincipalName: name + "@contoso.test", mail: name + "@contoso.test",
      displayName: displayName, tenantId: contosoID, kind: .shared, hasMailbox: true, members: members)
  }

  private static func personal(_ number: Int, _ name: String, _ displayName: String) -> User {
    User(
      id: "00000000-0000-0000-0000-" + padded(number), userPrincipalName: name + "@outlook.test",
      mail: name + "@outlook.test", displayName: displayName, tenantId: consumersTenantID, kind: .personal,
      hasMailbox: true)
  }

  private static func userID(_ number: Int) -> String { "b0000000-0000-4000-8000-" + padded(number) }
  static func appID(_ number: Int) -> String { "a0000000-0000-4000-8000-" + padded(number) }

  private static func padded(_ number: Int) -> String {
    String(repeating: "0", count: 12 - String(number).count) + String(number)
  }
}
