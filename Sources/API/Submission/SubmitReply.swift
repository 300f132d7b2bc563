package import Core

/// The receipt for a message, which is on disk when it is given; or the preview of one that was only tried.
package struct SubmitReply: Contract {
  package var response = "Queued for delivery"
  package var messageId: String?
  package var queueId: QueueID?
  package var sendAt: Instant?
  package var preview: [UInt8]?
  package var idempotency: IdempotencyReply?
  package var mailMerge: [MergedMessageReply]?
  package var warnings: [String]?

  package init() {}

  package static let fields = Fields<Self>("SubmitReply", "The receipt for a message that is on disk.") {
    Required("response", \.response, .line(1...256), "What happened, in words.")
    Field(
      "messageId", \.messageId, .line(1...998),
      "The Message-ID header, with its angle brackets; left out for a merge.")
    Field(
      "queueId", \.queueId, .id(), "The message's id in the outbox; left out for a dry run and for a merge.")
    Field("sendAt", \.sendAt, .moment, "When it is sent, if that is later.")
    Field(
      "preview", \.preview, .bytes,
      "With `dryRun`: the message as it would be sent, in base64; of a merge, that of the first entry that is not skipped."
    )
    Field("idempotency", \.idempotency, .object, "The effect of the `Idempotency-Key`, if there was one.")
    Field(
      "mailMerge", \.mailMerge, .list(.object, count: 1...1000),
      "Of a merge: what became of its entries, in their order.")
    Field(
      "warnings", \.warnings, .list(.line(1...1024), count: 1...256),
      "What recipients will not get as it was asked for, such as header fields that Exchange removes. That a mailbox "
        + "drops `List-Unsubscribe-Post` is known after its first draft with that field.")
  }
}

/// What became of one entry of a merge.
package struct MergedMessageReply: Contract {
  package var success = true
  package var to = AddressField()
  package var messageId: String?
  package var queueId: QueueID?
  package var sendAt: Instant?
  package var skipped: SkippedReply?

  package init() {}

  package static let fields = Fields<Self>("MergedMessage", "What became of one entry of a merge.") {
    Required(
      "success", \.success, .flag,
      "`false` if the recipient was skipped; apart from that a merge is accepted as a whole, or refused as a whole."
    )
    Required("to", \.to, .object, "The recipient.")
    Field("messageId", \.messageId, .line(1...998), "The Message-ID header, with its angle brackets.")
    Field("queueId", \.queueId, .id(), "The message's id in the outbox; left out for a dry run.")
    Field("sendAt", \.sendAt, .moment, "When it is sent, if that is later.")
    Field(
      "skipped", \.skipped, .object,
      "Why there is no message: the recipient has left the list. `messageId` and `queueId` are left out then."
    )
  }
}

/// Why an entry of a merge is not sent.
package struct SkippedReply: Contract {
  package var reason = ""
  package var listId = ListID("")

  package init() {}

  package init(reason: String, listId: ListID) {
    (self.reason, self.listId) = (reason, listId)
  }

  package static let fields = Fields<Self>("SkippedRecipient", "Why an entry of a merge is not sent.") {
    Required("reason", \.reason, .line(1...256), "Why the recipient receives no more of the list.")
    Required("listId", \.listId, .list, "The list.")
  }
}

/// The effect of an `Idempotency-Key`.
package struct IdempotencyReply: Contract {
  package var key = ""
  package var status = Word(Status.miss)

  package enum Status: String, WireWord {
    /// The key is new.
    case miss = "MISS"
    /// An earlier request had this key and this body.
    case hit = "HIT"
  }

  package init() {}

  package init(_ key: String, _ status: Status) {
    self.key = key
    self.status = Word(status)
  }

  package static let fields = Fields<Self>("Idempotency", "The effect of an `Idempotency-Key`.") {
    Required("key", \.key, .line(1...1024), "The key.")
    Required(
      "status", \.status, .word(),
      "`MISS`: the key is new. `HIT`: this is the receipt of the earlier request.")
  }
}

extension Operations {
  package static let submit = Operation<AccountID, SubmitQuery, SubmitRequest, SubmitReply>(
    .post, "/v1/account/{account}/submit", id: "postAccountSubmit", .submit, .account,
    "Submit a message from one account.", acceptance, headers: [.idempotencyKey],
    grant: OperationGrant(.send, .submit), problems: [.accountNotFound, .backendNotImplemented] + refusals)

  package static let submitFromDefault = Operation<Nothing, SubmitQuery, SubmitRequest, SubmitReply>(
    .post, "/v1/submit", id: "postSubmit", .submit, .workspace,
    "Submit a message from the workspace's default sender.", acceptance, headers: [.idempotencyKey],
    grant: OperationGrant(.send, .submit),
    problems: [.workspaceNoDefaultSender, .accountNotFound, .backendNotImplemented] + refusals)

  private static let acceptance =
    "Replies once the message is on disk; from then on it is sent, or its failure is reported, even if the "
    + "gateway stops. A message that is refused was not stored."

  private static let refusals: [ProblemCode] = [
    .messageNoRecipient, .messageTooManyRecipients, .messageInvalidAddress, .messageInvalidHeader,
    .messageMalformed, .envelopeMismatch, .messageTooLarge, .uploadNotFound, .uploadIncomplete,
    .templateNotFound, .templateInvalid, .templateMissingVariable, .templateInvalidVariable, .templateLimit,
    .idempotencyMismatch, .idempotencyInProgress, .listRecipientUnsubscribed, .storeFull,
  ]
}
