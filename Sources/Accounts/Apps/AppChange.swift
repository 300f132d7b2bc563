package import Core
import Store

/// What is to be different about an app; `nil` leaves a value as it is.
package struct AppChange: Sendable {
  package var name: String?
  package var title: String?
  package var description: String?
  package var enabled: Bool?
  package var cloud: String?
  package var baseScopes: BaseScopes?
  package var sendOnly: Bool?
  package var shared: Bool?
  package var clientID: String?
  /// Takes the place of a certificate, too.
  package var clientSecret: Secret?
  /// Takes the place of a secret, too.
  package var clientCertificate: Secret?
  /// Makes it a native client.
  package var dropsCredential = false
  package var secretExpires: Instant?
  package var authority: String?
  package var redirectURL: String?
  package var extraScopes: [String]?
  package var skipScopes: [String]?

  package init() {}

  /// The app as it will be. `secret` and `certificate` are what it has now, which only the vault knows.
  func applied(to app: OAuth2AppRecord, secret: Secret?, certificate: Secret?) -> NewApp {
    let keeps = clientSecret == nil && clientCertificate == nil && !dropsCredential
    let newSecret = keeps ? secret : clientSecret
    let newCertificate = keeps ? certificate : clientCertificate
    let isRenewed = newSecret != secret || newCertificate != certificate
    return NewApp(
      name: name ?? app.name, title: title ?? app.title, description: description ?? app.description,
      provider: app.provider, enabled: enabled ?? app.enabled, cloud: cloud ?? app.cloud,
      baseScopes: baseScopes ?? app.baseScopes, sendOnly: sendOnly ?? app.sendOnly,
      shared: shared ?? app.shared, clientID: clientID ?? app.clientID,
      clientSecret: newSecret, clientCertificate: newCertificate,
      secretExpires: secretExpires ?? (isRenewed ? nil : app.secretExpires),
      authority: authority ?? app.authority, redirectURL: redirectURL ?? app.redirectURL,
      extraScopes: extraScopes ?? app.extraScopes, skipScopes: skipScopes ?? app.skipScopes)
  }
}
