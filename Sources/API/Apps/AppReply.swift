package import Core

/// One app as it is shown; its secret is masked.
package struct AppReply: Contract {
  package var id = AppID("")
  package var name = ""
  package var provider = Word(OAuth2Provider.outlook)
  package var title: String?
  package var description: String?
  package var enabled = false
  package var includeInListing = false
  package var clientID = ""
  /// Any value, where there is a secret.
  package var clientSecret: Secret?
  package var clientCertificate: CertificateReply?
  package var secretExpires: Instant?
  package var authority = ""
  package var cloud = ""
  package var redirectURL: String?
  package var baseScopes = Word(BaseScopes.api)
  package var extraScopes: [String] = []
  package var skipScopes: [String] = []
  package var sendOnly = false
  package var shared = false
  package var accounts = 0
  package var warnings: [WarningReply] = []
  package var lastError: ProblemReply?
  package var declared: Bool?
  package var created = Instant(microseconds: 0)
  package var updated = Instant(microseconds: 0)

  package init() {}

  package static let fields = Fields<Self>("App", "An app registration at Microsoft Entra.") {
    Required("id", \.id, .id(), "The app's id.")
    Required("name", \.name, .line(0...256), "The name for people.")
    Required("provider", \.provider, .word(), AppTerm.provider.summary)
    Field(AppTerm.title, \.title)
    Field(AppTerm.description, \.description)
    Required(AppTerm.enabled, \.enabled)
    Required(AppTerm.listed, \.includeInListing)
    Required("clientId", \.clientID, .line(1...256), "The Application (client) ID.")
    Field("clientSecret", \.clientSecret, .secret(1...256), "Asterisks, if there is a secret.")
    Field("clientCertificate", \.clientCertificate, .object, "The certificate, if there is one.")
    Field("secretExpires", \.secretExpires, .moment, "When the secret or the certificate expires.")
    Required(
      "authority", \.authority, .line(0...1024), "The kind of accounts, or the tenant, that the app is for.")
    Required("cloud", \.cloud, .line(1...256), "The cloud that the app is registered in.")
    Field("redirectUrl", \.redirectURL, .line(0...1024), AppTerm.redirectURL.summary)
    Required("baseScopes", \.baseScopes, .word(), AppTerm.baseScopes.summary)
    Required(AppTerm.extraScopes, \.extraScopes)
    Required(AppTerm.skipScopes, \.skipScopes)
    Required(AppTerm.sendOnly, \.sendOnly)
    Required(AppTerm.shared, \.shared)
    Required("accounts", \.accounts, .integer(0...(.max)), "How many accounts use it.")
    Field("warnings", \.warnings, WarningReply.list, WarningReply.listSummary)
    Field("lastError", \.lastError, .object, "What stops the app, or what stopped it last.")
    Field(DeclarationTerm.declared, \.declared)
    Required("created", \.created, .moment, "When it was added.")
    Required("updated", \.updated, .moment, "When it was last changed.")
  }
}

/// The certificate of an app, without its key.
package struct CertificateReply: Contract {
  package var thumbprint = ""
  package var expires: Instant?

  package init() {}

  package init(thumbprint: String, expires: Instant?) {
    self.thumbprint = thumbprint
    self.expires = expires
  }

  package static let fields = Fields<Self>("Certificate", "The certificate of an app, without its key.") {
    Required("thumbprint", \.thumbprint, .line(1...256), "The certificate's SHA-256 as base64url.")
    Field("expires", \.expires, .moment, "When it expires.")
  }
}

/// What works now but will stop working, or allows more than it should.
package struct WarningReply: Contract {
  package var code = Word(Code.secretExpiring)
  package var message = ""
  package var remedy = ""
  package var commands: [String] = []

  package enum Code: String, WireWord {
    case redirectElsewhere = "redirect.elsewhere"
    case secretLooksLikeID = "secret.looksLikeID"
    case secretExpiring = "secret.expiring"
    case secretExpired = "secret.expired"
    case noOfflineAccess = "scopes.noOfflineAccess"
    case noLookUp = "scopes.noLookUp"
    case everyMailbox = "consent.everyMailbox"
    case mailboxByMailbox = "consent.mailboxByMailbox"
  }

  package init() {}

  package static let fields = Fields<Self>(
    "AppWarning",
    "Something about an app that works now but will stop working, or that allows more than it should."
  ) {
    Required("code", \.code, .word(), "What it is about.")
    Required("message", \.message, .lines(1...4096), "What is wrong.")
    Required("remedy", \.remedy, .lines(1...4096), "What to do about it.")
    Field(
      "commands", \.commands, .list(.line(1...4096), count: 0...100),
      "What an administrator enters in Exchange Online PowerShell.")
  }

  static let list = Kind<[WarningReply]>.list(.object, count: 0...100)
  static let listSummary = "What works now but will stop working, or allows more than it should."
}

/// One page of the apps.
package struct AppPage: PagedReply {
  package var total = 0
  package var page = 0
  package var pages = 0
  package var apps: [AppReply] = []

  package init() {}

  package static let fields = Fields<Self>("AppPage", "One page of the OAuth2 apps.") {
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Required("apps", \.apps, .list(.object, count: 0...1000), "The apps.")
  }
}
