package import Core

/// What to enter at Microsoft for an app.
package struct RegistrationReply: Contract {
  package var displayName = ""
  package var accountTypes = AccountTypesReply()
  package var platform: String?
  package var redirectURIs: [String] = []
  package var publicClientFlows = false
  package var permissions: [PermissionReply] = []
  package var adminConsent = ConsentReply()
  package var credential = CredentialReply()
  package var links: [PageLinkReply] = []
  package var commands: [String] = []
  package var notes: [String] = []

  package init() {}

  package static let fields = Fields<Self>("Registration", "What to enter at Microsoft for an app.") {
    Required("displayName", \.displayName, .line(0...256), "The name.")
    Required("accountTypes", \.accountTypes, .object, "Under Supported account types.")
    Field(
      "platform", \.platform, .line(1...256), "Under Authentication; left out for an app without sign-in.")
    Required(
      "redirectUris", \.redirectURIs, .list(.line(1...4096), count: 0...100),
      "The redirect URIs of the platform.")
    Required(
      "publicClientFlows", \.publicClientFlows, .flag,
      "Under Authentication: whether public client flows are allowed.")
    Required("permissions", \.permissions, .list(.object, count: 0...1000), "Under API permissions.")
    Required("adminConsent", \.adminConsent, .object, "Whether an administrator has to consent.")
    Required("credential", \.credential, .object, "Under Certificates & secrets.")
    Required("links", \.links, .list(.object, count: 0...100), "The pages at Microsoft.")
    Field(
      "commands", \.commands, .list(.line(1...4096), count: 0...100),
      "What an administrator enters in Exchange Online PowerShell to limit the app to some mailboxes.")
    Required("notes", \.notes, .list(.lines(1...4096), count: 0...100), "Further information.")
  }
}

/// Whom an app is for, as the page calls it.
package struct AccountTypesReply: Contract {
  package var choose = ""
  package var formerly = ""
  package var signInAudience = ""

  package init() {}

  package static let fields = Fields<Self>(
    "AccountTypes", "Who can use an app, as Microsoft's page calls it."
  ) {
    Required("choose", \.choose, .line(1...256), "What to choose.")
    Required("formerly", \.formerly, .line(1...256), "What the page called it before 2026.")
    Required("signInAudience", \.signInAudience, .line(1...256), "The same in the app's manifest.")
  }
}

/// One permission of an app.
package struct PermissionReply: Contract {
  package var name = ""
  package var kind = Word(Form.delegated)
  package var resource = ""
  package var resourceID = ""
  package var id: String?
  package var why = ""
  package var adminConsent = Word(ConsentReply.Need.no)

  package enum Form: String, WireWord {
    case delegated = "delegated"
    case application = "application"
  }

  package init() {}

  package static let fields = Fields<Self>("Permission", "One permission of an app.") {
    Required("name", \.name, .line(1...256), "The permission.")
    Required(
      "kind", \.kind, .word(), "`delegated`: for the person who signs in. `application`: for the app itself.")
    Required("resource", \.resource, .line(1...256), "The API that it belongs to.")
    Required("resourceId", \.resourceID, .line(1...256), "That API's Application ID.")
    Field("id", \.id, .line(1...256), "The permission's id.")
    Required("why", \.why, .lines(1...4096), "What it is needed for.")
    Required("adminConsent", \.adminConsent, .word(), ConsentReply.needSummary)
  }
}

/// Whether an administrator has to consent.
package struct ConsentReply: Contract {
  package var needed = Word(Need.no)
  package var why = ""
  package var link: String?

  package enum Need: String, WireWord {
    case no = "no"
    /// In tenants with Microsoft's own consent policy, which new ones have.
    case policy = "policy"
    case yes = "yes"
  }

  package init() {}

  static let needSummary =
    "Whether an administrator has to consent; `policy`: in tenants with Microsoft's own consent policy, "
    + "which new ones have."

  package static let fields = Fields<Self>("Consent", "Whether an administrator has to consent.") {
    Required("needed", \.needed, .word(), needSummary)
    Required("why", \.why, .lines(1...4096), "The reason.")
    Field("link", \.link, .line(1...16_384, format: .url), "A link for an administrator to open.")
  }
}

/// How an app authenticates.
package struct CredentialReply: Contract {
  package var kind = Word(Form.none)
  package var instructions = ""
  package var copy: String?

  package enum Form: String, WireWord {
    case none = "none"
    case secret = "secret"
    case certificate = "certificate"
  }

  package init() {}

  package static let fields = Fields<Self>("Credential", "How an app authenticates.") {
    Required("kind", \.kind, .word(), "What it authenticates with.")
    Required("instructions", \.instructions, .lines(1...4096), "What to do on the page.")
    Field("copy", \.copy, .line(1...256), "Which field of the page to copy.")
  }
}

/// A page at Microsoft.
package struct PageLinkReply: Contract {
  package var page = ""
  package var title = ""
  package var url = ""

  package init() {}

  package init(page: String, title: String, url: String) {
    self.page = page
    self.title = title
    self.url = url
  }

  package static let fields = Fields<Self>("PageLink", "A page at Microsoft.") {
    Required("page", \.page, .line(1...64), "Which page it is.")
    Required("title", \.title, .line(1...256), "Its title.")
    Required("url", \.url, .line(1...4096, format: .url), "Its URL.")
  }
}

extension Operations {
  package static let appRegistration = Operation<AppID, Nothing, Nothing, RegistrationReply>(
    .get, "/v1/oauth2/{app}/registration", id: "getOAuth2AppRegistration", .apps, .workspace,
    "Show what to enter at Microsoft for an app.", problems: [.appNotFound])

  package static let planRegistration = Operation<Nothing, Nothing, RegistrationRequest, RegistrationReply>(
    .post, "/v1/oauth2/registration", id: "planOAuth2AppRegistration", .apps, .workspace,
    "Show what to enter at Microsoft for an app that is still to be registered.",
    grant: OperationGrant(.read, nil), problems: [.appInvalid])
}
