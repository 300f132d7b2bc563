import Microsoft

/// What a person is asked for, and what was granted. Entra spells Graph's scopes short or full, in any case.
struct Scopes: Sendable {
  let resource: String

  init(cloud: Cloud) {
    resource = cloud.graphResource
  }

  /// Without User.Read nobody can say whose mailbox it is; without Mail.ReadWrite a letter goes without a draft.
  static let delegated = ["Mail.ReadWrite", "Mail.Send", "User.Read"]
  /// `offline_access` gives the refresh token, the others the identity.
  static let openID = ["offline_access", "openid", "profile"]

  /// What the sign-in page asks for, and each refresh again.
  func requested(extra: [String], skip: [String]) -> [String] {
    let skipped = Set(skip.map(key))
    var seen: Set<String> = []
    let graph = (Self.delegated + extra).filter { !skipped.contains(key($0)) && !isOpenID($0) }
      .filter { seen.insert(key($0)).inserted }
    let identity = Self.openID + extra.filter { key($0) == "email" }
    return graph.map { resource + "/" + short($0) } + identity
  }

  func grant(_ granted: [String], includes permission: String) -> Bool {
    granted.contains { key($0) == key(permission) }
  }

  /// Whether a token for Graph can carry it.
  func belongsHere(_ scope: String) -> Bool {
    !short(scope).contains("://") && !short(scope).isEmpty && short(scope) != ".default"
  }

  func isOpenID(_ scope: String) -> Bool {
    (Self.openID + ["email"]).contains(key(scope))
  }

  private func key(_ scope: String) -> String { short(scope).lowercased() }

  private func short(_ scope: String) -> String {
    let prefix = resource + "/"
    guard scope.lowercased().hasPrefix(prefix.lowercased()) else { return scope }
    return String(scope.dropFirst(prefix.count))
  }
}
