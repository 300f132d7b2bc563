package import Core
package import JSON
package import Store

/// A route as a person describes it.
package struct NewRoute: Sendable {
  package var name = ""
  package var description: String?
  package var enabled = true
  package var targetURL = ""
  package var events: [String] = ["*"]
  package var accounts: [AccountID] = []
  package var filter: JSONValue?
  package var payload: JSONValue?
  package var ordering = WebhookOrdering.account
  package var customHeaders: [(name: String, value: String)] = []

  package init() {}
}

/// Changes to a route; `nil` leaves a value as it is.
package struct RouteChange: Sendable {
  package var name: String?
  package var description: String?
  package var enabled: Bool?
  package var targetURL: String?
  package var events: [String]?
  package var accounts: [AccountID]?
  /// An empty object removes it.
  package var filter: JSONValue?
  /// An empty object removes it.
  package var payload: JSONValue?
  package var ordering: WebhookOrdering?
  package var customHeaders: [(name: String, value: String)]?
  /// Whether events that happened until now are passed over.
  package var skipsMissed = false

  package init() {}

  /// Whether it does nothing but switch the route on or off.
  var isSwitch: Bool {
    name == nil && description == nil && targetURL == nil && events == nil && accounts == nil && filter == nil
      && payload == nil && ordering == nil && customHeaders == nil
  }
}

/// A route as it is shown.
package struct ShownRoute: Sendable {
  package var record: WebhookRouteRecord
  /// Names only; what they hold may be secret.
  package var headerNames: [String]
  /// Whether the URL has a user.
  package var hasUser: Bool
  /// Until when an older key signs too.
  package var rotatingUntil: Instant?
  package var tasks: WebhookTaskCounts
}

/// Header fields that posts have anyway, that belong to one connection, or that would let a value pass for a signature.
enum ForbiddenHeader {
  private static let names: Set<String> = [
    "host", "content-length", "content-type", "transfer-encoding", "connection", "keep-alive", "upgrade",
    "te",
    "trailer", "proxy-connection", "expect", "user-agent",
  ]

  /// What is wrong with a name or its value; `nil` if both can be sent.
  static func fault(_ name: String, _ value: String) -> String? {
    let isToken = { (byte: UInt8) in
      (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
        || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
    guard !name.isEmpty, name.utf8.allSatisfy(isToken) else { return "is not the name of a header field" }
    let lower = name.lowercased()
    if names.contains(lower) || lower.hasPrefix("webhook-") || lower.hasPrefix("x-ee-wh-") {
      return "is a header field that Heliograph sets itself"
    }
    guard value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7f }) else {
      return "has a value with a control character"
    }
    return nil
  }
}
