// A message and its way out.
extension ProblemCode {
  static let messagesCodes: [ProblemCode] = [
    .messageNoRecipient, .messageTooManyRecipients, .messageInvalidAddress, .messageInvalidHeader,
    .messageTooLarge, .messageMalformed, .envelopeMismatch, .idempotencyMismatch,
    .idempotencyInProgress, .queueNotFound, .queueInFlight, .deliveryUnknownOutcome,
    .deliveryExpired,
  ]

  package static let messageNoRecipient = ProblemCode(
    "message.noRecipient", .message, status: 400, smtp: "554 5.5.1",
    "The message has no recipient at all.",
    remedy: "Name at least one in `to`, `cc` or `bcc`.")

  package static let messageTooManyRecipients = ProblemCode(
    "message.tooManyRecipients", .message, status: 400, smtp: "552 5.5.3",
    "The message has more than 1000 recipients, the most that Exchange can be set to take in one "
    + "message.",
    remedy: "Send several messages.")

  package static let messageInvalidAddress = ProblemCode(
    "message.invalidAddress", .message, status: 400, smtp: "553 5.1.3",
    "An address is not one, or holds a line break; the message names the field.",
    remedy: "Correct the address.")

  package static let messageInvalidHeader = ProblemCode(
    "message.invalidHeader", .message, status: 400, smtp: "554 5.6.0",
    "A header's name or value is not allowed.",
    remedy: "Correct it; a header that has a field of its own goes into that field.")

  package static let messageTooLarge = ProblemCode(
    "message.tooLarge", .message, status: 413, vocabulary: "MessageTooLarge", smtp: "552 5.3.4",
    "The composed message, its hidden recipients included, is over 3 MB, what Graph takes in one "
    + "request.",
    remedy: "Send smaller attachments, or links.")

  package static let messageMalformed = ProblemCode(
    "message.malformed", .message, status: 400, smtp: "554 5.6.0",
    "The message exceeds a limit of the parser, for instance a header of more than 256 KiB.",
    remedy: "Name fewer recipients in one message, or shorten the header.")

  package static let envelopeMismatch = ProblemCode(
    "envelope.mismatch", .message, status: 400, smtp: "554 5.6.0",
    "To or Cc names a recipient who is not in `envelope.to`; through Graph they would receive the "
    + "message anyway.",
    remedy: "Name every address of To and Cc in the envelope too, or take it out of the header.")

  package static let idempotencyMismatch = ProblemCode(
    "idempotency.mismatch", .request, status: 409, smtp: "550 5.3.0",
    "The `Idempotency-Key` was used before, with another body.",
    remedy: "Use a new key for a new message.")

  package static let idempotencyInProgress = ProblemCode(
    "idempotency.inProgress", .request, status: 409, smtp: "451 4.3.0",
    "A request with the same `Idempotency-Key` is still being received.",
    remedy: "Repeat the request after the time that `Retry-After` names.")

  package static let queueNotFound = ProblemCode(
    "queue.notFound", .request, status: 404, smtp: "550 5.1.1", how: .outbox,
    "There is no such message in the queue.",
    remedy: "List it with `heliograph queue list`.")

  package static let queueInFlight = ProblemCode(
    "queue.inFlight", .request, status: 409, smtp: "451 4.3.0",
    "The message is being sent at this moment and cannot be removed.",
    remedy: "Try again in a moment and look at its state.")

  package static let deliveryUnknownOutcome = ProblemCode(
    "delivery.unknownOutcome", .message, status: 400, smtp: "451 4.4.7",
    "A reply was lost, or the draft was gone when it was to be sent, and no trace of the message could "
    + "be found: it may have been sent or not. It is held.",
    remedy: "Look in the mailbox's Sent Items. Delete it here (`DELETE /v1/outbox/{queueId}`); if it was not "
      + "sent, submit it again under another `Idempotency-Key`.")

  package static let deliveryExpired = ProblemCode(
    "delivery.expired", .message, status: 400, smtp: "554 5.4.7",
    "The message could not be sent within five days; the last error is beside it.",
    remedy: "Remove the cause, then submit it again.")
}
