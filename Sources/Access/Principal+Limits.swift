package import Core
import Store

extension Principal {
  /// Whether the token may be used from there.
  ///
  /// - Parameters:
  ///   - address: Of the client; `nil` where it is not known.
  ///   - referrer: The page that sends the request (RFC 9110 section 10.1.3).
  /// - Throws: `token.restricted`.
  package func check(address: IPAddress?, referrer: String? = nil) throws(Problem) {
    if let addresses = restrictions?.addresses {
      guard let address, addresses.contains(where: { CIDR($0)?.contains(address) == true }) else {
        throw .tokenAddress(address)
      }
    }
    if let referrers = restrictions?.referrers {
      guard let referrer, referrers.contains(where: { Self.matches(referrer, $0) }) else {
        throw .tokenReferrer(referrer)
      }
    }
  }

  /// Whether the token may be used for that.
  ///
  /// - Parameter group: `nil` for administration, which no list of groups includes.
  /// - Throws: `token.permission`.
  package func check(_ action: TokenAction, in group: TokenGroup?) throws(Problem) {
    guard let permissions else { return }
    guard permissions.actions?.contains(action) ?? true,
      permissions.groups.map({ groups in group.map(groups.contains) ?? false }) ?? true
    else { throw .tokenPermission(action, group) }
  }

  /// `*` in the pattern is any text; upper and lower case are the same.
  private static func matches(_ text: String, _ pattern: String) -> Bool {
    let pieces = pattern.lowercased().split(separator: "*", omittingEmptySubsequences: false)
    var rest = Substring(text.lowercased())
    guard pieces.count > 1 else { return rest == pieces[0] }
    guard rest.hasPrefix(pieces[0]) else { return false }
    rest = rest.dropFirst(pieces[0].count)
    for piece in pieces[1..<(pieces.count - 1)] where !piece.isEmpty {
      guard let range = rest.firstRange(of: piece) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(pieces[pieces.count - 1])
  }
}

extension Problem {
  fileprivate static func tokenAddress(_ address: IPAddress?) -> Problem {
    Problem(
      .tokenRestricted,
      "The API token may not be used from \(address.map(\.description) ?? "an address that is not known").",
      remedy: "Use it from one of its restrictions.addresses, or a token without them.")
  }

  fileprivate static func tokenReferrer(_ referrer: String?) -> Problem {
    Problem(
      .tokenRestricted,
      referrer.map { "The API token may not be used by the page “\(oneLine($0, limit: 200))”." }
        ?? "The API token may be used by certain pages only, and the request has no Referer.",
      remedy: "Use it from one of its restrictions.referrers, or a token without them.")
  }

  fileprivate static func tokenPermission(_ action: TokenAction, _ group: TokenGroup?) -> Problem {
    Problem(
      .tokenPermission,
      "The permissions of the API token do not allow \(action.rawValue) in "
        + (group.map { "the group \($0.rawValue)." } ?? "administration."),
      remedy: "Use a token that allows it.")
  }

  static func tokenRate(_ limit: TokenRestrictions.RateLimit, rest: Duration) -> Problem {
    Problem(
      .tokenRateLimited,
      "The API token has been used \(limit.maxRequests) times in \(limit.timeWindow) seconds, as often as it may.",
      remedy: "Try again later, or use a token with a higher limit.", retry: .safe(after: rest))
  }

  /// A caller cannot grant more than it has, and a limited one could by making many.
  static let tokenLimited = Problem(
    .tokenPermission, "The API token has restrictions or permissions, and such a token makes no others.",
    remedy: "Use a token without them, or `heliograph token` on the gateway's machine.")
}
