import Foundation

/// What a `scope` parameter asks for: OpenID Connect's own scopes, and permissions at resources.
struct ScopeRequest: Sendable, Equatable {
  /// One permission, in the spelling asked and in the one that consents are kept in.
  struct Permission: Sendable, Equatable {
    /// `Mail.Send` or `https://graph.microsoft.com/Mail.Send`: answers repeat it.
    var asked: String
    /// `Mail.Send`, `.default`
    var name: String
  }

  struct ResourceScopes: Sendable, Equatable {
    var resource: Resource
    /// As asked, so that a token carries the audience that its client named.
    var audience: String
    var permissions: [Permission]

    var isDefault: Bool { permissions.contains { $0.name == ".default" } }
  }

  /// `openid`, `profile`, `email`, `offline_access`, in the order asked.
  var openID: [String] = []
  /// In the order of their first mention. A scope without a resource is Graph's.
  var resources: [ResourceScopes] = []

  /// Throws 70011 for a scope that no resource has or that mixes `.default` with names, 500011 for an
  /// unknown resource.
  init(_ text: String) throws(EntraError) {
    for word in text.split(whereSeparator: \.isWhitespace).map(String.init) {
      if Self.openIDScopes.contains(word) {
        if !openID.contains(word) { openID.append(word) }
      } else {
        try add(word)
      }
    }
    for scopes in resources where scopes.isDefault && scopes.permissions.count > 1 {
      throw EntraError(70011, "The .default scope cannot be combined with named scopes of one resource.")
    }
  }

  var wantsRefreshToken: Bool { openID.contains("offline_access") }

  private static let openIDScopes: Set<String> = ["openid", "profile", "email", "offline_access"]

  /// The first scope of the text that its resource does not have.
  static func unknown(in text: String) -> (name: String, resource: Resource)? {
    for word in text.split(whereSeparator: \.isWhitespace).map(String.init) where !openIDScopes.contains(word)
    {
      let (audience, name) = split(word)
      if let resource = Resource(audience: audience), resource.knownName(name) == nil {
        return (name, resource)
      }
    }
    return nil
  }

  private static func split(_ word: String) -> (audience: String, name: String) {
    guard let slash = word.lastIndex(of: "/") else { return (Resource.graph.identifier, word) }
    return (String(word[..<slash]), String(word[word.index(after: slash)...]))
  }

  private mutating func add(_ word: String) throws(EntraError) {
    let (audience, name) = Self.split(word)
    guard let resource = Resource(audience: audience) else {
      throw EntraError(500_011, "The resource principal named \(audience) was not found in the tenant.")
    }
    guard let known = resource.knownName(name) else {
      throw EntraError(
        70011, "The value of the input parameter 'scope' is not valid. The scope \(word) is not valid.")
    }
    let permission = Permission(asked: word, name: known)
    if let index = resources.firstIndex(where: { $0.resource == resource }) {
      if !resources[index].permissions.contains(where: { $0.name == known }) {
        resources[index].permissions.append(permission)
      }
    } else {
      resources.append(ResourceScopes(resource: resource, audience: audience, permissions: [permission]))
    }
  }
}

/// An API that tokens are for.
enum Resource: Sendable, Hashable {
  case graph
  /// Exchange Online: IMAP, POP and SMTP.
  case exchange

  /// Graph also answers to its application id, and here to the sandbox's own origin, which a client derives
  /// that only knows a base URL.
  init?(audience: String) {
    let name = audience.hasSuffix("/") ? String(audience.dropLast()) : audience
    switch name {
    case "https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000": self = .graph
    case "https://outlook.office.com", "https://outlook.office365.com",
      "00000002-0000-0ff1-ce00-000000000000":
      self = .exchange
    default:
      guard let host = URLComponents(string: name)?.encodedHost, HostGuard.isLoopback(host) else {
        return nil
      }
      self = .graph
    }
  }

  var identifier: String {
    switch self {
    case .graph: "https://graph.microsoft.com"
    case .exchange: "https://outlook.office.com"
    }
  }

  var applicationID: String {
    switch self {
    case .graph: "00000003-0000-0000-c000-000000000000"
    case .exchange: "00000002-0000-0ff1-ce00-000000000000"
    }
  }

  /// In the spelling that consents are kept in.
  func fullName(_ permission: String) -> String { identifier + "/" + permission }

  /// Whether an application permission is this resource's.
  func hasRole(_ name: String) -> Bool {
    ["IMAP.AccessAsApp", "POP.AccessAsApp", "SMTP.SendAsApp"].contains(name) == (self == .exchange)
  }

  /// In Microsoft's own case; `nil` for a permission that the resource does not have.
  func knownName(_ name: String) -> String? {
    if name == ".default" { return name }
    return permissions.first { $0.lowercased() == name.lowercased() }
  }

  /// Delegated permissions about mail and people (Microsoft Learn, "Microsoft Graph permissions reference").
  private var permissions: [String] {
    switch self {
    case .graph:
      [
        "Mail.Read", "Mail.ReadBasic", "Mail.ReadWrite", "Mail.Send", "Mail.Read.Shared",
        "Mail.ReadBasic.Shared", "Mail.ReadWrite.Shared", "Mail.Send.Shared", "MailboxFolder.Read",
        "MailboxFolder.ReadWrite", "MailboxItem.Read", "MailboxSettings.Read", "MailboxSettings.ReadWrite",
        "People.Read", "Contacts.Read", "Contacts.ReadWrite", "Calendars.Read", "Calendars.ReadWrite",
        "User.Read", "User.ReadBasic.All", "User.Read.All", "IMAP.AccessAsUser.All", "POP.AccessAsUser.All",
        "SMTP.Send",
      ]
    case .exchange:
      [
        "IMAP.AccessAsUser.All", "POP.AccessAsUser.All", "SMTP.Send", "Mail.Read", "Mail.ReadWrite",
        "Mail.Send", "User.Read", "EWS.AccessAsUser.All",
      ]
    }
  }
}
