package import Accounts
package import Core
import Microsoft
package import Store

/// What to enter in the Microsoft Entra admin center so that an app works here, in the words of its pages.
package struct RegistrationGuide: Sendable {
  package let displayName: String
  package let accountTypes: AccountTypes
  /// Under Authentication; `nil` for an app without sign-in.
  package let platform: String?
  package let redirectURIs: [String]
  /// "Allow public client flows" under Authentication.
  package let allowsPublicClientFlows: Bool
  package let permissions: [Entry]
  package let consent: Consent
  package let credential: Credential
  package let links: [Link]
  /// What an administrator types into Exchange Online PowerShell to narrow an app that acts for itself.
  package let commands: [String]
  package let notes: [String]

  /// "Supported account types".
  package struct AccountTypes: Sendable {
    package let choice: String
    /// What the page called it before 2026.
    package let formerly: String
    /// As the app's manifest says it.
    package let audience: String
  }

  package struct Entry: Sendable {
    package let name: String
    package let isDelegated: Bool
    /// `nil` when we do not know it.
    package let id: String?
    package let resource: String
    package let resourceID: String
    package let why: String
    package let consent: Consent.Need
  }

  package struct Consent: Sendable {
    package let need: Need
    package let why: String
    /// Ready for an administrator to click; `nil` before there is a client id.
    package let link: String?

    package enum Need: String, Sendable {
      case no
      /// In tenants with Microsoft's own consent policy, which new ones have.
      case policy
      case yes
    }
  }

  package struct Credential: Sendable {
    package let kind: Kind
    package let instructions: String
    /// Which field of the page to bring here.
    package let copy: String?

    package enum Kind: String, Sendable {
      case none, secret, certificate
    }
  }

  package struct Link: Sendable {
    package let page: String
    package let title: String
    package let url: String
  }
}

/// An app as far as its registration depends on it.
package struct RegistrationRequest: Sendable {
  package var name = "Heliograph"
  package var provider = OAuth2Provider.outlook
  package var cloud: String?
  package var baseScopes = BaseScopes.api
  package var sendOnly = false
  /// `nil` before it is registered.
  package var clientID: String?
  /// Without secret and certificate, as for device codes.
  package var isNative = false
  package var usesCertificate = false
  package var authority: String?
  package var redirectURL: String?
  package var extraScopes: [String] = []
  package var skipScopes: [String] = []

  package init() {}

  init(_ app: OAuth2AppRecord) {
    name = app.name
    provider = app.provider
    cloud = app.cloud
    baseScopes = app.baseScopes
    sendOnly = app.sendOnly
    clientID = app.clientID
    isNative = !app.isConfidential
    usesCertificate = app.clientCertificate != nil
    authority = app.authority
    redirectURL = app.redirectURL
    extraScopes = app.extraScopes
    skipScopes = app.skipScopes
  }

  var asApp: NewApp {
    NewApp(
      name: name, provider: provider, enabled: true, cloud: cloud, baseScopes: baseScopes, sendOnly: sendOnly,
      clientID: clientID ?? "", authority: authority, redirectURL: redirectURL, extraScopes: extraScopes,
      skipScopes: skipScopes)
  }
}

/// Writes registration guides.
package struct RegistrationDesk: Sendable {
  private let store: Store
  private let endpoints: Endpoints
  private let publicURL: String

  package init(store: Store, endpoints: Endpoints, publicURL: String) {
    self.store = store
    self.endpoints = endpoints
    self.publicURL = publicURL
  }

  package func guide(of id: AppID, in workspace: WorkspaceID) async throws -> RegistrationGuide {
    let app = try await store.read { (tx: borrowing Transaction) in try tx.app(id, in: workspace) }
    guard let app else { throw Problem.appNotFound(id) }
    return try guide(RegistrationRequest(app))
  }

  /// Throws `app.invalid` for a value that Entra would not take.
  package func guide(_ request: RegistrationRequest) throws -> RegistrationGuide {
    let cloudName = request.cloud ?? endpoints.clouds.global.name
    guard let cloud = endpoints.clouds.cloud(named: cloudName) else {
      throw Problem.cloudUnknown(cloudName, known: endpoints.clouds.names)
    }
    if request.clientID?.isEmpty == false { try request.asApp.validateClientID() }
    try request.asApp.validateRedirectURL()
    try request.asApp.validateScopes(Scopes(cloud: cloud, base: request.baseScopes))
    let authority = try request.authority.map { try Authority($0) }
    if request.provider == .outlookService, authority?.isConcrete == false {
      throw Problem.tenantNeeded
    }
    return RegistrationGuide(
      request, Entra(cloud: cloud, http: endpoints.http), authority,
      redirectURI: request.redirectURL ?? publicURL + "/oauth")
  }
}
