package import Core

/// From where and how often a token may be used; what is `nil` is not restricted.
package struct TokenRestrictions: Sendable, Hashable, Codable {
  /// Networks and addresses, as they were given.
  package var addresses: [String]?
  /// Patterns of the pages that may use it, in which `*` is any text.
  package var referrers: [String]?
  package var rateLimit: RateLimit?

  package struct RateLimit: Sendable, Hashable, Codable {
    package var maxRequests: Int
    /// In seconds.
    package var timeWindow: Int

    package init(maxRequests: Int, timeWindow: Int) {
      self.maxRequests = maxRequests
      self.timeWindow = timeWindow
    }
  }

  package init() {}
}

/// For what a token may be used; a list that is `nil` allows all.
package struct TokenPermissions: Sendable, Hashable, Codable {
  package var actions: Set<TokenAction>?
  package var groups: Set<TokenGroup>?

  package init(actions: Set<TokenAction>? = nil, groups: Set<TokenGroup>? = nil) {
    self.actions = actions
    self.groups = groups
  }
}

extension APITokenRecord {
  var restrictionsText: String? { restrictions?.json }
  var permissionsText: String? { permissions?.json }
}
