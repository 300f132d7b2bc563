/// The first segment of every path at the login host: who may sign in (Microsoft Learn, "OpenID Connect on
/// the Microsoft identity platform").
enum TenantSegment: Sendable, Equatable {
  case common
  case organizations
  /// Personal accounts, also by the id of their tenant.
  case consumers
  case tenant(SandboxDirectory.Tenant)

  /// Throws 90002 for a tenant that is not in the directory.
  init(_ name: String, in directory: SandboxDirectory) throws(EntraError) {
    switch name.lowercased() {
    case "common": self = .common
    case "organizations": self = .organizations
    case "consumers", SandboxDirectory.consumersTenantID: self = .consumers
    default:
      guard let tenant = directory.tenant(name) else {
        throw EntraError(90002, "Tenant '\(name)' not found. Check the tenant's id or domain, and the cloud.")
      }
      self = .tenant(tenant)
    }
  }

  /// As it stands in the URLs of documents: a tenant by its id.
  var path: String {
    switch self {
    case .common: "common"
    case .organizations: "organizations"
    case .consumers: SandboxDirectory.consumersTenantID
    case .tenant(let tenant): tenant.id
    }
  }

  func admits(_ user: SandboxDirectory.User) -> Bool {
    switch self {
    case .common: true
    case .organizations: user.kind != .personal
    case .consumers: user.kind == .personal
    case .tenant(let tenant): user.tenantId == tenant.id
    }
  }

  /// Whether the app may be used through this segment, before anybody has signed in.
  func check(_ app: SandboxDirectory.App) throws(EntraError) {
    guard app.signInAudience == .singleTenant else { return }
    switch self {
    case .common, .organizations:
      throw EntraError(
        50194,
        "Application '\(app.clientId)'(\(app.displayName)) is not configured as a multi-tenant application.")
    case .consumers:
      throw EntraError(9_002_332)
    case .tenant(let tenant):
      guard tenant.id == app.tenantId else { throw .unknownApp(app.clientId, tenant: tenant.domain) }
    }
  }

  /// Whether that person may sign in to the app here. 50020 when not; 50057 for the account of a shared
  /// mailbox.
  func check(_ user: SandboxDirectory.User, for app: SandboxDirectory.App) throws(EntraError) {
    let isAtHome = app.signInAudience == .everyone || user.tenantId == app.tenantId
    guard admits(user), isAtHome else {
      throw EntraError(
        50020,
        "User account '\(user.userPrincipalName)' does not exist in this tenant and cannot access"
          + " the application '\(app.clientId)'(\(app.displayName)).")
    }
    guard user.kind != .shared else { throw EntraError(50057) }
  }
}

extension SandboxDirectory {
  /// Throws 900144, 700038 or 700016.
  func knownApp(_ clientID: String?, tenant: String) throws(EntraError) -> App {
    guard let clientID else { throw .missing("client_id") }
    if let app = app(clientID) { return app }
    guard RandomText.isGUID(clientID) else {
      throw EntraError(700_038, "'\(clientID)' is not a valid application identifier.")
    }
    throw .unknownApp(clientID, tenant: tenant)
  }
}

extension EntraError {
  static func missing(_ parameter: String) -> EntraError {
    EntraError(900_144, "The request must contain the following parameter: '\(parameter)'.")
  }

  static func unknownApp(_ clientID: String, tenant: String) -> EntraError {
    EntraError(
      700_016, "Application with identifier '\(clientID)' was not found in the directory '\(tenant)'.")
  }
}
