package import Core

/// One page of the outbox.
package struct OutboxPage: PagedReply {
  package var total = 0
  package var page = 0
  package var pages = 0
  package var messages: [OutboxReply] = []

  package init() {}

  package static let fields = Fields<Self>("OutboxPage", "One page of the outbox.") {
    Required(PageTerm.total, \.total)
    Required(PageTerm.number, \.page)
    Required(PageTerm.pages, \.pages)
    Required("messages", \.messages, .list(.object, count: 0...1000), "The messages, newest first.")
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
    Required(
      "deleted", \.deleted, .flag, "`false` if it had already been sent, failed or been cancelled.")
  }
}

extension Operations {
  package static let outbox = Operation<Nothing, PageQuery, Nothing, OutboxPage>(
    .get, "/v1/outbox", id: "getOutbox", .outbox, .account, "List the messages that are not settled yet.")

  package static let outboxEntry = Operation<QueueID, Nothing, Nothing, OutboxReply>(
    .get, "/v1/outbox/{queueId}", id: "getOutboxEntry", .outbox, .account,
    "Show one message with its attempts.", "This also works for some days after it was settled.",
    problems: [.queueNotFound])

  package static let cancelMessage = Operation<QueueID, Nothing, Nothing, MessageCancelled>(
    .delete, "/v1/outbox/{queueId}", id: "deleteOutboxEntry", .outbox, .account,
    "Cancel a message that is waiting or held.", problems: [.queueNotFound, .queueInFlight])
}
