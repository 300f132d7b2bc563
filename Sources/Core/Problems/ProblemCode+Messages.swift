// A message and its delivery.
extension ProblemCode {
  static let messagesCodes: [ProblemCode] = [
    .messageNoRecipient, .messageTooManyRecipients, .messageInvalidAddress, .messageInvalidHeader,
    .messageTooLarge, .messageMalformed, .envelopeMismatch, .uploadNotFound, .uploadRange, .uploadIncomplete,
    .uploadTooMany, .templateNotFound, .templateInvalid, .templateMissingVariable, .templateInvalidVariable,
    .templateLimit, .idempotencyMismatch,
    .idempotencyInProgress, .queueNotFound, .queueInFlight, .queueWrongState, .queueContentDeleted,
    .deliveryUnknownOutcome, .deliveryExpired, .deliveryPaced, .listRecipientUnsubscribed,
    .listLinkInvalid,
  ]

  package static let messageNoRecipient = ProblemCode(
    "message.noRecipient", .message, status: 400, smtp: "554 5.5.1",
    "The message has no recipient.",
    remedy: "Name at least one in `to`, `cc` or `bcc`.")

  package static let messageTooManyRecipients = ProblemCode(
    "message.tooManyRecipients", .message, status: 400, smtp: "552 5.5.3",
    "The message has more than 1000 recipients, the highest limit per message that Exchange can be set to.",
    remedy: "Send several messages.")

  package static let messageInvalidAddress = ProblemCode(
    "message.invalidAddress", .message, status: 400, smtp: "553 5.1.3",
    "A value is not an e-mail address, or contains a line break; the message names the field.",
    remedy: "Correct the address.")

  package static let messageInvalidHeader = ProblemCode(
    "message.invalidHeader", .message, status: 400, smtp: "554 5.6.0",
    "A header's name or value is not allowed.",
    remedy: "Correct it; for a header that has a field of its own, use that field.")

  package static let messageTooLarge = ProblemCode(
    "message.tooLarge", .message, status: 413, vocabulary: "MessageTooLarge", smtp: "552 5.3.4",
    "The message is larger than it may be: 150 MB of attachments, or, without its attachments or where those cannot be "
      + "uploaded on their own, the 3 MB that Graph accepts in one request.",
    remedy: "Send smaller attachments, or links.")

  package static let uploadNotFound = ProblemCode(
    "upload.notFound", .message, status: 404, smtp: "554 5.6.0",
    "The account has no such upload, or it has expired: an upload that no message carries is kept for a day.",
    remedy: "Begin a new upload.")

  package static let uploadRange = ProblemCode(
    "upload.range", .request, status: 416, smtp: "554 5.6.0",
    "The range does not begin where the last one ended, or its body has another length than it says.",
    remedy: "Continue at `received` of the upload.")

  package static let uploadIncomplete = ProblemCode(
    "upload.incomplete", .message, status: 409, smtp: "554 5.6.0",
    "The message names an upload of which not all bytes have arrived.",
    remedy: "Upload the rest, then submit the message.")

  package static let uploadTooMany = ProblemCode(
    "upload.tooMany", .request, status: 429, smtp: "452 4.3.1",
    "The account has as many uploads as it may have at a time.",
    remedy: "Delete those that are not needed.")

  package static let templateNotFound = ProblemCode(
    "template.notFound", .request, status: 404, vocabulary: "TemplateNotFound", smtp: "550 5.1.1",
    how: .templates,
    "There is no template with this id, or it belongs to another account.",
    remedy: "List them with `heliograph template list`.")

  package static let templateInvalid = ProblemCode(
    "template.invalid", .request, status: 400, smtp: "554 5.6.0",
    "A text is not a Mustache template, or uses a part of Mustache or Handlebars that is not supported; the message names "
      + "the field and the line.",
    remedy: "Correct the text.")

  package static let templateMissingVariable = ProblemCode(
    "template.missingVariable", .message, status: 400, smtp: "554 5.6.0",
    "The template has variables for which the request has no value; the message names all of them.",
    remedy: "Give each a value in `params`, or change `missingVariables` of the template.")

