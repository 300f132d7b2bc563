import Core

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

  /// As it appears in the URLs of documents: a tenant by its id.
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

  /// Whether the app may be used through this segment, before any sign-in.
  func check(_ app: SandboxDirectory.App) throws(EntraError) {
    let name = "Application '\(app.clientId)'(\(app.displayName))"
    switch (app.signInAudience, self) {
    case (.everyone, _), (.workAccounts, .common), (.workAccounts, .organizations),
      (.personalAccounts, .consumers):
      break
    case (.singleTenant, .consumers), (.workAccounts, .consumers):
      throw EntraError(
        9_002_332,
        name + " is configured for use by Microsoft Entra users only. Please do not use the /consumers"
          + " endpoint to serve this request.")
    case (.personalAccounts, _):
      throw EntraError(
        9_002_331,
        name + " is configured for use by Microsoft Account users only. Please use the /consumers endpoint to"
          + " serve this request.")
    case (.singleTenant, .common), (.singleTenant, .organizations):
      throw EntraError(
        50194,
        name + " is not configured as a multi-tenant application. Usage of the /common endpoint is not"
          + " supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure"
          + " the application to be multi-tenant.")
    case (.singleTenant, .tenant(let tenant)):
      guard tenant.id == app.tenantId else { throw .unknownApp(app.clientId, tenant: tenant.domain) }
    case (.workAccounts, .tenant): break
    }
    if case .tenant(let tenant) = self { try app.checkEnabled(in: tenant.id) }
  }

  /// Whether that person may sign in to the app here. 50020 when not; 50057 for the account of a shared
  /// mailbox.
  func check(_ user: SandboxDirectory.User, for app: SandboxDirectory.App) throws(EntraError) {
    guard admits(user), app.admits(user) else {
      let provider = user.kind == .personal ? "live.com" : "https://sts.windows.net/\(user.tenantId)/"
      throw EntraError(
        50020,
        "User account '\(user.userPrincipalName)' from identity provider '\(provider)' does not exist in tenant"
          + " '\(tenant?.domain ?? path)' and cannot access the application"
          + " '\(app.clientId)'(\(app.displayName)) in that tenant. The account needs to be added as an"
          + " external user in the tenant first.")
    }
    guard user.kind != .shared else { throw EntraError(50057) }
  }
}

extension SandboxDirectory.App {
  /// Whether its supported account types are those of the person.
  func admits(_ user: SandboxDirectory.User) -> Bool {
    switch signInAudience {
    case .singleTenant: user.tenantId == tenantId
    case .workAccounts: user.kind != .personal
    case .everyone: true
    case .personalAccounts: user.kind == .personal
    }
  }

  /// Throws 7000112.
  func checkEnabled(in tenantID: String) throws(EntraError) {
    guard !disabledIn.contains(tenantID) else {
      throw EntraError(7_000_112, "Application '\(clientId)'(\(displayName)) is disabled.")
    }
  }
}

extension SandboxDirectory {
  /// Throws 900144, 700038 or 700016.
  func knownApp(_ clientID: String?, tenant: String) throws(EntraError) -> App {
    guard let clientID else { throw .missing("client_id") }
    if let app = app(clientID) { return app }
    guard isApplicationID(clientID) else {
      throw EntraError(700_038, "'\(clientID)' is not a valid application identifier.")
    }
    throw .unknownApp(clientID, tenant: tenant)
  }
}

/// A GUID other than the one of zeros, which no app has.
func isApplicationID(_ text: String) -> Bool {
  isGUID(text) && text.contains { $0 != "0" && $0 != "-" }
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
