import Core

/// The body of `POST /v1/oauth2`.
struct AppRequest: RequestObject {
  let name: String
  let provider: String
  let title: String?
  let description: String?
  let enabled: Bool
  let clientId: String
  let clientSecret: String?
  let authority: String?
  let redirectUrl: String?
  let extraScopes: [String]
  let skipScopes: [String]

  static let known: Set = [
    "name", "provider", "title", "description", "enabled", "clientId", "clientSecret", "authority",
    "redirectUrl", "extraScopes", "skipScopes", "baseScopes", "cloud",
  ]
  static let notSupported: Set = [
    "tenant", "serviceClient", "serviceClientEmail", "serviceKey", "authMethod", "externalAccount",
    "googleProjectId", "googleWorkspaceAccounts", "googleTopicName", "googleSubscriptionName", "pubSubApp",
  ]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    name = fields.requiredText("name", limit: 256) ?? ""
    provider = fields.requiredText("provider", limit: 256) ?? ""
    title = fields.text("title", limit: 256)
    description = fields.text("description", limit: 1024, singleLine: false)
    enabled = fields.optional("enabled") ?? false
    clientId = fields.requiredText("clientId", limit: 256) ?? ""
    clientSecret = fields.text("clientSecret", limit: 256)
    authority = fields.text("authority", limit: 1024)
    redirectUrl = fields.text("redirectUrl", limit: 1024)
    extraScopes = fields.optional("extraScopes") ?? []
    skipScopes = fields.optional("skipScopes") ?? []
    if ["gmail", "gmailService", "mailRu"].contains(provider) {
      fields.fault("provider", "\(provider) is not supported by this version", .requestNotSupported)
    } else if !provider.isEmpty, !["outlook", "outlookService"].contains(provider) {
      fields.fault("provider", "must be outlook or outlookService")
    }
    if let base = fields.text("baseScopes", limit: 256), base != "api" {
      fields.fault("baseScopes", "\(base) is not supported by this version; use api", .requestNotSupported)
    }
    if let cloud = fields.text("cloud", limit: 256), cloud != "global" {
      fields.fault("cloud", "\(cloud) is not supported by this version", .requestNotSupported)
    }
    if clientSecret == "******" { fields.fault("clientSecret", "is the mask and not a secret") }
  }
}

/// The body of `PUT /v1/oauth2/{app}`: what is left out stays as it is.
struct AppUpdateRequest: RequestObject {
  let name: String?
  let title: String?
  let description: String?
  let enabled: Bool?
  let clientId: String?
  let clientSecret: String?
  let authority: String?
  let redirectUrl: String?
  let extraScopes: [String]?
  let skipScopes: [String]?

  static let known = AppRequest.known.subtracting(["provider", "baseScopes", "cloud"])
  static let notSupported = AppRequest.notSupported.union(["provider", "baseScopes", "cloud"])

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    name = fields.text("name", limit: 256)
    title = fields.text("title", limit: 256)
    description = fields.text("description", limit: 1024, singleLine: false)
    enabled = fields.optional("enabled")
    clientId = fields.text("clientId", limit: 256)
    clientSecret = fields.text("clientSecret", limit: 256)
    authority = fields.text("authority", limit: 1024)
    redirectUrl = fields.text("redirectUrl", limit: 1024)
    extraScopes = fields.optional("extraScopes")
    skipScopes = fields.optional("skipScopes")
    if clientSecret == "******" { fields.fault("clientSecret", "is the mask and not a secret") }
  }
}
