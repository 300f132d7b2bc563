package import Core
package import JSON

/// Which events are listed.
package struct EventsQuery: Contract {
  package var account: AccountID?
  package var since: Int64 = 0
  package var limit = 100

  package init() {}

  package static let fields = Fields<Self>("EventsQuery", "Which events are listed.") {
    Field("account", \.account, .id(), "The account; left out, all events of the workspace.")
    Field("since", \.since, .integer(0...(.max)), "The `id` of the last event that was seen.")
    Field("limit", \.limit, .integer(1...1000), "How many events at most.")
  }
}

/// One thing that happened.
package struct EventReply: Contract {
  package var id: Int64 = 0
  package var account: AccountID?
  package var event = ""
  package var date = Instant(microseconds: 0)
  package var data = JSONValue.object([:])

  package init() {}

  package static let fields = Fields<Self>("Event", "One thing that happened.") {
    Required(
      "id", \.id, .integer(0...(.max)),
      "Counts up by one, within the requested account or within the workspace.")
    Field("account", \.account, .id(), "The account; left out for what concerns the workspace as a whole.")
    Required("event", \.event, .line(1...64), "What happened, in the words of webhooks.")
    Required("date", \.date, .moment, "When it happened.")
    Required("data", \.data, .anyObject, "Its details, which depend on `event`.")
  }
}

package struct EventPage: Contract {
  package var account: AccountID?
  package var events: [EventReply] = []
  package var next: Int64 = 0

  package init() {}

  package static let fields = Fields<Self>("EventPage", "Events in order.") {
    Field("account", \.account, .id(), "The requested account.")
    Required("events", \.events, .list(.object, count: 0...1000), "The events, the oldest first.")
    Required("next", \.next, .integer(0...(.max)), "The `since` of the next request.")
  }
}

extension Operations {
  package static let events = Operation<Nothing, EventsQuery, Nothing, EventPage>(
    .get, "/v1/events", id: "getEvents", .events, .account,
    "List what happened to an account, or in the whole workspace, in order.",
    problems: [.accountNotFound])

  package static let eventStream = Operation<Nothing, EventStreamQuery, Nothing, Nothing>(
    .get, "/v1/events/stream", id: "getEventStream", .events, .account,
    "Receive events as they come, as server-sent events.",
    "Each has the event's name as `event`, its number in the workspace as `id`, and as `data` what a webhook would be "
      + "posted. A client that reconnects with `Last-Event-ID` misses none.", headers: [.lastEventID],
    reply: .events, problems: [.accountNotFound])

  package static let accountChanges = Operation<Nothing, Nothing, Nothing, Nothing>(
    .get, "/v1/changes", id: "getChanges", .accounts, .account,
    "Receive changes of account states as they come, as server-sent events.",
    "The `data` of each is an object with `account`, `type` (`state`), `key` (the state) and `payload`.",
    reply: .events, grant: OperationGrant(.read, .events))
}

/// Which events are streamed.
package struct EventStreamQuery: Contract {
  package var account: AccountID?
  package var since: Int64?

  package init() {}

  package static let fields = Fields<Self>("EventStreamQuery", "Which events are streamed.") {
    Field("account", \.account, .id(), "Only events of this account.")
    Field(
      "since", \.since, .integer(0...(.max)),
      "The `id` of the last event that was received, where a client cannot send `Last-Event-ID`.")
  }
}
