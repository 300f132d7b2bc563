/// A permission that an app may be registered with (Microsoft Learn, "Microsoft Graph permissions reference"; "Authenticate
/// an IMAP, POP or SMTP connection using OAuth").
package struct Permission: Sendable, Hashable {
  /// As scopes and roles spell it: `Mail.Send`.
  package let name: String
  package let resource: Resource
  /// Of the permission to act for a person who signs in; `nil` where there is none, or its id is not known.
  package let delegatedID: String?
  /// Of the permission to act as the app itself; `nil` where there is none, or its id is not known.
  package let applicationID: String?
  /// Who may allow it for a person. An application permission always needs an administrator.
  package let consent: Consent

  package enum Resource: String, Sendable, CaseIterable {
    case graph = "00000003-0000-0000-c000-000000000000"
    case exchange = "00000002-0000-0ff1-ce00-000000000000"

    /// What the portal calls it. Exchange is found under “APIs my organization uses”.
    package var title: String {
      switch self {
      case .graph: "Microsoft Graph"
      case .exchange: "Office 365 Exchange Online"
      }
    }
  }

  package enum Consent: Sendable, Hashable {
    /// The person, in most tenants.
    case user
    /// An administrator in tenants with Microsoft's own consent policy, which new ones have; elsewhere the person.
    /// Personal accounts always decide for themselves.
    case policy
    /// An administrator.
    case administrator
  }

  private init(
    _ name: String, _ resource: Resource, delegated: String? = nil, application: String? = nil,
    _ consent: Consent
  ) {
    self.name = name
    self.resource = resource
    delegatedID = delegated
    applicationID = application
    self.consent = consent
  }
}

extension Permission {
  package static let all = [
    Permission("openid", .graph, delegated: "37f7f235-527c-4136-accd-4a02d197296e", .user),
    Permission("profile", .graph, delegated: "14dad69e-099b-42c9-810b-d002981feec1", .user),
    Permission("email", .graph, delegated: "64a6cdd6-aab1-4aaf-94b8-3cc8405e90d0", .user),
    Permission("offline_access", .graph, delegated: "7427e0e9-2fba-42fe-b0c0-848c9e6a8182", .user),
    Permission("User.Read", .graph, delegated: "e1fe6dd8-ba31-4d61-89e7-88639da4683d", .user),
    Permission(
      "Mail.Send", .graph, delegated: "e383f46e-2787-4529-855e-0e479a3ffac0",
      application: "b633e1c5-b582-4048-a93e-9f11b44c7e96", .user),
    Permission(
      "Mail.ReadWrite", .graph, delegated: "024d486e-b451-40bb-833d-3e66d98c5c73",
      application: "e2a3a72e-5f79-4c64-b1b1-878b674786c9", .policy),
    Permission("Mail.Send.Shared", .graph, delegated: "a367ab51-6b49-43bf-a716-a1fb06d2a174", .user),
    Permission("Mail.ReadWrite.Shared", .graph, delegated: "5df07973-7d5d-46ed-9847-1271055cbd51", .policy),
    // A person's are listed in the portal under Graph, though their tokens are for Exchange.
    Permission("IMAP.AccessAsUser.All", .graph, delegated: "652390e4-393a-48de-9484-05f9b1212954", .policy),
    Permission("SMTP.Send", .graph, delegated: "258f6531-6087-4cc4-bb90-092c5fb3ed3f", .user),
    Permission(
      "IMAP.AccessAsApp", .exchange, application: "5e5addcd-3e8d-4e90-baf5-964efab2b20a", .administrator),
    Permission("SMTP.SendAsApp", .exchange, .administrator),
  ]

  /// By its short name or as a full scope: `Mail.Send`, `https://graph.microsoft.com/Mail.Send`.
  package init?(scope: String) {
    let name = scope.split(separator: "/").last.map { $0.lowercased() } ?? ""
    guard let found = Self.all.first(where: { $0.name.lowercased() == name }) else { return nil }
    self = found
  }
}
