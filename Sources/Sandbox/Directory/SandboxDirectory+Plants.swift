extension SandboxDirectory {
  /// Apps that each have one fault, named by `plant`, and are otherwise correct.
  static let plants: [App] = redirectPlants + audiencePlants + permissionPlants + daemonPlants

  private static let redirectPlants = [
    planted(7, "Redirect elsewhere", "its redirect URI is not the gateway's (AADSTS50011)") {
      $0.redirects = [Redirect(uri: "https://elsewhere.test/oauth", platform: .web)]
    },
    planted(8, "Redirect with a slash", "its redirect URIs end with a slash (AADSTS50011)") {
      $0.redirects = $0.redirects.map { Redirect(uri: $0.uri + "/", platform: .web) }
    },
    planted(9, "Redirect in capitals", "its redirect URIs have another case (AADSTS50011)") {
      $0.redirects = $0.redirects.map {
        Redirect(uri: $0.uri.replacing("/oauth", with: "/OAuth"), platform: .web)
      }
    },
    planted(10, "Redirect with https", "its redirect URIs have another scheme (AADSTS50011)") {
      $0.redirects = $0.redirects.map {
        Redirect(uri: $0.uri.replacing("http://", with: "https://"), platform: .web)
      }
    },
    planted(11, "Redirect to another path", "its redirect URIs have another path (AADSTS50011)") {
      $0.redirects = [
        Redirect(uri: "http://localhost/callback", platform: .web),
        Redirect(uri: "http://127.0.0.1/callback", platform: .web),
      ]
    },
    planted(
      12, "Redirect of a page",
      "its redirect URIs are of the platform single-page (AADSTS700025 with a secret,"
        + " AADSTS9002327 without)"
    ) {
      $0.redirects = $0.redirects.map { Redirect(uri: $0.uri, platform: .spa) }
    },
    planted(
      13, "Redirect of a mobile app",
      "its redirect URIs are of the platform mobile and desktop (AADSTS700025"
        + " with a secret)"
    ) {
      $0.redirects = $0.redirects.map { Redirect(uri: $0.uri, platform: .publicClient) }
    },
  ]

  private static let audiencePlants = [
    planted(14, "Single tenant", "only for contoso.test: refused through common (AADSTS50194)") {
      $0.signInAudience = .singleTenant
    },
    planted(15, "Work accounts only", "refuses personal accounts (AADSTS50020, at consumers AADSTS9002332)") {
      $0.signInAudience = .workAccounts
    },
    planted(16, "Personal accounts only", "refuses work accounts (AADSTS9002331)") {
      $0.signInAudience = .personalAccounts
    },
    planted(17, "Disabled", "the administrator of contoso.test has disabled it (AADSTS7000112)") {
      $0.disabledIn = [contosoID]
    },
    planted(
      18, "Native without public client flows",
      "it cannot redeem a device code (AADSTS7000218 at the poll)"
    ) {
      $0.kind = .native
      $0.secret = nil
      $0.redirects = nativeRedirects
    },
  ]

  private static let permissionPlants = [
    planted(19, "Without Mail.Send", "may not ask for Mail.Send: its tokens come without (AADSTS65001)") {
      $0.delegatedScopes = ["Mail.ReadWrite", "User.Read", "offline_access"]
      $0.dynamicConsent = false
    },
    planted(20, "Without Mail.ReadWrite", "may not ask for Mail.ReadWrite: its tokens come without") {
      $0.delegatedScopes = ["Mail.Send", "User.Read", "offline_access"]
      $0.dynamicConsent = false
    },
  ]

  private static let daemonPlants = [
    plantedDaemon(21, "Daemon without consent", "no administrator has consented: its tokens have no roles") {
      $0.adminConsented = false
    },
    plantedDaemon(22, "Daemon without Mail.Send", "its roles lack Mail.Send (ErrorAccessDenied)") {
      $0.applicationRoles = ["Mail.ReadWrite"]
    },
    plantedDaemon(
      23, "Daemon of one mailbox",
      "its tokens have no roles, and still it may send as alice@contoso.test alone"
    ) {
      $0.applicationRoles = []
      $0.mailboxScope = MailboxScope(kind: .rbac, mailboxes: ["alice@contoso.test"])
    },
    plantedDaemon(
      24, "Daemon held to one mailbox",
      "a policy excludes it from all mailboxes except alice@contoso.test"
        + " (ErrorAccessDenied)"
    ) {
      $0.mailboxScope = MailboxScope(kind: .accessPolicy, mailboxes: ["alice@contoso.test"])
    },
    plantedDaemon(25, "Daemon with an expired secret", "its secret has expired (AADSTS7000222)") {
      $0.secretExpired = true
    },
  ]

  private static func planted(
    _ number: Int, _ name: String, _ plant: String, _ change: (inout App) -> Void
  ) -> App {
    var app = App(
      clientId: appID(number), displayName: name, kind: .web, tenantId: contosoID,
      secret: secret(number), redirects: webRedirects, delegatedScopes: mailScopes, applicationRoles: [],
      signInAudience: .everyone, plant: plant)
    change(&app)
    return app
  }

  private static func plantedDaemon(
    _ number: Int, _ name: String, _ plant: String, _ change: (inout App) -> Void
  ) -> App {
    var app = App(
      clientId: appID(number), displayName: name, kind: .daemon, tenantId: contosoID,
      secret: secret(number), redirects: daemonRedirects, delegatedScopes: ["User.Read"],
      applicationRoles: ["Mail.ReadWrite", "Mail.Send", "User.Read.All"], signInAudience: .singleTenant,
      plant: plant)
    change(&app)
    return app
  }

  private static func secret(_ number: Int) -> String {
    "planted~Secret-Value.of.the.sandbox-" + appID(number).suffix(4)
  }
}
