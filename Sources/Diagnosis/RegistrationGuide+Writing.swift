import Accounts
import Core
import Microsoft
import Store

extension RegistrationGuide {
  init(_ request: RegistrationRequest, _ entra: Entra, _ authority: Authority?, redirectURI: String) {
    let cloud = entra.cloud
    let isService = request.provider == .outlookService
    let entries = isService ? Self.roles(request) : Self.scopes(request, cloud)
    displayName = request.name
    accountTypes = AccountTypes(authority?.segment ?? (isService ? "" : "common"))
    platform =
      isService ? nil : request.isNative ? "Mobile and desktop applications" : "Web"
    redirectURIs = isService ? [] : [redirectURI]
    allowsPublicClientFlows = request.isNative && !isService
    permissions = entries
    credential = Credential(request)
    consent = Consent(
      Self.need(entries, authority), isService: isService,
      link: request.clientID.map {
        entra.adminConsentURL(
          tenant: authority?.segment ?? "organizations", clientID: $0, scopes: Self.asked(request, cloud),
          redirectURI: redirectURI, state: "adminConsent")
      })
    links = [PortalPage.overview, .authentication, .credentials, .permissions, .enterpriseApps].map {
      Link(page: "\($0)", title: $0.title, url: cloud.portalLink($0, clientID: request.clientID))
    }
    commands =
      isService
      ? AppWarning.narrowing(request.baseScopes, request.clientID, request.name, cloud: cloud.name) : []
    notes = Self.notes(request, authority, redirectURI)
  }

  private static func asked(_ request: RegistrationRequest, _ cloud: Cloud) -> [String] {
    let scopes = Scopes(cloud: cloud, base: request.baseScopes)
    return request.provider == .outlookService
      ? [scopes.appOnly]
      : scopes.requested(sendOnly: request.sendOnly, extra: request.extraScopes, skip: request.skipScopes)
  }

  private static func scopes(_ request: RegistrationRequest, _ cloud: Cloud) -> [Entry] {
    Scopes.shortNames(asked(request, cloud)).map { name in
      let known = Permission(scope: name)
      let resource = known?.resource ?? (request.baseScopes == .api ? .graph : .exchange)
      let need: Consent.Need =
        switch known?.consent {
        case .user: .no
        case .administrator: .yes
        case .policy, nil: .policy
        }
      return Entry(
        name: known?.name ?? name, isDelegated: true, id: known?.delegatedID, resource: resource.title,
        resourceID: resource.rawValue, why: reason(name), consent: need)
    }
  }

  private static func roles(_ request: RegistrationRequest) -> [Entry] {
    let names: [String] =
      switch (request.baseScopes, request.sendOnly) {
      case (.api, false): ["Mail.Send", "Mail.ReadWrite"]
      case (.api, true): ["Mail.Send"]
      case (.imap, false): ["SMTP.SendAsApp", "IMAP.AccessAsApp"]
      case (.imap, true): ["SMTP.SendAsApp"]
      }
    return names.compactMap { Permission(scope: $0) }.map { known in
      Entry(
        name: known.name, isDelegated: false, id: known.applicationID, resource: known.resource.title,
        resourceID: known.resource.rawValue, why: reason(known.name), consent: .yes)
    }
  }

  private static func reason(_ permission: String) -> String {
    reasons[permission.lowercased()] ?? "You asked for it."
  }

  private static let reasons = [
    "mail.send": "Sends messages.",
    "mail.readwrite":
      "Keeps a message as a draft first, so that it can be looked up when a reply is lost.",
    "mail.send.shared": "Sends from mailboxes that others share.",
    "mail.readwrite.shared": "Keeps drafts in mailboxes that others share.",
    "user.read": "Shows whose mailbox it is.",
    "openid": "Shows who has signed in.",
    "profile": "Shows their name and address.",
    "email": "Shows their address.",
    "offline_access": "Keeps the permission; without it sending stops after an hour.",
    "smtp.send": "Sends over SMTP.",
    "imap.accessasuser.all": "Reads over IMAP.",
    "smtp.sendasapp": "Sends over SMTP.",
    "imap.accessasapp": "Reads over IMAP.",
  ]

