package import Core

/// Which messages are listed.
package struct OutboxQuery: PagedQuery {
  package var page = 0
  package var pageSize = 20
  package var state: OutboxReply.State?
  package var account: AccountID?
  package var query: String?
  package var since: Instant?
  package var until: Instant?

  package init() {}

  package static let fields = Fields<Self>("OutboxQuery", "Which messages are listed.") {
    Field(PageTerm.page, \.page)
    Field(PageTerm.pageSize, \.pageSize)
    Field(
      "state", \.state, .word(),
      "Only messages in this state; left out, those that are not settled and those that have failed.")
    Field(OutboxTerm.account, \.account)
    Field(OutboxTerm.query, \.query)
    Field(OutboxTerm.since, \.since)
    Field(OutboxTerm.until, \.until)
    Rule { query, complaints in OutboxTerm.checkOrder(query.since, query.until, &complaints) }
  }
}

/// One page of the outbox.
package struct OutboxPage: PagedReply {
  package var total = 0
  package var page = 0
  package var pages = 0
  package var messages: [OutboxReply] = []
  package var searchedSince: Instant?

  package init() {}

  package static let fields = Fields<Self>("OutboxPage", "One page of the outbox.") {
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Required("messages", \.messages, .list(.object, count: 0...1000), "The messages, newest first.")
    Field(
      "searchedSince", \.searchedSince, .moment,
      "Only with `query`, and only if there are more than 100,000 messages to search: those accepted before "
        + "this time were not searched. To search them, ask again with this as `until`.")
  }
}

/// The result of a request to cancel a message.
package struct MessageCancelled: Contract {
  package var deleted = false

  package init() {}

  package init(deleted: Bool) {
    self.deleted = deleted
  }

  package static let fields = Fields<Self>(
    "OutboxDeleted", "The result of a request to cancel a message."
  ) {
    Required("deleted", \.deleted, .flag, "`false` if it had already been sent or been cancelled.")
  }
}

/// The body of `PUT /v1/outbox/{queueId}/release`.
package struct ReleaseRequest: Contract {
  package var outcome = Outcome.sent

  package enum Outcome: String, WireWord {
    case sent = "sent"
    case queued = "queued"
  }

  package init() {}

  package init(_ outcome: Outcome) {
    self.outcome = outcome
  }

  package static let fields = Fields<Self>(
    "OutboxRelease", "What a person has found out about a held message."
  ) {
    Required(term, \.outcome)
  }

  static let term = Term(
    "as", Kind<Outcome>.word(),
    "`sent`: it is in Sent Items, so it is settled as sent. `queued`: it is not, so it is sent again.")
}

/// The body of `PUT /v1/outbox/{queueId}`.
package struct RescheduleRequest: Contract {
  package var sendAt = Instant(microseconds: 0)

  package init() {}

  package init(_ sendAt: Instant) {
    self.sendAt = sendAt
  }

  package static let fields = Fields<Self>("OutboxReschedule", "When a message is to be sent.") {
    Required(term, \.sendAt)
  }

  static let term = Term(
    "sendAt", Kind<Instant>.moment, "When it is sent, in any zone; at once if that is over.")
}

extension Operations {
  package static let outbox = Operation<Nothing, OutboxQuery, Nothing, OutboxPage>(
    .get, "/v1/outbox", id: "getOutbox", .outbox, .account,
    "List the messages that are not settled, and those that have failed.",
    "A failed message is listed for seven days, or until it is deleted. With `state`, sent and cancelled messages "
      + "of the last seven days are listed too.")

  package static let outboxEntry = Operation<QueueID, Nothing, Nothing, OutboxReply>(
    .get, "/v1/outbox/{queueId}", id: "getOutboxEntry", .outbox, .account,
    "Show one message with its attempts.",
    "This also works for seven days after it was sent, failed or was cancelled.", problems: [.queueNotFound])

  package static let messageSource = Operation<QueueID, Nothing, Nothing, Nothing>(
    .get, "/v1/outbox/{queueId}/source", id: "getOutboxEntrySource", .outbox, .account,
    "Download a message as it is sent.",
    "It has no Bcc field: all recipients are in the envelope. The content is kept for seven days after the "
      + "message was sent, failed or was cancelled.", reply: .message,
    problems: [.queueNotFound, .queueContentDeleted])

  package static let rescheduleMessage = Operation<QueueID, Nothing, RescheduleRequest, OutboxReply>(
    .put, "/v1/outbox/{queueId}", id: "putOutboxEntry", .outbox, .account,
    "Send a message that has not been tried yet at another time.",
    problems: [.queueNotFound, .queueInFlight, .queueWrongState])

  package static let cancelMessage = Operation<QueueID, Nothing, Nothing, MessageCancelled>(
    .delete, "/v1/outbox/{queueId}", id: "deleteOutboxEntry", .outbox, .account,
    "Cancel a message that is waiting or held, or forget one that has failed.",
    problems: [.queueNotFound, .queueInFlight])

  package static let releaseMessage = Operation<QueueID, Nothing, ReleaseRequest, OutboxReply>(
    .put, "/v1/outbox/{queueId}/release", id: "putOutboxEntryRelease", .outbox, .account,
    "Decide about a held message: it was sent, or is to be sent again.",
    problems: [.queueNotFound, .queueInFlight, .queueWrongState])

  package static let retryMessage = Operation<QueueID, Nothing, Nothing, OutboxReply>(
    .put, "/v1/outbox/{queueId}/retry", id: "putOutboxEntryRetry", .outbox, .account,
    "Try a scheduled, deferred or failed message now.",
    problems: [.queueNotFound, .queueInFlight, .queueWrongState])
}
