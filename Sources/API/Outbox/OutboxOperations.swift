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
    Required("messages", \.messages, .list(.object, count: 0...1000), "The messages, the newest last.")
  }
}

/// What became of a request to take a message back.
package struct MessageCancelled: Contract {
  package var deleted = false

  package init() {}

  package init(deleted: Bool) {
    self.deleted = deleted
  }

  package static let fields = Fields<Self>(
    "OutboxDeleted", "What became of a request to take a message back."
  ) {
    Required(
      "deleted", \.deleted, .flag, "`false` when it had been sent, had failed or was taken back before.")
  }
}

extension Operations {
  package static let outbox = Operation<Nothing, PageQuery, Nothing, OutboxPage>(
    .get, "/v1/outbox", id: "getOutbox", .outbox, .account, "List the messages that are not settled yet.")

  package static let outboxEntry = Operation<QueueID, Nothing, Nothing, OutboxReply>(
    .get, "/v1/outbox/{queueId}", id: "getOutboxEntry", .outbox, .account,
    "Show one message with its attempts.", "Also some days after it was settled.", problems: [.queueNotFound])

  package static let cancelMessage = Operation<QueueID, Nothing, Nothing, MessageCancelled>(
    .delete, "/v1/outbox/{queueId}", id: "deleteOutboxEntry", .outbox, .account,
    "Take back a message that waits or is held.", problems: [.queueNotFound, .queueInFlight])
}
