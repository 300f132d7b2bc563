import Accounts
import Core
import Diagnosis
import Hummingbird
import Store

/// What to enter at Microsoft, for an app that is here and for one that is still to be.
struct RegistrationRoutes: Sendable {
  let desk: RegistrationDesk
  let bodyLimit: Int

  func add(to group: RouterGroup<WebContext>) {
    group.get("oauth2/:app/registration", use: existing)
    group.post("oauth2/registration", use: planned)
  }

  private func existing(_ request: Request, _ context: WebContext) async throws -> Response {
    let id = AppID(try context.pathText("app"))
    return try reply(RegistrationReply(try await desk.guide(of: id, in: context.workspace)))
  }

  private func planned(_ request: Request, _ context: WebContext) async throws -> Response {
    let body = try await request.body(RegistrationFields.self, limit: bodyLimit).value
    return try reply(RegistrationReply(try desk.guide(body.request)))
  }
}

/// The body of `POST /v1/oauth2/registration`: the fields of an app, none of them needed.
struct RegistrationFields: RequestObject {
  let request: RegistrationRequest

  static let known = AppRequest.known.union(["native"])
  static let notSupported = AppRequest.notSupported

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    var request = RegistrationRequest()
    request.name = fields.text("name", limit: 256) ?? request.name
    request.provider = fields.provider(isRequired: false) ?? .outlook
    request.cloud = fields.text("cloud", limit: 256)
    request.baseScopes = fields.baseScopes() ?? .api
    request.sendOnly = fields.optional("sendOnly") ?? false
    request.clientID = fields.text("clientId", limit: 256).flatMap { $0.isEmpty ? nil : $0 }
    request.isNative = fields.optional("native") ?? false
    request.usesCertificate = fields.clientCertificate() != nil
    request.authority = fields.text("authority", limit: 1024)
    request.redirectURL = fields.text("redirectUrl", limit: 1024)
    request.extraScopes = fields.optional("extraScopes") ?? []
    request.skipScopes = fields.optional("skipScopes") ?? []
    self.request = request
  }
}

private struct RegistrationReply: Encodable {
  let displayName: String
  let accountTypes: AccountTypes
  let platform: String?
  let redirectUris: [String]
  let publicClientFlows: Bool
  let permissions: [Permission]
  let adminConsent: Consent
  let credential: Credential
  let links: [Link]
  let commands: [String]?
  let notes: [String]

  struct AccountTypes: Encodable {
    let choose, formerly, signInAudience: String
  }

  struct Permission: Encodable {
    let name, kind, resource, resourceId, why, adminConsent: String
    let id: String?
  }

  struct Consent: Encodable {
    let needed, why: String
    let link: String?
  }

  struct Credential: Encodable {
    let kind, instructions: String
    let copy: String?
  }

  struct Link: Encodable {
    let page, title, url: String
  }

  init(_ guide: RegistrationGuide) {
    displayName = guide.displayName
    accountTypes = AccountTypes(
      choose: guide.accountTypes.choice, formerly: guide.accountTypes.formerly,
      signInAudience: guide.accountTypes.audience)
    platform = guide.platform
    redirectUris = guide.redirectURIs
    publicClientFlows = guide.allowsPublicClientFlows
    permissions = guide.permissions.map {
      Permission(
        name: $0.name, kind: $0.isDelegated ? "delegated" : "application", resource: $0.resource,
        resourceId: $0.resourceID, why: $0.why, adminConsent: $0.consent.rawValue, id: $0.id)
    }
    adminConsent = Consent(
      needed: guide.consent.need.rawValue, why: guide.consent.why, link: guide.consent.link)
    credential = Credential(
      kind: guide.credential.kind.rawValue, instructions: guide.credential.instructions,
      copy: guide.credential.copy)
    links = guide.links.map { Link(page: $0.page, title: $0.title, url: $0.url) }
    commands = guide.commands.isEmpty ? nil : guide.commands
    notes = guide.notes
  }
}
