package import Core
package import JSON

/// A route as it is shown.
package struct WebhookRouteReply: Contract {
  package var id = WebhookRouteID("")
  package var name = ""
  package var description: String?
  package var created = Instant(microseconds: 0)
  package var updated = Instant(microseconds: 0)
  package var enabled = true
  package var targetUrl = ""
  package var tcount = 0
  package var v = 0
  package var webhookErrorFlag: WebhookErrorFlag?
  package var customHeaders: [CustomHeaderField] = []
  package var events: [String] = []
  package var accounts: [AccountID] = []
  package var filter: JSONValue?
  package var payload: JSONValue?
  package var order = Word(WebhookOrdering.account)
  package var lastSuccess: Instant?
  package var failingSince: Instant?
  package var rotatingUntil: Instant?
  package var waiting: WebhookWaiting?

  package init() {}

  package static let fields = Fields<Self>("WebhookRoute", "Where events are posted to.") {
    Required("id", \.id, .id(), "The route's id.")
    Required(RouteTerm.name, \.name)
    Field(RouteTerm.description, \.description)
    Required("created", \.created, .moment, "When it was added.")
    Required("updated", \.updated, .moment, "When it was last changed, or disabled.")
    Required(RouteTerm.enabled, \.enabled)
    Required(RouteTerm.targetURL, \.targetUrl)
    Required("tcount", \.tcount, .integer(0...(.max)), "How many events were taken.")
    Required("v", \.v, .integer(1...(.max)), "Counts its changes, from 1.")
    Field(
      "webhookErrorFlag", \.webhookErrorFlag, .object,
      "Why the last post failed, or why the route was disabled; left out while all is well.")
    Field(RouteTerm.customHeaders, \.customHeaders)
    Required(RouteTerm.events, \.events)
    Field(RouteTerm.accounts, \.accounts)
    Field("filter", \.filter, .anyObject, "Only events that satisfy this are posted.")
    Field("payload", \.payload, .anyObject, "What is posted in place of the event.")
    Required("order", \.order, .word(), "In which order events are posted.")
    Field("lastSuccess", \.lastSuccess, .moment, "When an event was last taken.")
    Field(
      "failingSince", \.failingSince, .moment, "Since when nothing was taken; left out while all is well.")
    Field("rotatingUntil", \.rotatingUntil, .moment, "Until when posts are signed with an older key too.")
    Field("waiting", \.waiting, .object, "What is still to be posted; left out if nothing is.")
  }
}

/// Why a route does not work.
package struct WebhookErrorFlag: Contract {
  package var message = ""
  package var problem: String?
  package var remedy: String?
  package var date: Instant?

  package init() {}

  package static let fields = Fields<Self>("WebhookErrorFlag", "Why a route does not work.") {
    Required("message", \.message, .line(0...10_240), "What happened.")
    Field("problem", \.problem, .line(1...64), "Its code.")
    Field("remedy", \.remedy, .line(1...10_240), "What to do.")
    Field("date", \.date, .moment, "When it happened.")
  }
}

/// What a route still has to post.
package struct WebhookWaiting: Contract {
  package var accounts = 0
  package var late = 0
  package var failed = 0

  package init() {}

  package static let fields = Fields<Self>("WebhookWaiting", "What a route still has to post.") {
    Required(
      "accounts", \.accounts, .integer(0...(.max)),
      "Accounts with events that wait, what concerns the workspace as a whole counted as one.")
    Required(
      "late", \.late, .integer(0...(.max)),
      "Events, and runs of them, that were set aside or are posted again.")
    Required("failed", \.failed, .integer(0...(.max)), "Events that were given up; they can be replayed.")
  }
}

package struct WebhookRoutePage: PagedReply {
  package var total = 0
  package var page = 0
  package var pages = 0
  package var webhooks: [WebhookRouteReply] = []

  package init() {}

  package static let fields = Fields<Self>("WebhookRoutePage", "One page of the webhook routes.") {
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Required("webhooks", \.webhooks, .list(.object, count: 0...1000), "The routes, oldest first.")
  }
}

