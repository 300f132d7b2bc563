package import Core
package import JSON

extension WebhookOrdering: WireWord {}

enum RouteTerm {
  static let name = Term<String>("name", .line(1...256), "A name for people.")
  static let description = Term<String>("description", .line(0...1024), "What it is for.")
  static let targetURL = Term<String>(
    "targetUrl", .line(1...2048, format: .target),
    "Where events are posted to: https, or http, without a user and password; a header field Authorization can have "
      + "them.")
  static let enabled = Term<Bool>("enabled", .flag, "Whether events are posted.")
  static let events = Term<[String]>(
    "events", .list(.line(1...256, format: .eventName), count: 0...100),
    "Names of events; `*`, or an empty list, is all of them."
  )
  static let accounts = Term<[AccountID]>(
    "accounts", .list(.id(), count: 0...1000),
    "Only events of these accounts; an empty list is all of them, and what concerns the workspace as a whole."
  )
  static let filter = Term<JSONValue>(
    "filter", .anyObject,
    "Only events that satisfy this: `{\"field\",\"operator\",\"value\"}` with a field of the posted event, such as "
      + "`data.problem`, and one of `equals`, `notEquals`, `contains`, `startsWith`, `endsWith`, `in`, `exists`, "
      + "`greaterThan`, `lessThan`; or `{\"all\":[…]}` or `{\"any\":[…]}` of such rules, nested up to 8 levels. `{}` is "
      + "none.")
  static let payload = Term<JSONValue>(
    "payload", .anyObject,
    "What is posted in place of the event: an object in whose strings `{{data.error}}` stands for a field of it. `{}` is "
      + "none.")
  static let ordering = Term<WebhookOrdering>(
    "order", .word(),
    "`account`: events of an account in order; one that fails for 15 minutes while others succeed is set aside and "
      + "posted later. `strict`: in order, whatever happens. `none`: one that fails holds up no other.")
  static let customHeaders = Term<[CustomHeaderField]>(
    "customHeaders", .list(.object, count: 0...50), "Header fields that go with every post.")
}

/// The body of `POST /v1/webhookRoutes`.
package struct WebhookRouteRequest: Contract {
  package var name = ""
  package var description: String?
  package var targetUrl = ""
  package var enabled = true
  package var events = ["*"]
  package var accounts: [AccountID] = []
  package var filter: JSONValue?
  package var payload: JSONValue?
  package var order = WebhookOrdering.account
  package var customHeaders: [CustomHeaderField] = []

  package init() {}

  package static let fields = Fields<Self>("WebhookRouteRequest", "Where events are posted to.") {
    Required(RouteTerm.name, \.name)
    Field(RouteTerm.description, \.description)
    Required(RouteTerm.targetURL, \.targetUrl)
    Field(RouteTerm.enabled, \.enabled)
    Field(RouteTerm.events, \.events)
    Field(RouteTerm.accounts, \.accounts)
    Field(RouteTerm.filter, \.filter)
    Field(RouteTerm.payload, \.payload)
    Field(RouteTerm.ordering, \.order)
    Field(RouteTerm.customHeaders, \.customHeaders)
    Unsupported("content", "fn", "map")
  }
}

/// The body of `PUT /v1/webhookRoutes/webhookRoute/{webhookRoute}`.
package struct WebhookRouteUpdate: Contract {
  package var name: String?
  package var description: String?
  package var targetUrl: String?
  package var enabled: Bool?
  package var events: [String]?
  package var accounts: [AccountID]?
  package var filter: JSONValue?
  package var payload: JSONValue?
  package var order: WebhookOrdering?
  package var customHeaders: [CustomHeaderField]?
  package var skipMissed = false

  package init() {}

  package static let fields = Fields<Self>(
    "WebhookRouteUpdate", "Changes to a route; what is left out stays as it is."
  ) {
    Field(RouteTerm.name, \.name)
    Field(RouteTerm.description, \.description)
    Field(RouteTerm.targetURL, \.targetUrl)
    Field(RouteTerm.enabled, \.enabled)
    Field(RouteTerm.events, \.events)
    Field(RouteTerm.accounts, \.accounts)
    Field(RouteTerm.filter, \.filter)
    Field(RouteTerm.payload, \.payload)
    Field(RouteTerm.ordering, \.order)
    Field(RouteTerm.customHeaders, \.customHeaders)
    Field(
      "skipMissed", \.skipMissed, .flag,
      "Whether events that happened until now and were not posted are passed over. Otherwise a route that is enabled "
        + "continues where it stopped.")
    Unsupported("content", "fn", "map")
  }
}

/// A route that was added.
package struct WebhookRouteCreated: Contract {
  package var id = WebhookRouteID("")
  package var secret = Secret("")

  package init() {}

  package init(_ id: WebhookRouteID, _ secret: Secret) {
    self.id = id
    self.secret = secret
  }

  package static let fields = Fields<Self>("WebhookRouteCreated", "A route that was added.") {
    Required("id", \.id, .id(), "The route's id.")
    Required(
      "secret", \.secret, .disclosed,
      "The key that signs posts (Standard Webhooks); it is not shown again.")
  }
}

/// A new signing key.
package struct WebhookSecretReply: Contract {
  package var id = WebhookRouteID("")
  package var secret = Secret("")
  package var oldExpires = Instant(microseconds: 0)

  package init() {}

  package static let fields = Fields<Self>("WebhookSecret", "A new key that signs posts.") {
    Required("id", \.id, .id(), "The route's id.")
    Required("secret", \.secret, .disclosed, "The new key; it is not shown again.")
    Required("oldExpires", \.oldExpires, .moment, "Until when posts are signed with the old key too.")
  }
}

/// The body of `POST /v1/webhookRoutes/webhookRoute/{webhookRoute}/secret`.
package struct WebhookRotation: Contract {
  package var overlap = 86_400

  package init() {}

  package static let fields = Fields<Self>("WebhookRotation", "How a signing key is replaced.") {
    Field(
      "overlap", \.overlap, .integer(0...2_592_000),
      "For how many seconds posts are signed with the old key too.")
  }
}

package struct WebhookRouteChanged: Contract {
  package var id = WebhookRouteID("")
  package var updated = true

  package init() {}

  package init(_ id: WebhookRouteID) {
    self.id = id
  }

  package static let fields = Fields<Self>("WebhookRouteUpdated", "A route that was changed.") {
    Required("id", \.id, .id(), "The route's id.")
    Required("updated", \.updated, .flag, "Always `true`.")
  }
}

package struct WebhookRouteDeleted: Contract {
  package var id = WebhookRouteID("")
  package var deleted = true

  package init() {}

  package init(_ id: WebhookRouteID) {
    self.id = id
  }

  package static let fields = Fields<Self>("WebhookRouteDeleted", "A route that was deleted.") {
    Required("id", \.id, .id(), "The route's id.")
    Required("deleted", \.deleted, .flag, "Always `true`.")
  }
}
