import Accounts
import Core
import Store

/// The body of `POST /v1/oauth2`.
struct AppRequest: RequestObject {
  let app: NewApp

  static let known: Set = [
    "name", "provider", "title", "description", "enabled", "cloud", "baseScopes", "sendOnly", "shared",
    "clientId", "clientSecret", "clientCertificate", "secretExpires", "authority", "redirectUrl",
    "extraScopes", "skipScopes",
  ]
  static let notSupported: Set = [
    "tenant", "serviceClient", "serviceClientEmail", "serviceKey", "authMethod", "externalAccount",
    "googleProjectId", "googleWorkspaceAccounts", "googleTopicName", "googleSubscriptionName", "pubSubApp",
  ]

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    app = NewApp(
      name: fields.requiredText("name", limit: 256) ?? "", title: fields.text("title", limit: 256),
      description: fields.text("description", limit: 1024, singleLine: false),
      provider: fields.provider() ?? .outlook, enabled: fields.optional("enabled") ?? false,
      cloud: fields.text("cloud", limit: 256), baseScopes: fields.baseScopes() ?? .api,
      sendOnly: fields.optional("sendOnly") ?? false, shared: fields.optional("shared") ?? false,
      clientID: fields.requiredText("clientId", limit: 256) ?? "",
      clientSecret: fields.clientSecret(), clientCertificate: fields.clientCertificate(),
      secretExpires: fields.date("secretExpires"), authority: fields.text("authority", limit: 1024),
      redirectURL: fields.text("redirectUrl", limit: 1024),
      extraScopes: fields.optional("extraScopes") ?? [], skipScopes: fields.optional("skipScopes") ?? [])
  }
}

/// The body of `PUT /v1/oauth2/{app}`: what is left out stays as it is.
struct AppUpdateRequest: RequestObject {
  let change: AppChange

  static let known = AppRequest.known.subtracting(["provider"])
  static let notSupported = AppRequest.notSupported.union(["provider"])

  init(from decoder: any Decoder) throws {
    let fields = try Fields(decoder, of: Self.self)
    var change = AppChange()
    change.name = fields.text("name", limit: 256)
    change.title = fields.text("title", limit: 256)
    change.description = fields.text("description", limit: 1024, singleLine: false)
    change.enabled = fields.optional("enabled")
    change.cloud = fields.text("cloud", limit: 256)
    change.baseScopes = fields.baseScopes()
    change.sendOnly = fields.optional("sendOnly")
    change.shared = fields.optional("shared")
    change.clientID = fields.text("clientId", limit: 256)
    let (secret, certificate) = (fields.clientSecret(), fields.clientCertificate())
    change.clientSecret = secret.flatMap { $0.isEmpty ? nil : $0 }
    change.clientCertificate = certificate.flatMap { $0.isEmpty ? nil : $0 }
    // Emptied on purpose: the app becomes a native client.
    change.dropsCredential = secret?.isEmpty ?? false || certificate?.isEmpty ?? false
    change.secretExpires = fields.date("secretExpires")
    change.authority = fields.text("authority", limit: 1024)
    change.redirectURL = fields.text("redirectUrl", limit: 1024)
    change.extraScopes = fields.optional("extraScopes")
    change.skipScopes = fields.optional("skipScopes")
    self.change = change
  }
}

extension Fields {
  func provider(isRequired: Bool = true) -> OAuth2Provider? {
    let text = isRequired ? requiredText("provider", limit: 256) : text("provider", limit: 256)
    guard let text, !text.isEmpty else { return nil }
    if ["gmail", "gmailService", "mailRu"].contains(text) {
      fault("provider", "\(text) is not supported by this version", .requestNotSupported)
      return nil
    }
    let provider = OAuth2Provider(rawValue: text)
    if provider == nil { fault("provider", "must be outlook or outlookService") }
    return provider
  }

  func baseScopes() -> BaseScopes? {
    guard let text = text("baseScopes", limit: 256) else { return nil }
    if text == "pubsub" {
      fault("baseScopes", "\(text) is not supported by this version", .requestNotSupported)
      return nil
    }
    let base = BaseScopes(rawValue: text)
    if base == nil { fault("baseScopes", "must be api or imap") }
    return base
  }

  func clientSecret() -> Secret? {
    let text = text("clientSecret", limit: 256)
    if text == "******" { fault("clientSecret", "is the mask and not a secret") }
    return text.map(Secret.init)
  }

  /// A chain of certificates and a key of 8192 bits stay far below this many bytes.
  func clientCertificate() -> Secret? {
    text("clientCertificate", limit: 65_536, singleLine: false).map(Secret.init)
  }
}
