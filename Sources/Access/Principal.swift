package import Core
package import Store

/// Who calls, as their API token says, and in which workspace they act.
package struct Principal: Sendable, Hashable {
  /// The token's own, or the one that the operator has chosen for this call.
  package var workspace: WorkspaceID
  package let scopes: Set<String>
  /// The only account that may be used; `nil` for all of the workspace.
  package let account: AccountID?
  /// Until when the token works; `nil`: it does not expire.
  package let expires: Instant?
  /// `nil` for a token that is not in the database.
  package let token: TokenID?
  package let restrictions: TokenRestrictions?
  package let permissions: TokenPermissions?
  /// Whether it may see and change all workspaces.
  package let isOperator: Bool

  package init(
    workspace: WorkspaceID, scopes: Set<String>, account: AccountID? = nil, expires: Instant? = nil,
    token: TokenID? = nil, restrictions: TokenRestrictions? = nil, permissions: TokenPermissions? = nil
  ) {
    self.workspace = workspace
    self.scopes = scopes
    self.account = account
    self.expires = expires
    self.token = token
    self.restrictions = restrictions
    self.permissions = permissions
    isOperator = workspace == .default && scopes.contains(Self.everything) && account == nil
  }

  /// Where the token is; an operator's may act elsewhere.
  var home: WorkspaceID { isOperator ? .default : workspace }

  /// The scope that includes all others.
  package static let everything = "*"

  package func has(_ scope: String) -> Bool { scopes.contains(Self.everything) || scopes.contains(scope) }

  /// Whether it may make and revoke tokens of that scope. What `smtp` allows, `api` allows too.
  func mayGrant(_ scope: String) -> Bool { has(scope) || scope == "smtp" && has("api") }
}
