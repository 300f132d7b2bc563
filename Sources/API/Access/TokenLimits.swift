package import Core

extension TokenAction: WireWord {}
extension TokenGroup: WireWord {}

/// From where and how often a token may be used.
package struct TokenRestrictionsForm: Contract {
  package var addresses: [String]?
  package var referrers: [String]?
  package var rateLimit: TokenRateForm?

  package init() {}

  package static let fields = Fields<Self>(
    "TokenRestrictions", "From where and how often an API token may be used."
  ) {
    Field(
      "addresses", \.addresses, .list(.line(1...64, format: .network), count: 1...100),
      "The addresses and networks from which it may be used, such as 192.0.2.0/24.")
    Field(
      "referrers", \.referrers, .list(.line(1...1024), count: 1...100),
      "The web pages that may use it: patterns for the header `Referer`, in which `*` matches any text. A "
        + "request without the header is refused.")
    Field(
      "rateLimit", \.rateLimit, .object,
      "How often it may be used. Each node of the gateway counts separately."
    )
  }
}

package struct TokenRateForm: Contract {
  package var maxRequests = 1
  package var timeWindow = 1

  package init() {}

  package static let fields = Fields<Self>("TokenRate", "How often an API token may be used.") {
    Required(
      "maxRequests", \.maxRequests, .integer(1...1_000_000_000),
      "API requests, or messages by SMTP, that are allowed in `timeWindow`.")
    Required(
      "timeWindow", \.timeWindow, .integer(1...86_400), "The length of the window in seconds, a day at most.")
  }
}

/// For what a token may be used.
package struct TokenPermissionsForm: Contract {
  package var actions: [TokenAction]?
  package var groups: [TokenGroup]?

  package init() {}

  package static let fields = Fields<Self>("TokenPermissions", "What an API token may be used for.") {
    Field(
      "actions", \.actions, .list(.word(), count: 1...4),
      "What it may do; default: anything. Sending by SMTP is `send` in the group `submit`.")
    Field(
      "groups", \.groups, .list(.word(), count: 1...13),
      "The groups of operations it may use; default: all operations. A token with groups cannot use "
        + "administrative operations, which belong to no group."
    )
  }
}

/// When and from where a token was last used.
package struct TokenAccessReply: Contract {
  package var time: Instant?
  package var ip: String?

  package init() {}

  package static let fields = Fields<Self>("TokenAccess", "The last use of an API token.") {
    Field("time", \.time, .moment, "When, to the minute.")
    Field("ip", \.ip, .line(1...64), "From which address.")
  }
}

extension TextFormat {
  static let network = TextFormat("cidr") { text in
    CIDR(text) == nil
      ? "must be an address or a network such as 192.0.2.0/24 or 2001:db8::/32, not \(Quoted.text(text))"
      : nil
  }
}
