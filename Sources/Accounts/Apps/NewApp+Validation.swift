import Access
package import Core
import Microsoft
import Store

/// The values of an app once they are checked.
struct ValidatedApp: Sendable {
  let cloud: Cloud
  let authority: Authority
  let credential: AppCredential
}

/// How an app authenticates.
enum AppCredential: Sendable {
  /// A native client does not.
  case none
  /// `expires` is what Microsoft's page shows, if it was entered.
  case secret(Secret, expires: Instant?)
  case certificate(ClientCertificate, pem: Secret)
}

extension NewApp {
  /// Longer than any value that Microsoft issues, short enough for a URL.
  static let longest = 256

  /// Throws unless Entra accepts every value in the place where it will be used.
  func validated(_ clouds: Clouds) throws(Problem) -> ValidatedApp {
    let cloudName = cloud ?? clouds.global.name
    guard let cloud = clouds.cloud(named: cloudName) else {
      throw .cloudUnknown(cloudName, known: clouds.names)
    }
    try requireText("name", name)
    try validateClientID()
    guard !shared || provider == .outlook else {
      throw .appInvalid(
        "Only an app that people sign in to can be shared.", remedy: "Leave out “shared”.")
    }
    try validateRedirectURL()
    try validateScopes(Scopes(cloud: cloud, base: baseScopes))
    let credential = try validatedCredential()
    return ValidatedApp(cloud: cloud, authority: try validatedAuthority(credential), credential: credential)
  }

  private func validatedCredential() throws(Problem) -> AppCredential {
    switch (clientSecret, clientCertificate) {
    case (nil, nil): return .none
    case (.some, .some):
      throw .appInvalid(
        "An app authenticates with either a client secret or a certificate, but this one has both.",
        remedy: "Leave out “clientSecret” or “clientCertificate”.")
    case (let secret?, nil):
      let text = secret.reveal()
      guard (1...Self.longest).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
      else {
        throw .appInvalid(
          "The client secret is empty, or does not look like one of Microsoft's.", remedy: Self.secretRemedy)
      }
      return .secret(secret, expires: secretExpires)
    case (nil, let pem?):
      do throws(Problem) {
        return .certificate(try ClientCertificate(pem: pem), pem: pem)
      } catch {
        throw Problem(error.code, error.summary, remedy: error.remedy)
      }
    }
  }

  private func validatedAuthority(_ credential: AppCredential) throws(Problem) -> Authority {
    switch provider {
    case .outlook: return try Authority(authority ?? "common")
    case .outlookService:
      if case .none = credential {
        throw .appInvalid(
          "An app that acts for itself needs a client secret or a certificate.", remedy: Self.secretRemedy)
      }
      let tenant = try authority.map { text throws(Problem) in try Authority(text) }
      guard let tenant, tenant.isConcrete else {
        throw .tenantNeeded
      }
      return tenant
    }
  }

  /// An Application (client) ID, and not the placeholder of zeros.
  package func validateClientID() throws(Problem) {
    guard isGUID(clientID), clientID.contains(where: { $0 != "0" && $0 != "-" }) else {
      throw .appInvalid(
        "“\(oneLine(clientID, limit: 80))” is not an Application (client) ID.", remedy: Self.clientIDRemedy)
    }
  }

  /// Entra's own rules (Microsoft Learn, "Redirect URI (reply URL) restrictions and limitations").
  package func validateRedirectURL() throws(Problem) {
    guard let redirectURL else { return }
    guard let url = WebURL(redirectURL), !url.hasFragment, redirectURL.utf8.count <= Self.longest,
      url.isSecure || url.isThisMachine, !redirectURL.contains(where: { "!$'(),;*".contains($0) })
    else {
      throw .appInvalid(
        "Entra does not accept “\(String(redirectURL.prefix(80)))” as a redirect URI.",
        remedy: "Use an https address, or http with localhost, of at most 256 characters.")
    }
    guard SignIn.callbackPaths.contains(where: { url.path.hasSuffix($0) }) else {
      throw .appInvalid(
        "Heliograph does not answer at “\(oneLine(redirectURL, limit: 80))”, so nobody could come back from Microsoft.",
        remedy: "Leave out “redirectUrl”, or use the gateway's URL followed by "
          + SignIn.callbackPaths.joined(separator: " or ") + "; register exactly that at Microsoft.")
    }
  }

  package func validateScopes(_ scopes: Scopes) throws(Problem) {
    for scope in extraScopes + skipScopes {
      // RFC 6749 section 3.3.
      guard (1...255).contains(scope.utf8.count),
        scope.utf8.allSatisfy({ $0 == 0x21 || (0x23...0x5B).contains($0) || (0x5D...0x7E).contains($0) })
      else {
        throw .appInvalid(
          "“\(String(scope.prefix(80)))” is not a scope.", remedy: "Give each scope separately.")
      }
      guard scopes.belongsHere(scope) else {
        throw .appInvalid(
          "The scope “\(scope)” is not one of \(scopes.resourceName), and a token is for one resource only.",
          remedy: "Use permissions of \(scopes.resourceName), such as \(scopes.example).")
      }
    }
    if let needed = skipScopes.first(where: { scopes.isOpenID($0) && !scopes.isOfflineAccess($0) }) {
      throw .appInvalid(
        "“\(needed)” cannot be skipped: without it Heliograph cannot tell who has signed in.",
        remedy: "Leave it out of “skipScopes”.")
    }
  }

  private func requireText(_ field: String, _ text: String) throws(Problem) {
    guard isPlainText(text, longest: Self.longest) else {
      throw .invalidField(
        field, "is empty, too long or contains control characters",
        remedy: "Use a text of at most \(Self.longest) bytes.")
    }
  }

  private static let clientIDRemedy =
    "Paste the Application (client) ID from the app's Overview: 36 characters, such as "
    + "00001111-aaaa-2222-bbbb-3333cccc4444."
  private static let secretRemedy = "Paste the Value of a secret from Certificates & secrets."
}

extension Problem {
  package static let tenantNeeded = Problem.appInvalid(
    "An app that acts for itself needs a specific tenant.",
    remedy: "Set “authority” to the Directory (tenant) ID.")
}
