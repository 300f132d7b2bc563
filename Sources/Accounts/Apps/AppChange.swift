package import Core
import Store

/// What is to be different about an app; `nil` leaves a value as it is.
package struct AppChange: Sendable {
  package var name: String?
  package var title: String?
  package var description: String?
  package var enabled: Bool?
  package var clientID: String?
  package var clientSecret: Secret?
  package var authority: String?
  package var redirectURL: String?
  package var extraScopes: [String]?
  package var skipScopes: [String]?

  package init() {}

  /// The app as it will be; without a new secret the old one, which only the vault knows, stays.
  func applied(to app: OAuth2AppRecord, secret: Secret?) -> NewApp {
    NewApp(
      name: name ?? app.name, title: title ?? app.title, description: description ?? app.description,
      provider: app.provider, enabled: enabled ?? app.enabled, cloud: app.cloud,
      baseScopes: app.baseScopes, sendOnly: app.sendOnly, shared: app.shared,
      clientID: clientID ?? app.clientID,
      clientSecret: clientSecret ?? secret, authority: authority ?? app.authority,
      redirectURL: redirectURL ?? app.redirectURL, extraScopes: extraScopes ?? app.extraScopes,
      skipScopes: skipScopes ?? app.skipScopes)
  }
}