  private static func need(_ entries: [Entry], _ authority: Authority?) -> Consent.Need {
    if entries.contains(where: { $0.consent == .yes }) { return .yes }
    let isPersonal = authority?.segment == "consumers"
    return !isPersonal && entries.contains { $0.consent == .policy } ? .policy : .no
  }

  private static func notes(
    _ request: RegistrationRequest, _ authority: Authority?, _ redirectURI: String
  ) -> [String] {
    var notes: [String] = []
    if request.provider == .outlook {
      if let url = WebURL(redirectURI), !url.isSecure {
        notes.append(
          url.isThisMachine
            ? "Entra ignores the port of localhost: one redirect URI serves all ports."
            : "Entra accepts no plain http to another machine: serve Heliograph under https and set --url, or "
              + "connect accounts by device code.")
      }
      notes.append("Scheme, host, path, case and a trailing slash of the redirect URI all count.")
    } else {
      notes.append(
        "The admin-consent link comes back to \(redirectURI), which must then be registered under Web; the button "
          + "“Grant admin consent” under API permissions needs no redirect URI.")
    }
    if request.skipScopes.contains(where: { $0.lowercased() == "offline_access" }) {
      notes.append("Without offline_access sending stops after an hour.")
    }
    return notes
  }
}

extension RegistrationGuide.AccountTypes {
  /// - Parameter authority: anything but the three well-known words is one tenant.
  fileprivate init(_ authority: String) {
    switch authority {
    case "common":
      choice = "Any Entra ID tenant + personal Microsoft accounts"
      formerly =
        "Accounts in any organizational directory (Any Microsoft Entra ID tenant - Multitenant) and personal "
        + "Microsoft accounts (e.g. Skype, Xbox)"
      audience = "AzureADandPersonalMicrosoftAccount"
    case "organizations":
      choice = "Multiple Entra ID tenants"
      formerly = "Accounts in any organizational directory (Any Microsoft Entra ID tenant - Multitenant)"
      audience = "AzureADMultipleOrgs"
    case "consumers":
      choice = "Personal accounts only"
      formerly = "Personal Microsoft accounts only"
      audience = "PersonalMicrosoftAccount"
    default:
      choice = "Single tenant only"
      formerly = "Accounts in this organizational directory only (Single tenant)"
      audience = "AzureADMyOrg"
    }
  }
}

extension RegistrationGuide.Credential {
  fileprivate init(_ request: RegistrationRequest) {
    if request.isNative, request.provider == .outlook {
      kind = .none
      instructions = "Create no secret: a native client must not send one."
      copy = nil
    } else if request.usesCertificate {
      kind = .certificate
      instructions =
        "Under Certificates & secrets, Certificates, press “Upload certificate” and choose the certificate without "
        + "its key."
      copy = nil
    } else {
      kind = .secret
      instructions =
        "Under Certificates & secrets, Client secrets, press “New client secret”. It is shown only once and lasts 24 "
        + "months at most; note when it expires."
      copy = "Value (not Secret ID)"
    }
  }
}

extension RegistrationGuide.Consent {
  fileprivate init(_ need: Need, isService: Bool, link: String?) {
    self.need = need
    switch need {
    case .no:
      why = "People accept for themselves when they sign in, unless their tenant forbids that altogether."
      self.link = nil
    case .policy:
      why =
        "Tenants with Microsoft's own consent policy, which new ones have, let only an administrator allow an app to "
        + "read mail; elsewhere people accept for themselves. An app that only sends needs no administrator."
      self.link = link
    case .yes:
      why =
        isService
        ? "Application permissions always need an administrator: “Grant admin consent” under API permissions."
        : "A permission among these always needs an administrator."
      self.link = link
    }
  }
}
