package import Core
import Foundation

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

extension Row {
  /// - Throws: `store.failed` for what cannot be read, so that it does not pass for no limit.
  func limits<Limits: Decodable>(_ name: String) throws -> Limits? {
    guard let text = try optionalText(name) else { return nil }
    guard let limits = try? JSONDecoder().decode(Limits.self, from: Data(text.utf8)) else {
      throw Problem.malformedRow(column: name)
    }
    return limits
  }
}

extension Encodable {
  /// As `Row.limits` reads it. Texts and integers always encode.
  fileprivate var limitsText: String? {
    (try? JSONEncoder().encode(self)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension APITokenRecord {
  var restrictionsText: String? { restrictions?.limitsText }
  var permissionsText: String? { permissions?.limitsText }
}
