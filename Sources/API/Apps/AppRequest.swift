package import Core

/// The body of `POST /v1/oauth2`.
package struct AppRequest: Contract {
  package var name = ""
  package var provider = OAuth2Provider.outlook
  package var title: String?
  package var description: String?
  package var enabled = false
  package var clientID = ""
  package var clientSecret: Secret?
  package var clientCertificate: Secret?
  package var secretExpires: Instant?
  package var authority: String?
  package var cloud: String?
  package var redirectURL: String?
  package var baseScopes = BaseScopes.api
  package var extraScopes: [String] = []
  package var skipScopes: [String] = []
  package var sendOnly = false
  package var shared = false
  package var includeInListing = true

  package init() {}

  package static let fields = Fields<Self>(
    "AppRequest", "An app registration at Microsoft Entra to be added."
  ) {
    Required("name", \.name, .line(1...256), "A name for people.")
    Required(AppTerm.provider, \.provider)
    Field(AppTerm.title, \.title)
    Field(AppTerm.description, \.description)
    Field(AppTerm.enabled, \.enabled)
    Required("clientId", \.clientID, .line(1...256), "The Application (client) ID.")
    Field(
      "clientSecret", \.clientSecret, .secret(0...256),
      "The client secret's Value, not its Secret ID; left out for a native client.")
    Field(
      "clientCertificate", \.clientCertificate, .secretLines(0...65_536),
      "In place of a secret: a certificate and its private key (RSA) as PEM.")
    Field(AppTerm.secretExpires, \.secretExpires)
    Field(AppTerm.authority, \.authority)
    Field("cloud", \.cloud, .line(0...256), AppTerm.cloud + " Left out, `global`.")
    Field(AppTerm.redirectURL, \.redirectURL)
    Field(AppTerm.baseScopes, \.baseScopes)
    Field(AppTerm.extraScopes, \.extraScopes)
    Field(AppTerm.skipScopes, \.skipScopes)
    Field(AppTerm.sendOnly, \.sendOnly)
    Field(AppTerm.shared, \.shared)
    Field(AppTerm.listed, \.includeInListing)
    AppTerm.unsupported
  }
}

/// The body of `PUT /v1/oauth2/{app}`: what is left out stays as it is.
package struct AppUpdateRequest: Contract {
  package var name: String?
  package var title: String?
  package var description: String?
  package var enabled: Bool?
  package var clientID: String?
  /// Empty to make the app a native client.
  package var clientSecret: Secret?
  package var clientCertificate: Secret?
  package var secretExpires: Instant?
  package var authority: String?
  package var cloud: String?
  package var redirectURL: String?
  package var baseScopes: BaseScopes?
  package var extraScopes: [String]?
  package var skipScopes: [String]?
  package var sendOnly: Bool?
  package var shared: Bool?
  package var includeInListing: Bool?

  package init() {}

  package static let fields = Fields<Self>(
    "AppUpdateRequest", "Changes to an app; what is left out stays as it is, and its accounts stay connected."
  ) {
    Field("name", \.name, .line(0...256), "A name for people.")
    Field(AppTerm.title, \.title)
    Field(AppTerm.description, \.description)
    Field(AppTerm.enabled, \.enabled)
    Field(
      "clientId", \.clientID, .line(0...256), "The Application (client) ID; fixed while accounts use the app."
    )
    Field(
      "clientSecret", \.clientSecret, .keptSecret(0...256),
      "The Value of the client secret that replaces the secret or certificate; empty makes the app a "
        + "native client, and the mask keeps it."
    )
    Field(
      "clientCertificate", \.clientCertificate, .keptSecretLines(0...65_536),
      "A certificate and its private key (RSA) as PEM, which replace the secret or certificate.")
    Field(AppTerm.secretExpires, \.secretExpires)
    Field(AppTerm.authority, \.authority)
    Field("cloud", \.cloud, .line(0...256), AppTerm.cloud + " Fixed while accounts use the app.")
    Field(AppTerm.redirectURL, \.redirectURL)
    Field(
      "baseScopes", \.baseScopes, .word(unsupported: "pubsub"),
      AppTerm.baseScopes.summary + " Fixed while accounts use the app.")
    Field(AppTerm.extraScopes, \.extraScopes)
    Field(AppTerm.skipScopes, \.skipScopes)
    Field(AppTerm.sendOnly, \.sendOnly)
    Field(AppTerm.shared, \.shared)
    Field(AppTerm.listed, \.includeInListing)
    AppTerm.unsupported
    Unsupported("provider")
  }
}

