package import Core
import Store

/// An app registration as entered; nothing is checked yet.
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
  /// Asks people only for the permission to send.
  package var sendOnly: Bool
  package var shared: Bool
  /// Whether a sign-in link that names no app offers it.
  package var listed: Bool
  package var clientID: String
  /// `nil` for a native client.
  package var clientSecret: Secret?
  /// A certificate and its private key as PEM, instead of a secret.
  package var clientCertificate: Secret?
  /// When the secret expires, as Microsoft's page shows it; for a certificate it is known.
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
    listed: Bool = true, clientID: String, clientSecret: Secret? = nil, clientCertificate: Secret? = nil,
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
    self.listed = listed
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
