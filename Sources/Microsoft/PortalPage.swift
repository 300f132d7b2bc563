import Core

/// A page of the Microsoft Entra admin center on which a fault can be fixed.
package enum PortalPage: String, Sendable, CaseIterable {
  // Of one app registration; without its client id, the list of them all.
  case overview = "Overview"
  case authentication = "Authentication"
  case credentials = "Credentials"
  case permissions = "CallAnAPI"
  // Of the tenant.
  case enterpriseApps = "Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview"
  case users = "Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade/~/AllUsers"
  case conditionalAccess = "Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"

  /// What the page is called there.
  package var title: String {
    switch self {
    case .overview: "App registrations"
    case .authentication: "Authentication"
    case .credentials: "Certificates & secrets"
    case .permissions: "API permissions"
    case .enterpriseApps: "Enterprise applications"
    case .users: "Users"
    case .conditionalAccess: "Conditional Access"
    }
  }
}

extension Cloud {
  /// The addresses are the portal's own, as its "Copy link" gives them; Microsoft does not document them.
  package func portalLink(_ page: PortalPage, clientID: String?) -> String {
    let view = portal + "/#view/"
    switch page {
    case .overview, .authentication, .credentials, .permissions:
      guard let clientID, !clientID.isEmpty else {
        return view + "Microsoft_AAD_RegisteredApps/ApplicationsListBlade"
      }
      return view + "Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/" + page.rawValue + "/appId/"
        + percentEncoded(clientID)
    case .enterpriseApps, .users, .conditionalAccess:
      return view + page.rawValue
    }
  }
}
