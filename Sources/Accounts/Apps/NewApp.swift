package import Core
import Microsoft
package import Store

/// What somebody who registers an app says about it; nothing is checked yet.
package struct NewApp: Sendable {
  package var name: String
  /// The text of its button on the hosted page.
  package var title: String?
  package var description: String?
  package var provider: OAuth2Provider
  package var enabled: Bool
  /// `nil` is the global one.
  package var cloud: String?
  package var baseScopes: BaseScopes
  /// Asks people for no more than sending.
  package var sendOnly: Bool
  package var shared: Bool
  package var clientID: String
  /// `nil` for a native client.
  package var clientSecret: Secret?
  /// A certificate and its private key as PEM, in the place of a secret.
  package var clientCertificate: Secret?
  /// When the secret ends, as Microsoft's page shows it; of a certificate we know it.
  package var secretExpires: Instant?
  /// `nil` is `common`, where the provider allows that.
  package var authority: String?
  /// `nil` is `{public URL}/oauth`.
  package var redirectURL: String?
  package var extraScopes: [String]
  package var skipScopes: [String]

  package init(
    name: String, title: String? = nil, description: String? = nil, provider: OAuth2Provider, enabled: Bool,
    cloud: String? = nil, baseScopes: BaseScopes = .api, sendOnly: Bool = false, shared: Bool = false,
    clientID: String, clientSecret: Secret? = nil, clientCertificate: Secret? = nil,
    secretExpires: Instant? = nil, authority: String? = nil, redirectURL: String? = nil,
    extraScopes: [String] = [], skipScopes: [String] = []
  ) {
    self.name = name
    self.title = title
    self.description = description
    self.provider = provider
    self.enabled = enabled
    self.cloud = cloud
    self.baseScopes = baseScopes
    self.sendOnly = sendOnly
    self.shared = shared
    self.clientID = clientID
    self.clientSecret = clientSecret
    self.clientCertificate = clientCertificate
    self.secretExpires = secretExpires
    self.authority = authority
    self.redirectURL = redirectURL
    self.extraScopes = extraScopes
    self.skipScopes = skipScopes
  }
}

extension NewApp {
  /// Longer than any value Microsoft hands out, short enough for a URL.
  static let longest = 256

  /// Throws unless Entra can take every value where it will stand. Returns the tenant.
  func validated(_ clouds: Clouds) throws(AccountProblem) -> Authority {
    let cloudName = cloud ?? clouds.global.name
    guard let cloud = clouds.cloud(named: cloudName) else {
      throw .cloudUnknown(cloudName, known: clouds.names)
    }
    try requireText("name", name)
    try requireText("clientId", clientID)
    guard clientID.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
      throw .appInvalid(
        "The client id holds a space or a character outside ASCII.", remedy: Self.clientIDRemedy)
    }
    if let clientSecret {
      let text = clientSecret.reveal()
      guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
      else {
        throw .appInvalid(
          "The client secret is empty or is none that Microsoft makes.", remedy: Self.secretRemedy)
      }
    }
    try validateRedirectURL()
    try validateScopes(Scopes(cloud: cloud, base: baseScopes))
    return try validatedAuthority()
  }

  private func validatedAuthority() throws(AccountProblem) -> Authority {
    switch provider {
    case .outlook: return try Authority(authority ?? "common")
    case .outlookService:
      guard clientSecret != nil else {
        throw .appInvalid("An app that acts for itself needs a client secret.", remedy: Self.secretRemedy)
      }
      let tenant = try authority.map { text throws(AccountProblem) in try Authority(text) }
      guard let tenant, tenant.isConcrete else {
        throw .appInvalid(
          "An app that acts for itself needs one certain tenant.",
          remedy: "Set “authority” to the Directory (tenant) ID.")
      }
      return tenant
    }
  }

  /// Entra's own rules (Microsoft Learn, "Redirect URI (reply URL) restrictions and limitations").
  private func validateRedirectURL() throws(AccountProblem) {
    guard let redirectURL else { return }
    guard let url = WebURL(redirectURL), !url.hasFragment, redirectURL.utf8.count <= Self.longest,
      url.isSecure || url.isThisMachine, !redirectURL.contains(where: { "!$'(),;*".contains($0) })
    else {
      throw .appInvalid(
        "Entra does not take “\(String(redirectURL.prefix(80)))” as a redirect URI.",
        remedy: "Use an https address, or http with localhost, of at most 256 characters.")
    }
  }

  private func validateScopes(_ scopes: Scopes) throws(AccountProblem) {
    for scope in extraScopes + skipScopes {
      // RFC 6749 section 3.3.
      guard (1...255).contains(scope.utf8.count),
        scope.utf8.allSatisfy({ $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0) })
      else {
        throw .appInvalid(
          "“\(String(scope.prefix(80)))” is not a scope.", remedy: "Give each scope by itself.")
      }
      guard scopes.belongsHere(scope) else {
        throw .appInvalid(
          "The scope “\(scope)” is not one of Microsoft Graph, and a token is for one resource only.",
          remedy: "Use Graph's permissions, such as Mail.Send.")
      }
    }
    if let needed = skipScopes.first(where: scopes.isOpenID) {
      throw .appInvalid(
        "“\(needed)” cannot be skipped: without it nobody stays signed in.",
        remedy: "Leave it out of “skipScopes”.")
    }
  }

  private func requireText(_ field: String, _ text: String) throws(AccountProblem) {
    guard isPlainText(text, longest: Self.longest) else {
      throw .invalidField(
        field, "is empty, too long or holds control characters",
        remedy: "Give it a text of at most \(Self.longest) bytes.")
    }
  }

  private static let clientIDRemedy = "Paste the Application (client) ID."
  private static let secretRemedy = "Paste the Value of a secret from Certificates & secrets."
}

/// One line that a person can read.
func isPlainText(_ text: String, longest: Int) -> Bool {
  (1...longest).contains(text.utf8.count) && text.contains { !$0.isWhitespace }
    && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
}
