import Core
import Hummingbird

/// `POST /sandbox/apps`: creates an app, or changes the given fields of one.
struct AppChange {
  private static let known = [
    "clientId", "displayName", "kind", "tenant", "secret", "secretExpired", "secretExpires", "redirectUris",
    "platform", "redirects", "delegatedScopes", "applicationRoles", "signInAudience", "allowsPublicClient",
    "certificates", "adminConsented", "dynamicConsent", "disabledIn", "mailboxScope", "plant",
  ]

  private(set) var app: SandboxDirectory.App

  init(_ body: inout ControlBody, directory: SandboxDirectory, now: Instant) throws {
    let id = try body.string("clientId")?.lowercased() ?? RandomText.guid()
    guard isApplicationID(id) else { throw HTTPError(.badRequest, message: "'clientId' must be a GUID.") }
    let tenant = try body.string("tenant").map(directory.knownTenant)
    let kind: SandboxDirectory.App.Kind? = try body.choice("kind")
    app =
      directory.app(id)
      ?? SandboxDirectory.App(
        clientId: id, displayName: "App", kind: kind ?? .web,
        tenantId: tenant?.id ?? directory.tenants.first?.id ?? "", secret: nil, redirects: [],
        delegatedScopes: [], applicationRoles: [], signInAudience: .everyone)
    app.kind = kind ?? app.kind
    app.tenantId = tenant?.id ?? app.tenantId
    try changeNames(&body)
    try changeCredentials(&body, now: now)
    try changeRedirects(&body)
    try changePermissions(&body, directory)
    try body.finish(known: Self.known)
  }

  private mutating func changeNames(_ body: inout ControlBody) throws {
    app.displayName = try body.string("displayName") ?? app.displayName
    app.signInAudience = try body.choice("signInAudience") ?? app.signInAudience
    if let plant = try body.string("plant") { app.plant = plant.isEmpty ? nil : plant }
  }

  /// An empty secret takes it away.
  private mutating func changeCredentials(_ body: inout ControlBody, now: Instant) throws {
    if let secret = try body.string("secret") { app.secret = secret.isEmpty ? nil : secret }
    app.secretExpired = try body.bool("secretExpired") ?? app.secretExpired
    if let seconds = try body.integer("secretExpires", in: -3_200_000_000...3_200_000_000) {
      app.secretExpires = now + .seconds(seconds)
    }
    if let certificates = try body.strings("certificates") {
      app.certificates = try certificates.map { pem in
        guard let certificate = ClientCertificate(pem: pem) else {
          throw HTTPError(.badRequest, message: "'certificates' must be PEM, each with an RSA key.")
        }
        return certificate
      }
    }
    app.allowsPublicClient = try body.bool("allowsPublicClient") ?? app.allowsPublicClient
  }

  /// `redirectUris` are all of one platform, by default that of the kind of app; `redirects` name their own.
  private mutating func changeRedirects(_ body: inout ControlBody) throws {
    let platform: SandboxDirectory.Redirect.Platform? = try body.choice("platform")
    let usual: SandboxDirectory.Redirect.Platform = app.kind == .native ? .publicClient : .web
    if let uris = try body.strings("redirectUris") {
      app.redirects = uris.map { SandboxDirectory.Redirect(uri: $0, platform: platform ?? usual) }
    } else if let platform {
      app.redirects = app.redirects.map { SandboxDirectory.Redirect(uri: $0.uri, platform: platform) }
    }
    if let redirects = try body.objects("redirects") {
      app.redirects = try redirects.map { redirect in
        var redirect = redirect
        let uri = try redirect.string("uri") ?? ""
        let platform: SandboxDirectory.Redirect.Platform? = try redirect.choice("platform")
        try redirect.finish(known: ["uri", "platform"])
        return SandboxDirectory.Redirect(uri: uri, platform: platform ?? usual)
      }
    }
  }

  private mutating func changePermissions(_ body: inout ControlBody, _ directory: SandboxDirectory) throws {
    app.delegatedScopes = try body.strings("delegatedScopes") ?? app.delegatedScopes
    app.applicationRoles = try body.strings("applicationRoles") ?? app.applicationRoles
    app.adminConsented = try body.bool("adminConsented") ?? app.adminConsented
    app.dynamicConsent = try body.bool("dynamicConsent") ?? app.dynamicConsent
    if let tenants = try body.strings("disabledIn") {
      app.disabledIn = try tenants.map { try directory.knownTenant($0).id }
    }
    guard var scope = try body.object("mailboxScope") else { return }
    let kind: SandboxDirectory.MailboxScope.Kind? = try scope.choice("kind")
    let mailboxes = try scope.strings("mailboxes")
    try scope.finish(known: ["kind", "mailboxes"])
    app.mailboxScope = try mailboxes.map { names in
      SandboxDirectory.MailboxScope(
        kind: kind ?? .rbac, mailboxes: try names.map { try directory.knownUser($0).userPrincipalName })
    }
  }
}
