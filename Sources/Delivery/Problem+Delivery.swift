import Accounts
import Backends
import Core
import Store

// Accepting
extension Problem {
  static let noRecipient = Problem(
    .messageNoRecipient, "The message has no recipient.", remedy: "Name at least one in to, cc or bcc.")

  static func tooLarge(_ size: Int, limit: Int) -> Problem {
    Problem(
      .messageTooLarge,
      "The message has \(size) bytes with its attachments encoded; the limit is \(limit).",
      remedy: "Send less in one message, for instance a link in place of the attachment.")
  }

  static func contentTooLarge(_ size: Int, limit: Int) -> Problem {
    Problem(
      .messageTooLarge, "The content of the message has \(size) bytes; the limit is \(limit).",
      remedy: "Send less in one message, for instance a link in place of the attachment.")
  }

  /// - Parameter size: of what remains without its files.
  static func textTooLarge(_ size: Int, limit: Int) -> Problem {
    Problem(
      .messageTooLarge,
      "The message has \(size) bytes without its attachments; Microsoft takes \(limit) in one request, and only "
        + "attachments can be uploaded in parts.",
      remedy: "Send a shorter text, or the text as an attachment.")
  }

  /// - Parameter type: of what is signed or encrypted.
  static func sealedTooLarge(_ size: Int, type: String, limit: Int) -> Problem {
    Problem(
      .messageTooLarge,
      "The message has \(size) bytes and is \(type): it cannot be taken apart without breaking it, and Microsoft takes "
        + "\(limit) in one request.",
      remedy: "Send it unsigned and unencrypted, or send a link in place of the attachment.")
  }

  static func sendOnlyTooLarge(_ size: Int, account: AccountID, limit: Int) -> Problem {
    Problem(
      .messageTooLarge,
      "The message has \(size) bytes; “\(account)” may only send (Mail.Send), and Microsoft takes \(limit) in one request.",
      remedy:
        "Grant Mail.ReadWrite too and connect the account again: then attachments are uploaded to a draft.")
  }

  static func envelopeFromDiffers(_ given: String, from: String) -> Problem {
    let fault = "“\(given)” differs from the From address “\(from)”, which Microsoft does not allow"
    return Problem(
      .requestInvalidField, "envelope.from: \(fault).",
      remedy: "Leave envelope.from out, or give from the same address.",
      fields: [FieldFault(message: fault, key: "envelope.from")])
  }

  static func tooManyRecipients(_ count: Int) -> Problem {
    Problem(
      .messageTooManyRecipients,
      "The message has \(count) recipients; \(Submission.recipientLimit) is the most that Exchange accepts.",
      remedy: "Send it in several messages.")
  }

  static func tooManyRecipients(_ count: Int, limit: Int) -> Problem {
    Problem(
      .messageTooManyRecipients,
      "The message has \(count) recipients; the account's pacing.recipientsPerMessage is \(limit).",
      remedy: "Send it in several messages, or raise the limit if the mailbox may have a higher one.")
  }

  static func sendOnlyKeepsCopy(_ account: AccountID) -> Problem {
    let fault =
      "must not be false for “\(account)”, which may only send (Mail.Send): its copies cannot be deleted"
    return Problem(
      .requestInvalidField, "copy: \(fault).",
      remedy: "Leave copy out, or grant Mail.ReadWrite too and connect the account again.",
      fields: [FieldFault(message: fault, key: "copy")])
  }

  static func tooLargeToShow(_ size: Int, limit: Int) -> Problem {
    Problem(
      .messageTooLarge,
      "The message is good, but its \(size) bytes are too many to be shown; the limit is \(limit).",
      remedy: "Submit it without dryRun.")
  }

  static func malformedRecipients(_ texts: [String]) -> Problem {
    Problem(
      .messageInvalidAddress,
      "raw: the header names recipients that are not clearly addresses: "
        + texts.prefix(20).map { "“\($0)”" }.joined(separator: ", ") + ".",
      remedy: "Correct To, Cc or Bcc in the message, or give to, cc and bcc beside raw.")
  }

