package import Core
package import Store

/// A request for an API token.
package struct NewToken: Sendable {
  /// What it is for, in the words of its creator.
  package var description: String
  /// `api`, `smtp`, or `*` for everything.
  package var scopes: [String]
  /// The only account it is for; `nil` for all of the workspace.
  package var account: AccountID?
  /// `nil`: it does not expire.
  package var expires: Instant?
  package var restrictions: TokenRestrictions?
  package var permissions: TokenPermissions?

  package init(
    description: String, scopes: [String] = ["api"], account: AccountID? = nil, expires: Instant? = nil,
    restrictions: TokenRestrictions? = nil, permissions: TokenPermissions? = nil
  ) {
    self.description = description
    self.scopes = scopes
    self.account = account
    self.expires = expires
    self.restrictions = restrictions
    self.permissions = permissions
  }

  func validate(at now: Instant) throws(Problem) {
    guard !scopes.isEmpty else {
      throw .invalidField("scopes", "is empty", remedy: "Leave it out for “api”, or name at least one scope.")
    }
    if let expires, expires <= now {
      throw .invalidField("expires", "has already passed", remedy: "Give a date in the future.")
    }
  }
}

/// What its creator gets, once.
package struct IssuedToken: Sendable {
  package let id: TokenID
  package let token: Secret
}