/// What became of one post.
package struct WebhookPostReply: Contract {
  package var date = Instant(microseconds: 0)
  package var account: AccountID?
  package var sequence: Int64 = 0
  package var event = ""
  package var success = false
  package var attempt = 1
  package var duration = 0
  package var status: Int?
  package var answer: String?
  package var error: String?
  package var problem: String?
  package var remedy: String?

  package init() {}

  package static let fields = Fields<Self>("WebhookPost", "What became of one post.") {
    Required("date", \.date, .moment, "When it was sent.")
    Field("account", \.account, .id(), "The account; left out for what concerns the workspace as a whole.")
    Required("sequence", \.sequence, .integer(0...(.max)), "The event's number in its account; 0 for a test.")
    Required("event", \.event, .line(1...64), "What happened.")
    Required("success", \.success, .flag, "Whether the event was taken.")
    Required("attempt", \.attempt, .integer(1...(.max)), "Counts the posts of this event.")
    Required(
      "duration", \.duration, .integer(0...(.max)), "Milliseconds from sending to the end of the reply.")
    Field("status", \.status, .integer(100...999), "The status of the reply; left out if none came.")
    Field("answer", \.answer, .lines(0...4096), "How the body of the reply begins, up to 1 KB.")
    Field("error", \.error, .line(0...10_240), "Why it was not taken.")
    Field("problem", \.problem, .line(1...64), "Its code.")
    Field("remedy", \.remedy, .line(1...10_240), "What to do.")
  }
}

/// Which posts are listed.
package struct WebhookPostsQuery: Contract {
  package var account: AccountID?
  package var failed = false
  package var cursor: Int64?
  package var limit = 100

  package init() {}

  package static let fields = Fields<Self>("WebhookPostsQuery", "Which posts are listed.") {
    Field("account", \.account, .id(), "Only those of this account's events.")
    Field("failed", \.failed, .flag, "Only those that failed.")
    Field("cursor", \.cursor, .integer(0...(.max)), "`next` of the page before.")
    Field("limit", \.limit, .integer(1...1000), "How many at most.")
  }
}

package struct WebhookPostPage: Contract {
  package var posts: [WebhookPostReply] = []
  package var next: Int64?

  package init() {}

  package static let fields = Fields<Self>("WebhookPostPage", "What became of posts, the newest first.") {
    Required("posts", \.posts, .list(.object, count: 0...1000), "The posts of the last seven days.")
    Field("next", \.next, .integer(0...(.max)), "The `cursor` of the next page; left out on the last one.")
  }
}

/// The body of `POST /v1/webhookRoutes/webhookRoute/{webhookRoute}/replay`.
package struct WebhookReplay: Contract {
  package var account: AccountID?
  package var sequence: Int64?
  package var from: Instant?
  package var until: Instant?
  package var failed = false

  package init() {}

  package static let fields = Fields<Self>("WebhookReplay", "Which events are posted again.") {
    Field("account", \.account, .id(), "The account; left out with `sequence`, the workspace as a whole.")
    Field("sequence", \.sequence, .integer(1...(.max)), "One event: its `sequence`.")
    Field("from", \.from, .moment, "All events that happened then or later.")
    Field("until", \.until, .moment, "Only those before; left out, all until now.")
    Field("failed", \.failed, .flag, "All events that were given up.")
    Rule { replay, complaints in
      let ways = [replay.sequence != nil, replay.from != nil, replay.failed].count { $0 }
      if ways != 1 { complaints.add("sequence", "or from, or failed is required, and only one of them") }
      if replay.until != nil, replay.from == nil { complaints.add("until", "needs from") }
      if let from = replay.from, let until = replay.until, until <= from {
        complaints.add("until", "must be later than from")
      }
      if replay.failed, replay.account != nil { complaints.add("account", "cannot be combined with failed") }
    }
  }
}

package struct WebhookReplayed: Contract {
  package var events = 0
  package var next: Instant?

  package init() {}

  package static let fields = Fields<Self>("WebhookReplayed", "Events that are posted again.") {
    Required(
      "events", \.events, .integer(0...(.max)),
      "How many these are, before the route's filter; those that wait already are not counted.")
    Field(
      "next", \.next, .moment,
      "Only if there are more than 10,000: when the first happened that is not posted again. Repeat the request with this "
        + "as `from`.")
  }
}
