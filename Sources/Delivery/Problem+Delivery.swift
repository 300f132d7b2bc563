import Accounts
import Backends
import Core
import Store

// Accepting
extension Problem {
  static let noRecipient = Problem(
    .messageNoRecipient, "The message has no recipient.", remedy: "Name at least one in to, cc or bcc.")

  static func tooLarge(_ size: Int) -> Problem {
    Problem(
      .messageTooLarge,
      "The message has \(size) bytes with all recipients and its attachments encoded; the limit is "
        + "\(OutgoingMessage.sizeLimit).",
      remedy: "Send less in one message, for instance a link in place of the attachment.")
  }

  static func attachmentsTooLarge(_ size: Int) -> Problem {
    Problem(
      .messageTooLarge,
      "The attachments have \(size) bytes; the limit for the whole message with its attachments encoded is "
        + "\(OutgoingMessage.sizeLimit).",
      remedy: "Send less in one message, for instance a link in place of the attachment.")
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

  static func reservedHeader(_ name: String) -> Problem {
    Problem(
      .messageInvalidHeader, "The header field “\(name)” is written by Heliograph.",
      remedy: "Leave it out of headers.")
  }

  static func reservedMessageID(_ text: String) -> Problem {
    Problem(
      .messageInvalidHeader, "The Message-ID “\(text)” has the form of those that Heliograph generates.",
      remedy: "Leave messageId out, or choose one that does not begin with <\(QueueKind.prefix)_.")
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

  static func expired(_ last: Problem) -> Problem {
    Problem(
      .deliveryExpired,
      "The message could not be sent after days of attempts. The last reason: \(last.summary)",
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
