import Accounts
package import Core

/// Why a letter was not accepted, cannot be cancelled, or did not go out.
package struct DeliveryProblem: Problem, Hashable {
  package let code: ProblemCode
  package let summary: String
  package let remedy: String?
  package let retry: Retry
  package let origin: PeerError?

  private init(
    _ code: ProblemCode, _ summary: String, remedy: String?, retry: Retry = .futile, origin: PeerError? = nil
  ) {
    self.code = code
    self.summary = summary
    self.remedy = remedy
    self.retry = retry
    self.origin = origin
  }
}

// Accepting
extension DeliveryProblem {
  static let noRecipient = DeliveryProblem(
    .messageNoRecipient, "The message has no recipient.", remedy: "Name at least one in to, cc or bcc.")

  static func accountNotFound(_ id: AccountID) -> DeliveryProblem {
    DeliveryProblem(
      .accountNotFound, "There is no account “\(id)”.",
      remedy: "List them with GET /v1/accounts and use an id.")
  }

  static func envelopeMismatch(_ strangers: [String]) -> DeliveryProblem {
    DeliveryProblem(
      .envelopeMismatch,
      "The header names recipients that the envelope does not: \(strangers.joined(separator: ", ")).",
      remedy: "Put every address of To and Cc into the envelope too, or take it out of the header.")
  }

  static func tooLarge(_ size: Int) -> DeliveryProblem {
    DeliveryProblem(
      .messageTooLarge,
      "The message has \(size) bytes with all recipients and its attachments encoded; the limit is "
        + "\(OutgoingLetter.sizeLimit).",
      remedy: "Send less in one message, for instance a link in place of the attachment.")
  }

  static func tooManyRecipients(_ count: Int) -> DeliveryProblem {
    DeliveryProblem(
      .messageTooManyRecipients,
      "The message has \(count) recipients; \(Submission.recipientLimit) is the most that Exchange takes.",
      remedy: "Send it in several messages.")
  }

  static func reservedHeader(_ name: String) -> DeliveryProblem {
    DeliveryProblem(
      .messageInvalidHeader, "The header field “\(name)” is written by Heliograph.",
      remedy: "Leave it out of headers.")
  }

  static func reservedMessageID(_ text: String) -> DeliveryProblem {
    DeliveryProblem(
      .messageInvalidHeader, "The Message-ID “\(text)” has the form of those that Heliograph makes.",
      remedy: "Leave messageId out, or choose one that does not begin with <\(QueueKind.prefix)_.")
  }

  static func idempotencyMismatch(_ key: String) -> DeliveryProblem {
    DeliveryProblem(
      .idempotencyMismatch, "The Idempotency-Key “\(key)” was used before, with another body.",
      remedy: "Use a new key for a new message, and the same body for a repeat.")
  }
}

// Queue
extension DeliveryProblem {
  static func notFound(_ id: QueueID) -> DeliveryProblem {
    DeliveryProblem(
      .queueNotFound, "There is no message “\(id)” in the outbox.",
      remedy: "List it with GET /v1/outbox; what was sent or failed is forgotten after some days.")
  }

  static func inFlight(_ id: QueueID) -> DeliveryProblem {
    DeliveryProblem(
      .queueInFlight, "The message “\(id)” is being sent at this moment and cannot be stopped.",
      remedy: "Ask again in a moment: it is sent then, or waits and can be deleted.",
      retry: .safe(after: .seconds(5)))
  }
}

// Sending
extension DeliveryProblem {
  static let unknownOutcome = DeliveryProblem(
    .deliveryUnknownOutcome, "Nobody can tell whether Microsoft has accepted this message.",
    remedy: "Delete it here; if it is not in Sent Items either, submit it again.")

  static func expired(_ last: any Problem) -> DeliveryProblem {
    DeliveryProblem(
      .deliveryExpired, "The message was given up after days of trying. The last reason: \(last.summary)",
      remedy: last.remedy, origin: last.origin)
  }

  static let contentLost = DeliveryProblem(
    .storeFailed, "The message's content is missing from the database.",
    remedy: "Restore the database from a backup, or submit the message again.")

  /// A backend threw something that is no problem: a fault of ours, after which anything may have happened.
  static let unexplained = DeliveryProblem(
    .requestInternal, "The message could not be handed over, for a reason that Heliograph does not know.",
    remedy: "Report this as a fault of Heliograph, with the log.", retry: .unsafe)
}

extension ProblemCode {
  /// Whether somebody has to mend the account, or its app, before any of its letters can go. Such a problem
  /// fails none of them at once: they wait, until they are too old.
  var concernsAccount: Bool {
    switch self {
    case .accountNotConnected, .accountPaused, .appDisabled, .appNotFound, .graphTokenRejected,
      .graphAccessDenied, .graphMailboxUnavailable, .graphMailboxFull, .graphSendingBlocked:
      true
    default: rawValue.hasPrefix("entra.") && !isOutage
    }
  }

  /// Whether Microsoft could not be reached at all.
  var isOutage: Bool {
    switch self {
    case .graphUnreachable, .entraUnreachable, .entraUnavailable, .entraThrottled, .entraUnexpectedReply: true
    default: false
    }
  }
}