  static func ambiguousFrom(_ values: [String]) -> Problem {
    Problem(
      .messageInvalidHeader,
      "raw: the message must have one From field with one address, not "
        + values.prefix(5).map { "“\($0)”" }.joined(separator: ", ") + ".",
      remedy: "Correct the From field, or give from beside raw.")
  }

  static func reservedHeader(_ name: String) -> Problem {
    Problem(
      .messageInvalidHeader, "The header field “\(name)” is written by Heliograph.",
      remedy: "Leave it out of headers.")
  }

  static func reservedMessageID(_ text: String) -> Problem {
    Problem(
      .messageInvalidHeader, "The Message-ID “\(text)” has the form of those that Heliograph generates.",
      remedy: "Leave it out, or choose one that does not begin with <\(QueueKind.prefix)_.")
  }

  static func idempotencyMismatch(_ key: String) -> Problem {
    Problem(
      .idempotencyMismatch, "The Idempotency-Key “\(key)” was already used with a different body.",
      remedy: "Use a new key for a new message, and the same body for a repeat.")
  }
}

// Keys
extension Problem {
  static func idempotencyInProgress(_ key: String, after rest: Duration) -> Problem {
    Problem(
      .idempotencyInProgress, "Another request with the Idempotency-Key “\(key)” is still being received.",
      remedy: "Repeat this request when the other one has ended.", retry: .safe(after: rest))
  }

  /// The key was taken by another request while this one paused for too long.
  static func idempotencyTaken(_ key: String, _ state: IdempotencyState) -> Problem {
    switch state {
    case .leased(let rest): .idempotencyInProgress(key, after: rest)
    case .accepted: .idempotencyInProgress(key, after: .zero)
    }
  }
}

// Queue
extension Problem {
  static func notFound(_ id: QueueID) -> Problem {
    Problem(
      .queueNotFound, "There is no message “\(id)” in the outbox.",
      remedy: "Use the id of a message that is still listed; settled messages are removed after some days.")
  }

  static func inFlight(_ id: QueueID) -> Problem {
    Problem(
      .queueInFlight, "The message “\(id)” is being sent at this moment and cannot be stopped.",
      remedy: "Try again in a moment: by then it has been sent, or waits and can be deleted.",
      retry: .safe(after: .seconds(5)))
  }
}

// Sending
extension Problem {
  static let unknownOutcome = Problem(
    .deliveryUnknownOutcome, "It is not known whether Microsoft has accepted this message.",
    remedy:
      "Look in Sent Items: release it as sent if it is there, otherwise as queued, which sends it again.")

  /// A message that was accepted while the account could keep drafts.
  static let needsDrafts = Problem(
    .accountPermissionMissing,
    "The message is too large for one request, and the account may no longer keep the draft that its attachments are "
      + "uploaded to.",
    remedy: "Grant Mail.ReadWrite to the app, have it consented to, then connect the account again.")

  static let uploadStalled = Problem(
    .graphUnavailable, "Microsoft did not take the upload of an attachment.", remedy: nil,
    retry: .safe(after: nil), scope: .message)

  static func expired(_ last: Problem) -> Problem {
    Problem(
      .deliveryExpired,
      "The message could not be sent after days of attempts. The last reason: \(last.summary)",
      remedy: last.remedy, origin: last.origin)
  }

  static func refusedTooOften(_ count: Int, _ last: Problem) -> Problem {
    Problem(
      .deliveryExpired,
      "The message could not be sent in \(count) attempt\(count == 1 ? "" : "s"), as many as deliveryAttempts allows. "
        + "The last reason: \(last.summary)",
      remedy: last.remedy, origin: last.origin)
  }

  static let contentLost = Problem(
    .storeFailed, "The message's content is missing from the database.",
    remedy: "Restore the database from a backup, or submit the message again.")

  /// A backend threw something other than a problem: a bug, after which anything may have happened.
  static let unexplained = Problem(
    .requestInternal, "The message could not be sent, for a reason that Heliograph does not know.",
    remedy: "Report this as a bug in Heliograph, with the log.", retry: .unsafe)
}