/// The body of `POST /v1/oauth2/registration`: an app that is still to be registered.
package struct RegistrationRequest: Contract {
  package var name: String?
  package var provider = OAuth2Provider.outlook
  package var clientID: String?
  package var isNative = false
  package var clientCertificate: Secret?
  package var authority: String?
  package var cloud: String?
  package var redirectURL: String?
  package var baseScopes = BaseScopes.api
  package var extraScopes: [String] = []
  package var skipScopes: [String] = []
  package var sendOnly = false
  // Not needed for the guide, but accepted, so that the body of `POST /v1/oauth2` can be sent here first.
  package var title: String?
  package var description: String?
  package var enabled = false
  package var shared = false
  package var includeInListing = true
  package var clientSecret: Secret?
  package var secretExpires: Instant?

  package init() {}

  package static let fields = Fields<Self>("RegistrationFields", "An app that is still to be registered.") {
    Field("name", \.name, .line(0...256), "The name to be entered at Microsoft.")
    Field(AppTerm.provider, \.provider)
    Field(
      "clientId", \.clientID, .line(0...256),
      "The Application (client) ID, once the app is registered: links then lead to it.")
    Field(
      "native", \.isNative, .flag, "Whether the app has neither secret nor certificate, as device codes need."
    )
    Field(
      "clientCertificate", \.clientCertificate, .secretLines(0...65_536),
      "If given, the guide describes a certificate in place of a secret.")
    Field(AppTerm.authority, \.authority)
    Field("cloud", \.cloud, .line(0...256), AppTerm.cloud + " Left out, `global`.")
    Field(AppTerm.redirectURL, \.redirectURL)
    Field(AppTerm.baseScopes, \.baseScopes)
    Field(AppTerm.extraScopes, \.extraScopes)
    Field(AppTerm.skipScopes, \.skipScopes)
    Field(AppTerm.sendOnly, \.sendOnly)
    Field("title", \.title, .line(0...256), AppTerm.unused)
    Field("description", \.description, .lines(0...1024), AppTerm.unused)
    Field("enabled", \.enabled, .flag, AppTerm.unused)
    Field("shared", \.shared, .flag, AppTerm.unused)
    Field("includeInListing", \.includeInListing, .flag, AppTerm.unused)
    Field("clientSecret", \.clientSecret, .secret(0...256), AppTerm.unused)
    Field("secretExpires", \.secretExpires, .date, AppTerm.unused)
    AppTerm.unsupported
  }
}

/// What an app is in every request and reply.
enum AppTerm {
  static let provider = Term(
    "provider", Kind<OAuth2Provider>.word(unsupported: "gmail", "gmailService", "mailRu"),
    "`outlook`: people sign in and the app acts for them. `outlookService`: the app acts for itself in the "
      + "mailboxes that an administrator allows.")
  static let title = Term("title", Kind<String>.line(0...256), "The text of its button on the sign-in page.")
  static let description = Term("description", Kind<String>.lines(0...1024), "A note for people.")
  static let enabled = Term(
    "enabled", Kind<Bool>.flag, "Whether it may be used; disabled, its accounts wait.")
  static let secretExpires = Term(
    "secretExpires", Kind<Instant>.date,
    "When the secret expires: a day (2027-05-20) or a moment (2027-05-20T14:00:00Z). For a certificate "
      + "it is read from the certificate."
  )
  static let authority = Term(
    "authority", Kind<String>.line(0...1024),
    "`common`, `organizations`, `consumers`, or the id or a domain of a tenant, which `outlookService` needs."
  )
  static let redirectURL = Term(
    "redirectUrl", Kind<String>.line(0...1024),
    "The redirect URI as registered, if it is not the gateway's URL followed by `/oauth`.")
  static let baseScopes = Term(
    "baseScopes", Kind<BaseScopes>.word(unsupported: "pubsub"),
    "`api`: Microsoft Graph. `imap`: IMAP and SMTP, through which nothing can be sent yet.")
  static let extraScopes = Term("extraScopes", scopes, "Scopes to request in addition to the usual ones.")
  static let skipScopes = Term("skipScopes", scopes, "Scopes not to request.")
  static let sendOnly = Term(
    "sendOnly", Kind<Bool>.flag, "Whether people are asked only for the permission to send.")
  static let shared = Term(
    "shared", Kind<Bool>.flag,
    "Whether people of every workspace may sign in with it; only for an operator, in the workspace "
      + "`default`, with the provider `outlook`.")
  static let listed = Term(
    "includeInListing", Kind<Bool>.flag,
    "Whether a sign-in link that names no app offers it to people. An app that an import of accounts has made is "
      + "not offered until this is set.")
  static let cloud = "`global`, `gcc-high`, `dod`, `china`, or a cloud from the operator's configuration."
  static let unused = "Accepted but not used."

  static let scopes = Kind<[String]>.list(.line(1...255), count: 0...32)

  static let unsupported = Unsupported(
    "tenant", "serviceClient", "serviceClientEmail", "serviceKey", "authMethod", "externalAccount",
    "googleProjectId", "googleWorkspaceAccounts", "googleTopicName", "googleSubscriptionName", "pubSubApp")
}