  package static let templateInvalidVariable = ProblemCode(
    "template.invalidVariable", .message, status: 400, smtp: "554 5.6.0",
    "The value of a variable cannot be where the template has it, such as a line break in the subject.",
    remedy: "Correct the value that the message names.")

  package static let templateLimit = ProblemCode(
    "template.limit", .message, status: 400, smtp: "554 5.6.0",
    "Rendering the template would pass a limit: on the length of a text, or on the tags and rounds of loops in it.",
    remedy: "Shorten the template or the lists among its parameters.")

  package static let messageMalformed = ProblemCode(
    "message.malformed", .message, status: 400, smtp: "554 5.6.0",
    "The message exceeds a limit of the parser, for instance a header of more than 256 KiB.",
    remedy: "Use fewer recipients in one message, or shorten the header.")

  package static let envelopeMismatch = ProblemCode(
    "envelope.mismatch", .message, status: 400, smtp: "554 5.6.0",
    "To or Cc names a recipient who is not in `envelope.to`; through Graph they would receive the "
      + "message anyway.",
    remedy: "Add every address of To and Cc to the envelope, or remove it from the header.")

  package static let idempotencyMismatch = ProblemCode(
    "idempotency.mismatch", .request, status: 409, smtp: "550 5.3.0",
    "The `Idempotency-Key` was already used with a different body.",
    remedy: "Use a new key for a new message.")

  package static let idempotencyInProgress = ProblemCode(
    "idempotency.inProgress", .request, status: 409, smtp: "451 4.3.0",
    "A request with the same `Idempotency-Key` is still being received.",
    remedy: "Repeat the request after the time in `Retry-After`.")

  package static let queueNotFound = ProblemCode(
    "queue.notFound", .request, status: 404, smtp: "550 5.1.1", how: .outbox,
    "There is no such message in the queue.",
    remedy: "List it with `heliograph queue list`.")

  package static let queueInFlight = ProblemCode(
    "queue.inFlight", .request, status: 409, smtp: "451 4.3.0",
    "The message is being sent at this moment and cannot be removed.",
    remedy: "Try again in a moment, and check its state.")

  package static let queueWrongState = ProblemCode(
    "queue.wrongState", .request, status: 409, smtp: "550 5.3.0", how: .outbox,
    "Only a held message can be released, and only a deferred or failed one can be tried again; the text says "
      + "what the message is.",
    remedy: "Look at its state first.")

  package static let queueContentDeleted = ProblemCode(
    "queue.contentDeleted", .request, status: 410, smtp: "550 5.3.0", how: .outbox,
    "The content of the message is no longer kept: it is deleted seven days after the message was sent, "
      + "failed or was cancelled, or when a failed message is removed.",
    remedy: "Look in the mailbox's Sent Items.")

  package static let deliveryUnknownOutcome = ProblemCode(
    "delivery.unknownOutcome", .message, status: 400, smtp: "451 4.4.7", how: .release,
    "A reply was lost, or the draft had disappeared before it was sent, and no trace of the message could "
      + "be found: it may or may not have been sent. It is held.",
    remedy: "Look in the mailbox's Sent Items. Release it as sent if it is there, otherwise as queued, which "
      + "sends it again.")

  package static let deliveryPaced = ProblemCode(
    "delivery.paced", .account, actor: .nobody, status: 429, smtp: "451 4.7.1",
    "The mailbox has sent as much as its limits allow in that time; its messages wait.",
    remedy: "Wait, or raise the limit with `pacing` of the account.")

  package static let deliveryExpired = ProblemCode(
    "delivery.expired", .message, status: 400, smtp: "554 5.4.7",
    "The message could not be sent within five days; its last error says why.",
    remedy: "Fix the cause, then submit it again.")

  package static let listRecipientUnsubscribed = ProblemCode(
    "list.recipientUnsubscribed", .recipient, status: 409, smtp: "550 5.7.1", how: .lists,
    "The recipient has left the list that `listId` names, or was blocked in it.",
    remedy: "Do not send them mail of this list.")

  package static let listLinkInvalid = ProblemCode(
    "list.linkInvalid", .request, status: 403, smtp: "550 5.7.1",
    "The link to leave a list is incomplete, was changed, or is of a workspace that is gone.",
    remedy: "Use the link as it is in the message.")
}
