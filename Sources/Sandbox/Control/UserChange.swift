import Hummingbird

/// `POST /sandbox/users`: creates a person or a shared mailbox, or changes the given fields of
/// one.
struct UserChange {
  private static let known = [
    "user", "displayName", "tenant", "kind", "mail", "aliases", "isGuest", "hasMailbox", "isAdministrator",
    "members",
  ]

  private(set) var user: SandboxDirectory.User

  init(_ body: inout ControlBody, directory: SandboxDirectory) throws {
    guard let name = try body.string("user"), name.contains("@") || directory.user(name) != nil else {
      throw HTTPError(.badRequest, message: "'user' must be a user principal name.")
    }
    let kind: SandboxDirectory.User.Kind? = try body.choice("kind")
    let tenant = try body.string("tenant").map(directory.knownTenant)
    if let known = directory.user(name) {
      user = known
      user.kind = kind ?? user.kind
      user.tenantId = tenant?.id ?? user.tenantId
    } else {
      user = try Self.new(name, kind: kind ?? .work, tenant: tenant, in: directory)
    }
    user.displayName = try body.string("displayName") ?? user.displayName
    user.hasMailbox = try body.bool("hasMailbox") ?? user.hasMailbox
    user.mail = try body.string("mail") ?? (user.hasMailbox ? user.mail ?? user.userPrincipalName : nil)
    user.isGuest = try body.bool("isGuest") ?? user.isGuest
    user.isAdministrator = try body.bool("isAdministrator") ?? user.isAdministrator
    user.aliases = try body.strings("aliases") ?? user.aliases
    if let alias = user.aliases.first(where: {
      directory.owner(of: $0).map { $0.id != user.id } ?? !$0.contains("@")
    }) {
      throw HTTPError(.badRequest, message: "'\(alias)' is no address, or another user's.")
    }
    if let members = try body.objects("members") {
      user.members = try members.map { try Self.member($0, in: directory) }
    }
    try body.finish(known: Self.known)
  }

  private static func new(
    _ name: String, kind: SandboxDirectory.User.Kind, tenant: SandboxDirectory.Tenant?,
    in directory: SandboxDirectory
  ) throws -> SandboxDirectory.User {
    let isPersonal = kind == .personal
    let domain = String(name.drop { $0 != "@" }.dropFirst())
    guard
      let tenantID = isPersonal
        ? SandboxDirectory.consumersTenantID : (tenant ?? directory.tenant(domain))?.id
    else { throw HTTPError(.badRequest, message: "There is no tenant '\(domain)'; name one in 'tenant'.") }
    let guid = RandomText.guid()
    return SandboxDirectory.User(
      id: isPersonal ? "00000000-0000-0000-" + guid.dropFirst(19) : guid, userPrincipalName: name, mail: name,
      displayName: String(name.prefix { $0 != "@" }), tenantId: tenantID, kind: kind, hasMailbox: true)
  }

  private static func member(
    _ body: ControlBody, in directory: SandboxDirectory
  ) throws -> SandboxDirectory.Member {
    var body = body
    let name = try directory.knownUser(try body.string("user") ?? "").userPrincipalName
    let member = SandboxDirectory.Member(
      user: name, fullAccess: try body.bool("fullAccess") ?? false, sendAs: try body.bool("sendAs") ?? false,
      sendOnBehalf: try body.bool("sendOnBehalf") ?? false)
    try body.finish(known: ["user", "fullAccess", "sendAs", "sendOnBehalf"])
    return member
  }
}

extension SandboxDirectory {
  /// `POST /sandbox/tenants`: changes a consent policy, or creates a tenant.
  func changedTenant(_ body: inout ControlBody) throws -> Tenant {
    guard let name = try body.string("tenant")?.lowercased() else {
      throw HTTPError(.badRequest, message: "'tenant' is missing.")
    }
    var tenant = tenant(name) ?? Tenant(id: RandomText.guid(), domain: name)
    tenant.consentPolicy = try body.choice("consentPolicy") ?? tenant.consentPolicy
    try body.finish(known: ["tenant", "consentPolicy"])
    return tenant
  }
}
