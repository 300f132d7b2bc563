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
  package var customHeaders: [CustomHeader] = []

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
  package var customHeaders: [CustomHeader]?
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
  /// Until when an older key signs too.
  package var rotatingUntil: Instant?
  package var tasks: WebhookTaskCounts
}
