import API
import Core
import Diagnosis

extension Diagnosis.RegistrationRequest {
  init(_ request: API.RegistrationRequest) {
    self.init()
    name = request.name ?? name
    provider = request.provider
    cloud = request.cloud
    baseScopes = request.baseScopes
    sendOnly = request.sendOnly
    clientID = request.clientID.flatMap { $0.isEmpty ? nil : $0 }
    isNative = request.isNative
    usesCertificate = request.clientCertificate != nil
    authority = request.authority
    redirectURL = request.redirectURL
    extraScopes = request.extraScopes
    skipScopes = request.skipScopes
  }
}

extension RegistrationReply {
  init(_ guide: RegistrationGuide) {
    self.init()
    displayName = guide.displayName
    accountTypes.choose = guide.accountTypes.choice
    accountTypes.formerly = guide.accountTypes.formerly
    accountTypes.signInAudience = guide.accountTypes.audience
    platform = guide.platform
    redirectURIs = guide.redirectURIs
    publicClientFlows = guide.allowsPublicClientFlows
    permissions = guide.permissions.map { PermissionReply($0) }
    adminConsent.needed = Word(ConsentReply.Need(guide.consent.need))
    adminConsent.why = guide.consent.why
    adminConsent.link = guide.consent.link
    credential.kind = Word(CredentialReply.Form(guide.credential.kind))
    credential.instructions = guide.credential.instructions
    credential.copy = guide.credential.copy
    links = guide.links.map { PageLinkReply(page: $0.page, title: $0.title, url: $0.url) }
    commands = guide.commands
    notes = guide.notes
  }
}

extension PermissionReply {
  fileprivate init(_ entry: RegistrationGuide.Entry) {
    self.init()
    name = entry.name
    kind = Word(entry.isDelegated ? .delegated : .application)
    resource = entry.resource
    resourceID = entry.resourceID
    id = entry.id
    why = entry.why
    adminConsent = Word(ConsentReply.Need(entry.consent))
  }
}

extension ConsentReply.Need {
  fileprivate init(_ need: RegistrationGuide.Consent.Need) {
    self =
      switch need {
      case .no: .no
      case .policy: .policy
      case .yes: .yes
      }
  }
}

extension CredentialReply.Form {
  fileprivate init(_ kind: RegistrationGuide.Credential.Kind) {
    self =
      switch kind {
      case .none: .none
      case .secret: .secret
      case .certificate: .certificate
      }
  }
}
