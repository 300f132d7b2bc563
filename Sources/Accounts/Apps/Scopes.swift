package import Core
package import Microsoft
package import Store

/// What a person is asked to grant. Entra spells a resource's scopes short or full, in any case.
package struct Scopes: Sendable {
  package let base: BaseScopes
  package let resource: String
  /// What an app that acts for itself requests: everything that an administrator has granted it.
  package let appOnly: String

  package init(cloud: Cloud, base: BaseScopes) {
    self.base = base
    resource = base == .api ? cloud.graphResource : cloud.outlookResource
    appOnly = base == .api ? cloud.graphDefaultScope : cloud.outlookDefaultScope
  }

  /// Its name in the portal.
  package var resourceName: String { base == .api ? "Microsoft Graph" : "Office 365 Exchange Online" }
  package var example: String { base == .api ? "Mail.Send" : "SMTP.Send" }

  /// Without User.Read only the id_token says whose mailbox it is; without Mail.ReadWrite a message is sent
  /// without a draft.
  package static func delegated(_ base: BaseScopes, sendOnly: Bool) -> [String] {
    switch (base, sendOnly) {
    case (.api, false): ["Mail.ReadWrite", "Mail.Send", "User.Read"]
    case (.api, true): ["Mail.Send"]
    case (.imap, false): ["IMAP.AccessAsUser.All", "SMTP.Send"]
    case (.imap, true): ["SMTP.Send"]
    }
  }

  /// What another mailbox needs in addition (Microsoft Learn, "Microsoft Graph permissions reference").
  package static func shared(sendOnly: Bool) -> [String] {
    sendOnly ? ["Mail.Send.Shared"] : ["Mail.ReadWrite.Shared", "Mail.Send.Shared"]
  }

  /// What a grant lacks for a mailbox that is not its owner's, sending first; `nil` where it reaches.
  package static func missing(in granted: [String], for app: OAuth2AppRecord) -> String? {
    guard app.baseScopes == .api else { return nil }
    let skipped = Set(app.skipScopes.map(key))
    return shared(sendOnly: app.sendOnly).reversed().first {
      !grant(granted, includes: $0) && !skipped.contains(key($0))
    }
  }

  /// `offline_access` provides the refresh token, the others the identity.
  package static let openID = ["offline_access", "openid", "profile"]

  /// What the sign-in page requests, and each refresh again.
  package func requested(sendOnly: Bool, extra: [String], skip: [String]) -> [String] {
    let skipped = Set(skip.map(Self.key))
    var seen: Set<String> = []
    let permissions = (Self.delegated(base, sendOnly: sendOnly) + extra)
      .filter { !skipped.contains(Self.key($0)) && !isOpenID($0) }
      .filter { seen.insert(Self.key($0)).inserted }
    let identity = Self.openID.filter { !skipped.contains($0) } + extra.filter { Self.key($0) == "email" }
    return permissions.map { resource + "/" + Self.short($0) } + identity
  }

  package static func grant(_ granted: [String], includes permission: String) -> Bool {
    granted.contains { key($0) == key(permission) }
  }

  /// Whether a token for the resource can carry it.
  package func belongsHere(_ scope: String) -> Bool {
    let prefix = resource.lowercased() + "/"
    let name = scope.lowercased().hasPrefix(prefix) ? String(scope.dropFirst(prefix.count)) : scope
    guard !name.contains("://"), !name.isEmpty, name != ".default" else { return false }
    // By its short name a permission of the other resource would pass for one of this.
    let others = base == .api ? ["imap.", "pop.", "smtp."] : ["mail.", "user."]
    return !others.contains { name.lowercased().hasPrefix($0) }
  }

  package func isOpenID(_ scope: String) -> Bool {
    (Self.openID + ["email"]).contains(Self.key(scope))
  }

  package func isOfflineAccess(_ scope: String) -> Bool { Self.key(scope) == "offline_access" }

  private static func key(_ scope: String) -> String { short(scope).lowercased() }

  package static func shortNames(_ scopes: [String]) -> [String] { scopes.map(short) }

  /// Without the resource, whichever it is.
  private static func short(_ scope: String) -> String {
    guard scope.contains("://"), let slash = scope.lastIndex(of: "/") else { return scope }
    return String(scope[scope.index(after: slash)...])
  }
}
